"""Findings of measured versions, as files and on the terminal: what holds is stated, all else told as what it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import yaml

from tasks.compare import claim_files, pairs
from tasks.compare.claim_document import finding
from tasks.compare.claim_formats import as_markdown, as_text, write_forms
from tasks.compare.claim_reading import load
from tasks.compare.claim_show import show
from tasks.compare.claim_view import in_sum, shown
from tasks.measure.archive import Archive
from tasks.shared import console, schema
from tasks.shared.errors import PerfError
from tasks.shared.verified import Verified
from tests.builders import EXAMPLES, Document, claim, claim_part, claims_document
from tests.compare.beds import ENOUGH, merged, noisy
from tests.conftest import CONFIG, Bed

ABOUT_ONE = {"benchmarks": ["alpha.One"], "expect": {"of": "every", "is": "improved", "by": 5}}
SAME = {"of": "every", "is": "equivalent", "by": 3}
LESS = {"of": "geomean", "is": "improved", "by": 0}
CLAIMS = [
    claim_part(id="one", says="One takes less time.", **ABOUT_ONE),
    claim_part(id="two", says="Two takes less time.", **{**ABOUT_ONE, "benchmarks": ["alpha.*"]}),
    claim_part(id="sizes", says="Sizes stay.", benchmarks=["*"], measure="B/op", expect=SAME),
    claim_part(id="later", says="One takes less time again.", **ABOUT_ONE, pair=["1.25", "1.26"]),
    claim_part(id="at-large", says="All takes less.", benchmarks=["*"], pair=["1.23", "1.25"], expect=LESS),
]


def verified(bed: Bed) -> Verified:
    """What is remembered of this bed's files."""
    return Verified(bed.root / ".cache" / "verified.json")


def check(bed: Bed) -> Mapping[str, Any]:
    """What the tasks do: merge, compare what claims are about, and check these."""
    bed.project.paths.findings.write_text(yaml.safe_dump(claims_document(*CLAIMS)))
    claims = load(bed.project)
    merged(bed)
    for pair in claim_files.pairs_of(bed.project, claims):
        pairs.make(bed.project, pair, Archive(bed.project.tree), verified(bed))
    return claim_files.make(bed.project, claims, Archive(bed.project.tree), verified(bed))


@pytest.fixture
def measured(bed: Bed) -> Bed:
    """One is 20 % faster in go1.25, in as many rounds as it takes to find it."""
    enough = bed.with_settings(count=str(ENOUGH))
    enough.run(behaviour=noisy(One_go1_25=0.8))
    return enough


def test_outcomes(measured: Bed) -> None:
    """Each with its numbers, and why; the file is what was made."""
    findings = check(measured)
    assert findings == schema.read("findings", measured.project.tree.findings("json"))
    found = {its["id"]: its for its in findings["findings"]}
    assert {name: its["outcome"] for name, its in found.items()} == {
        "one": "holds", "two": "contradicted", "sizes": "holds", "later": "not enough data", "at-large": "holds",
    }  # fmt: skip
    assert findings["counts"] == {"holds": 3, "contradicted": 1, "not enough data": 1}
    small, large = found["one"]["rows"]
    assert (small["name"], small["verdict"], small["blocks"], small["meets"]) == (
        "One/Small",
        "improved",
        ENOUGH,
        "yes",
    )
    assert small["ratio"] == pytest.approx(0.8, abs=0.03)
    assert large["q"] <= 0.05
    assert found["one"]["compared"] | {"cpu": ""} == {
        "name": "go1.24-go1.25", "old": "go1.24.0", "new": "go1.25.0", "cpu": "", "benchtime": "25ms",
    }  # fmt: skip
    assert found["one"]["why"].startswith("2 as claimed: One/Small -")
    assert found["later"]["why"] == "not measured: Go 1.26 is not among the versions of config.yaml"
    assert (found["later"]["compared"], found["later"]["rows"]) == (None, [])
    assert found["at-large"]["geomean"]["benchmarks"] == 8


def test_too_few_rounds_decide_nothing(bed: Bed) -> None:
    """However much faster it looks."""
    bed.run(behaviour=noisy(One_go1_25=0.5))
    outcomes = {its["id"]: its for its in check(bed)["findings"]}
    assert {its["outcome"] for its in outcomes.values()} == {"not enough data"}
    assert "3 shared blocks, it takes 9" in outcomes["one"]["why"]


def test_fixed_layouts_prove_nothing(bed: Bed) -> None:
    """Rows that differ in more than Go are no data."""
    plain = bed.with_settings(count=str(ENOUGH), layouts="default")
    plain.run(behaviour=noisy(One_go1_25=0.8))
    found = {its["id"]: its for its in check(plain)["findings"]}
    assert found["one"]["outcome"] == "not enough data"
    assert "differs in more than Go: layouts not varied" in found["one"]["why"]


def test_pairs_of_claims(make_bed: Callable[..., Bed]) -> None:
    """Those of configured versions, whether they are compared anyway or not; each once."""
    project = make_bed(CONFIG.replace("pairs: []", 'pairs: [["1.23.0", "1.24.0"]]')).project
    project.paths.findings.write_text(yaml.safe_dump(claims_document(*CLAIMS)))
    found = claim_files.pairs_of(project, load(project))
    assert [pairs.name_of(pair) for pair in found] == ["go1.24-go1.25", "go1.23-go1.25"]


@pytest.mark.parametrize("form", ["txt", "md", "json"])
def test_a_file_edited_by_hand_is_made_again(measured: Bed, form: str) -> None:
    """Or deleted: each form is looked at. Twice the same bytes."""
    check(measured)
    before = {name: path.read_bytes() for name, path in claim_files.forms_of(measured.project).items()}
    assert claim_files.is_current(measured.project, verified(measured))
    path = measured.project.tree.findings(form)
    path.write_text(path.read_text() + " ")
    assert not claim_files.is_current(measured.project, verified(measured))
    check(measured)
    assert {name: path.read_bytes() for name, path in claim_files.forms_of(measured.project).items()} == before
    path.unlink()
    assert not claim_files.is_current(measured.project, verified(measured))


@pytest.fixture
def document() -> Document:
    """Findings with every outcome."""
    return EXAMPLES["findings"]()


def test_only_what_holds_is_stated(document: Document) -> None:
    """Below its title, as a sentence of its own; the others with what they are before it."""
    text = as_text(document)
    assert in_sum(document) == "findings: 2 of 6 hold here, 1 contradicted, 3 without enough data"
    assert text.startswith(f"{in_sum(document)}\nresults of linux-amd64\n\nHolds here (2)\n\nGetting a buffer")
    assert "\nNot so here: Getting a buffer from a pool takes more time.\n" in text
    assert text.count("\nOpen: ") == 3
    stated = [line for line in text.splitlines() if line.startswith("Getting")]
    assert len(stated) == 2


def test_of_any_those_that_bear_it_out_are_shown(document: Document) -> None:
    """Of a claim about any of all benchmarks that holds; the JSON has the others, too."""
    comparison = EXAMPLES["comparison"]()
    held = finding(claim("any", benchmarks=["*"]), comparison)
    assert (held["outcome"], len(held["rows"])) == ("holds", 5)
    assert [row["name"] for row in shown(held)] == ["SyncPool"]
    assert len(shown(finding(claim("any", "regressed", benchmarks=["*"]), comparison))) == 5
    assert all(shown(its) == its["rows"] for its in document["findings"])


def test_text_has_source_condition_and_numbers(document: Document) -> None:
    """All that it takes to judge the finding."""
    text = as_text(document)
    assert "go1.25-sync-pool: each improved, sec/op of runtime.SyncPool, go1.24.0 -> go1.25.0" in text
    assert (
        "Go 1.25 release notes, sync (a tenth less), https://example.com/go1.25; condition written 2026-11-24" in text
    )
    line = next(line for line in text.splitlines() if "runtime.SyncPool" in line and "-10.0 % (" in line)
    assert line.split()[-2:] == ["improved", "yes"]
    assert "improved (not Go alone)" in text or "regressed (not Go alone)" in text
    assert "Go 1.24 -> Go 1.25" in text


def test_markdown(document: Document) -> None:
    """A heading for each, tables of equal width, nothing taken for markup."""
    document["findings"][0]["says"] = "A|B_*c<d>"
    text = as_markdown(document)
    assert "A\\|B\\_\\*c\\<d>" in text
    assert {line.count("|") for line in text.splitlines() if line.startswith("|")} == {7}
    assert text.count("\n### ") == 6
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        "## Holds here", "## Contradicted here", "## Not enough data to tell",
    ]  # fmt: skip


def test_the_terminal(document: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is decided with its numbers, a line for each that is open, and the sum last."""
    said: list[str] = []
    tables: list[list[tuple[str, ...]]] = []
    monkeypatch.setattr(console, "say", said.append)
    monkeypatch.setattr(console, "table", lambda _title, _heads, rows, **_how: tables.append(list(rows)))
    show(document, "results/findings.md")
    assert said[-1] == f"\n{in_sum(document)}; all numbers: results/findings.md"
    assert "\nNot so here: Getting a buffer from a pool takes more time." in said
    assert [len(rows) for rows in tables] == [1, 2, 1, 3]
    assert tables[0][0][0] == "runtime.SyncPool"


def test_nothing_invalid_is_written(document: Document, tmp_path: Any) -> None:
    """The document is checked before any form of it is written."""
    document["findings"][0]["outcome"] = "true"
    with pytest.raises(PerfError, match="outcome"):
        write_forms(document, {"json": tmp_path / "x.json"})
    assert not (tmp_path / "x.json").exists()
