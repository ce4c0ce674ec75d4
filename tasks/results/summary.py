"""The short table that ends a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from tasks.measure.state import State
from tasks.measure.unfinished import unfinished
from tasks.shared import console, schema
from tasks.shared.cell import Cell
from tasks.shared.project import Project
from tasks.shared.statistics import CLASSES


def print_summary(project: Project, state: State) -> None:
    """Say per version what was measured, how noisy samples were, what failed or is unfinished, and where it lies."""
    names = [name for _, name, _ in CLASSES]
    rows, notes = [], []
    units: dict[str, None] = {}
    for version in project.config.versions:
        merged = schema.read("merged", project.tree.merged_json(version.label))
        benchmarks = merged["benchmarks"]
        classes = Counter(row["class"] for row in benchmarks)
        measured = [row for row in benchmarks if row["measures"]]
        samples = sum(max(measure["n"] for measure in row["measures"].values()) for row in measured)
        noisy = sum(row["noisy"] for row in benchmarks)
        failed = sorted({row["unit"] for row in benchmarks if row["status"] != "ok"})
        rows.append(
            [version.label, str(len(measured)), str(samples), *(str(classes[name]) for name in names), str(noisy),
             str(len(failed)), (merged["collected_at"] or "never")[:19].replace("T", " ")]
        )  # fmt: skip
        units |= dict.fromkeys(row["unit"] for row in benchmarks)
        notes += _failures(version.label, benchmarks, failed)
    target = f"{project.settings.variance_threshold:g} %"
    columns = ["version", "benchmarks", "samples", *names, "noisy", "failed", "collected (UTC)"]
    settings = project.settings
    console.table(f"CV classes per {settings.benchtime_text} sample", columns, rows)
    if settings.interval_target:
        target += f" and the mean's 95 % interval wider than +-{settings.interval_target:g} %"
    own = " (some have limits of their own: config.yaml)" if project.config.thresholds else ""
    console.say(f"noisy: CV above {target}{own}")
    for note in [*notes, *_unfinished(project, state, units)]:
        console.warn(note)
    console.say(f"samples and merged results: {project.relative(project.tree.folder)}/")


def _unfinished(project: Project, state: State, units: Iterable[str]) -> list[str]:
    """What a budget has left with too few rounds, a line for all of it."""
    cells = [Cell(version.exact, unit) for unit in units for version in project.config.versions]
    left = unfinished(state, cells)
    if not left:
        return []
    labels = {version.exact: version.label for version in project.config.versions}
    counts = Counter(labels[cell.version] for cell in left)
    listed = ", ".join(f"{label} {count}" for label, count in counts.items())
    return [
        f"benchmark functions that a budget left unfinished: {listed}; `doit{project.words}` completes them, "
        "another budget narrows them further, `doit why` names them"
    ]


def _failures(label: str, benchmarks: list[dict[str, Any]], failed: list[str]) -> list[str]:
    status = {row["unit"]: row["status"] for row in benchmarks}
    return [
        f"{label}: {unit} has no complete result ({status[unit]}); `doit info` and its receipt say why"
        for unit in failed
    ]
