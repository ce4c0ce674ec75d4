"""What was validated and hashed before, by (size, time, inode): so that a `doit` with nothing to do is quick.

A cache and nothing more: deleting it costs time, never a sample. `doit validate` does not look at it.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import json
from pathlib import Path
from typing import Any

from tasks.shared import schema
from tasks.shared.errors import PerfError, Problem
from tasks.shared.files import write_atomic


class Verified:
    """The files that were found in order, and how they looked then."""

    def __init__(self, path: Path, root: Path | None = None) -> None:
        """``path`` is the file to remember in; paths below ``root`` are kept relative to it."""
        self._path = path
        self._root = root or path.parent
        self._prefix = f"{self._root}/"
        self._known = self._read()
        self._new: dict[str, list[int]] = {}

    def _read(self) -> dict[str, list[int]]:
        try:
            known = json.loads(self._path.read_bytes())
        except (OSError, ValueError):
            return {}
        return known if isinstance(known, dict) else {}

    def knows(self, path: Path) -> bool:
        """Whether the file is just as it was when it was found in order."""
        state = _state(path)
        return state is not None and self._known.get(self._key(path)) == state

    def remember(self, path: Path) -> None:
        """Note that the file, as it is now, is in order."""
        state = _state(path)
        if state and self._known.get(self._key(path)) != state:
            self._known[self._key(path)] = self._new[self._key(path)] = state

    def _key(self, path: Path) -> str:
        # As text, which is ten times as fast as asking the paths.
        return str(path).removeprefix(self._prefix)

    def save(self) -> None:
        """Write what was noted since, without the files that are gone. What can't be written costs time, later."""
        with contextlib.suppress(PerfError, OSError):
            self._save()

    def _save(self) -> None:
        if self._new:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            # Two processes that save at once must not lose what the other has noted.
            with self._path.with_suffix(".flock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                everything = {**self._read(), **self._new}
                known = {name: state for name, state in everything.items() if (self._root / name).exists()}
                write_atomic(self._path, json.dumps(known))
            self._new.clear()


_in_process: dict[Path, Verified] = {}


def verified_for(path: Path) -> Verified:
    """The process's one memory kept in ``path``; saved when the process ends."""
    if path not in _in_process:
        _in_process[path] = Verified(path, path.parent.parent)
        atexit.register(_in_process[path].save)
    return _in_process[path]


def read_known(kind: str, path: Path, verified: Verified) -> Any:
    """Read a document, and validate it unless it is just as it was when it was found in order."""
    if verified.knows(path):
        document = schema.read_unchecked(path)
        # An older program may have found it in order: by other schemas.
        if document["schema_version"] == schema.SCHEMA_VERSION:
            return document
    document = schema.read(kind, path)
    verified.remember(path)
    return document


def mistakes_in(kind: str, path: Path, document: Any, verified: Verified) -> list[Problem]:
    """The mistakes of a document that people write, by its schema; none if both are as they were when it had none."""
    known = (path, schema.FOLDER / f"{kind}.schema.json")
    if all(map(verified.knows, known)):
        return []
    mistakes = schema.check_version(kind, document, path.name)
    if not mistakes:
        for file in known:
            verified.remember(file)
    return mistakes


def _state(path: Path) -> list[int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return [status.st_size, status.st_mtime_ns, status.st_ino]
