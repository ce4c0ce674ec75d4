"""Marks of `doit forget`: samples of a cell that were there at a moment do not count any more."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tasks.measure import names
from tasks.shared import schema
from tasks.shared.cell import Cell
from tasks.shared.clock import iso
from tasks.shared.paths import Tree

_ROUND = re.compile(rb"^# session=\S+ round=(\d+) ", re.MULTILINE)


@dataclass(frozen=True)
class Mark:
    """When cells were forgotten (``before``, RFC 3339, for people), and how far each session had come then.

    ``rounds`` has the last round of each session that had texts: what it took later counts, and so does every other
    session, whatever the clock said; clocks may be set back.
    """

    before: str = ""
    rounds: Mapping[str, int] = field(default_factory=dict)

    def covers(self, session: str, number: int) -> bool:
        """Whether a sample, by its session and round, was taken before the mark was made."""
        return number <= self.last_round(session)

    def last_round(self, session: str) -> int:
        """The last round of a session that does not count."""
        return self.rounds.get(session, 0)


def read_marks(tree: Tree) -> Mapping[Cell, Mark]:
    """The newest mark of each cell that has one."""
    found: dict[Cell, Mark] = {}
    for row in _rows(tree):
        mark = Mark(row["before"], row["rounds"])
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
    rows.append({"before": iso(now), "rounds": _rounds(tree), "cells": by_version})
    schema.write("forgotten", tree.forgotten, {"schema_version": schema.SCHEMA_VERSION, "marks": rows})


def _rounds(tree: Tree) -> dict[str, int]:
    """The last round of each session, by its texts."""
    found: dict[str, int] = {}
    for path in sorted(tree.folder.glob("go*/*.txt")):
        session = names.session_of(path)
        if session:
            rounds = [int(number) for number in _ROUND.findall(path.read_bytes())]
            found[session] = max(rounds, default=0) if session not in found else max(found[session], *rounds, 0)
    return found


def _rows(tree: Tree) -> list[dict[str, Any]]:
    if not tree.forgotten.exists():
        return []
    rows: list[dict[str, Any]] = schema.read("forgotten", tree.forgotten)["marks"]
    return rows
