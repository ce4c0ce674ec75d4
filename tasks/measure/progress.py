"""How far a session is: results/collection_progress.json, replaced atomically, for people and programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tasks.measure.sample_file import Sample
from tasks.measure.schedule import Need
from tasks.shared import schema
from tasks.shared.cell import Cell
from tasks.shared.clock import iso


@dataclass
class Progress:
    """Counts of one session. ``wanted`` and ``taken`` are samples by cell, references left out."""

    session: str
    rounds: int
    started: float
    wanted: Mapping[Cell, int]
    labels: Mapping[str, str]
    taken: dict[Cell, int] = field(default_factory=dict)
    failed: set[Cell] = field(default_factory=set)
    round: int = 0
    phase: str = "main"

    @classmethod
    def of(
        cls, session: str, needs: Sequence[Need], rounds: int, started: float, labels: Mapping[str, str]
    ) -> Progress:
        """The progress of a session that is about to begin."""
        wanted = {Cell(version, need.unit): count for need in needs for version, count in need.rounds.items()}
        return cls(session, rounds, started, wanted, labels)

    def count(self, version: str, sample: Sample) -> None:
        """Note a finished sample (not one of a reference)."""
        cell = Cell(version, sample.unit)
        self.taken[cell] = self.taken.get(cell, 0) + 1

    @property
    def fraction(self) -> float:
        """Share of the wanted samples that are taken, 0..1; what was given up counts as done."""
        wanted = sum(self.wanted.values())
        done = sum(n if c in self.failed else min(self.taken.get(c, 0), n) for c, n in self.wanted.items())
        return done / wanted if wanted else 1.0

    def seconds_left(self, now: float) -> float | None:
        """From the pace so far; None before the first round is over."""
        done = self.fraction
        return (now - self.started) * (1 - done) / done if self.round > 1 and done > 0 else None

    def document(self, state: str, now: float) -> dict[str, Any]:
        """The file's content; ``state`` is running, finished or interrupted."""
        left = self.seconds_left(now)
        return {
            "schema_version": schema.SCHEMA_VERSION,
            "session": self.session,
            "state": state,
            "phase": self.phase,
            "round": self.round,
            "rounds": self.rounds,
            "started_at": iso(self.started),
            "updated_at": iso(now),
            "seconds_left": round(left, 1) if left is not None and state == "running" else None,
            "versions": [self._version(exact) for exact in sorted({cell.version for cell in self.wanted})],
        }

    def _version(self, exact: str) -> dict[str, Any]:
        packages: dict[str, dict[str, Any]] = {}
        for cell, wanted in self.wanted.items():
            if cell.version != exact:
                continue
            row = packages.setdefault(
                cell.package,
                {"package": cell.package, "units": 0, "done": 0, "failed": 0, "samples": 0, "samples_wanted": 0},
            )
            taken = self.taken.get(cell, 0)
            row["units"] += 1
            row["done"] += taken >= wanted and cell not in self.failed
            row["failed"] += cell in self.failed
            row["samples"] += taken
            row["samples_wanted"] += wanted
        return {"version": self.labels[exact], "packages": [packages[name] for name in sorted(packages)]}

    def write(self, path: Path, state: str, now: float) -> None:
        """Replace the progress file."""
        schema.write("progress", path, self.document(state, now))
