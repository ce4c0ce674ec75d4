"""Before anything runs: which cells are selected, and which versions they need built.

doit makes its graph before it knows what is stale; a static graph would install and build every version for
`doit collect:go1.24`. So the session's dependencies are narrowed here, once per run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from doit.globals import Globals

from tasks.measure.estimate import expected_seconds
from tasks.measure.retries import on_demand, units_to_retry
from tasks.measure.state_cache import state_for
from tasks.shared import console
from tasks.shared.cell import Cell
from tasks.shared.clock import for_people
from tasks.shared.errors import PerfError
from tasks.shared.plan_file import Plan, write_plan
from tasks.shared.preflight import check_disk
from tasks.shared.project import Project
from tasks.shared.versions import Version
from tasks.toolchains.install import is_installed

#: Seconds on two cores and an ordinary network, for a first estimate.
_INSTALL, _BUILD = 5.0, 12.0


@dataclass(frozen=True)
class Names:
    """What the creators call the tasks that planning has to find."""

    session: str = "session"
    syscheck: str = "syscheck"

    def fingerprint(self, label: str) -> str:
        return f"fingerprint:{label}"

    def gomod(self, label: str) -> str:
        return f"gomod:{label}"

    def build(self, label: str, package: str) -> str:
        return f"build:{label}:{package}"


def prepare(project: Project, tasks: Mapping[str, Any], selected: Iterable[str], failed: str = "") -> None:
    """Narrow the session to what the selected cells need, say what there is to do, and write the plan down."""
    chosen = list(selected)
    _run_if_named(tasks, chosen)
    names = Names()
    closure = closure_of(tasks, chosen)
    cells = _selected_cells(tasks, closure, everything=names.session in closure)
    state_for(project).notice_texts({unit for task in tasks.values() for _, unit in _cell_of(task)})
    stale = _stale_cells(project, tasks, names, cells)
    builds = _narrow(project, tasks[names.session], names, {*stale, *_joining(project, cells, stale)})
    for name in builds if names.syscheck in tasks[names.session].setup_tasks else ():
        # With `doit -n 2` the look at the machine would else see the compiler beside it.
        tasks[name].task_dep.append(names.syscheck)
    ignored = _ignored_cells(tasks)
    retries = {name: exact for name in closure if (exact := (tasks[name].meta or {}).get("retry"))}
    if failed and not retries:
        raise PerfError(f"failed={failed} is for `doit retry:VERSION failed=...`; name such a task")
    retried = _cells_to_retry(project, tasks, names, set(retries.values()), failed, ignored)
    for name in retries:
        builds |= _narrow(project, tasks[name], names, retried)
    builds |= {name for name in closure if name.startswith("build:") and tasks[name].actions}
    to_install = _missing_toolchains(project, closure, builds)
    to_build = [name for name in builds if _status(tasks, name) != "up-to-date"]
    check_disk(project.paths.root, toolchains=len(to_install), builds=len(to_build))
    if to_install or to_build or stale:
        _say_what_there_is_to_do(project, len(to_install), len(to_build), stale)
    judged = {*cells, *(cell for cell in retried if cell.version in retries.values())}
    plan = Plan(
        cells=tuple(cells),
        toolchains=tuple(version.exact for version in to_install),
        named=tuple(chosen),
        judged=tuple(sorted(judged, key=lambda cell: (cell.version, cell.unit))),
        ignored=tuple(ignored),
    )
    write_plan(project.paths.cache / "plans", plan)


def _run_if_named(tasks: Mapping[str, Any], chosen: list[str]) -> None:
    """A task such as summary, named alone, runs even if nothing has changed."""
    if len(chosen) == 1 and (tasks[chosen[0]].meta or {}).get("always_when_named"):
        tasks[chosen[0]].uptodate.append((False, [], {}))


def _cell_of(task: Any) -> list[tuple[str, str]]:
    """The (version, unit) of a task that is a cell; nothing for any other."""
    cell = (task.meta or {}).get("cell")
    return [cell] if cell else []


def _selected_cells(tasks: Mapping[str, Any], closure: set[str], everything: bool) -> list[Cell]:
    """The cells among the selected tasks; all of them if the session itself was named. Never those of `doit ignore`."""
    of_cells = [(name, task) for name, task in tasks.items() if (task.meta or {}).get("cell")]
    chosen = [task for name, task in of_cells if everything or name in closure]
    return [Cell(*task.meta["cell"]) for task in chosen if not Globals.dep_manager.status_is_ignore(task)]


def _ignored_cells(tasks: Mapping[str, Any]) -> list[Cell]:
    """The cells that `doit ignore` leaves out."""
    return [
        Cell(*cell) for task in tasks.values() for cell in _cell_of(task) if Globals.dep_manager.status_is_ignore(task)
    ]


def _outdated(project: Project, tasks: Mapping[str, Any], names: Names, versions: Iterable[str]) -> set[str]:
    """The versions of which fingerprints must be taken anew before anything can be said of their cells."""
    return {
        exact
        for exact in versions
        for name in (names.gomod(project.version(exact).label), names.fingerprint(project.version(exact).label))
        if _status(tasks, name) != "up-to-date"
    }


def _stale_cells(project: Project, tasks: Mapping[str, Any], names: Names, cells: Sequence[Cell]) -> list[Cell]:
    """The cells that lack samples, or may, since fingerprints of their version are about to be taken anew."""
    state = state_for(project)
    outdated = _outdated(project, tasks, names, {cell.version for cell in cells})
    together: dict[str, list[str]] = {}
    for cell in cells:
        together.setdefault(cell.unit, []).append(cell.version)
    return [cell for cell in cells if cell.version in outdated or state.needs_work(cell, together[cell.unit])]


def _narrow(project: Project, task: Any, names: Names, measured: Iterable[Cell]) -> set[str]:
    """Leave a measuring task only the builds that it may need, after its look at the machine; their names."""
    pairs = {(project.version(cell.version).label, cell.package) for cell in measured}
    builds = sorted(names.build(label, package) for label, package in pairs)
    task.setup_tasks[:] = [name for name in task.setup_tasks if not name.startswith("build:")] + builds
    return set(builds)


def _cells_to_retry(
    project: Project, tasks: Mapping[str, Any], names: Names, versions: set[str], failed: str, ignored: Sequence[Cell]
) -> set[Cell]:
    """The cells that retries on demand will measure, or may, since their fingerprints are about to be taken anew."""
    if not versions:
        return set()
    outdated = _outdated(project, tasks, names, [version.exact for version in project.config.versions])
    units = sorted({unit for task in tasks.values() for _, unit in _cell_of(task)})
    state = state_for(project)
    found = set()
    for version in versions:
        for need in on_demand(project, version, failed, units, ignored)(state, 1):
            together = [*need.rounds, *([need.reference] if need.reference else [])]
            found |= {Cell(exact, need.unit) for exact in together}
        listed = units_to_retry(state, version, failed, units) if failed else units
        found |= {Cell(exact, unit) for exact in outdated for unit in listed}
    return found


def _say_what_there_is_to_do(project: Project, installs: int, builds: int, stale: list[Cell]) -> None:
    state = state_for(project)
    needs = [*state.needs(stale), *state.retries(stale)]
    seconds = _INSTALL * installs + _BUILD * builds + expected_seconds(needs, state)
    console.say(
        f"to do: {installs} toolchains to install, {builds} packages to build, "
        f"{len(stale)} cells to look at; about {for_people(seconds)}"
    )


def closure_of(tasks: Mapping[str, Any], selected: Iterable[str], groups_only: bool = False) -> set[str]:
    """The selected tasks and all that they depend on (not what they would set up).

    ``groups_only``: just what is reached through tasks that only group others, such as aliases.
    """
    todo, seen = list(selected), set()
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            if not (groups_only and tasks[name].actions):
                todo.extend(tasks[name].task_dep)
    return seen


def _status(tasks: Mapping[str, Any], name: str) -> str:
    """doit's answer for a task now: up-to-date, run or error."""
    status: str = Globals.dep_manager.get_status(tasks[name], tasks).status
    return status


def _joining(project: Project, cells: Sequence[Cell], stale: Sequence[Cell]) -> set[Cell]:
    """The cells that may join the stale ones: in retries, or as the reference of a lone version."""
    state = state_for(project)
    by_unit: dict[str, dict[str, int]] = {}
    for cell in stale:
        by_unit.setdefault(cell.unit, {})[cell.version] = 1
    needs = [state.with_reference(unit, rounds) for unit, rounds in by_unit.items()]
    references = {Cell(need.reference, need.unit) for need in needs if need.reference}
    return references | set(state.companions(cells, state.needs(stale)))


def _missing_toolchains(project: Project, closure: set[str], builds: set[str]) -> list[Version]:
    """The versions that this run has to install."""
    wanted = {n.split(":", 1)[1] for n in closure if n.startswith("toolchain:")} | {n.split(":")[1] for n in builds}
    return [v for v in project.config.versions if v.label in wanted and not is_installed(project.paths, v)]
