"""The smallest thing that can be stale or measured."""

from __future__ import annotations

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
