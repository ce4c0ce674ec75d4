"""Files that are whole or not there, one JSON layout, hashes."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.shared.errors import PerfError
from tasks.shared.files import digest_of, folder_of, make_writable, remove_tree, sha256, to_json, write_atomic

_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXT, inner, max_size=4),
    max_leaves=12,
)
_DOCUMENTS = st.dictionaries(_TEXT, _JSON, max_size=5)


@given(_DOCUMENTS, st.lists(_JSON, max_size=5))
@settings(deadline=None)
def test_json_rows_are_plain_json(document: dict[str, Any], rows: list[Any]) -> None:
    """Written an item a line or not, it is the same document with its keys in the same order."""
    document = {**document, "rows": rows}
    text = to_json(document, rows="rows")
    assert json.loads(text) == json.loads(to_json(document)) == document
    assert list(json.loads(text)) == list(document)


def test_json_rows_have_a_line_each() -> None:
    """The long list is a line per item, the rest as ever."""
    text = to_json({"a": {"b": 1}, "rows": [{"c": [1, 2]}, {"d": "\n"}]}, rows="rows")
    assert text == (
        b'{\n  "a": {\n    "b": 1\n  },\n  "rows": [\n    {"c": [1, 2]},\n    {"d": "\\n"}\n  ]\n}\n'
    )  # fmt: skip


@pytest.mark.parametrize("rows", ["", "rows"])
def test_json_has_no_nan(rows: str) -> None:
    """NaN is no JSON, wherever it stands."""
    with pytest.raises(ValueError, match="not JSON compliant"):
        to_json({"rows": [float("nan")]}, rows)


@given(_DOCUMENTS, st.randoms(use_true_random=False))
@settings(deadline=None)
def test_digest_does_not_see_the_order_of_keys(document: dict[str, Any], draw: Any) -> None:
    """The same keys and values in any order have one digest; another value has another."""
    keys = list(document)
    draw.shuffle(keys)
    assert digest_of({key: document[key] for key in keys}) == digest_of(document)
    assert digest_of({**document, "more": 1}) != digest_of({**document, "more": 2})


def test_digest_sees_the_order_of_lists() -> None:
    """Only keys have no order."""
    assert digest_of([1, 2]) != digest_of([2, 1])


def test_sha256_of_text() -> None:
    """Text is hashed as UTF-8."""
    assert sha256("µs") == sha256("µs".encode()) == hashlib.sha256(b"\xc2\xb5s").hexdigest()


def test_write_makes_folders(tmp_path: Path) -> None:
    """A file in a folder that is not there yet is written with its folders, and nothing is left beside it."""
    path = tmp_path / "a" / "b" / "c.json"
    assert write_atomic(path, "µs\n") is True
    assert path.read_bytes() == "µs\n".encode()
    assert list(path.parent.iterdir()) == [path]


def test_identical_rewrite_changes_nothing(tmp_path: Path) -> None:
    """The same content leaves the file itself and its time, so nothing downstream is stale."""
    path = tmp_path / "a"
    write_atomic(path, "same")
    os.utime(path, ns=(1, 1))
    before = path.stat()
    assert write_atomic(path, b"same") is False
    after = path.stat()
    assert (after.st_mtime_ns, after.st_ino) == (1, before.st_ino)
    assert write_atomic(path, "other") is True
    assert path.stat().st_mtime_ns > 1


@pytest.mark.parametrize("broken", ["fsync", "replace"])
def test_failure_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    """A full disk or a Ctrl-C on the way leaves the old content and no half file."""
    path = tmp_path / "a"
    path.write_text("old")

    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, broken, fail)
    with pytest.raises(KeyboardInterrupt):
        write_atomic(path, "new")
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a"]


def test_data_is_on_disk_before_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is synced before it replaces the old one, else a power cut could leave an empty file."""
    order: list[str] = []

    def noted(name: str, function: Callable[..., None]) -> None:
        def call(*arguments: Any) -> None:
            order.append(name)
            function(*arguments)

        monkeypatch.setattr(os, name, call)

    noted("fsync", os.fsync)
    noted("replace", os.replace)
    write_atomic(tmp_path / "a", "x")
    assert order == ["fsync", "replace"]


@pytest.fixture
def read_only(tmp_path: Path) -> Path:
    """A tree without write permissions, as Go's module cache is, with a link to what lies outside."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "kept").write_text("kept")
    (tmp_path / "outside" / "kept").chmod(0o444)
    tree = tmp_path / "tree"
    (tree / "inner").mkdir(parents=True)
    (tree / "inner" / "file").write_text("x")
    (tree / "link").symlink_to(tmp_path / "outside")
    (tree / "inner" / "link").symlink_to(tmp_path / "outside" / "kept")
    for path in (tree / "inner" / "file", tree / "inner", tree):
        path.chmod(path.stat().st_mode & ~0o222)
    return tree


def test_make_writable(read_only: Path) -> None:
    """Every folder and file of the tree can be written to by its owner; what links point to is left alone."""
    make_writable(read_only)
    for path in (read_only, read_only / "inner", read_only / "inner" / "file"):
        assert path.stat().st_mode & stat.S_IWUSR
    assert not (read_only.parent / "outside" / "kept").stat().st_mode & stat.S_IWUSR


def test_remove_tree(read_only: Path) -> None:
    """A read-only tree goes, what its links point to stays, and nothing happens the second time."""
    remove_tree(read_only)
    assert not read_only.exists()
    assert (read_only.parent / "outside" / "kept").read_text() == "kept"
    remove_tree(read_only)


@pytest.mark.skipif(os.geteuid() != 0, reason="not root: test_remove_tree says the same")
def test_remove_tree_as_an_ordinary_user() -> None:
    """Root may do anything, so a process that has given up being root tries it, too."""
    nobody = 65534
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder, "tree")
        (tree / "inner").mkdir(parents=True)
        (tree / "inner" / "file").write_text("x")
        for path in (tree / "inner" / "file", tree / "inner", tree):
            path.chmod(path.stat().st_mode & ~0o222)
            os.chown(path, nobody, nobody)
        os.chown(folder, nobody, nobody)
        child = os.fork()
        if child == 0:
            status = 1
            try:
                os.setgroups([])
                os.setgid(nobody)
                os.setuid(nobody)
                remove_tree(tree)
                status = 0
            finally:
                os._exit(status)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert not tree.exists()


def test_a_named_folder(tmp_path: Path) -> None:
    """There or not; a file is none."""
    assert folder_of(str(tmp_path)) == folder_of(f"{tmp_path}/") == tmp_path
    assert folder_of(str(tmp_path / "new")) == tmp_path / "new"
    (tmp_path / "file").write_text("")
    with pytest.raises(PerfError, match="is a file; name a folder"):
        folder_of(str(tmp_path / "file"))
