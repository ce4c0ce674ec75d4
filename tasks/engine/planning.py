"""Before anything runs: which cells are selected, and which versions they need built.

doit makes its graph before it knows what is stale; a static graph would install and build every version for
`doit collect:go1.24`. So the session's dependencies are narrowed here, once per run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from doit.globals import Globals

from tasks.engine.look_again import look_again, status_of
from tasks.engine.misplaced import refuse_misplaced
from tasks.measure.estimate import expected_seconds
from tasks.measure.newer import refuse_newer_tree
from tasks.measure.retries import on_demand, units_to_retry
from tasks.measure.schedule import Need
from tasks.measure.state_cache import state_for
from tasks.shared import console
from tasks.shared.cell import Cell
from tasks.shared.clock import for_people
from tasks.shared.errors import PerfError
from tasks.shared.plan_file import Plan, write_plan
from tasks.shared.preflight import check_disk
from tasks.shared.project import Project
from tasks.shared.versions import Version
from tasks.suite.scan import Unit
from tasks.toolchains.install import is_installed

#: Seconds on two cores and an ordinary network, for a first estimate.
_INSTALL, _BUILD = 5.0, 12.0


@dataclass(frozen=True)
class Prepared:
    """What a run will measure: main rounds and retries, in seconds of measuring alone, and of everything."""

    needs: Sequence[Need]
    retries: Sequence[Need]
    measuring: float
    seconds: float


@dataclass(frozen=True)
class Names:
    """What the creators call the tasks that planning has to find."""

    session: str = "session"
    syscheck: str = "syscheck"
    noise: str = "noise"

    def fingerprint(self, label: str) -> str:
        return f"fingerprint:{label}"

    def build(self, label: str, package: str) -> str:
        return f"build:{label}:{package}"


def prepare(
    project: Project,
    units: Sequence[Unit],
    tasks: Mapping[str, Any],
    selected: Iterable[str],
    others: Mapping[str, str],
) -> Prepared:
    """Narrow the session to what the selected cells need, say what there is to do, and write the plan down."""
    chosen, everything = list(selected), [unit.id for unit in units]
    _run_if_named(tasks, chosen)
    names = Names()
    closure = closure_of(tasks, chosen)
    cells = _selected_cells(tasks, closure, everything=names.session in closure)
    if names.noise in closure:
        tasks[names.noise].task_dep += sorted(name for name in closure if _cell_of(tasks[name]))
    retries = {name: exact for name in closure if (exact := (tasks[name].meta or {}).get("retry"))}
    refuse_misplaced(others, closure)
    if project.settings.budget and (retries or not cells):
        raise PerfError("budget= is for what collects samples: name no task, or such as collect:VERSION")
    outdated = look_again(project, tasks, units) if cells or retries else set()
    if cells or retries:
        refuse_newer_tree(project.tree, state_for(project).verified)
    asked = {*retries.values(), *(cell.version for cell in cells)}
    left = outdated - asked
    state_for(project).outdated = frozenset(left)
    state_for(project).notice_texts(everything)
    for problem in state_for(project).archive.problems():
        console.warn_once(problem)
    stale = _stale_cells(project, outdated, cells)
    builds = _narrow(project, tasks[names.session], names, {*stale, *_joining(project, cells, stale)}, left)
    for name in builds if names.syscheck in tasks[names.session].setup_tasks else ():
        # With `doit -n 2` the look at the machine would else see the compiler beside it.
        tasks[name].task_dep.append(names.syscheck)
    ignored = _ignored_cells(tasks)
    retried = _cells_to_retry(
        project, [unit.id for unit in units], set(retries.values()), others.get("failed", ""), ignored, outdated - left
    )
    for name in retries:
        builds |= _narrow(project, tasks[name], names, retried, left)
    builds |= {name for name in closure if name.startswith("build:") and tasks[name].actions}
    to_install = _missing_toolchains(project, closure, builds, outdated & asked)
    to_build = [name for name in builds if status_of(tasks, name) != "up-to-date"]
    check_disk(project.paths.root, toolchains=len(to_install), builds=len(to_build))
    prepared = _expect(project, len(to_install), len(to_build), stale)
    if to_install or to_build or stale:
        console.say(
            f"to do: {len(to_install)} toolchains to install, {len(to_build)} packages to build, "
            f"{len(stale)} cells to look at; about {for_people(prepared.seconds)}"
        )
    judged = {*cells, *(cell for cell in retried if cell.version in retries.values())}
    plan = Plan(
        cells=tuple(cells),
        toolchains=tuple(version.exact for version in to_install),
        named=tuple(chosen),
        judged=tuple(sorted(judged, key=lambda cell: (cell.version, cell.unit))),
        ignored=tuple(ignored),
        outdated=tuple(sorted(left)),
    )
    write_plan(project.paths.cache / "plans", plan)
    return prepared


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


def _stale_cells(project: Project, outdated: set[str], cells: Sequence[Cell]) -> list[Cell]:
    """The cells that lack samples, or may, since fingerprints of their version are about to be taken anew."""
    state = state_for(project)
    together: dict[str, list[str]] = {}
    for cell in cells:
        together.setdefault(cell.unit, []).append(cell.version)
    return [cell for cell in cells if cell.version in outdated or state.needs_work(cell, together[cell.unit])]


def _narrow(project: Project, task: Any, names: Names, measured: Iterable[Cell], left: set[str]) -> set[str]:
    """Leave a measuring task only the builds and fingerprints that it may need; the names of the builds."""
    needless = {names.fingerprint(project.version(exact).label) for exact in left}
    task.task_dep[:] = [name for name in task.task_dep if name not in needless]
    pairs = {(project.version(cell.version).label, cell.package) for cell in measured}
    builds = sorted(names.build(label, package) for label, package in pairs)
    task.setup_tasks[:] = [name for name in task.setup_tasks if not name.startswith("build:")] + builds
    return set(builds)


def _cells_to_retry(
    project: Project,
    units: Sequence[str],
    versions: set[str],
    failed: str,
    ignored: Sequence[Cell],
    outdated: set[str],
) -> set[Cell]:
    """The cells that retries on demand will measure, or may, since their fingerprints are about to be taken anew."""
    if not versions:
        return set()
    state = state_for(project)
    found = set()
    for version in versions:
        for need in on_demand(project, version, failed, units, ignored)(state, 1):
            together = [*need.rounds, *([need.reference] if need.reference else [])]
            found |= {Cell(exact, need.unit) for exact in together}
        listed = units_to_retry(state, version, failed, units) if failed else units
        found |= {Cell(exact, unit) for exact in outdated for unit in listed}
    return found


def _expect(project: Project, installs: int, builds: int, stale: Sequence[Cell]) -> Prepared:
    state = state_for(project)
    budget = project.settings.budget
    needs, retries = state.needs(stale), [] if budget else state.retries(stale)
    # How long samples take stands in the texts, which nothing else need read.
    measuring = (budget or expected_seconds([*needs, *retries], state)) if needs or retries else 0.0
    return Prepared(needs, retries, measuring, _INSTALL * installs + _BUILD * builds + measuring)


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


def _joining(project: Project, cells: Sequence[Cell], stale: Sequence[Cell]) -> set[Cell]:
    """The cells that may join the stale ones: in retries, or as the reference of a lone version."""
    state = state_for(project)
    by_unit: dict[str, dict[str, int]] = {}
    for cell in stale:
        by_unit.setdefault(cell.unit, {})[cell.version] = 1
    needs = [state.with_reference(unit, rounds) for unit, rounds in by_unit.items()]
    references = {Cell(need.reference, need.unit) for need in needs if need.reference}
    return references | set(state.companions(cells, state.needs(stale)))


def _missing_toolchains(
    project: Project, closure: set[str], builds: set[str], taken_anew: Iterable[str]
) -> list[Version]:
    """The versions that this run has to install."""
    wanted = {n.split(":", 1)[1] for n in closure if n.startswith("toolchain:")} | {n.split(":")[1] for n in builds}
    wanted |= {project.version(exact).label for exact in taken_anew}
    return [v for v in project.config.versions if v.label in wanted and not is_installed(project.paths, v)]
