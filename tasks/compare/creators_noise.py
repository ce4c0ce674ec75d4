"""doit tasks of what is noise: ``noise`` pools what controls and calibrations tell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tasks.compare import noise_file
from tasks.measure.state_cache import state_for
from tasks.shared.doit_actions import Action, Check
from tasks.shared.project import Project
from tasks.shared.verified import verified_for


def noise_tasks(project: Project) -> Iterator[dict[str, Any]]:
    """``noise`` brings noise.json up to date, by which comparisons know a change from chance."""
    yield {
        "basename": "noise",
        "doc": "pool what controls and calibrations tell of this machine's noise (noise.json)",
        "actions": [Action(_make, project)],
        # Planning adds what this run measures: which texts there are shows after it. Of versions that nobody has asked
        # for, nothing is measured for it.
        "targets": [project.relative(project.tree.noise)],
        "uptodate": [Check(_is_current, project)],
        "meta": {"quiet": True},
    }


def _make(project: Project) -> None:
    noise_file.make(project, state_for(project).archive, verified_for(project.paths.verified))


def _is_current(project: Project) -> bool:
    return noise_file.is_current(project, state_for(project).archive, verified_for(project.paths.verified))
