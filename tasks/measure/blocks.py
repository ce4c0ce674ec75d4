"""Which samples were neighbours: each session's complete blocks, the samples that may be paired."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tasks.measure import names
from tasks.measure.disturbed import Key, excluded_blocks
from tasks.measure.reader import SampleFile, read_file
from tasks.shared import schema
from tasks.shared.errors import PerfError
from tasks.shared.paths import Tree


def blocks_document(session: str, files: Iterable[SampleFile]) -> dict[str, Any]:
    """The blocks of a session, from all of its texts.

    Blocks with a missing or failed sample pair with nothing, and neither do those that were disturbed.
    """
    files = list(files)
    excluded = excluded_blocks(files)
    found: dict[Key, dict[str, tuple[int, str]]] = {}
    controls = {
        (sample.round, sample.unit) for file in files if file.head.kind == names.CONTROL for sample in file.samples
    }
    sizes: dict[Key, int] = {}
    texts: dict[str, dict[str, str]] = {}
    for file in (file for file in files if file.head.kind != names.CONTROL):
        for sample in file.samples:
            if sample.status == "ok":
                key = (sample.round, sample.unit)
                # A control is no part of what is compared, whatever has become of it.
                sizes[key] = sample.of - (key in controls)
                found.setdefault(key, {})[file.head.version] = (sample.position, sample.sha256)
                texts.setdefault(file.head.version, {})[file.head.kind] = file.path.name
    complete = [
        {
            "round": number,
            "unit": unit,
            "samples": {version: digest for version, (_, digest) in sorted(by_version.items(), key=lambda kv: kv[1])},
        }
        for (number, unit), by_version in sorted(found.items())
        if len(by_version) == sizes[number, unit] > 1 and (number, unit) not in excluded
    ]
    return {"schema_version": schema.SCHEMA_VERSION, "session": session, "files": texts, "blocks": complete}


def write_missing_blocks(tree: Tree) -> None:
    """Write the blocks of sessions that ended without them, also of those that were killed, from their texts."""
    sessions: dict[str, list[Path]] = {}
    for path in sorted(tree.folder.glob("go*/*.txt")):
        session = names.session_of(path)
        if session:
            sessions.setdefault(session, []).append(path)
    for session, paths in sessions.items():
        if not _is_of_today(tree.blocks(session)):
            document = blocks_document(session, [file for path in paths if (file := _read_ours(path))])
            schema.write("blocks", tree.blocks(session), document, rows="blocks")


def _is_of_today(path: Path) -> bool:
    """Whether blocks are there in today's format: the version is the first thing in the file."""
    try:
        with path.open() as file:
            return f'"schema_version": {schema.SCHEMA_VERSION},' in file.read(64)
    except OSError:
        return False


def _read_ours(path: Path) -> SampleFile | None:
    """A sample file; None for a text that is none of ours, which is left alone."""
    try:
        return read_file(path)
    except PerfError:
        return None
