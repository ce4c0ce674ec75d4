"""The smallest thing that can be stale or measured."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


def package_of(unit: str) -> str:
    """``runtime`` of ``runtime.SyncPool``."""
    return unit.split(".", 1)[0]


@dataclass(frozen=True, order=True)
class Cell:
    """A unit (``runtime.SyncPool``) under an exact version (``go1.24.0``)."""

    version: str
    unit: str

    @property
    def package(self) -> str:
        return package_of(self.unit)


def versions_by_unit(cells: Iterable[Cell]) -> dict[str, list[str]]:
    """The versions of each unit among these cells."""
    found: dict[str, list[str]] = {}
    for cell in cells:
        found.setdefault(cell.unit, []).append(cell.version)
    return found
