"""The one State of each project in this process, so that files are read once."""

from __future__ import annotations

from tasks.measure.state import State
from tasks.shared.plan_file import read_plan
from tasks.shared.project import Project
from tasks.shared.verified import verified_for

_states: dict[str, State] = {}


def state_for(project: Project) -> State:
    """The project's State, made when it is first asked for."""
    key = str(project.tree.folder)
    if key not in _states:
        _states[key] = State(project, verified_for(project.paths.verified), read_plan().outdated)
    return _states[key]
