"""`doit adopt from=PATH`: results of other tools, taken over as columns of their own.

Nothing is known of how they were measured but what their texts say, so they are never fresh, never pooled with ours
and never paired. Copies lie in results/adopted/<platform>/<label>/, with a record of what was taken from where.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tasks.measure import names
from tasks.measure.sample_file import is_ours
from tasks.results.merge import measure_document
from tasks.shared import schema
from tasks.shared.benchfmt import TIME, Result, parse_line
from tasks.shared.clock import iso
from tasks.shared.errors import PerfError
from tasks.shared.files import sha256, write_atomic
from tasks.shared.machine import UNKNOWN
from tasks.shared.paths import Paths
from tasks.shared.project import Project
from tasks.shared.statistics import is_noisy, summarize, variance_class

#: What stands wherever these results are shown.
PROVENANCE = "adopted: provenance unknown, one layout, no rounds"

_VERSION = re.compile(r"go(1\.\d+(?:\.\d+)?)")
_STAMP = re.compile(r"^(\d{4}-\d\d-\d\d)_(\d\d)-(\d\d)-(\d\d)")
_PLATFORM = re.compile(r"^[a-z0-9]+-[a-z0-9]+$")
_RETRY = re.compile(r"^(.+)_retry(\d+)\.txt$")


@dataclass(frozen=True)
class Column:
    """What becomes one column: texts that count, and files beside them that do not, each with the reason."""

    version: str
    texts: tuple[Path, ...]
    left_out: tuple[tuple[Path, str], ...]

    @property
    def label(self) -> str:
        return f"{self.version}-adopted"


@dataclass(frozen=True)
class Text:
    """A benchmark text as read: its ``key: value`` lines, and its results with the package of each."""

    keys: dict[str, str]
    results: tuple[tuple[str, Result], ...]


def find_columns(path: Path, named: str = "") -> list[Column]:
    """What there is to adopt at a path: a text, a folder of texts, or a tree of such folders.

    ``named`` says of which version it is (``go1.24``), where the path does not. PerfError if nothing is found.
    """
    if not path.exists():
        raise PerfError(f"from={path}: there is no such file or folder")
    if path.is_file():
        found = [_column(path.parent, [path], named)]
    else:
        folders = sorted({text.parent for text in path.rglob("*.txt")})
        found = [_column(folder, _mains(folder), named) for folder in folders if _mains(folder)]
    if not found:
        raise PerfError(f"from={path}: no text in Go's benchmark format lies there (*.txt, BenchmarkX 100 12 ns/op)")
    return found


def adopt(project: Project, column: Column, now: float) -> Path:
    """Copy a column's texts and write its merged.json; the folder. PerfError if another lies there already."""
    texts = [read_text(path) for path in column.texts]
    folder = adopted_folder(project.paths) / _platform(column, texts) / column.label
    files = {path.name: path.read_bytes() for path in column.texts}
    record = folder / "adopted.json"
    if record.exists():
        known = schema.read("adopted", record)
        if {row["name"]: row["sha256"] for row in known["files"]} != {n: sha256(data) for n, data in files.items()}:
            raise PerfError(
                f"{project.relative(folder)} holds other results of {column.version} already, from {known['from']}; "
                "move it out of the way, or adopt these as another version (as=go1.24.1)"
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
    """The merged.json of every adopted column."""
    return sorted(adopted_folder(paths).glob("*/*/merged.json"))


def read_text(path: Path) -> Text:
    """Read any text in Go's benchmark format; lines that are no results are passed over."""
    keys: dict[str, str] = {}
    results: list[tuple[str, Result]] = []
    package = ""
    for line in path.read_text(errors="replace").splitlines():
        key, separator, value = line.partition(": ")
        if line.startswith("Benchmark"):
            result = parse_line(line)
            results += [(package, result)] if result else []
        elif separator and re.fullmatch(r"[a-z][\w-]*", key):
            keys.setdefault(key, value.strip())
            package = value.strip().rpartition("/")[2] if key == "pkg" else package
    return Text(keys, tuple(results))


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
        }


def _mains(folder: Path) -> list[Path]:
    """The texts of a folder that may be adopted, oldest first: no retries, no lists, none of ours."""
    texts = [path for path in sorted(folder.glob("*.txt")) if not is_ours(path) and read_text(path).results]
    return [path for path in texts if not _RETRY.match(path.name) and not names.is_ours_without_samples(path)]


def _column(folder: Path, mains: Sequence[Path], named: str) -> Column:
    """The newest text, with its retries; a text into which retries were merged gives way to its backup."""
    *older, main = mains
    left = [(path, "an older collection; adopt it by its own path") for path in older]
    backup = main.with_name(f"{main.name}.backup")
    texts = [main]
    if backup.exists():
        texts = [backup]
        left.append((main, "retries were merged into it; its backup and the retries hold every sample once"))
    retries = {int(m[2]): path for path in folder.glob("*.txt") if (m := _RETRY.match(path.name)) and m[1] == main.stem}
    texts += [retries[number] for number in sorted(retries)]
    listed = main.with_name(f"{main.stem}_failed_benchmarks.txt")
    if listed.exists():
        left.append((listed, "a list, not samples"))
    return Column(_version(main, named), tuple(texts), tuple(left))


def _version(path: Path, named: str) -> str:
    for words in (named, path.name, *(parent.name for parent in path.parents)):
        match = _VERSION.search(words)
        if match:
            return f"go{match[1]}"
    raise PerfError(f"{path} does not say which Go version it is of; say as=go1.24")


def _platform(column: Column, texts: Sequence[Text]) -> str:
    """``linux-amd64``, by the texts, else by the folder above the version's, else unknown."""
    for text in texts:
        if {"goos", "goarch"} <= text.keys.keys():
            return f"{text.keys['goos']}-{text.keys['goarch']}"
    above = column.texts[0].parent.parent.name
    return above if _PLATFORM.match(above) else UNKNOWN


def _collected_at(path: Path) -> str:
    """When a text was collected: by its name, else by its last change."""
    match = _STAMP.match(path.name)
    if match:
        return f"{match[1]}T{match[2]}:{match[3]}:{match[4]}.000Z"
    return iso(path.stat().st_mtime)
