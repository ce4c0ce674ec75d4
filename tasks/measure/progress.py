"""How far a session is: counts, running spread of each benchmark, time left; results/collection_progress.json."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tasks.measure.estimate import expected_of_sample, link_seconds
from tasks.measure.pace import Pace
from tasks.measure.sample_file import Sample
from tasks.measure.schedule import Need, round_count
from tasks.measure.state import State
from tasks.shared import schema
from tasks.shared.cell import Cell
from tasks.shared.clock import iso
from tasks.shared.project import Project
from tasks.shared.statistics import Running, is_noisy, variance_class

PROGRESS_FILE = "collection_progress.json"

#: Below this many samples a running CV foretells nothing.
_TELLING = 3

#: Seconds after which the file is replaced within a round.
_PAUSE = 5.0


class Progress:
    """One session as it goes. ``phase`` is main, make-up or retry1, 2, ...; rounds are counted within it."""

    def __init__(self, project: Project, state: State, session: str, started: float, on_demand: bool = False) -> None:
        """Retries ``on_demand`` have a budget of their own, whatever a unit has had before."""
        self._project = project
        self._state = state
        self.session = session
        self.labels = {version.exact: version.label for version in project.config.versions}
        self.started = started
        self.phase = "main"
        self.round = self.rounds = 0
        #: Samples taken in this session, retries and make-up included, references and controls left out.
        self.total = 0
        self._on_demand = on_demand
        self.pace = Pace(expected_of_sample(state), link_seconds(project.settings), started)
        self._binaries = 0
        self._written = started
        #: When a budget is spent, and how many of its units need no more; without one its rounds tell how far it is.
        self.until: float | None = None
        self.settled = 0
        #: How many samples a round of a unit takes besides those that count: of a reference, of a control.
        self._besides: Counter[str] = Counter()
        #: Retry rounds that a unit has had or is getting now, of those that it may have.
        self._retried: Counter[str] = Counter()
        self._wanted: dict[Cell, int] = {}
        self._taken: Counter[Cell] = Counter()
        self._failed: set[Cell] = set()
        self._spread: dict[Cell, dict[str, Running]] = {}

    def begin(self, phase: str, needs: Sequence[Need], controls: Collection[str] = ()) -> None:
        """A phase with these needs begins, in which some units have a control."""
        self.phase, self.round, self.rounds = phase, 0, round_count(needs)
        self._wanted = {Cell(version, need.unit): n for need in needs for version, n in need.rounds.items()}
        if phase == "budget":
            # What it measures is decided round by round.
            self.until, self.rounds = self.started + self._project.settings.budget, 0
            self._wanted = dict.fromkeys(self._wanted, 0)
        self._taken.clear()
        self._besides = Counter(need.unit for need in needs if need.reference)
        self._besides.update(need.unit for need in needs if need.unit in controls)
        for need in needs:
            if phase.startswith("retry"):
                self._retried[need.unit] += max(need.rounds.values())
            elif phase == "main" and not self._on_demand:
                self._retried[need.unit] = min(self._state.retry_rounds(Cell(v, need.unit)) for v in need.rounds)
        for cell in self._wanted:
            if cell not in self._spread:
                self._spread[cell] = self._known_spread(cell)

    def want(self, needs: Sequence[Need], settled: int) -> None:
        """One more round, of these; so many units need no more."""
        self.rounds, self.settled = self.rounds + 1, settled
        for need in needs:
            for version in need.rounds:
                self._wanted[Cell(version, need.unit)] += 1

    @property
    def units(self) -> int:
        """How many units this phase may measure."""
        return len({cell.unit for cell in self._wanted})

    def _known_spread(self, cell: Cell) -> dict[str, Running]:
        """The spread of samples that were taken before this session and count."""
        receipt = self._state.known(cell)
        rows = receipt["benchmarks"] if receipt else []
        return {row["name"]: Running.of(row["n"], row["mean"], row["stddev"]) for row in rows}

    def begin_round(self, now: float, binaries: int) -> None:
        """The next round begins, which links so many binaries."""
        self.round += 1
        self._binaries = binaries
        self.pace.begin_round(binaries)
        self.write("running", now)

    def write_now_and_then(self, now: float) -> None:
        """Between two samples: replace the file if it has become old."""
        if now - self._written >= _PAUSE:
            self.write("running", now)

    def count(self, version: str, sample: Sample, counts: bool = True) -> None:
        """Note a finished sample; one of a reference or control only bears on the time left."""
        self.pace.count(sample.unit, sample.seconds)
        if not counts:
            return
        cell = Cell(version, sample.unit)
        self.total += 1
        self._taken[cell] += 1
        if sample.status == "ok":
            for name, time in sample.times.items():
                self._spread[cell].setdefault(name, Running()).add(time)

    def give_up(self, cell: Cell) -> None:
        """A cell has failed for good; what it wanted counts as done."""
        self._failed.add(cell)

    def spread(self, cell: Cell) -> Mapping[str, Running]:
        """The running spread of each benchmark of a cell, by name."""
        return self._spread.get(cell, {})

    def classes(self) -> dict[str, Counter[str]]:
        """By version, how many benchmarks are in each CV class so far, and how many are ``too noisy``."""
        found: dict[str, Counter[str]] = {}
        for cell, leaves in self._spread.items():
            row = found.setdefault(cell.version, Counter())
            for name, spread in leaves.items():
                row[variance_class(spread.cv)] += 1
                row["too noisy"] += self._would_fail(cell, name, spread)
        return found

    @property
    def fraction(self) -> float:
        """Share of this phase's samples that are taken, or of its time, 0..1; what was given up counts as done."""
        if self.until is not None:
            return min(1.0, (self._written - self.started) / (self.until - self.started))
        wanted = sum(self._wanted.values())
        return 1 - self._samples_left() / wanted if wanted else 1.0

    def _samples_left(self) -> int:
        return sum(max(0, n - self._taken[c]) for c, n in self._wanted.items() if c not in self._failed)

    def seconds_left(self, now: float) -> float:
        """Of this phase, and of the retries that the spread so far lets expect; of a budget, what is left of it."""
        if self.until is not None:
            return max(0.0, self.until - now)
        left = {cell: n - self._taken[cell] for cell, n in self._wanted.items() if cell not in self._failed}
        sampling = sum(max(0, n) * self.pace.of_sample(cell.unit) for cell, n in left.items())
        rounds: dict[str, int] = {}
        for cell, n in left.items():
            rounds[cell.unit] = max(rounds.get(cell.unit, 0), n)
        sampling += sum(n * self._besides[unit] * self.pace.of_sample(unit) for unit, n in rounds.items())
        linking = self.pace.of_binary(now) * self._binaries * (self.rounds - self.round)
        return sampling + linking + self._retry_seconds(now)

    def _retry_seconds(self, now: float) -> float:
        """What the retries still to come will take, if every benchmark keeps its spread."""
        rounds = {unit: n for unit in self._failing_units() if (n := self._retries_left(unit))}
        versions = Counter(cell.unit for cell in self._spread)
        sampling = sum(n * versions[unit] * self.pace.of_sample(unit) for unit, n in rounds.items())
        binaries = {(cell.version, cell.package) for cell in self._spread if cell.unit in rounds}
        return sampling + max(rounds.values(), default=0) * len(binaries) * self.pace.of_binary(now)

    def _failing_units(self) -> set[str]:
        return {c.unit for c, leaves in self._spread.items() if any(self._would_fail(c, *x) for x in leaves.items())}

    def _retries_left(self, unit: str) -> int:
        """Retry rounds that a unit may still get after this phase; a budget has none."""
        return 0 if self.until is not None else max(0, self._project.settings.retry_rounds - self._retried.get(unit, 0))

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
            noisy = sum(self._would_fail(cell, *leaf) for leaf in self._spread[cell].items())
            row["units"] += 1
            row["failed"] += cell in self._failed
            row["benchmarks"] += len(self._spread[cell])
            row["samples"] += self._taken[cell]
            row["samples_wanted"] += self._wanted.get(cell, 0)
            if done and cell not in self._failed:
                row["done"] += len(self._spread[cell])
                row["passed"] += len(self._spread[cell]) - noisy
                row["to_retry"] += noisy if self._retries_left(cell.unit) else 0
        counted = ("units", "failed", "benchmarks", "done", "passed", "to_retry", "samples", "samples_wanted")
        return {"package": package, **{name: row[name] for name in counted}}

    def write(self, state: str, now: float) -> None:
        """Replace the progress file."""
        self._written = now
        path: Path = self._project.paths.results / PROGRESS_FILE
        schema.write("progress", path, self.document(state, now))
