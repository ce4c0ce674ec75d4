"""One session: the rounds that one `doit` runs, over all cells that are both selected and stale."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tasks.measure.archive import GIVE_UP_AFTER
from tasks.measure.blocks import blocks_document
from tasks.measure.estimate import expected_seconds
from tasks.measure.progress import Progress
from tasks.measure.rounds import Bench, run_round
from tasks.measure.sample_file import Head, Sample, SampleFile, read_file
from tasks.measure.schedule import Need, plan_round, round_count
from tasks.measure.state import State
from tasks.measure.surroundings import (
    binaries_of,
    go_version,
    package_path,
    provenance_of,
    read_fingerprints,
    read_records,
    scratch_folder,
    timeout,
)
from tasks.measure.view import View, show
from tasks.measure.writer import SessionWriter
from tasks.shared import console, schema
from tasks.shared.cell import Cell, package_of
from tasks.shared.clock import Clock, SystemClock, file_stamp, for_people, iso
from tasks.shared.errors import PerfError
from tasks.shared.files import remove_tree
from tasks.shared.locks import LOCK_FILE, hold
from tasks.shared.process import Processes, SystemProcesses
from tasks.shared.project import Project

PROGRESS_FILE = "collection_progress.json"


@dataclass(frozen=True)
class System:
    """What a session needs of the world; tests put invented programs and times in its place."""

    processes: Processes = field(default_factory=SystemProcesses)
    clock: Clock = field(default_factory=SystemClock)
    lock: Path = LOCK_FILE


def run_session(project: Project, state_of: Callable[[], State], cells: Sequence[Cell], system: System) -> None:
    """Measure what the selected cells need today. Nothing is measured while another session runs.

    ``state_of`` is called once the machine is ours: another `doit` may have measured in the meantime.
    """
    with hold(system.lock, exclusive=True, waiting=console.say) as descriptor:
        state = state_of()
        needs = state.needs(cells)
        remove_tree(scratch_folder(project))
        write_missing_blocks(project)
        for problem in state.archive.problems():
            console.warn(problem)
        if needs:
            _Session(project, state, needs, system, descriptor).run()


def write_missing_blocks(project: Project) -> None:
    """Write the blocks of sessions that were killed before they could, from their texts."""
    tree = project.tree
    sessions: dict[str, list[Path]] = {}
    for path in sorted(tree.folder.glob("go*/????-??-??_??-??-??*.txt")):
        sessions.setdefault(path.stem.removesuffix("_reference"), []).append(path)
    for session, paths in sessions.items():
        if not tree.blocks(session).exists():
            document = blocks_document(session, [file for path in paths if (file := _read_ours(path))])
            schema.write("blocks", tree.blocks(session), document, rows="blocks")


def _read_ours(path: Path) -> SampleFile | None:
    """A sample file; None for a text that is none of ours, which is left alone."""
    try:
        return read_file(path)
    except PerfError:
        return None


class _Session:
    """The state of a running session."""

    def __init__(
        self, project: Project, state: State, needs: Sequence[Need], system: System, lock_descriptor: int
    ) -> None:
        self.project = project
        self.state = state
        self.system = system
        self.lock_descriptor = lock_descriptor
        self.started = system.clock.now()
        self.name = self._new_name()
        self.seed = random.SystemRandom().randrange(1, 2**31)
        self.needs, self.records = read_records(project, needs)
        self.fingerprints = read_fingerprints(state, sorted({version for version, _ in self.records}))
        self.dropped: set[tuple[str, str]] = set()
        cells = [Cell(version, need.unit) for need in self.needs for version in need.rounds]
        self.failures = {(cell.version, cell.unit): state.failures_in_a_row(cell) for cell in cells}
        self.lost: dict[tuple[str, str], int] = {}
        self.writer = SessionWriter(self.name, self._folder, self._head, project.machine)
        labels = {version.exact: version.label for version in project.config.versions}
        self.progress = Progress.of(self.name, self.needs, round_count(self.needs), self.started, labels)

    def run(self) -> None:
        """Run all rounds; whatever ends it, what was finished is kept and the progress file tells."""
        outcome = "interrupted"
        try:
            self._announce()
            self._record_what_was_not_built()
            with show(self.progress, self.system.clock) as view:
                self._run_rounds(view)
            outcome = "finished"
        finally:
            self.writer.close()
            self._write_progress(outcome)
        write_missing_blocks(self.project)
        seconds = self.system.clock.now() - self.started
        console.say(f"measured {sum(self.progress.taken.values())} samples in {for_people(seconds)}")

    def _run_rounds(self, view: View) -> None:
        scratch = scratch_folder(self.project)
        scratch.mkdir(parents=True, exist_ok=True)
        bench = Bench(
            binaries=binaries_of(self.project, self.records),
            processes=self.system.processes,
            clock=self.system.clock,
            benchtime=self.project.settings.benchtime_text,
            timeout=timeout(self.project),
            folder=scratch,
            keep=(self.lock_descriptor,),
        )
        fresh = self.project.settings.layouts == "fresh"

        def emit(version: str, kind: str, sample: Sample) -> None:
            self.writer.append(version, kind, sample)
            self._judge(version, sample)
            if kind == "main":
                self.progress.count(version, sample)
            view.update(sample.unit)

        def rounds(needs: Sequence[Need], first: int, last: int) -> None:
            for number in range(first, last + 1):
                self.progress.round, self.progress.rounds = number, last
                self._write_progress("running")
                run_round(self.name, plan_round(needs, number, self.seed, fresh), bench, self.dropped, emit)
                self.writer.sync()

        planned = self.progress.rounds
        rounds(self.needs, 1, planned)
        # A sample that failed once is made up for, in a block of its unit's versions.
        lost = {unit for (version, unit), n in self.lost.items() if (version, unit) not in self.dropped}
        if lost:
            extra = max(n for (_, unit), n in self.lost.items() if unit in lost)
            again = [
                Need(need.unit, dict.fromkeys(need.rounds, planned + extra), need.reference)
                for need in self.needs
                if need.unit in lost
            ]
            rounds(again, planned + 1, planned + extra)

    def _judge(self, version: str, sample: Sample) -> None:
        """Give a cell up when it fails time and again: that costs this cell, not the session."""
        key = (version, sample.unit)
        if sample.status == "ok":
            self.failures[key] = 0
            return
        self.failures[key] = self.failures.get(key, 0) + 1
        self.lost[key] = self.lost.get(key, 0) + 1
        if self.failures[key] >= GIVE_UP_AFTER:
            self.dropped.add(key)
            self.progress.failed.add(Cell(*key))
            label = self.project.version(version).label
            said = "\n".join(f"    {line}" for line in sample.lines[:12])
            console.warn(f"{sample.unit} failed in {label} ({sample.status}) and is given up; it said:\n{said}")

    def _record_what_was_not_built(self) -> None:
        """A package that does not compile for a version is a result of each of its cells there."""
        for need in self.needs:
            package = package_of(need.unit)
            for version in need.rounds:
                record = self.records[version, package]
                if record["status"] == "built":
                    continue
                said = tuple(record["output"].splitlines()[:40])
                sample = Sample(
                    session=self.name,
                    round=1,
                    unit=need.unit,
                    layout=0,
                    position=0,
                    of=1,
                    started=iso(self.started),
                    seconds=0.0,
                    status="not-built",
                    covariates={},
                    package_path=package_path(self.project, version, package),
                    lines=said,
                )
                self.writer.append(version, "main", sample)
                self.dropped.add((version, need.unit))
                self.progress.failed.add(Cell(version, need.unit))
        for (version, package), record in sorted(self.records.items()):
            if record["status"] != "built":
                said_lines = "\n".join(f"    {line}" for line in record["output"].splitlines()[:12])
                label = self.project.version(version).label
                console.warn(f"{package} does not compile for {label}; the others go on:\n{said_lines}")

    def _announce(self) -> None:
        units, versions = len(self.needs), sorted({version for need in self.needs for version in need.rounds})
        labels = ", ".join(self.project.version(version).label for version in versions)
        settings = self.project.settings
        console.say(
            f"measuring {units} benchmark functions in {labels}: {self.progress.rounds} rounds of "
            f"{settings.benchtime_text} samples, {settings.layouts} layouts; "
            f"this takes about {for_people(expected_seconds(self.needs, self.state))}"
        )

    def _folder(self, version: str) -> Path:
        return self.project.tree.version(self.project.version(version).label)

    def _head(self, version: str, kind: str) -> Head:
        said = go_version(self.project, version, self.system.processes)
        provenance = provenance_of(self.project, version, self.records, self.seed, self.started, said)
        fingerprints = self.fingerprints[version]
        return Head(self.name, kind, version, self.project.conditions, fingerprints, provenance)

    def _new_name(self) -> str:
        stamp = file_stamp(self.started)
        name, number = stamp, 1
        while list(self.project.tree.folder.glob(f"*/{name}*.txt")):
            number += 1
            name = f"{stamp}-{number}"
        return name

    def _write_progress(self, outcome: str) -> None:
        path = self.project.paths.results / PROGRESS_FILE
        self.progress.write(path, outcome, self.system.clock.now())
