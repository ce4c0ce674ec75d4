"""doit tasks of the results stage."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tasks.measure.analysis import judgement_file
from tasks.measure.state_cache import state_for
from tasks.results.adopt import PROVENANCE, adopt
from tasks.results.adoptable import find_columns
from tasks.results.merge import merge
from tasks.results.summary import print_summary
from tasks.shared import console
from tasks.shared.doit_actions import Action, Check, on_request
from tasks.shared.errors import PerfError
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
        "actions": [Action(_summarize, project)],
        "file_dep": merged,
        "verbosity": 2,
        "meta": {"quiet": True, "always_when_named": True},
    }


def adopt_tasks(project: Project, source: str, named: str) -> Iterator[dict[str, Any]]:
    """``adopt from=PATH`` takes over results of other tools, as columns of their own."""
    doc = "take over benchmark texts of other tools as columns of their own (from=PATH, as=go1.xx)"
    yield on_request("adopt", doc, Action(_adopt, project, source, named))


def _adopt(project: Project, source: str, named: str) -> None:
    if not source:
        raise PerfError(
            "say what to adopt: `doit adopt from=PATH`, a text in Go's benchmark format or a folder of such"
        )
    for column in find_columns(Path(source).expanduser(), named):
        folder = adopt(project, column, time.time())
        taken = ", ".join(path.name for path in column.texts)
        console.say(f"{column.version} from {taken}: in {project.relative(folder)} ({PROVENANCE})")
        for path, why in column.left_out:
            console.say(f"  left out {path.name}: {why}")
    console.say("`doit export` shows it as a column of its own")


def _merge(project: Project, version: Version, units: tuple[Unit, ...]) -> None:
    merge(project, version, units, state_for(project))


def _summarize(project: Project) -> None:
    print_summary(project, state_for(project))


def _untouched(project: Project, targets: list[Path]) -> bool:
    """Whether nobody has touched the files since they were made."""
    verified = verified_for(project.paths.verified)
    return all(verified.knows(path) for path in targets)
