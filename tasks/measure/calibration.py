"""`doit calibrate`: one version against itself, the whole suite, in all designs, with the same budget for each.

Samples are taken, written and judged as in any session, into a tree of their own, a text for each arm. What is there is
read from these texts, so that a kill or the end of a session's time costs nothing: the next one goes on.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tasks.measure.archive import GIVE_UP_AFTER, Archive, Terms, counting
from tasks.measure.designs import DEFAULT, DESIGNS, FIXED_SEEDS, FRESH, IN_ROUNDS, SEQUENTIAL, Design
from tasks.measure.estimate import expected_of_rounds
from tasks.measure.forgotten import Mark
from tasks.measure.part import is_ok
from tasks.measure.rounds import Bench, run_round
from tasks.measure.sample_file import Head, Sample
from tasks.measure.schedule import Block, Need, Round, name_of, plan_round, round_count
from tasks.measure.session import System
from tasks.measure.surroundings import (
    Records,
    binaries_of,
    go_version,
    provenance_of,
    read_records,
    scratch_folder,
    timeout,
)
from tasks.measure.writer import SessionWriter, new_session
from tasks.shared import console
from tasks.shared.cell import package_of
from tasks.shared.clock import for_people
from tasks.shared.files import remove_tree
from tasks.shared.locks import hold
from tasks.shared.project import Project
from tasks.shared.versions import Version

#: Seconds that one session takes at most; then the next one goes on.
LIMIT = 7200.0
#: Seconds between two lines that say how far it is.
_PAUSE = 15.0


class Taken:
    """What the texts of a calibration hold of one version under today's conditions."""

    def __init__(self, project: Project, version: Version, fingerprints: Mapping[str, str]) -> None:
        self._project = project
        self._version = version
        self._fingerprints = fingerprints
        self.archive = Archive(project.paths.calibration(project.machine.platform))

    def units(self, names: Sequence[str]) -> list[str]:
        """Those of these units that have been built."""
        return [name for name in names if name in self._fingerprints]

    def samples(self, design: Design, unit: str) -> tuple[list[Sample], list[Sample]]:
        """The good samples of both arms of a unit, in the order in which they were taken.

        Of designs in rounds, none of a disturbed block. A loop over `go test` knows no disturbed blocks.
        """
        terms = Terms(self._fingerprints[unit], design.conditions(self._project), Mark())
        found: tuple[list[Sample], list[Sample]] = ([], [])
        arms = [part for part in self.archive.arms(self._version.exact, unit) if part.head.kind in design.kinds]
        for part in counting([replace(arm, rules={}) if design is SEQUENTIAL else arm for arm in arms], terms):
            found[design.kinds.index(part.head.kind)].extend(part.where(is_ok).samples())
        return found

    def blocks(self, unit: str) -> int:
        """How many rounds have a good sample of every arm of a unit."""
        rounds: Counter[tuple[str, int]] = Counter()
        for design in IN_ROUNDS:
            for arm in self.samples(design, unit):
                rounds.update({(sample.session, sample.round) for sample in arm})
        return sum(count == 2 * len(IN_ROUNDS) for count in rounds.values())


def calibrate(project: Project, version: Version, units: Sequence[str], rounds: int, system: System) -> Taken:
    """Bring a calibration of these units up to so many rounds, or as far as a session's time allows."""
    with hold(system.lock, exclusive=True, waiting=console.say) as descriptor:
        remove_tree(scratch_folder(project))
        return _Session(project, version, units, rounds, system, descriptor).run()


class _Session:
    """One session of a calibration."""

    def __init__(
        self, project: Project, version: Version, units: Sequence[str], rounds: int, system: System, descriptor: int
    ) -> None:
        self.project = project
        self.version = version
        self.rounds = rounds
        self.system = system
        self.started = system.clock.now()
        needs, self.records = read_records(project, [Need(unit, {version.exact: rounds}) for unit in units])
        self.units = [need.unit for need in needs if self._is_built(self.records, need.unit)]
        self.fingerprints: dict[str, str] = {}
        for record in self.records.values():
            self.fingerprints |= record["fingerprints"]
        self.taken = Taken(project, version, self.fingerprints)
        self.tree = self.taken.archive.tree
        self.name = new_session(self.tree, self.started)
        self.seed = random.SystemRandom().randrange(1, 2**31)
        self.said = self.started
        self.number = 0
        self.dropped: set[tuple[str, str]] = set()
        self.failures: Counter[str] = Counter()
        self.writer = SessionWriter(self.name, lambda _: self.tree.version(version.label), self._head, project.machine)
        self.bench = Bench(
            binaries=binaries_of(project, self.records),
            processes=system.processes,
            clock=system.clock,
            benchtime=project.settings.benchtime_text,
            timeout=timeout(project),
            folder=scratch_folder(project),
            keep=(descriptor,),
            readings=system.readings,
        )

    def _is_built(self, records: Records, unit: str) -> bool:
        return bool(records[self.version.exact, package_of(unit)]["status"] == "built")

    def run(self) -> Taken:
        """All of one side, all of the other, then rounds; whatever ends it, what was taken is kept."""
        self.bench.folder.mkdir(parents=True, exist_ok=True)
        if self._lacking():
            self._announce()
        try:
            done = self._sequential() and self._in_rounds()
        finally:
            self.writer.close()
        if not done:
            console.say(f"{for_people(LIMIT)} are over; the same command goes on where this session ended")
        return self.taken

    def _lacking(self) -> bool:
        """Whether any unit lacks samples."""
        rows = (arm for unit in self.units for arm in self.taken.samples(SEQUENTIAL, unit))
        return any(len(row) < self.rounds for row in rows) or any(map(self._blocks_lacking, self.units))

    def _announce(self) -> None:
        seconds = expected_of_rounds(self.project, self.units, 2 * len(DESIGNS) * self.rounds, 4 * self.rounds)
        console.say(
            f"calibrating with {self.version.label} against itself: {len(self.units)} benchmark functions, "
            f"{self.rounds} x {self.project.settings.benchtime_text} a side in each of {len(DESIGNS)} designs; "
            f"all of it takes about {for_people(seconds)}, at most {for_people(LIMIT)} at a time"
        )

    def _sequential(self) -> bool:
        """Each benchmark so many times in a row, one after the other, and then the same again as the other side."""
        for index, arm in enumerate(SEQUENTIAL.arms(self.version.exact)):
            for place, unit in enumerate(self.units):
                lacking = self.rounds - len(self.taken.samples(SEQUENTIAL, unit)[index])
                if lacking > 0 and not self._is_dropped(unit):
                    if self._is_over():
                        return False
                    self._say(f"side {index + 1} of 2 in sequence, benchmark function {place + 1} of {len(self.units)}")
                    self._run(Round(self._next(), (Block(unit, (arm,), None),) * lacking, {}))
        return True

    def _in_rounds(self) -> bool:
        """Rounds with both arms of all other designs, until every unit has its blocks, for the disturbed ones too."""
        arms = [arm for design in IN_ROUNDS for arm in design.arms(self.version.exact)]
        while lacking := {unit: n for unit in self.units if (n := self._blocks_lacking(unit)) > 0}:
            needs = [Need(unit, dict.fromkeys(arms, n)) for unit, n in lacking.items()]
            first = self.number + 1
            for place in range(round_count(needs)):
                if self._is_over():
                    return False
                self._say(f"round {place + 1} of {round_count(needs)}, of {len(needs)} benchmark functions")
                self._run(self._in_layouts(plan_round(needs, self._next(), self.seed, True, first)))
        return True

    def _in_layouts(self, plan: Round) -> Round:
        """A round in which only the arms with fresh layouts have new ones."""
        layouts = {arm: FIXED_SEEDS.get(name_of(arm), seed) for arm, seed in plan.layouts.items()}
        return replace(plan, layouts={arm: n for arm, n in layouts.items() if name_of(arm) not in DEFAULT.kinds})

    def _blocks_lacking(self, unit: str) -> int:
        return 0 if self._is_dropped(unit) else self.rounds - self.taken.blocks(unit)

    def _next(self) -> int:
        """The number of the next round."""
        self.number += 1
        return self.number

    def _run(self, plan: Round) -> None:
        run_round(self.name, plan, self.bench, self.dropped, self._emit)
        self.writer.sync()

    def _emit(self, version: str, kind: str, sample: Sample) -> None:
        self.writer.append(version, kind, sample)
        self.failures[sample.unit] = 0 if sample.status == "ok" else self.failures[sample.unit] + 1
        if self.failures[sample.unit] >= GIVE_UP_AFTER:
            self.dropped.add((version, sample.unit))
            console.warn(f"{sample.unit} failed ({sample.status}) and is left out:\n{console.quoted(sample.lines)}")

    def _is_dropped(self, unit: str) -> bool:
        return (self.version.exact, unit) in self.dropped

    def _is_over(self) -> bool:
        return self.system.clock.now() - self.started >= LIMIT

    def _say(self, words: str) -> None:
        """How far it is, now and then."""
        now = self.system.clock.now()
        if now - self.said >= _PAUSE or self.number == 0:
            self.said = now
            console.say(words)

    def _head(self, version: str, kind: str) -> Head:
        said = go_version(self.project, version, self.system.processes)
        provenance = provenance_of(self.project, version, self.records, self.seed, self.started, said)
        design = next(design for design in DESIGNS if kind in design.kinds)
        layouts = "fresh" if design is FRESH else "default"
        settings: dict[str, Any] = {**provenance["settings"], "layouts": layouts, "count": self.rounds}
        conditions = design.conditions(self.project)
        return Head(self.name, kind, version, conditions, self.fingerprints, {**provenance, "settings": settings})
