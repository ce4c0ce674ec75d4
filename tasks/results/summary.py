"""The short table that ends a run."""

from __future__ import annotations

from collections import Counter
from typing import Any

from tasks.shared import console, schema
from tasks.shared.project import Project
from tasks.shared.statistics import CLASSES


def print_summary(project: Project) -> None:
    """Say per version what was measured, how noisy single samples were, what failed, and where it lies."""
    names = [name for _, name, _ in CLASSES]
    rows, notes = [], []
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
        notes += _failures(version.label, benchmarks, failed)
    target = f"{project.settings.variance_threshold:g} %"
    columns = ["version", "benchmarks", "samples", *names, "noisy", "failed", "collected (UTC)"]
    settings = project.settings
    console.table(f"CV classes per {settings.benchtime_text} sample", columns, rows)
    if settings.interval_target:
        target += f" and the mean's 95 % interval wider than +-{settings.interval_target:g} %"
    own = " (some have limits of their own: config.yaml)" if project.config.thresholds else ""
    console.say(f"noisy: CV above {target}{own}")
    for note in notes:
        console.warn(note)
    console.say(f"samples and merged results: {project.relative(project.tree.folder)}/")


def _failures(label: str, benchmarks: list[dict[str, Any]], failed: list[str]) -> list[str]:
    status = {row["unit"]: row["status"] for row in benchmarks}
    return [
        f"{label}: {unit} has no complete result ({status[unit]}); `doit info` and its receipt say why"
        for unit in failed
    ]
