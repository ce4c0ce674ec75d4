"""What layouts invent and hide, from invented samples in which it is known."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tasks.compare.layouts import layouts_document
from tasks.compare.layouts_plot import plot
from tasks.compare.layouts_report import as_markdown, files_of, pages_in, show, write_report
from tasks.export.validate import validate
from tasks.measure.layouts import measure_layouts
from tasks.shared import schema
from tasks.shared.process import Finished
from tasks.shared.versions import labelled, usual_pairs
from tests.builders import Document
from tests.checkout import ROOT
from tests.conftest import Bed
from tests.fakes import FakeProcesses, prints

UNITS = ["alpha.One", "alpha.Two", "beta.Three", "beta.Four"]

#: By how much a unit is slower in a version, linked once and linked anew (noise is 1 %).
EFFECTS: Mapping[tuple[str, str], tuple[float, float]] = {
    ("One", "go1.24.0"): (1.08, 1.0),  # its one binary is unlucky
    ("Two", "go1.24.0"): (1.0, 1.1),  # its one binary is lucky
    ("Three", "go1.24.0"): (1.2, 1.2),
    ("Three", "go1.25.0"): (1.2, 1.2),
    ("Four", "go1.25.0"): (1.1, 0.9),
}


class Layouts(FakeProcesses):
    """Programs whose times depend on their unit, their version and how they were linked."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: Counter[tuple[str, str, bool]] = Counter()

    def run(self, command: Sequence[str], **options: Any) -> Finished:
        """As the test binary or the linker that is called."""
        done = super().run(command, **options)
        word = next((w for w in command if w.startswith("-test.bench=")), "")
        if not word:
            return done
        unit, (version, _) = word.removeprefix("-test.bench=^Benchmark").removesuffix("$"), self.sampled[-1]
        arm = (unit, version, "+fresh" in command[0])
        self.taken[arm] += 1
        # The same in whichever order a session samples.
        noise = random.Random(f"{arm}/{self.taken[arm]}/2").gauss(0, 0.01)
        effect = EFFECTS.get((unit, version), (1.0, 1.0))[arm[2]]
        return prints(f"Benchmark{unit}-2 1000 {100 * effect * (1 + noise):.4f} ns/op")


def document_of(bed: Bed, rounds: int = 20) -> Document:
    """The report of one `doit layouts`."""
    taken = measure_layouts(bed.project, UNITS, rounds, bed.system(Layouts()))
    return layouts_document(bed.project, UNITS, taken)


@pytest.fixture
def document(bed: Bed) -> Document:
    """Twenty rounds of three releases."""
    return document_of(bed)


def fates(document: Document, pair: str) -> dict[str, str]:
    """What becomes of each benchmark in a pair."""
    return {row["name"]: row["fate"] for row in document["benchmarks"] if row["pair"] == pair}


def test_claims_vanish_appear_stay_and_turn(document: Document) -> None:
    """Each by what one binary and fresh layouts say of it, in each pair."""
    assert fates(document, "go1.23-go1.24") == {"One": "vanishes", "Two": "appears", "Three": "stays", "Four": "none"}
    assert fates(document, "go1.24-go1.25") == {"One": "vanishes", "Two": "appears", "Three": "none", "Four": "turns"}
    assert fates(document, "go1.23-go1.25") == {"One": "none", "Two": "none", "Three": "stays", "Four": "turns"}
    assert schema.problems("layouts", document) == []


def test_counts_are_of_the_rows(document: Document) -> None:
    """Of each pair: called changed by one binary, by fresh layouts, and what becomes of it."""
    first = document["pairs"][0]
    assert (first["name"], first["benchmarks"], first["blocks"]) == ("go1.23-go1.24", 4, 20)
    assert (first["default"]["different_by_q"], first["fresh"]["different_by_q"]) == (2, 2)
    assert first["fates"] == {"stays": 1, "turns": 0, "vanishes": 1, "appears": 1, "none": 1}
    assert first["default"]["geomean"]["ratio"] == pytest.approx((1.08 * 1.2) ** 0.25, abs=0.005)
    assert first["fresh"]["geomean"]["ratio"] == pytest.approx((1.1 * 1.2) ** 0.25, abs=0.005)
    for pair in document["pairs"]:
        assert sum(pair["fates"].values()) == pair["benchmarks"]


def test_sizes_stand_beside_each_other(document: Document) -> None:
    """With their intervals."""
    (row,) = (r for r in document["benchmarks"] if (r["pair"], r["name"]) == ("go1.23-go1.24", "One"))
    assert row["default"]["low"] < 0.077 < row["default"]["high"]
    assert row["fresh"]["low"] < 0 < row["fresh"]["high"]


def test_pairs_are_neighbours_and_the_ends() -> None:
    """Two versions are one pair."""
    versions = labelled([("1.23.0", None), ("1.24.0", None), ("1.25.0", None)])
    assert [(old.label, new.label) for old, new in usual_pairs(versions)] == [
        ("go1.23", "go1.24"),
        ("go1.24", "go1.25"),
        ("go1.23", "go1.25"),
    ]
    assert len(usual_pairs(versions[:2])) == 1


def test_the_report_has_all_claims(bed: Bed, document: Document, capfd: pytest.CaptureFixture[str]) -> None:
    """JSON by its schema, a page, a picture; the same samples give the same bytes."""
    paths = files_of(bed.project)
    write_report(document, paths)
    assert schema.read("layouts", paths["json"]) == document
    page = paths["md"].read_text()
    assert page == as_markdown(document, paths["svg"].name)
    assert f"]({paths['svg'].name})" in page
    assert "| go1.23.0 -> go1.24.0 | 20 | 4 | 2 | 2 | 1 | 1 | 1 | 0 |" in page
    assert "Claims of one binary per version that vanish (1):" in page
    assert "| alpha.One | +8." in page or "| alpha.One | +7." in page
    picture = paths["svg"].read_text()
    assert picture == plot(document)
    root = ElementTree.fromstring(picture)  # noqa: S314 - written by ourselves a moment ago
    # Two for each benchmark and pair, and five that tell the colours.
    assert sum(node.tag.endswith("circle") for node in root.iter()) == 2 * 4 * 3 + 5
    capfd.readouterr()
    show(document)
    assert "go1.23.0 -> go1.24.0" in capfd.readouterr().err
    validate(bed.project, bed.root / "data")
    assert (
        layouts_document(bed.project, UNITS, measure_layouts(bed.project, UNITS, 20, bed.system(Layouts()))) == document
    )


def test_pages_for_the_docs(document: Document, tmp_path: Path) -> None:
    """The page, its picture, and what both are made of."""
    write_report(document, pages_in(tmp_path / "pages"))
    assert sorted(path.name for path in (tmp_path / "pages").iterdir()) == ["layouts.json", "layouts.md", "layouts.svg"]
    assert "](layouts.svg)" in (tmp_path / "pages" / "layouts.md").read_text()


def test_the_page_in_docs_is_what_its_report_says() -> None:
    """Nobody has edited it, and it is of nearly all 76 in each pair: modules may differ for some."""
    document = schema.read("layouts", ROOT / "docs" / "layouts.json")
    assert as_markdown(document, "layouts.svg") == (ROOT / "docs" / "layouts.md").read_text()
    assert plot(document) == (ROOT / "docs" / "layouts.svg").read_text()
    assert min(pair["benchmarks"] for pair in document["pairs"]) > 60


def test_too_few_rounds_claim_nothing(bed: Bed) -> None:
    """Without intervals there is nothing to compare; the report says so and is valid."""
    found = document_of(bed, rounds=3)
    assert found["benchmarks"] == []
    assert {pair["benchmarks"] for pair in found["pairs"]} == {0}
    assert schema.problems("layouts", found) == []
    assert as_markdown(found, "x.svg")
    assert ElementTree.fromstring(plot(found)) is not None  # noqa: S314 - written by ourselves
