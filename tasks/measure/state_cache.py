"""The one State of each project in this process, so that files are read once."""

from __future__ import annotations

import atexit

from tasks.measure.state import State
from tasks.shared.project import Project
from tasks.shared.verified import Verified

_states: dict[str, State] = {}
_verified: dict[str, Verified] = {}


def verified_for(project: Project) -> Verified:
    """The process's memory of what was found in order; saved when the process ends."""
    path = project.paths.cache / "verified.json"
    if str(path) not in _verified:
        _verified[str(path)] = Verified(path)
        atexit.register(_verified[str(path)].save)
    return _verified[str(path)]


def state_for(project: Project) -> State:
    """The project's State, made when it is first asked for."""
    key = str(project.tree.folder)
    if key not in _states:
        _states[key] = State(project, verified_for(project))
    return _states[key]
