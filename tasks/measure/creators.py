"""doit tasks of the measure stage: the session, and a task for each cell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tasks.measure.session import System, run_session
from tasks.measure.state import State
from tasks.measure.state_cache import state_for
from tasks.shared.cell import Cell
from tasks.shared.doit_actions import Action, Check
from tasks.shared.plan_file import read_plan
from tasks.shared.project import Project
from tasks.shared.verified import verified_for
from tasks.suite.scan import Unit


def session_tasks(project: Project) -> Iterator[dict[str, Any]]:
    """``session`` measures all selected stale cells in rounds; cells name it in ``setup``."""
    builds = [f"build:{v.label}:{package}" for v in project.config.versions for package in project.config.packages]
    yield {
        "basename": "session",
        "doc": "measure what is selected and stale, in rounds (runs before the cells that need it)",
        "actions": [Action(_run, project)],
        "task_dep": [f"fingerprint:{version.label}" for version in project.config.versions],
        # Narrowed before each run to the versions that it will measure.
        "setup": builds,
        "uptodate": [False],
        "verbosity": 2,
    }


def collect_tasks(project: Project, units: tuple[Unit, ...]) -> Iterator[dict[str, Any]]:
    """``collect:go1.24:runtime.SyncPool`` and its groups."""
    versions = project.config.versions
    yield {
        "basename": "collect",
        "doc": "bring the samples of all versions up to date",
        "actions": None,
        "task_dep": [f"collect:{version.label}" for version in versions],
    }
    for version in versions:
        group = f"collect:{version.label}"
        yield {"basename": group, "name": None, "doc": f"bring the samples of {version.exact} up to date"}
        for unit in units:
            cell = Cell(version.exact, unit.id)
            yield {
                "basename": group,
                "name": unit.id,
                "doc": unit.description or f"samples of {unit.id}",
                "actions": [Action(_adopt, project, cell)],
                "file_dep": [project.relative(project.paths.fingerprint(version.exact, unit.id))],
                "targets": [project.relative(project.tree.receipt(version.label, unit.id))],
                "setup": ["session"],
                "uptodate": [Check(_is_up_to_date, project, cell)],
                "meta": {"cell": (cell.version, cell.unit), "quiet": True},
            }
        for alias in version.aliases:
            yield {
                "basename": f"collect:{alias}",
                "doc": f"the same as {group}",
                "actions": None,
                "task_dep": [group],
            }


def _run(project: Project) -> None:
    run_session(project, lambda: State(project, verified_for(project.paths.verified)), read_plan().cells, System())


def _adopt(project: Project, cell: Cell) -> None:
    state_for(project).adopt(cell)


def _is_up_to_date(project: Project, cell: Cell) -> bool:
    return state_for(project).is_up_to_date(cell)
