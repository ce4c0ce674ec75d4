"""Fingerprints of today's sources, taken before anything is decided: an edited comment then compiles nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from doit.exceptions import TaskFailed
from doit.globals import Globals

from tasks.shared.project import Project
from tasks.shared.versions import Version
from tasks.suite.inputs import are_taken
from tasks.suite.scan import Unit
from tasks.toolchains.install import is_installed


def look_again(project: Project, tasks: Mapping[str, Any], units: Sequence[Unit]) -> set[str]:
    """Take the fingerprints that are not of today; the versions of which that has to wait for their toolchain.

    A version of which it fails is among them: its own task will fail with what is wrong.
    """
    outdated = [version for version in project.config.versions if not _are_of_today(tasks, version)]

    def take(version: Version) -> bool:
        gomod, fingerprint = _chain(tasks, version)
        if _fails(gomod):
            return False
        possible = are_taken(project, version, units) or is_installed(project.paths, version)
        return possible and not _fails(fingerprint)

    with ThreadPoolExecutor() as pool:
        taken = [version for version, done in zip(outdated, pool.map(take, outdated), strict=True) if done]
    for version in taken:
        for task in _chain(tasks, version):
            Globals.dep_manager.save_success(task)
    return {version.exact for version in outdated if version not in taken}


def status_of(tasks: Mapping[str, Any], name: str) -> str:
    """doit's answer for a task now: up-to-date, run or error."""
    status: str = Globals.dep_manager.get_status(tasks[name], tasks).status
    return status


def _chain(tasks: Mapping[str, Any], version: Version) -> tuple[Any, Any]:
    return tasks[f"gomod:{version.label}"], tasks[f"fingerprint:{version.label}"]


def _are_of_today(tasks: Mapping[str, Any], version: Version) -> bool:
    return all(status_of(tasks, task.name) == "up-to-date" for task in _chain(tasks, version))


def _fails(task: Any) -> bool:
    return any(isinstance(action.py_callable(), TaskFailed) for action in task.actions)
