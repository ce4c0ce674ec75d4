"""Retries on demand: more rounds of what fails, or of what a list names, in all versions that have results."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from tasks.measure.failed import read_failed_list
from tasks.measure.schedule import Need
from tasks.measure.session import Retries
from tasks.measure.state import State
from tasks.shared.cell import Cell
from tasks.shared.errors import PerfError
from tasks.shared.project import Project


def units_to_retry(state: State, version: str, failed: str, units: Sequence[str]) -> list[str]:
    """The units that fail in a version, or those that the list at ``failed`` names; PerfError for a bad list."""
    if failed:
        return read_failed_list(Path(failed).expanduser(), units)
    return [unit for unit in units if state.noisy(Cell(version, unit))]


def participants(project: Project, state: State, unit: str, ignored: Collection[Cell]) -> list[str]:
    """The versions that have all their results of a unit's code of today: all of them take part in its retry."""
    cells = [Cell(version.exact, unit) for version in project.config.versions]
    return [cell.version for cell in cells if cell not in ignored and state.takes_part(cell)]


def on_demand(
    project: Project, version: str, failed: str, units: Sequence[str], ignored: Collection[Cell] = ()
) -> Retries:
    """Up to ``max_reruns`` times (at least once) ``rerun_count`` rounds; after the first only of what still fails."""
    chosen: list[str] = []

    def retries(state: State, number: int) -> Sequence[Need]:
        if number == 1:
            chosen[:] = units_to_retry(state, version, failed, units)
        if number > max(1, project.settings.max_reruns):
            return ()
        count = project.settings.rerun_count
        needs = []
        for unit in chosen:
            together = participants(project, state, unit, ignored)
            fails = any(state.noisy(Cell(v, unit)) for v in together)
            if together and (number == 1 or fails):
                needs.append(state.with_reference(unit, dict.fromkeys(together, count)))
        return needs

    return retries


def why_nothing(project: Project, state: State, version: str, failed: str, units: Sequence[str]) -> str:
    """Why a retry has nothing to run again, for people; PerfError if its list is of other results than these."""
    label, tree = project.version(version).label, project.relative(project.tree.folder)
    chosen = units_to_retry(state, version, failed, units)
    if not chosen:
        return f"nothing of {label} is too noisy in {tree}/; there is nothing to run again"
    listed = ", ".join(chosen[:5]) + (", ..." if len(chosen) > 5 else "")
    raise PerfError(
        f"{listed}: no version has all its results of this in {tree}/, or it is ignored. Collect it first "
        f"(`doit{project.words} collect:{label}`), or name the profile of the results that you mean (profile=...)"
    )
