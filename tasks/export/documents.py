"""The exported JSON: what pages made for the goperf.dev format read, with fields of our own added.

From merged results to documents, without touching a file. Field names and meanings: docs/formats.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from tasks.shared import schema
from tasks.shared.benchfmt import TIME
from tasks.shared.statistics import CLASSES

Document = dict[str, Any]

_RELIABLE, _NOISY = 0.05, 0.15


def exported_names(merged: Mapping[str, Any]) -> list[str]:
    """The name of each row of a merged document: ``pkg/Name`` only where two packages share a name."""
    counts = Counter(row["name"] for row in merged["benchmarks"])
    return [
        row["name"] if counts[row["name"]] == 1 else f"{row['package']}/{row['name']}" for row in merged["benchmarks"]
    ]


def version_document(merged: Mapping[str, Any], provenance: str = "") -> Document:
    """go1.24.json: one version's benchmarks. ``provenance`` says what is wrong with where they come from."""
    machine, settings = merged["machine"], merged["settings"]
    counts = [max(m["n"] for m in row["measures"].values()) for row in merged["benchmarks"] if row["measures"]]
    return {
        "schema_version": schema.SCHEMA_VERSION,
        "version": merged["label"].removeprefix("go"),
        "metadata": {
            "go_version_full": merged["go_version"],
            "collected_at": merged["collected_at"],
            "first_sample_at": merged["first_sample_at"],
            "system": {
                "cpu": machine["cpu"],
                "os": machine["goos"],
                "arch": machine["goarch"],
                "cores": machine["cores"],
                "memory_bytes": machine["memory"],
                "os_release": machine["os"],
                "kernel": machine["kernel"],
            },
            "benchmark_config": {
                "iterations": max(counts, default=0),
                "benchtime": settings["benchtime"],
                "layouts": settings["layouts"],
                "profile": settings["profile"],
                "environment": merged["environment"],
            },
            "provenance": provenance,
            "sessions": merged["sessions"],
            "modules": merged["modules"],
        },
        "benchmarks": {
            name: _benchmark(name, row) for name, row in zip(exported_names(merged), merged["benchmarks"], strict=True)
        },
    }


_ABSENT: Mapping[str, Any] = {
    "status": "missing", "output": "", "excluded": {}, "iterations": [], "measures": {}, "class": "unknown",
    "noisy": False, "layouts": 0, "origins": [],
}  # fmt: skip


def fill_missing(documents: Sequence[Document], rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Give every version an entry for each benchmark that any version has, so that none is silently missing.

    A unit without any sample is a row of its own; where another version tells its benchmarks, each of them says
    instead why there is nothing. The ``rows`` that are left.
    """
    measured: dict[str, set[str]] = {}
    for document in documents:
        for name, its in document["benchmarks"].items():
            if its["iterations"]:
                measured.setdefault(its["unit"], set()).add(name)
    left = [row for row in rows if row["name"] in measured.get(row["unit"], {row["name"]})]
    described = {row["name"]: row for row in left}
    for document in documents:
        benchmarks = document["benchmarks"]
        failed = {}
        for name in benchmarks.keys() - described.keys():
            its = benchmarks.pop(name)
            failed[its["unit"]] = {key: its[key] for key in ("status", "output", "excluded")}
        for name in sorted(described.keys() - benchmarks.keys()):
            why = failed.get(described[name]["unit"], {})
            benchmarks[name] = _benchmark(name, {**described[name], **_ABSENT, **why})
    return left


def _benchmark(name: str, row: Mapping[str, Any]) -> Document:
    measures: Mapping[str, Any] = row["measures"]
    time, size, allocations = (measures.get(unit) for unit in (TIME, "B/op", "allocs/op"))
    shown = (TIME, "B/op", "allocs/op")
    return {
        "name": name,
        "status": row["status"],
        "output": row["output"],
        "ns_per_op": time["mean"] if time else None,
        "ns_per_op_stddev": time["stddev"] if time else None,
        "ns_per_op_variance": time["cv"] if time else None,
        "ns_per_op_median": time["median"] if time else None,
        "ns_per_op_median_interval": _interval(time),
        "ns_per_op_samples": time["samples"] if time else [],
        "bytes_per_op": size["mean"] if size else None,
        "allocs_per_op": allocations["mean"] if allocations else None,
        "custom_metrics": {
            unit: {"mean": m["mean"], "median": m["median"], "stddev": m["stddev"], "samples": m["samples"]}
            for unit, m in measures.items()
            if unit not in shown
        },
        "iterations": round(sum(row["iterations"]) / len(row["iterations"])) if row["iterations"] else 0,
        "samples": time["n"] if time else 0,
        "excluded": row["excluded"],
        "variance_class": row["class"],
        "noisy": row["noisy"],
        "unit": row["unit"],
        "layouts": row["layouts"],
        "origins": row["origins"],
        "description": row["description"],
        "category": row["package"],
        "fingerprint": row["fingerprint"],
    }


def _interval(measure: Mapping[str, Any] | None) -> list[float] | None:
    if measure is None or measure["median_low"] is None:
        return None
    return [measure["median_low"], measure["median_high"]]


def index_document(
    versions: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, Any]], repository: str
) -> Document:
    """index.json of one platform. ``versions`` are its version documents, ``rows`` all their merged rows.

    ``rows`` are ``{name, description, source, package}``, oldest version first; the newest that has a
    benchmark describes it.
    """
    described = {row["name"]: row for row in rows}
    benchmarks = []
    for name in sorted(described):
        row = described[name]
        cvs = [
            document["benchmarks"][name]["ns_per_op_variance"]
            for document in versions
            if name in document["benchmarks"] and document["benchmarks"][name]["ns_per_op_variance"] is not None
        ]
        worst = max(cvs, default=None)
        benchmarks.append(
            {
                "name": name,
                "description": row["description"],
                "source_file": row["source"],
                "category": row["package"],
                "reliability": reliability(worst),
                "max_cv": worst,
            }
        )
    return {
        "schema_version": schema.SCHEMA_VERSION,
        "versions": [
            {
                "version": document["version"],
                "file": f"go{document['version']}.json",
                "collected_at": document["metadata"]["collected_at"],
                "provenance": document["metadata"]["provenance"],
            }
            for document in versions
        ],
        "benchmarks": benchmarks,
        "variance_classes": [{"class": name, "action": action} for _, name, action in CLASSES],
        "repository": {"url": repository, "source_path": "benchmarks"},
        "last_updated": newest(document["metadata"]["collected_at"] for document in versions),
    }


def platforms_document(old: Mapping[str, Any] | None, name: str, display: str, updated: str | None) -> Document:
    """platforms.json with one platform added or replaced; the others stay as they are."""
    platforms = {entry["name"]: entry for entry in (old["platforms"] if old else [])}
    platforms[name] = {"name": name, "display": display, "index": f"{name}/index.json", "last_updated": updated}
    ordered = [platforms[key] for key in sorted(platforms)]
    return {
        "schema_version": schema.SCHEMA_VERSION,
        "platforms": ordered,
        "last_updated": newest(entry["last_updated"] for entry in ordered),
    }


def reliability(cv: float | None) -> str:
    """``reliable`` below 5 %, ``noisy`` below 15 %, else ``unstable``; ``unknown`` without a CV (a fraction)."""
    if cv is None:
        return "unknown"
    return "reliable" if cv < _RELIABLE else "noisy" if cv < _NOISY else "unstable"


def newest(times: Any) -> str | None:
    """The latest of some RFC 3339 times; None if there is none."""
    return max((time for time in times if time), default=None)


def platform_display(goos: str, goarch: str, cpu: str) -> str:
    """``Linux amd64 (AMD EPYC)``: how a page calls a platform."""
    system = {"linux": "Linux", "darwin": "macOS"}.get(goos, goos)
    return f"{system} {goarch} ({cpu})"
