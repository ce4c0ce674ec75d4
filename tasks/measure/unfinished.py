"""Cells that a budget has left with too few rounds: which they are, and how far they are from what was aimed at."""

from __future__ import annotations

from collections.abc import Iterable

from tasks.measure.precision import Interval, is_within, least, target_of, telling
from tasks.measure.state import State
from tasks.shared.cell import Cell


def unfinished(state: State, cells: Iterable[Cell]) -> list[Cell]:
    """Those among these cells. They are stale, and what is missing to `count` rounds is measured by a plain `doit`."""
    found = []
    for cell in cells:
        receipt = state.known(cell)
        if receipt and receipt["budget_rounds"] and state.missing(cell):
            found.append(cell)
    return found


def widest(state: State, cell: Cell) -> tuple[Interval, float] | None:
    """The widest interval of a cell that is not within its target, and the target (fractions); None if there is none.

    One without a width, for want of blocks, is wider than any other.
    """
    receipt = state.known(cell)
    if receipt is None or receipt["status"] != "ok":
        return None
    project = state.project
    ordered = [version.exact for version in project.config.versions]
    found = []
    for interval in telling(receipt, state.shared_intervals(receipt), ordered):
        target = target_of(project.config, project.settings, cell.unit, interval.name)
        if not is_within(interval, target, least(project.config)):
            found.append((interval, target))
    return max(found, key=lambda row: (row[0].half_width is None, row[0].half_width or 0.0), default=None)
