"""The analysis after a run, as files and tables: variance.json per version, and what fails in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tasks.measure.state import State
from tasks.measure.variance import in_words, variance_document
from tasks.shared import console, schema
from tasks.shared.cell import Cell
from tasks.shared.errors import PerfError
from tasks.shared.files import to_json, write_atomic
from tasks.shared.project import Project
from tasks.shared.statistics import CLASSES
from tasks.shared.verified import verified_for
from tasks.shared.versions import Version

#: Failing benchmarks that are named in a message; variance.json and `doit variance` have all.
_NAMED = 10


def judgement_file(project: Project) -> Path:
    """What verdicts depend on besides samples, as a file: so a changed threshold makes verdicts stale."""
    return project.paths.cache / "judgement" / f"{project.settings.tree}.json"


def write_judgement(project: Project) -> None:
    """Write that file, if it differs, before tasks are made."""
    document = {
        "schema_version": schema.SCHEMA_VERSION,
        "profile": project.settings.profile,
        "count": project.settings.count,
        "variance_threshold": project.settings.variance_threshold,
        "interval_target": project.settings.interval_target,
        "thresholds": dict(project.config.thresholds),
        "varies_by_nature": dict(project.config.varies_by_nature),
    }
    write_atomic(judgement_file(project), to_json(document))


def changed_limits(project: Project, label: str) -> list[str]:
    """In which limits a version's last analysis differs from today's, with old and new value."""
    path = project.tree.variance(label)
    try:
        old = schema.read("variance", path)["settings"]
    except PerfError:
        return []
    today = project.settings.document()
    changed = [key for key in ("profile", "count", "variance_threshold", "interval_target") if old[key] != today[key]]
    words = [f"{key}: {old[key]} -> {today[key]}" for key in changed]
    return words or ["thresholds or varies_by_nature in config.yaml changed"]


def analyse(project: Project, version: Version, units: Sequence[str], state: State) -> None:
    """Write variance.json of a version, and name what fails."""
    document = variance_document(project, version, state.receipts(version, units))
    path = project.tree.variance(version.label)
    schema.write("variance", path, document)
    state.verified.remember(path)
    # A worker of `doit -n 2` ends without a farewell.
    state.verified.save()
    failing = _failing(document)
    if failing:
        words = (
            f"{version.label}: {len(failing)} of {len(document['benchmarks'])} benchmarks are too noisy per "
            f"{project.settings.benchtime_text} sample: {_named(failing)}. "
            f"More rounds of them: `doit{project.words} retry:{version.label} rerun_count=100`; "
            "docs/howto/high-variance.md has more"
        )
        console.warn(words)


def is_settled(project: Project, version: Version) -> bool:
    """Whether the analysis need not be made again: nobody has touched it."""
    return verified_for(project.paths.verified).knows(project.tree.variance(version.label))


def failures(project: Project, state: State, cells: Iterable[Cell]) -> list[str]:
    """What `strict` does not let pass in these cells, a line each: benchmarks that are too noisy, units given up."""
    found = []
    for cell in cells:
        label = project.version(cell.version).label
        found += [f"{label}: {_in_full(asdict(leaf))}" for leaf in state.noisy(cell)]
        receipt = state.receipt(cell)
        if receipt and receipt["status"] != "ok":
            found.append(f"{label}: {cell.unit} was given up ({receipt['status']})")
    return found


def print_variance(project: Project) -> None:
    """Show the classes of each package and version, and every benchmark that fails."""
    names = [name for _, name, _ in CLASSES]
    rows, failing = [], []
    for version in project.config.versions:
        document = schema.read("variance", project.tree.variance(version.label))
        for row in document["packages"]:
            median = "" if row["median_cv"] is None else f"{row['median_cv']:.1%}"
            classes = [str(row["classes"][name]) for name in names]
            rows.append([version.label, row["package"], str(row["benchmarks"]), *classes, median, str(row["noisy"])])
        failing += [f"{version.label}: {_in_full(leaf)}" for leaf in _failing(document)]
        failing += [f"{version.label}: {unit} was given up" for unit in document["given_up"]]
    columns = ["version", "package", "benchmarks", *names, "median CV", "too noisy"]
    console.table(f"CV classes per {project.settings.benchtime_text} sample", columns, rows)
    for line in failing:
        console.say(line)


def _failing(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [leaf for leaf in document["benchmarks"] if leaf["noisy"]]


def _in_full(leaf: dict[str, Any]) -> str:
    limit = (
        f"varies by nature, limit mean +-{leaf['interval_target']:g} %"
        if leaf["by_nature"]
        else f"limit CV {leaf['threshold']:g} %"
        + (f" and mean +-{leaf['interval_target']:g} %" if leaf["interval_target"] else "")
    )
    return f"{leaf['unit'].split('.')[0]}.{leaf['name']} is too noisy: {in_words(leaf)}, n={leaf['n']} ({limit})"


def _named(failing: Sequence[dict[str, Any]]) -> str:
    worst = sorted(failing, key=lambda leaf: -(leaf["cv"] or 0.0))
    listed = ", ".join(f"{leaf['name']} ({in_words(leaf)})" for leaf in worst[:_NAMED])
    return listed + (f" and {len(worst) - _NAMED} more" if len(worst) > _NAMED else "")
