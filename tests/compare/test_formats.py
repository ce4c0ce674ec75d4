"""Text, Markdown, CSV and terminal say what the document says."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from tasks.compare import show as terminal
from tasks.compare.formats import as_csv, as_json, as_markdown, as_text, write_forms
from tasks.compare.view import Choice, important_first, in_sum, sections
from tasks.shared import console
from tasks.shared.errors import PerfError
from tests.builders import EXAMPLES, Document


@pytest.fixture
def document() -> Document:
    """A comparison with rows of every kind."""
    return EXAMPLES["comparison"]()


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is said on the terminal; tables as one line per row."""
    lines: list[str] = []
    monkeypatch.setattr(console, "say", lines.append)

    def table(title: str, columns: list[str], rows: list[list[str]], words: int, styles: list[str]) -> None:
        lines.append(" | ".join(columns))
        lines.extend(f"{' | '.join(row)} [{style}]" for row, style in zip(rows, styles, strict=True))

    monkeypatch.setattr(console, "table", table)
    monkeypatch.setattr(console, "width", lambda: 200)
    return lines


def test_text_has_every_row(document: Document) -> None:
    """One line for each benchmark and unit of measure, columns aligned, notes below their table."""
    text = as_text(document)
    here = "(linux/amd64, AMD EPYC 7B13, 25ms samples)"
    assert text.startswith(f"go1.24.0 {here} -> go1.25.0 {here}\n")
    names = [line.split()[0] for line in text.splitlines() if line.split()[1:2] and "±" in line]
    assert len(names) == len(document["rows"])
    assert "differs besides Go: environment: GOGC none -> 50" in text
    assert "no result in go1.24: runtime.Unlucky (panic)" in text
    lines = text.splitlines()
    head = next(i for i, line in enumerate(lines) if line.startswith("benchmark"))
    place = lines[head].index("verdict")
    assert lines[head + 1][place:].startswith("improved")
    assert "need >= 6 samples for confidence interval at level 0.95" in text


def test_a_line_of_text(document: Document) -> None:
    """Both medians with their intervals, benchstat's delta, the paired change, q and the verdict."""
    line = next(line for line in as_text(document).splitlines() if line.startswith("SyncPool"))
    assert line.split("  ")[0] == "SyncPool"
    for part in ("100.0n ± 2%", "~ (p=1.000 n=6)", "-10.0 % (", "0.000", "improved"):
        assert part in line


def test_the_sum(document: Document) -> None:
    """Counts of verdicts, what is not counted, and the geometric mean over how many."""
    times = document["summary"][0]
    assert in_sum(document, times).startswith(
        "sec/op: 1 improved, 1 with no change found, 1 that can't be decided, 1 only in go1.25, 1 not by Go alone; "
    )
    assert in_sum(document, times).endswith("over 2 of 5")


def test_markdown_is_a_table(document: Document) -> None:
    """Every row has as many cells as the head, and nothing in a name is taken for markup."""
    document["rows"][0]["name"] = "A|B_*c<d>"
    text = as_markdown(document)
    assert "A\\|B\\_\\*c\\<d>" in text
    tables = [line for line in text.splitlines() if line.startswith("|")]
    assert {line.replace("\\|", "").count("|") for line in tables} == {8}
    assert "## sec/op" in text


def test_csv_has_every_number(document: Document) -> None:
    """In base units and full precision, one line for each row of the document."""
    rows = list(csv.DictReader(io.StringIO(as_csv(document))))
    assert len(rows) == len(document["rows"])
    for line, row in zip(rows, document["rows"], strict=True):
        assert line["benchmark"] == row["name"]
        assert line["verdict"] == row["verdict"]
        assert line["old_median"] == ("" if row["old"] is None else repr(row["old"]["median"]))
        assert line["ratio"] == ("" if row["paired"] is None else repr(row["paired"]["ratio"]))
        assert line["counted"] == str(row["counted"]).lower()


def test_csv_holds_no_formula(document: Document) -> None:
    """A spreadsheet must not run what a benchmark is called."""
    document["rows"][0]["name"] = "=1+1"
    assert next(csv.DictReader(io.StringIO(as_csv(document))))["benchmark"] == "'=1+1"


@pytest.mark.parametrize(
    ("choice", "names"),
    [
        (Choice(name="Sync*", measure="sec/op"), ["SyncPool"]),
        (Choice(name="SyncPool", measure="ns/op"), ["SyncPool"]),
        (Choice(package="runtime", measure="B/op"), ["SyncPool", "Open", "Flagged", "New"]),
        (Choice(measure="sec/op", everything=False), ["SyncPool", "Flagged"]),
    ],
)
def test_filters(document: Document, choice: Choice, names: list[str]) -> None:
    """By package, name and unit of measure, as it is shown or as it is printed; and only what changed."""
    assert [row["name"] for section in sections(document, choice) for row in section.rows] == names
    listed = [row["benchmark"] for row in csv.DictReader(io.StringIO(as_csv(document, choice)))]
    assert listed == names


def test_a_filter_that_fits_nothing(document: Document) -> None:
    """The message says what there is."""
    with pytest.raises(
        PerfError, match=r"name=Nope fits no benchmark of go1.24-go1.25. Packages: runtime; measures: sec/op"
    ):
        as_text(document, Choice(name="Nope"))


def test_the_terminal_shows_changes_first(document: Document, said: list[str]) -> None:
    """Without asking, only what changed; the rest is counted. Columns that no row needs are left out."""
    terminal.show(document, Choice(measure="sec/op", everything=False))
    table = [line for line in said if line.startswith("runtime.")]
    assert [line.split(" | ")[:2] for line in table] == [
        ["runtime.SyncPool", "improved"],
        ["runtime.Flagged", "regressed ¹"],
    ]
    assert table[0].endswith("[green]")
    assert table[1].endswith("[dim]")
    assert "¹ module golang.org/x/sync: v0.9.0 -> v0.10.0" in said
    assert said[-1].startswith("\n3 more rows without a change: rows=all shows them")


def test_the_terminal_shows_all_when_asked(document: Document, said: list[str]) -> None:
    """What counts and changed, what changed but does not count, then what is open."""
    terminal.show(document, Choice(measure="sec/op"))
    table = [line.split(" | ")[0] for line in said if line.startswith("runtime.")]
    assert table == ["runtime.SyncPool", "runtime.Flagged", "runtime.Few", "runtime.Open", "runtime.New"]
    assert not any("more rows" in line for line in said)


@pytest.mark.parametrize(
    ("width", "left_out"), [(120, []), (108, ["q"]), (95, ["q", "vs base"]), (50, ["q", "vs base", "go1.24", "go1.25"])]
)
def test_a_narrow_terminal(
    document: Document, said: list[str], monkeypatch: pytest.MonkeyPatch, width: int, left_out: list[str]
) -> None:
    """The least important columns are left out before lines are folded."""
    monkeypatch.setattr(console, "width", lambda: width)
    terminal.show(document, Choice(measure="sec/op", everything=False))
    (heads,) = [line.split(" | ") for line in said if line.startswith("benchmark")]
    everything = ["benchmark", "verdict", "go1.24", "go1.25", "vs base", "paired", "q"]
    assert heads == [title for title in everything if title not in left_out]


def test_the_largest_change_comes_first(document: Document) -> None:
    """Up or down alike: half is as much as twice."""
    rows = [row for row in document["rows"] if row["measure"] == "sec/op"]
    for row, ratio in zip(rows[:3], (0.9, 0.5, 1.5), strict=True):
        row.update(verdict="improved", counted=True)
        row["paired"]["ratio"] = ratio
    assert [row["paired"]["ratio"] for row in important_first(rows)[:3]] == [0.5, 1.5, 0.9]


def test_json_is_the_document(document: Document, tmp_path: Path) -> None:
    """Whole, whatever is chosen, and checked when it is written."""
    assert as_json(document, Choice(name="Sync*")) == as_json(document)
    with pytest.raises(PerfError, match="verdict"):
        write_forms({**document, "rows": [{**document["rows"][0], "verdict": "?"}]}, {"json": tmp_path / "x.json"})
    assert not (tmp_path / "x.json").exists()
