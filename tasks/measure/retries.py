"""Retries on demand: more rounds of what fails, or of what a list names, in all versions that have results."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tasks.measure.failed import read_failed_list
from tasks.measure.schedule import Need
from tasks.measure.session import Retries
from tasks.measure.state import State
from tasks.shared.cell import Cell
from tasks.shared.project import Project


def units_to_retry(state: State, version: str, failed: str, units: Sequence[str]) -> list[str]:
    """The units that fail in a version, or those that the list at ``failed`` names; PerfError for a bad list."""
    if failed:
        return read_failed_list(Path(failed).expanduser(), units)
    return [unit for unit in units if state.noisy(Cell(version, unit))]


def participants(project: Project, state: State, unit: str) -> list[str]:
    """The versions that have results of a unit's code of today: all of them take part in its retry."""
    return [version.exact for version in project.config.versions if state.has_samples(Cell(version.exact, unit))]


def on_demand(project: Project, version: str, failed: str, units: Sequence[str]) -> Retries:
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
            together = participants(project, state, unit)
            fails = any(state.noisy(Cell(v, unit)) for v in together)
            if together and (number == 1 or fails):
                needs.append(state.with_reference(unit, dict.fromkeys(together, count)))
        return needs

    return retries
