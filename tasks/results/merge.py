"""merged.txt and merged.json: everything that counts today for one version. Derived, so it may be deleted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from tasks.measure.state import State
from tasks.results.pool import Pooled, pool
from tasks.shared import schema
from tasks.shared.benchfmt import TIME
from tasks.shared.cell import package_of
from tasks.shared.files import write_atomic
from tasks.shared.project import Project
from tasks.shared.statistics import is_noisy, mean_interval, summarize, variance_class
from tasks.shared.versions import Version
from tasks.suite.scan import Unit


def merge(project: Project, version: Version, units: Sequence[Unit], state: State) -> None:
    """Write merged.txt and merged.json of a version from its receipts."""
    receipts = state.receipts(version, [unit.id for unit in units])
    samples = pool(project.tree, state.archive, receipts)
    document = merged_document(project, version, units, receipts, samples)
    write_atomic(project.tree.merged_text(version.label), merged_text(project, version, samples))
    schema.write("merged", project.tree.merged_json(version.label), document)
    for path in (project.tree.merged_text(version.label), project.tree.merged_json(version.label)):
        state.verified.remember(path)
    state.verified.save()


def merged_text(project: Project, version: Version, samples: Sequence[Pooled]) -> str:
    """Go benchmark text of all counting samples, grouped by package as benchstat reads it."""
    machine = project.machine
    lines = [
        f"# merged by doit from all samples of {version.exact} that count; made again when they change",
        f"goos: {machine.goos}",
        f"goarch: {machine.goarch}",
        f"cpu: {machine.cpu}",
    ]
    package = ""
    for item in sorted(samples, key=lambda item: item.sample.package_path):
        if item.sample.package_path != package:
            package = item.sample.package_path
            lines.append(f"pkg: {package}")
        lines += item.sample.lines
    return "\n".join(lines) + "\n"


def merged_document(
    project: Project,
    version: Version,
    units: Sequence[Unit],
    receipts: Sequence[dict[str, Any]],
    samples: Sequence[Pooled],
) -> dict[str, Any]:
    """merged.json: per benchmark its samples and statistics, or why there are none."""
    by_unit: dict[str, list[Pooled]] = {}
    for item in samples:
        by_unit.setdefault(item.sample.unit, []).append(item)
    newest = max(samples, key=lambda item: item.sample.started, default=None)
    rows: list[dict[str, Any]] = []
    for unit, receipt in zip(units, receipts, strict=True):
        rows += _unit_rows(project, unit, receipt, by_unit.get(unit.id, []))
    return {
        "schema_version": schema.SCHEMA_VERSION,
        "version": version.exact,
        "label": version.label,
        "go_version": newest.head.provenance["go_version"] if newest else "",
        "collected_at": newest.sample.started if newest else None,
        "first_sample_at": min((item.sample.started for item in samples), default=None),
        "settings": newest.head.provenance["settings"] if newest else project.settings.document(),
        "environment": newest.head.provenance["environment"] if newest else dict(project.config.environment),
        "machine": newest.head.provenance["machine"] if newest else project.machine.document(),
        "modules": _modules(samples),
        "sessions": sorted({item.sample.session for item in samples}),
        "benchmarks": rows,
    }


def _modules(samples: Sequence[Pooled]) -> dict[str, dict[str, str]]:
    """By package, the versions of the modules in the newest sample's build."""
    modules: dict[str, dict[str, str]] = {}
    for item in samples:
        package = package_of(item.sample.unit)
        modules[package] = item.head.provenance["modules"].get(package, {})
    return dict(sorted(modules.items()))


def _unit_rows(
    project: Project, unit: Unit, receipt: dict[str, Any], samples: Sequence[Pooled]
) -> list[dict[str, Any]]:
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
    values: dict[str, dict[str, list[float]]] = {}
    iterations: dict[str, list[int]] = {}
    for item in samples:
        for result in item.results:
            iterations.setdefault(result.name, []).append(result.iterations)
            for measure, value in result.values.items():
                values.setdefault(result.name, {}).setdefault(measure, []).append(value)
    if not values:
        return [{**head, "name": unit.name, "iterations": [], "measures": {}, "class": "unknown", "noisy": False}]
    rows = []
    for name, measures in values.items():
        limits = project.config.limits(unit.package, name, project.settings)
        time = summarize(measures[TIME]) if TIME in measures else None
        rows.append(
            {
                **head,
                "name": name,
                "iterations": iterations[name],
                "measures": {measure: measure_document(numbers) for measure, numbers in measures.items()},
                "class": variance_class(time.cv if time else None),
                "noisy": bool(time and is_noisy(time.n, time.cv, limits)),
            }
        )
    return rows


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
