"""`doit adopt from=PATH`: results of other tools, taken over as columns of their own.

Nothing is known of how they were measured but what their texts say, so they are never fresh, never pooled with ours
and never paired. Copies lie in results/adopted/<platform>/<label>/, with a record of what was taken from where.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tasks.results.adoptable import Column, Text, platform_of, read_text
from tasks.results.merge import measure_document
from tasks.shared import schema
from tasks.shared.benchfmt import TIME, Result
from tasks.shared.clock import iso
from tasks.shared.errors import NewerSchema, PerfError
from tasks.shared.files import sha256, write_atomic
from tasks.shared.machine import UNKNOWN
from tasks.shared.paths import Paths
from tasks.shared.project import Project
from tasks.shared.statistics import is_noisy, summarize, variance_class

#: What stands wherever these results are shown.
PROVENANCE = "adopted: provenance unknown, one layout, no rounds"

_STAMP = re.compile(r"^(\d{4}-\d\d-\d\d)_(\d\d)-(\d\d)-(\d\d)")


def adopt(project: Project, column: Column, now: float) -> Path:
    """Copy a column's texts and write its merged.json; the folder. PerfError if another lies there already."""
    texts = [read_text(path) for path in column.texts]
    folder = adopted_folder(project.paths) / platform_of(column, texts) / column.label
    files = {path.name: path.read_bytes() for path in column.texts}
    record = folder / "adopted.json"
    if record.exists():
        known = schema.read("adopted", record)
        if {row["name"]: row["sha256"] for row in known["files"]} != {n: sha256(data) for n, data in files.items()}:
            raise PerfError(
                f"{project.relative(folder)} holds other results of {column.version} already, from {known['from']}; "
                "move that folder out of the way to adopt these"
            )
    for name, data in files.items():
        write_atomic(folder / name, data)
    schema.write("merged", folder / "merged.json", merged_document(project, column, texts))
    schema.write(
        "adopted",
        record,
        {
            "schema_version": schema.SCHEMA_VERSION,
            "version": column.version,
            "from": str(column.texts[0].parent),
            "adopted_at": iso(now),
            "files": [{"name": name, "sha256": sha256(data)} for name, data in files.items()],
            "left_out": [{"name": path.name, "why": why} for path, why in column.left_out],
        },
    )
    return folder


def adopted_folder(paths: Paths) -> Path:
    """Where all adopted results lie."""
    return paths.results / "adopted"


def adopted_documents(paths: Paths) -> list[Path]:
    """The merged.json of every adopted column, whether it is there or has to be made again."""
    return [path.with_name("merged.json") for path in sorted(adopted_folder(paths).glob("*/*/adopted.json"))]


def read_adopted(project: Project, document: Path) -> dict[str, Any]:
    """The merged document of an adopted column; made again from the texts beside it if it is gone or damaged."""
    try:
        merged: dict[str, Any] = schema.read("merged", document)
        return merged
    except NewerSchema:
        raise
    except PerfError:
        record = schema.read("adopted", document.with_name("adopted.json"))
        texts = tuple(document.with_name(row["name"]) for row in record["files"])
        missing = [text.name for text in texts if not text.exists()]
        if missing:
            raise PerfError(
                f"{document.parent} lacks {', '.join(missing)}; adopt it again (`doit adopt from={record['from']}`) "
                "or move the folder away"
            ) from None
        column = Column(record["version"], texts, ())
        merged = merged_document(project, column, [read_text(text) for text in texts])
        schema.write("merged", document, merged)
        return merged


def changed_texts(record: Path) -> list[str]:
    """What of an adopted column is not as it was adopted, a line each."""
    found = []
    for row in schema.read("adopted", record)["files"]:
        text = record.with_name(row["name"])
        if not text.exists() or sha256(text.read_bytes()) != row["sha256"]:
            found.append(f"{text} is not as it was adopted; adopt it again")
    return found


def merged_document(project: Project, column: Column, texts: Sequence[Text]) -> dict[str, Any]:
    """merged.json of a column: what its texts say, and ``unknown`` for all else."""
    keys = {key: value for text in reversed(texts) for key, value in text.keys.items()}
    rows = list(_rows(project, texts))
    collected = [_collected_at(path) for path in column.texts]
    counts = [len(row["iterations"]) for row in rows]
    unknown = {"profile": "adopted", "benchtime": UNKNOWN, "layouts": "default"}
    return {
        "schema_version": schema.SCHEMA_VERSION,
        "version": column.version,
        "label": column.label,
        "go_version": "",
        "collected_at": max(collected),
        "first_sample_at": min(collected),
        "settings": {**project.settings.document(), **unknown, "count": max(counts)},
        "environment": {},
        "machine": {
            "goos": keys.get("goos", UNKNOWN),
            "goarch": keys.get("goarch", UNKNOWN),
            "cpu": keys.get("cpu", UNKNOWN),
            "cores": max(result.procs for text in texts for _, result in text.results),
            "memory": 0,
            "os": UNKNOWN,
            "kernel": UNKNOWN,
        },
        "modules": {},
        "sessions": sorted(path.name for path in column.texts),
        "benchmarks": rows,
    }


def _rows(project: Project, texts: Sequence[Text]) -> Iterator[dict[str, Any]]:
    by_name: dict[tuple[str, str], list[Result]] = {}
    for text in texts:
        for package, result in text.results:
            by_name.setdefault((package, result.name), []).append(result)
    for (package, name), results in by_name.items():
        values: dict[str, list[float]] = {}
        for result in results:
            for unit, value in result.values.items():
                values.setdefault(unit, []).append(value)
        time = summarize(values[TIME]) if TIME in values else None
        limits = project.config.limits(package, name, project.settings)
        yield {
            "package": package,
            "unit": f"{package}.{name.split('/', 1)[0]}",
            "name": name,
            "description": "",
            "source": "",
            "fingerprint": "",
            "status": "ok",
            "output": "",
            "failures": 0,
            "excluded": {},
            "iterations": [result.iterations for result in results],
            "measures": {unit: measure_document(numbers) for unit, numbers in values.items()},
            "class": variance_class(time.cv if time else None),
            "noisy": bool(time and is_noisy(time.n, time.cv, limits)),
            "layouts": 0,
            "origins": [],
        }


def _collected_at(path: Path) -> str:
    """When a text was collected: by its name, else by its last change."""
    match = _STAMP.match(path.name)
    if match:
        return f"{match[1]}T{match[2]}:{match[3]}:{match[4]}.000Z"
    return iso(path.stat().st_mtime)
