"""One session: the rounds that one `doit` runs, over all cells that are both selected and stale."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tasks.measure.archive import GIVE_UP_AFTER
from tasks.measure.blocks import blocks_document
from tasks.measure.progress import Progress
from tasks.measure.rounds import Bench, Binary, run_round
from tasks.measure.sample_file import Head, Sample, read_file
from tasks.measure.schedule import Cell, Need, plan_round, round_count
from tasks.measure.state import State
from tasks.measure.view import View, show
from tasks.measure.writer import SessionWriter
from tasks.shared import console, schema
from tasks.shared.clock import Clock, SystemClock, file_stamp, for_people, iso
from tasks.shared.files import remove_tree
from tasks.shared.locks import LOCK_FILE, hold
from tasks.shared.process import Processes, SystemProcesses
from tasks.shared.project import Project
from tasks.suite.build import Target, read_record
from tasks.suite.linking import linker_of
from tasks.suite.templates import module_path
from tasks.toolchains.environment import for_compiling, for_samples

PROGRAM = "go-perf-tracking 1"
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
        remove_tree(_scratch(project))
        write_missing_blocks(project)
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
            document = blocks_document(session, [read_file(path) for path in paths])
            schema.write("blocks", tree.blocks(session), document, rows="blocks")


def _scratch(project: Project) -> Path:
    return project.paths.build / "rounds"


class _Session:
    """The state of a running session."""

    def __init__(
        self, project: Project, state: State, needs: Sequence[Need], system: System, lock_descriptor: int
    ) -> None:
        self.project = project
        self.state = state
        self.needs = needs
        self.system = system
        self.lock_descriptor = lock_descriptor
        self.started = system.clock.now()
        self.name = self._new_name()
        self.seed = random.SystemRandom().randrange(1, 2**31)
        self.records = self._build_records()
        self.dropped: set[tuple[str, str]] = set()
        self.failures: dict[tuple[str, str], int] = {}
        self.writer = SessionWriter(self.name, self._folder, self._head, project.machine)
        labels = {version.exact: version.label for version in project.config.versions}
        self.progress = Progress.of(self.name, needs, round_count(needs), self.started, labels)
        self._go_versions: dict[str, str] = {}

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
        bench = self._bench()
        fresh = self.project.settings.layouts == "fresh"

        def emit(version: str, kind: str, sample: Sample) -> None:
            self.writer.append(version, kind, sample)
            self._judge(version, sample)
            if kind == "main":
                self.progress.count(version, sample)
            view.update(sample.unit)

        for number in range(1, self.progress.rounds + 1):
            self.progress.round = number
            self._write_progress("running")
            run_round(self.name, plan_round(self.needs, number, self.seed, fresh), bench, self.dropped, emit)
            self.writer.sync()

    def _judge(self, version: str, sample: Sample) -> None:
        """Give a cell up when it fails time and again: that costs this cell, not the session."""
        key = (version, sample.unit)
        if sample.status == "ok":
            self.failures[key] = 0
            return
        self.failures[key] = self.failures.get(key, 0) + 1
        if self.failures[key] >= GIVE_UP_AFTER:
            self.dropped.add(key)
            self.progress.failed.add(Cell(*key))
            label = self.project.version(version).label
            said = "\n".join(f"    {line}" for line in sample.lines[:12])
            console.warn(f"{sample.unit} failed in {label} ({sample.status}) and is given up; it said:\n{said}")

    def _record_what_was_not_built(self) -> None:
        """A package that does not compile for a version is a result of each of its cells there."""
        for need in self.needs:
            package = need.unit.split(".", 1)[0]
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
                    package_path=self._package_path(version, package),
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
            f"this takes about {for_people(expected_seconds(self.needs, self.state, settings.benchtime))}"
        )

    def _build_records(self) -> dict[tuple[str, str], dict[str, Any]]:
        pairs = set()
        for need in self.needs:
            for version in (*need.rounds, *([need.reference] if need.reference else [])):
                pairs.add((version, need.unit.split(".", 1)[0]))
        return {pair: read_record(self._target(*pair)) for pair in pairs}

    def _target(self, version: str, package: str) -> Target:
        return Target(self.project.paths, self.project.version(version), package)

    def _bench(self) -> Bench:
        scratch = _scratch(self.project)
        scratch.mkdir(parents=True, exist_ok=True)
        environment = self.project.config.environment
        binaries = {}
        for (version, package), record in self.records.items():
            if record["status"] != "built":
                continue
            target = self._target(version, package)
            binaries[version, package] = Binary(
                default=target.binary,
                link_folder=target.link_folder,
                linker=linker_of(target.goroot),
                link_arguments=tuple(record["link_arguments"]),
                link_environment=for_compiling(target.goroot, scratch, environment),
                environment=for_samples(scratch, environment),
                working_folder=self.project.paths.benchmarks / package,
                package_path=self._package_path(version, package),
            )
        return Bench(
            binaries=binaries,
            processes=self.system.processes,
            clock=self.system.clock,
            benchtime=self.project.settings.benchtime_text,
            timeout=self.project.config.unit_timeout + 20 * self.project.settings.benchtime,
            folder=scratch,
            keep=(self.lock_descriptor,),
        )

    def _package_path(self, version: str, package: str) -> str:
        go_mod = self.project.paths.build_of(version) / "go.mod"
        return f"{module_path(go_mod.read_text())}/{package}"

    def _folder(self, version: str) -> Path:
        return self.project.tree.version(self.project.version(version).label)

    def _head(self, version: str, kind: str) -> Head:
        fingerprints = {}
        for need in self.needs:
            fingerprint = self.state.fingerprint(Cell(version, need.unit))
            if fingerprint:
                fingerprints[need.unit] = fingerprint
        modules = {p: record["modules"] for (v, p), record in sorted(self.records.items()) if v == version}
        provenance = {
            "program": PROGRAM,
            "started_at": iso(self.started),
            "seed": self.seed,
            "settings": self.project.settings.document(),
            "environment": dict(self.project.config.environment),
            "machine": self.project.machine.document(),
            "go_version": self._go_version(version),
            "modules": modules,
        }
        return Head(self.name, kind, version, self.project.conditions, fingerprints, provenance)

    def _go_version(self, version: str) -> str:
        """What the toolchain itself says, ``go version go1.24.0 linux/amd64``."""
        if version not in self._go_versions:
            goroot = self.project.paths.toolchain(version)
            env = for_compiling(goroot, _scratch(self.project), {})
            done = self.system.processes.run([str(goroot / "bin/go"), "version"], env=env, cwd=goroot, timeout=60)
            self._go_versions[version] = done.stdout.decode(errors="replace").strip()
        return self._go_versions[version]

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


def expected_seconds(needs: Sequence[Need], state: State, benchtime: float) -> float:
    """How long the rounds will take: from earlier samples of the same units, else from the benchtime."""
    usual = state.archive.usual_seconds(state.project.conditions)
    # Calibrating the iterations costs about as much as the sample itself; a unit has 1.6 leaves.
    default = 1.6 * (2.2 * benchtime) + 0.03
    seconds = 0.0
    for need in needs:
        per_sample = usual.get(need.unit, default)
        samples = sum(need.rounds.values()) + (max(need.rounds.values()) if need.reference else 0)
        seconds += samples * per_sample
    fresh = state.project.settings.layouts == "fresh"
    links = {(version, need.unit.split(".", 1)[0]) for need in needs for version in need.rounds}
    return seconds * 1.05 + (0.25 * len(links) * round_count(needs) if fresh else 0.0)
