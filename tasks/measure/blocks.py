"""Which samples were neighbours: each session's complete blocks, the samples that may be paired."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tasks.measure.sample_file import SampleFile
from tasks.shared import schema


def blocks_document(session: str, files: Iterable[SampleFile]) -> dict[str, Any]:
    """The blocks of a session, from its texts. Blocks with a missing or failed sample pair with nothing."""
    found: dict[tuple[int, str], dict[str, tuple[int, str]]] = {}
    sizes: dict[tuple[int, str], int] = {}
    names: dict[str, dict[str, str]] = {}
    for file in files:
        for sample in file.samples:
            if sample.status == "ok":
                key = (sample.round, sample.unit)
                sizes[key] = sample.of
                found.setdefault(key, {})[file.head.version] = (sample.position, sample.sha256)
                names.setdefault(file.head.version, {})[file.head.kind] = file.path.name
    complete = [
        {
            "round": number,
            "unit": unit,
            "samples": {version: digest for version, (_, digest) in sorted(by_version.items(), key=lambda kv: kv[1])},
        }
        for (number, unit), by_version in sorted(found.items())
        if len(by_version) == sizes[number, unit] > 1
    ]
    return {"schema_version": schema.SCHEMA_VERSION, "session": session, "files": names, "blocks": complete}
