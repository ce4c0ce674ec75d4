"""What a command line may ask for, and comparisons for once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.compare.one_off import compare_once, shortest_names
from tasks.compare.request import choice_of, named, sides_of
from tasks.compare.view import Choice
from tasks.measure.archive import Archive
from tasks.shared import console, schema
from tasks.shared.errors import PerfError
from tasks.shared.rules import Rules, with_alpha
from tasks.shared.verified import Verified
from tests.checkout import snapshot
from tests.compare.beds import merged
from tests.conftest import Bed

TEXT = "pkg: p\nBenchmarkA 1 {} ns/op\n"


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is said on the terminal, tables left out."""
    lines: list[str] = []
    monkeypatch.setattr(console, "say", lines.append)
    monkeypatch.setattr(console, "table", lambda *_, **__: lines.append("a table"))
    monkeypatch.setattr(console, "width", lambda: 200)
    return lines


def once(bed: Bed, old: str, new: str, choice: Choice | None = None, out: str = "") -> None:
    """`doit compare old=... new=...`"""
    sides = sides_of(bed.project, {"old": old, "new": new})
    assert sides
    tree = bed.project.tree
    compare_once(bed.project, *sides, choice or Choice(), out, Archive(tree), Verified(bed.root / ".cache" / "v.json"))


def texts(folder: Path) -> tuple[str, str]:
    """Two texts that differ."""
    paths = folder / "old.txt", folder / "new.txt"
    for path, base in zip(paths, (100, 200), strict=True):
        path.write_text("".join(TEXT.format(base + i) for i in range(8)))
    return str(paths[0]), str(paths[1])


@pytest.mark.parametrize("name", ["1.24", "1.24.0", "go1.24", "go1.24.0"])
def test_versions_by_any_name(bed: Bed, name: str) -> None:
    """As config.yaml calls it, and as folders do."""
    assert named(bed.project, "old", name).label == "go1.24"


def test_versions_that_are_no_longer_configured(bed: Bed) -> None:
    """Their merged results are still there."""
    bed.run()
    merged(bed)
    folder = bed.project.tree.folder
    (folder / "go1.24").rename(folder / "go1.22")
    assert named(bed.project, "old", "1.22") == named(bed.project, "old", "go1.22")
    assert named(bed.project, "old", "go1.22").version is None


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"old": "go1.24"}, "old= and new= go together"),
        ({"new": "go1.24"}, "old= and new= go together"),
        ({"old": "go1.24", "new": ""}, "old= and new= go together"),
        ({"old": "go1.99", "new": "go1.24"}, "old=go1.99: no version and no file .* go1.23, go1.24, go1.25"),
        ({"old": "go1.24", "new": "no/such.txt"}, "new=no/such.txt: no version and no file"),
        ({"old": "go1.24", "new": "1.24.0"}, "both name go1.24"),
    ],
)
def test_mistakes_in_sides(bed: Bed, variables: dict[str, str], said: str) -> None:
    """Each says what there is."""
    with pytest.raises(PerfError, match=said):
        sides_of(bed.project, variables)


def test_other_mistakes() -> None:
    """Of rows and of alpha."""
    with pytest.raises(PerfError, match="rows=some: expected changed or all"):
        choice_of({"rows": "some"})
    for text in ("0", "1", "-1", "five", "nan"):
        with pytest.raises(PerfError, match=f"alpha={text}: expected a number between 0 and 1"):
            with_alpha(Rules(), text)
    assert with_alpha(Rules(), "0.01").alpha == 0.01
    assert choice_of({"rows": "all", "name": "X*"}) == Choice(name="X*", everything=True)
    assert not choice_of({}).everything
    assert choice_of({"out": "x.md"}).everything
    assert not choice_of({"out": "x.md", "rows": "changed"}).everything


def test_two_texts(bed: Bed, tmp_path: Path, said: list[str]) -> None:
    """What benchstat says, and that without neighbours it is not much."""
    once(bed, *texts(tmp_path))
    assert any("1 of 1 differ by benchstat's test; without shared blocks" in line for line in said)
    assert "a table" in said


def test_texts_are_called_by_what_tells_them_apart(tmp_path: Path) -> None:
    """Their names; their folders only where the names are the same."""
    assert shortest_names(tmp_path / "a.txt", tmp_path / "b.txt") == ("a.txt", "b.txt")
    same = (tmp_path / "go1.24" / "merged.txt", tmp_path / "go1.25" / "merged.txt")
    assert shortest_names(*same) == ("go1.24/merged.txt", "go1.25/merged.txt")


def test_texts_have_no_verdicts(bed: Bed, tmp_path: Path) -> None:
    """Only benchstat's columns, in every form that people read."""
    once(bed, *texts(tmp_path), out=str(tmp_path / "out"))
    for form in ("txt", "md"):
        (path,) = (tmp_path / "out").glob(f"*.{form}")
        said = path.read_text()
        assert "verdict" not in said
        assert "cannot decide" not in said
        assert "+96.62%" in said
        assert "1 of 1 differ by benchstat's test" in said


def test_named_outputs(bed: Bed, tmp_path: Path, said: list[str]) -> None:
    """One file by its ending, or a folder with all four; valid JSON."""
    sides = texts(tmp_path)
    once(bed, *sides, out=str(tmp_path / "x.json"))
    document = schema.read("comparison", tmp_path / "x.json")
    assert (document["old"]["kind"], document["old"]["file"]) == ("text", "old.txt")
    assert document["rows"][0]["benchstat"]["delta"].startswith("+")
    once(bed, *sides, out=str(tmp_path / "folder"))
    assert sorted(path.suffix for path in (tmp_path / "folder").iterdir()) == [".csv", ".json", ".md", ".txt"]
    with pytest.raises(PerfError, match=r"out=x.pdf: expected a name that ends in .txt, .md, .csv, .json, or a folder"):
        once(bed, *sides, out=str(tmp_path / "x.pdf"))
    assert said[0].startswith("wrote ")


def test_two_versions_touch_no_file(bed: Bed, said: list[str]) -> None:
    """A comparison for once leaves everything below results/ as it is."""
    bed.run()
    merged(bed)
    before = snapshot(bed.project.paths.results)
    once(bed, "go1.23", "go1.25")
    assert snapshot(bed.project.paths.results) == before
    assert any(line.startswith("go1.23.0 (") for line in said)


def test_a_version_and_a_text(bed: Bed, tmp_path: Path, said: list[str]) -> None:
    """A version beside a text is its merged text."""
    bed.run()
    merged(bed)
    copy = tmp_path / "copy.txt"
    copy.write_text(bed.project.tree.merged_text("go1.24").read_text())
    once(bed, "go1.24", str(copy))
    assert any("0 of 8 differ" in line for line in said)
