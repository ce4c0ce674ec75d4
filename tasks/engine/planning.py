"""Before anything runs: which cells are selected, and which versions they need built.

doit makes its graph before it knows what is stale; a static graph would install and build every version for
`doit collect:go1.24`. So the session's dependencies are narrowed here, once per run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from doit.globals import Globals

from tasks.measure.schedule import choose_reference
from tasks.measure.state_cache import state_for
from tasks.shared.cell import Cell
from tasks.shared.plan_file import Plan, write_plan
from tasks.shared.preflight import check_disk
from tasks.shared.project import Project
from tasks.shared.versions import Version
from tasks.toolchains.install import is_installed


@dataclass(frozen=True)
class Names:
    """What the creators call the tasks that planning has to find."""

    session: str = "session"

    def fingerprint(self, label: str) -> str:
        return f"fingerprint:{label}"

    def gomod(self, label: str) -> str:
        return f"gomod:{label}"

    def build(self, label: str, package: str) -> str:
        return f"build:{label}:{package}"


def prepare(project: Project, tasks: Mapping[str, Any], selected: Iterable[str]) -> None:
    """Narrow the session to what the selected cells need, and write the plan down for it."""
    chosen = list(selected)
    if len(chosen) == 1 and (tasks[chosen[0]].meta or {}).get("always_when_named"):
        tasks[chosen[0]].uptodate.append((False, [], {}))
    names = Names()
    closure = closure_of(tasks, selected)
    everything = [Cell(*task.meta["cell"]) for task in tasks.values() if task.meta and "cell" in task.meta]
    in_closure = {Cell(*tasks[n].meta["cell"]) for n in closure if tasks[n].meta and "cell" in tasks[n].meta}
    cells = everything if names.session in closure else [cell for cell in everything if cell in in_closure]
    labels = {version.exact: version.label for version in project.config.versions}
    outdated = {v for v in {cell.version for cell in cells} if _code_may_have_changed(tasks, names, labels[v])}
    state = state_for(project)
    stale = [cell for cell in cells if cell.version in outdated or state.missing(cell)]
    pairs = {(cell.version, cell.package) for cell in stale}
    pairs |= {(reference.version, reference.package) for reference in _references(project, stale)}
    if names.session in tasks:
        session = tasks[names.session]
        session.setup_tasks[:] = sorted(names.build(labels[version], package) for version, package in pairs)
        versions = {cell.version for cell in cells} | {version for version, _ in pairs}
        session.task_dep[:] = sorted(names.fingerprint(labels[version]) for version in versions)
    builds = {n for n in closure if n.startswith("build:") and ":" in n[6:]} | set(
        tasks[names.session].setup_tasks if names.session in tasks and stale else []
    )
    to_install = _missing_toolchains(project, closure, builds)
    to_build = [n for n in builds if not all(Path(target).exists() for target in tasks[n].targets)]
    check_disk(project.paths.root, toolchains=len(to_install), builds=len(to_build))
    plan = Plan(tuple(cells), tuple(version.exact for version in to_install))
    write_plan(project.paths.cache / "plans", plan)


def closure_of(tasks: Mapping[str, Any], selected: Iterable[str]) -> set[str]:
    """The selected tasks and all that they depend on (not what they would set up)."""
    todo, seen = list(selected), set()
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo.extend(tasks[name].task_dep)
    return seen


def _code_may_have_changed(tasks: Mapping[str, Any], names: Names, label: str) -> bool:
    """Whether fingerprints are about to be taken anew."""
    manager = Globals.dep_manager
    return any(
        manager.get_status(tasks[name], tasks).status != "up-to-date"
        for name in (names.gomod(label), names.fingerprint(label))
    )


def _references(project: Project, stale: Iterable[Cell]) -> set[Cell]:
    """The cells that may join a lone stale version as its reference."""
    ordered = [version.exact for version in project.config.versions]
    by_unit: dict[str, set[str]] = {}
    for cell in stale:
        by_unit.setdefault(cell.unit, set()).add(cell.version)
    state = state_for(project)
    found = set()
    for unit, versions in by_unit.items():
        if len(versions) == 1:
            (alone,) = versions
            fresh = [v for v in ordered if v != alone and state.can_be_reference(Cell(v, unit))]
            reference = choose_reference(alone, ordered, fresh)
            if reference:
                found.add(Cell(reference, unit))
    return found


def _missing_toolchains(project: Project, closure: set[str], builds: set[str]) -> list[Version]:
    """The versions that this run has to install."""
    wanted = {n.split(":", 1)[1] for n in closure if n.startswith("toolchain:")} | {n.split(":")[1] for n in builds}
    return [v for v in project.config.versions if v.label in wanted and not is_installed(project.paths, v)]
