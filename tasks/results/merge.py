"""merged.txt and merged.json: everything that counts today for one version. Derived, so it may be deleted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from tasks.measure.columns import Leaf
from tasks.measure.part import Part, columns_of
from tasks.measure.state import State
from tasks.measure.variance import judged_number
from tasks.results.pool import pool
from tasks.shared import schema
from tasks.shared.benchfmt import TIME
from tasks.shared.cell import package_of
from tasks.shared.files import write_atomic
from tasks.shared.project import Project
from tasks.shared.statistics import is_noisy, mean_interval, summarize, variance_class
from tasks.shared.versions import Version
from tasks.suite.scan import Unit

#: The counting samples of each unit.
Pooled = Mapping[str, Sequence[Part]]


def merge(project: Project, version: Version, units: Sequence[Unit], state: State) -> None:
    """Write merged.txt and merged.json of a version from its receipts."""
    receipts = state.receipts(version, [unit.id for unit in units])
    pooled = pool(state.archive, state.verified, receipts)
    write_atomic(project.tree.merged_text(version.label), merged_text(project, version, pooled))
    document = merged_document(project, version, units, receipts, pooled)
    # The texts may be hundreds of megabytes, and so may be the JSON.
    del pooled
    schema.write("merged", project.tree.merged_json(version.label), document)
    for path in (project.tree.merged_text(version.label), project.tree.merged_json(version.label)):
        state.verified.remember(path)
    state.verified.save()


def merged_text(project: Project, version: Version, pooled: Pooled) -> bytes:
    """Go benchmark text of all counting samples, unit by unit, grouped by package as benchstat reads it."""
    machine = project.machine
    head = (
        f"# merged by doit from all samples of {version.exact} that count; made again when they change\n"
        f"goos: {machine.goos}\ngoarch: {machine.goarch}\ncpu: {machine.cpu}\n"
    )
    by_package: dict[str, list[Part]] = {}
    for parts in pooled.values():
        for part in parts:
            by_package.setdefault(part.series.package_path, []).append(part)
    blocks = [head.encode()]
    for package, parts in sorted(by_package.items()):
        blocks += [f"pkg: {package}\n".encode(), *(part.result_lines() for part in parts)]
    return b"".join(blocks)


def merged_document(
    project: Project, version: Version, units: Sequence[Unit], receipts: Sequence[dict[str, Any]], pooled: Pooled
) -> dict[str, Any]:
    """merged.json: per benchmark its samples and statistics, or why there are none."""
    parts = [part for found in pooled.values() for part in found]
    newest = max(parts, key=lambda part: part.ended, default=None)
    rows: list[dict[str, Any]] = []
    for unit, receipt in zip(units, receipts, strict=True):
        rows += _unit_rows(project, unit, receipt, pooled[unit.id])
    return {
        "schema_version": schema.SCHEMA_VERSION,
        "version": version.exact,
        "label": version.label,
        "go_version": newest.head.provenance["go_version"] if newest else "",
        "collected_at": newest.ended if newest else None,
        "first_sample_at": min((part.began for part in parts), default=None),
        "settings": newest.head.provenance["settings"] if newest else project.settings.document(),
        "environment": newest.head.provenance["environment"] if newest else dict(project.config.environment),
        "machine": newest.head.provenance["machine"] if newest else project.machine.document(),
        "modules": _modules(parts),
        "sessions": sorted({part.head.session for part in parts}),
        "benchmarks": rows,
    }


def _modules(parts: Sequence[Part]) -> dict[str, dict[str, str]]:
    """By package, the versions of the modules in the newest sample's build."""
    modules: dict[str, dict[str, str]] = {}
    for part in sorted(parts, key=lambda part: part.ended):
        package = package_of(part.unit)
        modules[package] = part.head.provenance["modules"].get(package, {})
    return dict(sorted(modules.items()))


def _unit_rows(project: Project, unit: Unit, receipt: dict[str, Any], parts: Sequence[Part]) -> list[dict[str, Any]]:
    """A row per leaf; where a unit has no sample, one row for the unit that says why."""
    head = {
        "package": unit.package,
        "unit": unit.id,
        "description": unit.description,
        "source": unit.source,
        "fingerprint": receipt["fingerprint"],
        "status": receipt["status"],
        "output": receipt["output"],
        "failures": receipt["failures"],
        "excluded": dict(Counter(sample["rule"] for sample in receipt["excluded"])),
    }
    leaves = columns_of(parts)
    if not leaves:
        nothing = {"iterations": [], "measures": {}, "class": "unknown", "noisy": False, "layouts": 0, "origins": []}
        return [{**head, "name": unit.name, **nothing}]
    layouts = len({layout for part in parts for layout in part.layouts})
    rows = []
    for name, leaf in leaves.items():
        limits = project.config.limits(unit.package, name, project.settings)
        measures = {measure: measure_document(values) for measure, values in leaf.values.items()}
        time = measures.get(TIME)
        rows.append(
            {
                **head,
                "name": name,
                "iterations": leaf.iterations.tolist(),
                "measures": measures,
                "class": variance_class(time["cv"] if time else None),
                "noisy": bool(
                    time and is_noisy(judged_number(receipt, time["n"], project.settings), time["cv"], limits)
                ),
                "layouts": layouts,
                "origins": _origins(name, len(leaf.iterations), parts),
            }
        )
    return rows


def _origins(name: str, samples: int, parts: Sequence[Part]) -> list[dict[str, Any]]:
    """Where a benchmark's samples come from, part by part, in the order in which they stand in its lists."""
    counts = [len(part.chosen) for part in parts]
    if sum(counts) != samples:
        # Some samples lack this benchmark.
        empty = Leaf()
        counts = [len(columns_of([part]).get(name, empty).iterations) for part in parts]
    return [
        {"session": part.head.session, "kind": part.head.kind, "samples": count, "layout": part.layouts[0]}
        for part, count in zip(parts, counts, strict=True)
        if count
    ]


def measure_document(values: Sequence[float]) -> dict[str, Any]:
    summary = summarize(values)
    return {
        "samples": list(values),
        "n": summary.n,
        "mean": summary.mean,
        "median": summary.median,
        "stddev": summary.stddev,
        "cv": summary.cv,
        "median_low": summary.low,
        "median_high": summary.high,
        "mean_interval": mean_interval(summary.n, summary.cv),
    }
