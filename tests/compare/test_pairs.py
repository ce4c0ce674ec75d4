"""Comparisons of measured versions, as files: what they rest on, and what makes them stale."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable
from dataclasses import replace

import pytest

from tasks.compare import pairs
from tasks.compare.between_versions import compare_versions
from tasks.measure.archive import Archive
from tasks.measure.forgotten import forget
from tasks.shared import schema
from tasks.shared.cell import Cell
from tasks.shared.errors import PerfError
from tasks.shared.rules import Rules
from tasks.shared.verified import Verified
from tests.builders import Document
from tests.compare.beds import ENOUGH, merged, noisy
from tests.conftest import CONFIG, Bed
from tests.fakes import prints, steady


def verified(bed: Bed) -> Verified:
    """What is remembered of this bed's files."""
    return Verified(bed.root / ".cache" / "verified.json")


def made(bed: Bed, name: str = "go1.24-go1.25") -> Document:
    """Merge everything, compare a pair, and read its JSON."""
    merged(bed)
    pair = next(pair for pair in bed.project.config.pairs if pairs.name_of(pair) == name)
    pairs.make(bed.project, pair, Archive(bed.project.tree), verified(bed))
    document: Document = schema.read("comparison", bed.project.tree.comparison(name, "json"))
    return document


def times(document: Document) -> dict[str, Document]:
    """The rows in sec/op by name."""
    return {row["name"]: row for row in document["rows"] if row["measure"] == "sec/op"}


def width(row: Document) -> float:
    """Of the 95 % interval of ln(new / old)."""
    return math.log(row["paired"]["high"] / row["paired"]["low"])


def test_the_usual_pairs(bed: Bed) -> None:
    """Each version against the one before, and the newest against the oldest."""
    assert [pairs.name_of(pair) for pair in bed.project.config.pairs] == [
        "go1.23-go1.24", "go1.24-go1.25", "go1.23-go1.25",
    ]  # fmt: skip


def test_own_pairs(make_bed: Callable[..., Bed]) -> None:
    """Just those, by number or minor release, in the order in which they stand."""
    text = CONFIG.replace("pairs: []", 'pairs: [["1.23.0", "1.25"], ["1.25.0", "1.24"]]')
    assert [pairs.name_of(p) for p in make_bed(text).project.config.pairs] == ["go1.23-go1.25", "go1.25-go1.24"]


def test_a_measured_change_is_found(bed: Bed) -> None:
    """A unit that became 10 % faster in go1.25, among eight benchmarks with 2 % of noise; sizes are equivalent."""
    enough = bed.with_settings(count=str(ENOUGH))
    enough.run(behaviour=noisy(One_go1_25=0.9))
    document = made(enough)
    found = times(document)
    assert {name for name, row in found.items() if row["verdict"] == "improved"} == {"One/Small", "One/Large"}
    assert found["One/Small"]["paired"]["blocks"] == ENOUGH
    assert found["One/Small"]["paired"]["ratio"] == pytest.approx(0.9, abs=0.03)
    assert {row["verdict"] for row in document["rows"] if row["measure"] == "B/op"} == {"equivalent"}
    throughput = next(row for row in document["rows"] if row["measure"] == "B/s" and row["name"] == "One/Large")
    assert throughput["verdict"] == "improved"
    before = times(made(enough, "go1.23-go1.24"))
    assert "improved" not in {row["verdict"] for row in before.values()}
    assert times(made(enough, "go1.23-go1.25"))["One/Small"]["verdict"] == "improved"


def test_all_forms_are_written_and_agree(bed: Bed) -> None:
    """JSON, text, Markdown and CSV of the same rows; twice the same bytes."""
    bed.run()
    document = made(bed)
    forms = {form: path.read_text() for form, path in pairs.forms_of(bed.project, bed.project.config.pairs[1]).items()}
    assert set(forms) == {"txt", "md", "csv", "json"}
    assert len(list(csv.DictReader(forms["csv"].splitlines()))) == len(document["rows"]) == 8 + 8 + 8 + 4
    assert forms["txt"].count("Four/Large") == forms["md"].count("Four/Large") == 4
    made(bed)
    again = {form: path.read_text() for form, path in pairs.forms_of(bed.project, bed.project.config.pairs[1]).items()}
    assert again == forms


def test_few_blocks_decide_nothing(bed: Bed) -> None:
    """Three rounds are too few for eight benchmarks, however much they differ: it takes nine."""
    bed.run()
    row = times(made(bed))["One/Small"]
    assert (row["verdict"], row["paired"]["blocks_needed"]) == ("cannot decide", 9)
    assert row["outlook"]["rounds"] == 6
    # A sample takes 0.05 s here, of two versions, and linking both half a second.
    assert row["outlook"]["minutes"] == pytest.approx(6 * 0.6 / 60)


def test_through_a_version_that_both_have_met(bed: Bed) -> None:
    """go1.24 is measured anew beside go1.23, so that it meets go1.25 no more: they are compared through go1.23."""
    enough = bed.with_settings(count=str(ENOUGH))
    behaviour = noisy(One_go1_25=0.8)
    enough.run(behaviour=behaviour)
    forget(enough.project.tree, enough.cells("go1.24.0"), enough.clock.now())
    enough.run(behaviour=behaviour)
    row = times(made(enough))["One/Small"]
    assert (row["paired"]["through"], row["paired"]["blocks"]) == ("go1.23", ENOUGH)
    assert row["flags"] == []
    assert row["verdict"] == "improved"
    assert row["words"].endswith(", through go1.23")
    assert row["paired"]["ratio"] == pytest.approx(0.8, abs=0.04)
    legs = [times(made(enough, name))["One/Small"] for name in ("go1.23-go1.24", "go1.23-go1.25")]
    assert width(row) == pytest.approx(math.hypot(*map(width, legs)))


def test_versions_that_never_met(bed: Bed) -> None:
    """Measured one after the other there are no blocks, and no way through a third: then nothing is claimed."""
    enough = bed.with_settings(count=str(ENOUGH))
    for version in ("go1.24.0", "go1.25.0"):
        folder = enough.project.tree.folder
        enough.run(enough.cells(version), behaviour=noisy(One_go1_25=0.8))
        for path in folder.glob("*/*_reference.txt"):
            path.unlink()
        for path in folder.glob("*_blocks.json"):
            path.unlink()
    merged(enough, "go1.24", "go1.25")
    document, looked_further = compare_versions(
        enough.project, "go1.24", "go1.25", Rules(), Archive(enough.project.tree), verified(enough)
    )
    rows = times(document)
    assert looked_further
    assert {row["verdict"] for row in rows.values()} == {"cannot decide"}
    assert {tuple(row["flags"]) for row in rows.values()} == {("no shared blocks",)}
    assert rows["One/Small"]["benchstat"]["significant"]


def test_layouts_that_were_not_varied_count_for_nothing(bed: Bed) -> None:
    """One binary a version: differences may be the linker's, so nothing is Go's."""
    plain = bed.with_settings(count=str(ENOUGH), layouts="default")
    plain.run(behaviour=noisy(One_go1_25=0.8))
    document = made(plain)
    assert times(document)["One/Small"]["verdict"] == "improved"
    assert document["differences"][0].startswith("layouts not varied")
    assert document["summary"][0]["verdicts"]["improved"] == 0
    assert document["summary"][0]["flagged"] == 8


def test_a_missing_version(bed: Bed) -> None:
    """The message says which there are."""
    bed.run()
    merged(bed, "go1.23")
    with pytest.raises(PerfError, match=r"go1.24 has no merged results in results/.*; there are go1.23"):
        compare_versions(bed.project, "go1.23", "go1.24", Rules(), Archive(bed.project.tree), verified(bed))


def current(bed: Bed, name: str = "go1.24-go1.25") -> bool:
    """Whether a pair need not be made again, as far as its own check goes."""
    pair = next(pair for pair in bed.project.config.pairs if pairs.name_of(pair) == name)
    return pairs.is_current(bed.project, pair, verified(bed))


@pytest.mark.parametrize("form", ["txt", "md", "csv", "json"])
def test_a_file_edited_by_hand_is_made_again(bed: Bed, form: str) -> None:
    """Or deleted: each form is looked at."""
    bed.run()
    made(bed)
    assert current(bed)
    path = bed.project.tree.comparison("go1.24-go1.25", form)
    path.write_text(path.read_text() + " ")
    assert not current(bed)
    made(bed)
    assert current(bed)
    path.unlink()
    assert not current(bed)


def test_new_blocks_make_it_stale(bed: Bed) -> None:
    """And so does another version, if it was compared through one."""
    bed.run()
    made(bed)
    (path,) = bed.project.tree.folder.glob("*_blocks.json")
    path.with_name("2020-01-01_00-00-00_blocks.json").write_text(path.read_text())
    assert not current(bed)


def test_other_versions_matter_only_where_they_are_needed(bed: Bed) -> None:
    """go1.23 says nothing of a pair that has blocks of its own."""
    bed.run()
    made(bed)
    path = bed.project.tree.merged_json("go1.23")
    path.write_text(path.read_text() + " ")
    assert current(bed)
    forget(bed.project.tree, [Cell("go1.24.0", "alpha.One")], bed.clock.now())
    bed.run()
    made(bed)
    path.write_text(path.read_text() + " ")
    assert not current(bed)


def test_rules_are_a_file(bed: Bed) -> None:
    """Another alpha, margin or count is another file; the same again is not written."""
    path = pairs.rules_file(bed.project)
    pairs.write_rules(bed.project)
    before = json.loads(path.read_text())
    rules = replace(bed.project.config.rules, alpha=0.01)
    pairs.write_rules(replace(bed.project, config=replace(bed.project.config, rules=rules)))
    assert json.loads(path.read_text()) == {**before, "alpha": 0.01}
    pairs.write_rules(bed.with_settings(count="60").project)
    assert json.loads(path.read_text()) == {**before, "count": 60}


def test_a_unit_that_failed_in_one_version(bed: Bed) -> None:
    """Its rows are only in the other, with the reason."""
    bed.run(
        behaviour=lambda version, unit, number: (
            prints("panic: x", status=2)
            if (version, unit) == ("go1.25.0", "alpha.One")
            else steady(version, unit, number)
        )
    )
    document = made(bed)
    row = times(document)["One/Small"]
    assert row["words"].startswith("only in go1.24; alpha.One failed in go1.25 (")
    assert [(its["label"], its["unit"]) for its in document["without_result"]] == [("go1.25", "alpha.One")]
