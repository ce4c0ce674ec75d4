"""doit tasks of the results stage."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tasks.measure.analysis import judgement_file
from tasks.measure.state_cache import state_for
from tasks.results.merge import merge
from tasks.results.summary import print_summary
from tasks.shared.doit_actions import Action, Check
from tasks.shared.project import Project
from tasks.shared.verified import verified_for
from tasks.shared.versions import Version
from tasks.suite.scan import Unit


def merge_tasks(project: Project, units: tuple[Unit, ...]) -> Iterator[dict[str, Any]]:
    """``merge:go1.24`` pools all samples that count into merged.txt and merged.json."""
    yield {"basename": "merge", "name": None, "doc": "pool all samples that count today, per version"}
    judgement = project.relative(judgement_file(project))
    for version in project.config.versions:
        targets = [project.tree.merged_text(version.label), project.tree.merged_json(version.label)]
        yield {
            "basename": "merge",
            "name": version.label,
            "doc": f"merged.txt and merged.json of {version.exact}",
            "actions": [Action(_merge, project, version, units)],
            "file_dep": [
                judgement,
                *(project.relative(project.tree.receipt(version.label, unit.id)) for unit in units),
            ],
            "targets": [project.relative(path) for path in targets],
            "uptodate": [Check(_untouched, project, targets)],
        }
        for alias in version.aliases:
            yield {
                "basename": "merge",
                "name": alias,
                "doc": f"the same as merge:{version.label}",
                "actions": None,
                "task_dep": [f"merge:{version.label}"],
            }


def summary_tasks(project: Project) -> Iterator[dict[str, Any]]:
    """``summary`` ends a run with a short table of what was measured and where it lies."""
    merged = [project.relative(project.tree.merged_json(version.label)) for version in project.config.versions]
    yield {
        "basename": "summary",
        "doc": "a short table of what was measured and where it lies",
        "actions": [Action(print_summary, project)],
        "file_dep": merged,
        "verbosity": 2,
        "meta": {"quiet": True, "always_when_named": True},
    }


def _merge(project: Project, version: Version, units: tuple[Unit, ...]) -> None:
    merge(project, version, units, state_for(project))


def _untouched(project: Project, targets: list[Path]) -> bool:
    """Whether nobody has touched the files since they were made."""
    verified = verified_for(project.paths.verified)
    return all(verified.knows(path) for path in targets)
