"""Reading any benchmark text."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.compare.sides import Key
from tasks.compare.texts import key_and_value, read_text
from tasks.shared.errors import PerfError

TEXT = """goos: linux
pkg: example.com/a
Unit p99-ns better=lower
BenchmarkX/size=1-8   100   12.5 ns/op   3 p99-ns   0 B/op
BenchmarkX/size=1-8   100   13.5 ns/op   4 p99-ns   0 B/op
BenchmarkBroken-8   many   12.5 ns/op
BenchmarkJustStarted-8
pkg:
BenchmarkY   1   7 MB/s
PASS
"""


def write(folder: Path, text: str) -> Path:
    """A text on the disk."""
    path = folder / "bench.txt"
    path.write_text(text)
    return path


def test_samples_by_configuration(tmp_path: Path) -> None:
    """In base units, with the whole name, under the configuration that held."""
    side = read_text(write(tmp_path, TEXT), "old")
    in_a = (("goos", "linux"), ("pkg", "example.com/a"))
    assert side.samples == {
        Key(in_a, "X/size=1-8", "sec/op"): [12.5 * 1e-9, 13.5 * 1e-9],
        Key(in_a, "X/size=1-8", "p99-sec"): [3 * 1e-9, 4 * 1e-9],
        Key(in_a, "X/size=1-8", "B/op"): [0.0, 0.0],
        Key((("goos", "linux"),), "Y", "B/s"): [7e6],
    }
    assert side.fields == ["goos", "pkg"]
    assert side.metadata == {("p99-sec", "better"): "lower"}
    assert side.printed["p99-sec"] == "p99-ns"


def test_what_is_no_result_is_named(tmp_path: Path) -> None:
    """With file and line; a name alone is what -v prints."""
    assert read_text(write(tmp_path, TEXT), "old").notes == [
        "bench.txt:6: not a result: BenchmarkBroken-8   many   12.5 ns/op"
    ]


def test_lines_of_windows(tmp_path: Path) -> None:
    """A carriage return is no part of a value."""
    side = read_text(write(tmp_path, TEXT.replace("\n", "\r\n")), "old")
    assert Key((("goos", "linux"),), "Y", "B/s") in side.samples


@pytest.mark.parametrize(("text", "said"), [(None, "can't be read"), ("hello\n", "holds no benchmark results")])
def test_texts_that_are_none(tmp_path: Path, text: str | None, said: str) -> None:
    """Each mistake says what was expected."""
    path = write(tmp_path, text) if text else tmp_path / "missing.txt"
    with pytest.raises(PerfError, match=said):
        read_text(path, "old")


@pytest.mark.parametrize(
    ("line", "pair"),
    [
        ("pkg: a b", ("pkg", "a b")),
        ("pkg:\t a", ("pkg", "a")),
        ("pkg:", ("pkg", "")),
        ("commit-time: 1", ("commit-time", "1")),
        ("pkg:a", None),
        ("Pkg: a", None),
        ("a b: c", None),
        ("aB: c", None),
        (": c", None),
        ("ok", None),
    ],
)
def test_configuration_lines(line: str, pair: tuple[str, str] | None) -> None:
    """A key begins with a small letter and holds no capitals or blanks; a value comes after a blank."""
    assert key_and_value(line) == pair
