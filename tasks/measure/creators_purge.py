"""doit tasks that move a version's samples out of the way: ``purge:go1.24``."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from tasks.measure.purge import Belongings, belongings, move
from tasks.shared import console
from tasks.shared.doit_actions import DRY_RUN, Action, on_request
from tasks.shared.errors import PerfError
from tasks.shared.locks import LOCK_FILE, hold
from tasks.shared.project import Project
from tasks.shared.versions import Version


def purge_tasks(project: Project) -> Iterator[dict[str, Any]]:
    """``purge:go1.24`` moves a version's samples into results/.trash/; ``purge`` alone asks for a version.

    An alias is a task of its own and no group: options are parsed by the task that is named.
    """
    yield _task("purge", "which version's samples to move to results/.trash/ (purge:VERSION)", _ask, project)
    for version in project.config.versions:
        doc = f"move the samples of {version.exact} to results/.trash/ (--dry-run: only say which)"
        yield _task(f"purge:{version.label}", doc, _purge, project, version)
        for alias in version.aliases:
            yield _task(f"purge:{alias}", f"the same as purge:{version.label}", _purge, project, version)


def _task(name: str, doc: str, *action: Any) -> dict[str, Any]:
    return on_request(name, doc, Action(*action), params=[DRY_RUN])


def _ask(project: Project, **_options: Any) -> None:
    listed = ", ".join(f"purge:{version.label}" for version in project.config.versions)
    raise PerfError(f"name the version whose samples are to go: {listed}. Nothing was changed.")


def _purge(project: Project, version: Version, dry_run: bool) -> None:
    if dry_run:
        found = belongings(project.tree, version)
        _tell(project, version, found)
        console.say(f"would move {_counted(found)}; nothing was changed")
        return
    # Nothing is moved from under a session.
    with hold(LOCK_FILE, exclusive=True, waiting=console.say):
        found = belongings(project.tree, version)
        _tell(project, version, found)
        if not found.files:
            return
        trash = project.relative(move(project, found, time.time()))
    console.say(
        f"moved {_counted(found)} to {trash}/; the next doit measures {version.label} anew. "
        f"To have them back: `cp -a {trash}/. {project.relative(project.paths.results)}/`, "
        "then `doit`, which counts them again without measuring"
    )


def _tell(project: Project, version: Version, found: Belongings) -> None:
    if not found.files:
        console.say(f"there is nothing of {version.exact} in {project.relative(project.tree.folder)}/")
    for path, samples in found.texts.items():
        console.say(f"{project.relative(path)}: {samples} samples")
    if found.others:
        console.say(f"receipts, merged results, lists and blocks that belong to them: {len(found.others)} files")


def _counted(found: Belongings) -> str:
    return f"{found.samples} samples in {len(found.texts)} texts, and {len(found.others)} files made from them"
