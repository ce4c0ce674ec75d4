"""Files that are whole or not there: atomic replacement, durable appending, hashes."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import stat
from pathlib import Path
from typing import Any

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


def to_json(document: Any, rows: str = "") -> str:
    """The one JSON layout of all our files: two spaces, keys as given, plain lists in a line, a final newline.

    ``rows`` names a list at the top whose items get a line each, where two spaces would make a long file.
    """
    return _render(document, "", rows) + "\n"


def _render(value: Any, margin: str, rows: str = "") -> str:
    inner = margin + "  "
    if isinstance(value, dict) and value:
        texts = {key: (_rows if rows and key == rows else _render)(item, inner) for key, item in value.items()}
        lines = [f"{inner}{_plain(key)}: {text}" for key, text in texts.items()]
        return "{\n" + ",\n".join(lines) + f"\n{margin}}}"
    if isinstance(value, list) and any(isinstance(item, (dict, list)) for item in value):
        return "[\n" + ",\n".join(f"{inner}{_render(item, inner)}" for item in value) + f"\n{margin}]"
    return _plain(value)


def _rows(values: list[Any], margin: str) -> str:
    if not values:
        return "[]"
    return "[\n" + ",\n".join(f"{margin}  {_plain(item)}" for item in values) + f"\n{margin}]"


def _plain(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


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
