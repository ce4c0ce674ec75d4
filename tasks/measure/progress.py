"""How far a session is: counts, running spread of each benchmark, time left; results/collection_progress.json."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tasks.measure.sample_file import Sample
from tasks.measure.schedule import Need, round_count
from tasks.measure.state import State
from tasks.shared import schema
from tasks.shared.benchfmt import TIME, parse
from tasks.shared.cell import Cell
from tasks.shared.clock import iso
from tasks.shared.project import Project
from tasks.shared.statistics import Running, is_noisy, variance_class

PROGRESS_FILE = "collection_progress.json"

#: Below this many samples a running CV foretells nothing.
_TELLING = 4


class Progress:
    """One session as it goes. ``phase`` is main, make-up or retry1, 2, ...; rounds are counted within it."""

    def __init__(self, project: Project, state: State, session: str, started: float) -> None:
        self._project = project
        self._state = state
        self.session = session
        self.labels = {version.exact: version.label for version in project.config.versions}
        self.started = started
        self.phase = "main"
        self.round = self.rounds = 0
        self.latest: Sample | None = None
        #: Samples taken in this session, retries and make-up included, references left out.
        self.total = 0
        #: What the main and retry rounds are expected to take, until the pace of this session is known.
        self.expected = 0.0
        self._rounds_done = 0
        self._wanted: dict[Cell, int] = {}
        self._taken: Counter[Cell] = Counter()
        self._failed: set[Cell] = set()
        self._spread: dict[Cell, dict[str, Running]] = {}
        self._seconds: dict[str, Running] = {}

    def begin(self, phase: str, needs: Sequence[Need]) -> None:
        """A phase with these needs begins."""
        self.phase, self.round, self.rounds = phase, 0, round_count(needs)
        self._wanted = {Cell(version, need.unit): n for need in needs for version, n in need.rounds.items()}
        self._taken.clear()
        for cell in self._wanted:
            if cell not in self._spread:
                self._spread[cell] = self._known_spread(cell)

    def _known_spread(self, cell: Cell) -> dict[str, Running]:
        """The spread of samples that were taken before this session and count."""
        receipt = self._state.receipt(cell) or self._state.derive(cell)
        rows = receipt["benchmarks"] if receipt else []
        return {row["name"]: Running.of(row["n"], row["mean"], row["stddev"]) for row in rows}

    def begin_round(self, now: float) -> None:
        """The next round begins."""
        self.round += 1
        self._rounds_done += self.total > 0
        self.write("running", now)

    def count(self, version: str, sample: Sample) -> None:
        """Note a finished sample (not one of a reference)."""
        cell = Cell(version, sample.unit)
        self.latest = sample
        self.total += 1
        self._taken[cell] += 1
        self._seconds.setdefault(sample.unit, Running()).add(sample.seconds)
        if sample.status == "ok":
            for result in parse(sample.lines).results:
                if TIME in result.values:
                    self._spread[cell].setdefault(result.name, Running()).add(result.values[TIME])

    def give_up(self, cell: Cell) -> None:
        """A cell has failed for good; what it wanted counts as done."""
        self._failed.add(cell)

    def spread(self, cell: Cell) -> Mapping[str, Running]:
        """The running spread of each benchmark of a cell, by name."""
        return self._spread.get(cell, {})

    def classes(self) -> dict[str, Counter[str]]:
        """By version, how many benchmarks are in each CV class so far, and as ``to retry`` how many would fail."""
        found: dict[str, Counter[str]] = {}
        for cell, leaves in self._spread.items():
            row = found.setdefault(cell.version, Counter())
            for name, spread in leaves.items():
                row[variance_class(spread.cv)] += 1
                row["to retry"] += self._would_fail(cell, name, spread)
        return found

    @property
    def fraction(self) -> float:
        """Share of this phase's samples that are taken, 0..1; what was given up counts as done."""
        wanted = sum(self._wanted.values())
        return 1 - self._samples_left() / wanted if wanted else 1.0

    def _samples_left(self) -> int:
        return sum(max(0, n - self._taken[c]) for c, n in self._wanted.items() if c not in self._failed)

    def seconds_left(self, now: float) -> float:
        """Of this phase, from what each unit takes and each round costs besides; and of the retries to expect."""
        elapsed = now - self.started
        if self._rounds_done < 1:
            return max(0.0, self.expected - elapsed)
        left = {cell: n - self._taken[cell] for cell, n in self._wanted.items() if cell not in self._failed}
        sampling = sum(max(0, n) * self._mean_seconds(cell.unit) for cell, n in left.items())
        return sampling + self._overhead(elapsed) * (self.rounds - self.round + 1) + self._retry_seconds(elapsed)

    def _retry_seconds(self, elapsed: float) -> float:
        """What the retries still to come will take, if every benchmark keeps its spread."""
        settings = self._project.settings
        done = int(self.phase.removeprefix("retry")) if self.phase.startswith("retry") else 0
        rounds = settings.rerun_count * max(0, settings.max_reruns - done)
        failing = {
            cell.unit
            for cell, leaves in self._spread.items()
            if any(self._would_fail(cell, *leaf) for leaf in leaves.items())
        }
        versions = Counter(cell.unit for cell in self._spread)
        sampling = sum(self._mean_seconds(unit) * versions[unit] for unit in failing)
        return rounds * (sampling + self._overhead(elapsed)) if failing else 0.0

    def _mean_seconds(self, unit: str) -> float:
        return self._seconds[unit].mean if unit in self._seconds else 0.0

    def _overhead(self, elapsed: float) -> float:
        """Seconds of a round that are no samples: linking, starting, writing; references, too."""
        sampled = sum(running.n * running.mean for running in self._seconds.values())
        return max(0.0, elapsed - sampled) / max(1, self._rounds_done + 1)

    def _would_fail(self, cell: Cell, name: str, spread: Running) -> bool:
        """Whether a benchmark would be too noisy with all its samples, were they as those so far."""
        if spread.n < min(_TELLING, self._project.settings.count):
            return False
        limits = self._project.config.limits(cell.package, name, self._project.settings)
        return is_noisy(max(spread.n, self._project.settings.count), spread.cv, limits)

    def document(self, state: str, now: float) -> dict[str, Any]:
        """The file's content; ``state`` is running, finished or interrupted."""
        left = round(self.seconds_left(now), 1) if state == "running" else None
        return {
            "schema_version": schema.SCHEMA_VERSION,
            "session": self.session,
            "state": state,
            "phase": self.phase,
            "round": self.round,
            "rounds": self.rounds,
            "started_at": iso(self.started),
            "updated_at": iso(now),
            "seconds_left": left,
            "versions": list(self._versions()),
        }

    def _versions(self) -> Iterator[dict[str, Any]]:
        for version in self._project.config.versions:
            cells = [cell for cell in self._spread if cell.version == version.exact]
            if cells:
                packages = sorted({cell.package for cell in cells})
                rows = [self._package(name, [c for c in cells if c.package == name]) for name in packages]
                yield {"version": version.label, "packages": rows}

    def _package(self, package: str, cells: Sequence[Cell]) -> dict[str, Any]:
        row = Counter[str]()
        for cell in cells:
            done = self._taken[cell] >= self._wanted.get(cell, 0)
            failing = sum(self._would_fail(cell, *leaf) for leaf in self._spread[cell].items())
            row["units"] += 1
            row["failed"] += cell in self._failed
            row["benchmarks"] += len(self._spread[cell])
            row["samples"] += self._taken[cell]
            row["samples_wanted"] += self._wanted.get(cell, 0)
            if done and cell not in self._failed:
                row["done"] += len(self._spread[cell])
                row["passed"] += len(self._spread[cell]) - failing
                row["to_retry"] += failing
        counted = ("units", "failed", "benchmarks", "done", "passed", "to_retry", "samples", "samples_wanted")
        return {"package": package, **{name: row[name] for name in counted}}

    def write(self, state: str, now: float) -> None:
        """Replace the progress file."""
        path: Path = self._project.paths.results / PROGRESS_FILE
        schema.write("progress", path, self.document(state, now))
