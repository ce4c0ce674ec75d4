"""Reading YAML strictly: every mistake names the file, the line and the way out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tasks.shared.errors import PerfError
from tasks.shared.yaml_file import read_yaml


def _error(path: Path, text: str | bytes) -> str:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(PerfError) as caught:
        read_yaml(path)
    return str(caught.value)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the file is to be."""
    return tmp_path / "config.yaml"


def test_document(path: Path) -> None:
    """YAML that is in order is read as it stands, in any alphabet."""
    path.write_text('a: ["1.24", 1.24, 25ms]\nb: {c: µs}\n', encoding="utf-8")
    assert read_yaml(path) == {"a": ["1.24", 1.24, "25ms"], "b": {"c": "µs"}}


@pytest.mark.parametrize(
    ("text", "where", "why"),
    [
        ("a: 1\nb: 2\na: 3\n", ":3", "the key 'a' stands twice; keep one of them"),
        ("a:\n  b: 1\n  b: 1\n", ":3", "the key 'b' stands twice"),
        ("- {a: 1, a: 2}\n", ":1", "the key 'a' stands twice"),
        ("a: [1\nb: 2\n", ":2:", "not YAML: "),
        ("a: *x\n", ":1:4", "not YAML: .*undefined alias"),
        ("a: 1\n---\nb: 2\n", ":2:1", "not YAML: .*another document"),
        ("? [1]\n: 2\n", ":1:3", "not YAML: .*unhashable key"),
        ("a: 1\n\tb: 2\n", ":2:1", "not YAML: .*tab"),
        ("a:\n\tb: 2\n", ":2:1", "not YAML: "),
        ("a: !!python/object/apply:os.getcwd []\n", ":1:4", "not YAML: .*constructor"),
        ("a: \x00\n", "", "not YAML: "),
        (b"a: \xff\n", "", "can't be read: .*utf-8"),
        ("", " is empty", "`git checkout config.yaml` brings back the one that came with it"),
        ("# all comments\n", " is empty", "git checkout config.yaml"),
    ],
)
def test_mistakes(path: Path, text: str | bytes, where: str, why: str) -> None:
    """Each mistake is named with its place."""
    message = _error(path, text)
    assert message.startswith(f"{path}{where}")
    assert re.search(why, message)


def test_missing(path: Path) -> None:
    """A missing file can be brought back."""
    with pytest.raises(PerfError, match=r"is missing\. `git checkout config\.yaml` brings back"):
        read_yaml(path)


def test_folder_in_its_place(path: Path) -> None:
    """What can't be read as a file is named, too."""
    path.mkdir()
    with pytest.raises(PerfError, match=r"can't be read: .*directory"):
        read_yaml(path)


def test_nothing_is_run(path: Path) -> None:
    """Loading a file never makes Python objects of its choice."""
    marker = path.with_name("marker")
    _error(path, f'a: !!python/object/apply:os.mkdir ["{marker}"]\n')
    assert not marker.exists()


@pytest.mark.parametrize("text", ["a:\n\tb: 1\n", "a: 1\n\tb: 2\n"])
def test_tabs_are_called_by_their_name(path: Path, text: str) -> None:
    """The parser's own words don't mention what cannot be seen."""
    assert "never with tabs" in _error(path, text)


def test_an_impossible_date_is_a_mistake_like_others(path: Path) -> None:
    """What looks like a date and is none is named, without a traceback."""
    assert "not YAML" in _error(path, "a: 2024-99-99\n")
