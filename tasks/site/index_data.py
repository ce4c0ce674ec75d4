"""A platform as the page's scripts hold it: versions, benchmarks, what each measured, and findings that hold.

Values are in base units, ratios are to the oldest version, and every word that a reader sees is made here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tasks.compare.claim_judging import HOLDS, OUTCOMES
from tasks.compare.claim_view import about
from tasks.compare.measures import TIME, base_unit, tidy
from tasks.measure.names import is_retry
from tasks.site.exported import Document, Platform
from tasks.site.packed import number, rows

#: What stands in place of a value, by status.
NO_RESULT = {
    "ok": "not reported",
    "missing": "not in this version",
    "not-built": "failed: does not compile",
    "not-linked": "failed: does not link",
    "timeout": "failed: ran out of time",
    "output": "failed: printed too much",
    "panic": "failed: panic",
    "fatal": "failed: fatal error",
    "failed": "failed",
    "left-children": "failed: left processes behind",
    "garbage": "failed: unreadable output",
    "no-result": "failed: no result",
}

#: What measures are called; those of a benchmark's own keep their names.
_TITLES = {TIME: "Time", "B/op": "Memory", "allocs/op": "Allocations", "B/s": "Throughput"}
_CATEGORIES = {"runtime": "Runtime", "stdlib": "Stdlib", "networking": "Networking"}


def index_data(platform: Platform) -> dict[str, Any]:
    """Everything but pairs and samples."""
    measures = measures_of(platform)
    categories = Counter(row["category"] for row in platform.index["benchmarks"])
    order = [*(name for name in _CATEGORIES if name in categories), *sorted(categories.keys() - _CATEGORIES.keys())]
    return {
        "name": platform.name,
        "display": platform.display,
        "versions": [_version(label, document, platform) for label, document in platform.versions.items()],
        "categories": [{"name": n, "title": _CATEGORIES.get(n, n), "count": categories[n]} for n in order],
        "benchmarks": [_benchmark(row, platform.index["repository"]) for row in platform.index["benchmarks"]],
        "measures": [{"name": name, "title": _TITLES.get(name, name)} for name in measures],
        "values": {measure: _values(platform, measure) for measure in measures},
        "cells": rows(
            ("status", "class", "cv", "noisy", "samples", "retried", "excluded"),
            [row for document in platform.versions.values() for row in _cells(platform, document)],
        ),
        "history": {measure: _history(platform, measure) for measure in measures},
        "findings": _findings(platform.findings),
        "pairs": [f"{old}-{new}" for old, new in platform.comparisons],
    }


def measures_of(platform: Platform) -> list[str]:
    """The units of measure that any version has, in base units; time, memory and allocations first."""
    seen = {base_unit(row["measure"])[0] for found in platform.comparisons.values() for row in found["rows"]}
    for document in platform.versions.values():
        for row in document["benchmarks"].values():
            seen |= {measure for measure, _ in _exported(row)}
    return [*(name for name in _TITLES if name in seen), *sorted(seen - _TITLES.keys())]


def _version(label: str, document: Document, platform: Platform) -> dict[str, Any]:
    metadata = document["metadata"]
    settings, system = metadata["benchmark_config"], metadata["system"]
    entry = {its["file"]: its for its in platform.index["versions"]}.get(f"{label}.json", {})
    return {
        "label": label,
        "go": metadata["go_version_full"],
        "collected": metadata["collected_at"],
        "first": metadata["first_sample_at"],
        "sessions": metadata["sessions"],
        "benchtime": settings["benchtime"],
        "layouts": settings["layouts"],
        "profile": settings["profile"],
        "environment": settings["environment"],
        "modules": metadata["modules"],
        "provenance": entry.get("provenance", ""),
        "system": {**system, "memory_bytes": system["memory_bytes"] or None},
    }


def _benchmark(row: Document, repository: Document) -> dict[str, str]:
    path = f"{repository['source_path']}/{row['source_file']}" if row["source_file"] else ""
    url = f"{repository['url'].rstrip('/')}/blob/HEAD/{path}" if repository["url"] and path else ""
    return {**{key: row[key] for key in ("name", "description", "category")}, "source": path, "url": url}


def _cells(platform: Platform, document: Document) -> Iterator[Sequence[Any]]:
    """What there is to say of each benchmark in one version, whatever the measure."""
    for entry in platform.index["benchmarks"]:
        row = document["benchmarks"].get(entry["name"])
        if row is None:
            # Of an export that leaves out what a version has not got.
            yield NO_RESULT["missing"], "unknown", None, False, 0, 0, 0
            continue
        retried = sum(its["samples"] for its in row["origins"] if is_retry(its["kind"]))
        status = "" if row["samples"] else _why_not(row["status"], document["metadata"]["provenance"])
        if row["status"] != "ok" and row["samples"]:
            status = f"given up: {_why_not(row['status'], '')}"
        yield (
            status,
            row["variance_class"],
            number(row["ns_per_op_variance"]),
            row["noisy"],
            row["samples"],
            retried,
            sum(row["excluded"].values()),
        )


def _why_not(status: str, provenance: str) -> str:
    if status == "missing" and provenance:
        return "not in the text that was adopted"
    return NO_RESULT.get(status, f"failed: {status}")


def _values(platform: Platform, measure: str) -> list[list[list[float | int | None] | None]]:
    """By version and benchmark, [median, low, high]; from comparisons where there are any, else as exported."""
    size = len(platform.index["benchmarks"])
    found: dict[str, list[list[float | int | None] | None]] = {label: [None] * size for label in platform.labels}
    for label, document in platform.versions.items():
        for place, entry in enumerate(platform.index["benchmarks"]):
            row = document["benchmarks"].get(entry["name"], {})
            found[label][place] = dict(_exported(row)).get(measure)
    for pair, comparison in platform.comparisons.items():
        for row in comparison["rows"]:
            base, factor = base_unit(row["measure"])
            position = platform.place_of(row) if base == measure else None
            if position is not None:
                for label, side in zip(pair, (row["old"], row["new"]), strict=True):
                    if side:
                        middle = (side[key] for key in ("median", "low", "high"))
                        found[label][position] = [number(None if its is None else its * factor) for its in middle]
    return [found[label] for label in platform.labels]


def _exported(row: Document) -> Iterator[tuple[str, list[float | int | None]]]:
    """(measure, [median, low, high]) of what a version's own file tells; the mean where there is no median."""
    if not row or not row["samples"]:
        return
    low, high = row["ns_per_op_median_interval"] or (None, None)
    yield TIME, [number(None if value is None else value * 1e-9) for value in (row["ns_per_op_median"], low, high)]
    for measure, key in (("B/op", "bytes_per_op"), ("allocs/op", "allocs_per_op")):
        if row[key] is not None:
            yield measure, [number(row[key]), None, None]
    for unit, metric in row["custom_metrics"].items():
        value, _ = tidy(metric["median"], unit)
        yield base_unit(unit)[0], [number(value), None, None]


def _history(platform: Platform, measure: str) -> list[list[list[Any] | None]]:
    """By version and benchmark, [ratio, low, high, verdict] against the oldest version; None where there is none.

    From or to zero there is a verdict, and no ratio.
    """
    size = len(platform.index["benchmarks"])
    oldest, *others = platform.labels
    found: list[list[list[Any] | None]] = [[None] * size]
    for label in others:
        column: list[list[Any] | None] = [None] * size
        found.append(column)
        comparison = platform.comparisons.get((oldest, label))
        for row in comparison["rows"] if comparison else ():
            place = platform.place_of(row) if row["measure"] == measure else None
            paired: Mapping[str, Any] | None = row["paired"]
            if place is not None and paired:
                ratios = [number(paired[key]) for key in ("ratio", "low", "high")]
                column[place] = [*ratios, row["verdict"] if row["counted"] else "not by Go alone"]
    return found


def _findings(findings: Document | None) -> dict[str, Any]:
    """What holds, each with its numbers; of the others only how many there are."""
    if findings is None:
        return {"holds": [], "counts": None}
    holds = [
        {
            "says": its["says"],
            "why": its["why"],
            "about": about(its),
            "source": _source(its["source"]),
            "url": its["source"]["url"],
            "written": its["written"],
            "pair": its["compared"]["name"] if its["compared"] else "",
        }
        for its in findings["findings"]
        if its["outcome"] == HOLDS
    ]
    return {"holds": holds, "counts": {outcome: findings["counts"][outcome] for outcome in OUTCOMES}}


def _source(source: Document) -> str:
    figure = f" ({source['figure']})" if source["figure"] else ""
    return f"{source['document']}, {source['section']}{figure}"
