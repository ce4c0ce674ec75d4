"""The smallest thing that can be stale or measured."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Cell:
    """A unit (``runtime.SyncPool``) under an exact version (``go1.24.0``)."""

    version: str
    unit: str

    @property
    def package(self) -> str:
        return self.unit.split(".", 1)[0]
