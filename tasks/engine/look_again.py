"""Fingerprints of today's sources, taken before anything is decided: an edited comment then compiles nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from doit.exceptions import TaskFailed
from doit.globals import Globals

from tasks.shared.project import Project
from tasks.shared.versions import Version
from tasks.toolchains.install import is_installed


def look_again(project: Project, tasks: Mapping[str, Any]) -> set[str]:
    """Take the fingerprints that are not of today; the versions of which that has to wait for their toolchain.

    A version of which it fails is among them: its own task will fail with what is wrong.
    """
    outdated = [version for version in project.config.versions if not _are_of_today(tasks, version)]
    with ThreadPoolExecutor() as pool:
        waiting = pool.map(
            lambda version: not (is_installed(project.paths, version) and _take(tasks, version)), outdated
        )
        left = {version.exact for version, waits in zip(outdated, waiting, strict=True) if waits}
    for version in outdated:
        if version.exact not in left:
            for task in _chain(tasks, version):
                Globals.dep_manager.save_success(task)
    return left


def status_of(tasks: Mapping[str, Any], name: str) -> str:
    """doit's answer for a task now: up-to-date, run or error."""
    status: str = Globals.dep_manager.get_status(tasks[name], tasks).status
    return status


def _chain(tasks: Mapping[str, Any], version: Version) -> Sequence[Any]:
    return [tasks[f"gomod:{version.label}"], tasks[f"fingerprint:{version.label}"]]


def _are_of_today(tasks: Mapping[str, Any], version: Version) -> bool:
    return all(status_of(tasks, task.name) == "up-to-date" for task in _chain(tasks, version))


def _take(tasks: Mapping[str, Any], version: Version) -> bool:
    """Whether all actions succeed."""
    actions = [action for task in _chain(tasks, version) for action in task.actions]
    return not any(isinstance(action.py_callable(), TaskFailed) for action in actions)
