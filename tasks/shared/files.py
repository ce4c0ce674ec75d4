"""Files that are whole or not there: atomic replacement, durable appending, hashes."""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import os
import shutil
import stat
from pathlib import Path
from typing import Any

import orjson

from tasks.shared.errors import PerfError


def write_atomic(path: Path, data: bytes | str) -> bool:
    """Replace ``path`` by ``data`` in one step; False if it held just that already.

    The data is on disk before the name is, so that a kill or a power cut leaves the old file or the new
    one. An identical rewrite leaves the file and its time untouched, so nothing downstream is stale.
    PerfError if it can't be written.
    """
    content = data.encode() if isinstance(data, str) else data
    try:
        if path.read_bytes() == content:
            return False
    except OSError:
        pass
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            why = f"{path} can't be written: {error.strerror}"
            raise PerfError(
                f"{why}. Make room or let it be written, and run doit again: what was finished is kept."
            ) from error
        raise
    return True


def to_json(document: Any, rows: str = "") -> bytes:
    """The one JSON layout of all our files: two spaces, keys as given, plain lists in a line, a final newline.

    ``rows`` names a list at the top whose items get a line each, where two spaces would make a long file.
    ValueError for numbers that JSON does not have.
    """
    return _render(document, b"", rows) + b"\n"


def _render(value: Any, margin: bytes, rows: str = "") -> bytes:
    inner = margin + b"  "
    if isinstance(value, dict) and value:
        texts = {key: (_rows if rows and key == rows else _render)(item, inner) for key, item in value.items()}
        return (
            b"{\n" + b",\n".join(inner + _dumps(key) + b": " + text for key, text in texts.items()) + b"\n%b}" % margin
        )
    if isinstance(value, list):
        kinds = set(map(type, value))
        if dict in kinds or list in kinds:
            return b"[\n" + b",\n".join(inner + _render(item, inner) for item in value) + b"\n%b]" % margin
        if kinds <= {int, float}:
            return _numbers(value)
    return _dumps(value)


def _rows(values: list[Any], margin: bytes) -> bytes:
    if not values:
        return b"[]"
    return b"[\n" + b",\n".join(margin + b"  " + _dumps(item) for item in values) + b"\n%b]" % margin


def _dumps(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False).encode()


def _numbers(values: list[float]) -> bytes:
    """A list of numbers, of which there may be a million."""
    try:
        # It would write null for what is no number.
        if all(map(math.isfinite, values)):
            return orjson.dumps(values)
    except (OverflowError, TypeError):
        # It knows no whole numbers beyond 64 bits.
        pass
    return _dumps(values)


def sha256(data: bytes | str) -> str:
    """Hex digest of bytes, or of text as UTF-8."""
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def digest_of(document: Any) -> str:
    """Hex digest of a JSON document, whatever the order of its keys."""
    return sha256(json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False))


def make_writable(tree: Path) -> None:
    """Give the owner write permission on every folder and file of a tree.

    Go's module cache is read-only; without this an ordinary user can neither move nor remove it.
    """
    for folder, _, names in os.walk(tree):
        for path in (Path(folder), *(Path(folder, name) for name in names)):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | stat.S_IWUSR)


def remove_tree(tree: Path) -> None:
    """Remove a folder with all it holds, read-only parts included; nothing happens if it is not there."""
    if tree.exists():
        make_writable(tree)
        shutil.rmtree(tree)


def folder_of(named: str) -> Path:
    """The folder that ``out=`` names, there or not; PerfError if it is a file."""
    path = Path(named).expanduser().absolute()
    if path.exists() and not path.is_dir():
        raise PerfError(f"out={named} is a file; name a folder")
    return path
