"""`doit` and `doit compare` as a user runs them, with invented toolchains and everything else real."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tasks.shared import schema
from tests import fake_go
from tests.builders import Document
from tests.checkout import Checkout, snapshot
from tests.fake_go import PLAIN


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """Three versions of four benchmarks, measured, merged, compared and exported by one plain `doit`."""
    made = fake_go.fake_checkout(tmp_path_factory.mktemp("compare") / "clone", {**os.environ})
    said = made.doit(*PLAIN)
    assert "go1.23 -> go1.24, sec/op: 4 that can't be decided" in said
    return made


def folder(checkout: Checkout) -> Path:
    """Where the comparisons lie."""
    return fake_go.bed_of(checkout).project.tree.comparison("x", "json").parent


def document(checkout: Checkout, name: str) -> Document:
    """The JSON of a pair."""
    its: Document = schema.read("comparison", folder(checkout) / f"{name}.json")
    return its


def test_a_plain_doit_compares_the_usual_pairs(checkout: Checkout) -> None:
    """Three pairs in four forms; the samples of a round are pairs."""
    names = {path.name for path in folder(checkout).iterdir()}
    pairs = ("go1.23-go1.24", "go1.24-go1.25", "go1.23-go1.25")
    told = {f"{pair}.{form}" for pair in pairs for form in ("txt", "md", "csv", "json")}
    # For the page also the other way round.
    assert names == told | {"go1.24-go1.23.json", "go1.25-go1.24.json", "go1.25-go1.23.json"}
    assert {row["paired"]["blocks"] for row in document(checkout, "go1.23-go1.25")["rows"]} == {3}
    assert "valid: " in checkout.doit("validate")


def test_nothing_to_do(checkout: Checkout) -> None:
    """The next `doit` makes nothing, also for another reason than its own record."""
    assert "everything is up to date" in checkout.doit(*PLAIN)
    (checkout.root / ".cache" / "doit.sqlite").unlink()
    before = snapshot(folder(checkout))
    checkout.doit(*PLAIN)
    assert snapshot(folder(checkout)) == before


def test_compare_shows_the_pairs(checkout: Checkout) -> None:
    """Named alone it shows what there is, though nothing is to be made."""
    said = checkout.doit("compare", *PLAIN)
    assert said.count("alpha 0.05, margin 1 %, equivalence margin 3 %") == 3
    assert "12 more rows" not in said
    assert "4 more rows without a change" in said
    said = checkout.doit("compare", "rows=all", "name=One", *PLAIN)
    assert "alpha.One" in said
    assert "beta.Three" not in said
    assert "it is shown, since it is asked for" in checkout.doit("why", "compare", *PLAIN)
    assert "nothing is stale" in checkout.doit("why", *PLAIN)
    status = {line.split()[1]: line[0] for line in checkout.doit("list", "-s", *PLAIN).splitlines()}
    assert status["compare:go1.23-go1.24"] == "U"


def test_one_pair(checkout: Checkout) -> None:
    """By labels it is shown; exact names will do."""
    said = checkout.doit("compare:go1.24-go1.25", *PLAIN)
    assert said.count("alpha 0.05") == 1
    assert "go1.24.0 (" in said
    checkout.doit("compare:go1.24.0-go1.25.0", *PLAIN)


def test_another_alpha_judges_anew_and_measures_nothing(checkout: Checkout) -> None:
    """And so does a margin in config.yaml; taken back, all is as before."""
    before = snapshot(folder(checkout))
    said = checkout.doit("alpha=0.5", *PLAIN)
    assert "measuring" not in said
    assert document(checkout, "go1.24-go1.25")["rules"]["alpha"] == 0.5
    config = checkout.root / "config.yaml"
    text = config.read_text()
    config.write_text(text.replace("margin: 1,", "margin: 2,"))
    assert "alpha, margins or count of comparisons changed" in checkout.doit("why", *PLAIN)
    checkout.doit(*PLAIN)
    assert document(checkout, "go1.24-go1.25")["rules"] == {"alpha": 0.05, "margin": 0.02, "equivalence_margin": 0.03}
    config.write_text(text)
    checkout.doit(*PLAIN)
    assert snapshot(folder(checkout)) == before


def test_a_file_edited_by_hand_is_made_again(checkout: Checkout) -> None:
    """The other pairs are left alone."""
    before = snapshot(folder(checkout))
    (folder(checkout) / "go1.23-go1.24.md").write_text("nothing changed\n")
    said = checkout.doit(*PLAIN)
    assert "compare:go1.23-go1.24" in said
    assert "compare:go1.24-go1.25" not in said
    assert snapshot(folder(checkout)) == before


def test_once_with_an_alpha_of_its_own(checkout: Checkout) -> None:
    """Shown, and the files of the configured pairs stay; the next `doit` has nothing to do."""
    before = snapshot(checkout.root / "results")
    said = checkout.doit("compare", "old=go1.23", "new=1.25.0", "alpha=0.01", *PLAIN)
    assert "alpha 0.01" in said
    assert "go1.23.0 (" in said
    assert snapshot(checkout.root / "results") == before
    assert "everything is up to date" in checkout.doit(*PLAIN)


def test_two_texts_to_a_file(checkout: Checkout, tmp_path: Path) -> None:
    """Any two benchmark texts, in the form that the file's name asks for."""
    for name, value in (("a.txt", 100), ("b.txt", 110)):
        lines = [f"BenchmarkX-2 1 {value + i} ns/op\n" for i in range(8)]
        (tmp_path / name).write_text("".join(lines))
    sides = (f"old={tmp_path / 'a.txt'}", f"new={tmp_path / 'b.txt'}")
    checkout.doit("compare", *sides, f"out={tmp_path / 'found.md'}")
    assert "+9.66%" in (tmp_path / "found.md").read_text()
    said = checkout.doit("compare", *sides)
    assert "1 of 1 differ by benchstat's test" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["compare", "old=go1.23"], "old= and new= go together"),
        (["compare", "old=go1.23", "new=nothing"], "new=nothing: no version and no file of this name"),
        (["compare", "alpha=2"], "alpha=2: expected a number between 0 and 1"),
        (["compare", "rows=few"], "rows=few: expected changed or all"),
    ],
)
def test_mistakes_on_the_command_line(checkout: Checkout, arguments: list[str], said: str) -> None:
    """One message with the way out, exit status 3, no traceback."""
    answer = checkout.doit(*arguments, status=3)
    assert said in answer
    assert "Traceback" not in answer


def test_mistakes_that_show_later(checkout: Checkout) -> None:
    """A filter that fits nothing, and a form that there is none of, fail the task."""
    answer = checkout.doit("compare", "name=Nope", *PLAIN, status=1)
    assert "name=Nope fits no benchmark" in answer
    answer = checkout.doit("compare", "old=go1.23", "new=go1.24", "out=x.pdf", *PLAIN, status=1)
    assert "out=x.pdf: expected" in answer
    assert "Traceback" not in answer


def test_clean_removes_comparisons_too(checkout: Checkout) -> None:
    """They are made again without measuring, the same."""
    before = snapshot(folder(checkout))
    checkout.doit("clean", "compare:go1.23-go1.24", *PLAIN)
    assert not (folder(checkout) / "go1.23-go1.24.json").exists()
    assert "measuring" not in checkout.doit(*PLAIN)
    assert snapshot(folder(checkout)) == before


def test_a_pair_measures_no_other_version(checkout: Checkout) -> None:
    """What is noise is pooled of what there is: a stale version that nobody asks for stays as it is."""
    checkout.doit("forget", "collect:go1.25", *PLAIN)
    said = checkout.doit("compare:go1.23-go1.24", *PLAIN)
    assert "alpha 0.05" in said
    assert "measuring" not in said
    assert "measuring" not in checkout.doit("compare", "old=go1.23", "new=go1.24", *PLAIN)
    assert "measuring 4 benchmark functions in go1.25" in checkout.doit(*PLAIN)
