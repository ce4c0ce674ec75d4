"""Marks of `doit forget`: samples of a cell that were there at a moment do not count any more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tasks.measure import names
from tasks.shared import schema
from tasks.shared.cell import Cell
from tasks.shared.clock import iso
from tasks.shared.paths import Tree


@dataclass(frozen=True)
class Mark:
    """When cells were forgotten (``before``, RFC 3339), and the ``sessions`` that had texts then.

    Samples of other sessions were taken later, whatever the clock said; clocks may be set back.
    """

    before: str = ""
    sessions: frozenset[str] = frozenset()

    def covers(self, session: str, started: str) -> bool:
        """Whether a sample was taken before the mark was made."""
        return session in self.sessions and started < self.before


def read_marks(tree: Tree) -> Mapping[Cell, Mark]:
    """The newest mark of each cell that has one."""
    found: dict[Cell, Mark] = {}
    for row in _rows(tree):
        mark = Mark(row["before"], frozenset(row["sessions"]))
        found.update({Cell(version, unit): mark for version, units in row["cells"].items() for unit in units})
    return found


def forget(tree: Tree, cells: Iterable[Cell], now: float) -> None:
    """Write durably that what is there of these cells does not count; older marks of theirs are replaced."""
    chosen = set(cells)
    rows = []
    for row in _rows(tree):
        left = {
            version: rest
            for version, units in row["cells"].items()
            if (rest := [unit for unit in units if Cell(version, unit) not in chosen])
        }
        rows += [{**row, "cells": left}] if left else []
    by_version: dict[str, list[str]] = {}
    for cell in sorted(chosen, key=lambda cell: (cell.version, cell.unit)):
        by_version.setdefault(cell.version, []).append(cell.unit)
    sessions = {session for path in tree.folder.glob("go*/*.txt") if (session := names.session_of(path))}
    rows.append({"before": iso(now), "sessions": sorted(sessions), "cells": by_version})
    schema.write("forgotten", tree.forgotten, {"schema_version": schema.SCHEMA_VERSION, "marks": rows})


def _rows(tree: Tree) -> list[dict[str, Any]]:
    if not tree.forgotten.exists():
        return []
    rows: list[dict[str, Any]] = schema.read("forgotten", tree.forgotten)["marks"]
    return rows
