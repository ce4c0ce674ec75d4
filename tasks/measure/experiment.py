"""A session of an experiment: arms of some versions, sampled as in any session, into a tree of their own.

What is there is read from the texts, so that a kill or the end of a session's time costs nothing: the next one goes
on. Nothing of it enters receipts, merged results or the export. What is sampled in which order, the experiment says.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from tasks.measure.archive import GIVE_UP_AFTER, Archive, Terms, counting
from tasks.measure.designs import Arm
from tasks.measure.forgotten import Mark
from tasks.measure.part import is_ok
from tasks.measure.rounds import run_round
from tasks.measure.sample_file import Head, Sample
from tasks.measure.schedule import Need, Round, name_of, plan_round, round_count
from tasks.measure.surroundings import go_version, provenance_of, read_records, scratch_folder
from tasks.measure.system import System, bench_of
from tasks.measure.writer import SessionWriter, new_session
from tasks.shared import console
from tasks.shared.cell import package_of
from tasks.shared.clock import for_people
from tasks.shared.errors import PerfError
from tasks.shared.files import remove_tree
from tasks.shared.locks import hold
from tasks.shared.paths import Tree
from tasks.shared.project import Project
from tasks.shared.versions import Version

#: Seconds that one session takes at most; then the next one goes on.
LIMIT = 7200.0
#: Seconds between two lines that say how far it is.
_PAUSE = 15.0
#: Rounds of an experiment unless others are asked for, and the fewest that give an interval.
ROUNDS, _FEWEST = 40, 6


@dataclass(frozen=True)
class Experiment:
    """Which arms of which versions are sampled, of which units, how often, and into which tree."""

    tree: Tree
    arms: tuple[Arm, ...]
    versions: tuple[Version, ...]
    units: tuple[str, ...]
    rounds: int


def number_of_rounds(text: str) -> int:
    """The number that ``rounds=`` gives, 40 if nothing; PerfError if it is none, or too few."""
    if not text:
        return ROUNDS
    if not text.isdecimal() or int(text) < _FEWEST:
        raise PerfError(f"rounds={text}: expected a whole number from {_FEWEST}; fewer samples give no interval")
    return int(text)


class Taken:
    """What the texts of an experiment hold under today's conditions; ``fingerprints`` are by version and unit."""

    def __init__(self, project: Project, tree: Tree, fingerprints: Mapping[str, Mapping[str, str]]) -> None:
        self._project = project
        self._fingerprints = fingerprints
        self.archive = Archive(tree)

    def has(self, version: str, unit: str) -> bool:
        """Whether a unit has been built under an exact version."""
        return unit in self._fingerprints.get(version, {})

    def samples(self, version: str, arm: Arm, unit: str, disturbed_too: bool = False) -> list[Sample]:
        """The good samples of an arm, in the order in which they were taken; mostly none of a disturbed block."""
        if not self.has(version, unit):
            return []
        terms = Terms(self._fingerprints[version][unit], arm.conditions(self._project), Mark())
        parts = [part for part in self.archive.arms(version, unit) if part.head.kind == arm.name]
        parts = [replace(part, rules={}) for part in parts] if disturbed_too else parts
        return [sample for part in counting(parts, terms) for sample in part.where(is_ok).samples()]

    def blocks(self, unit: str, arms: Sequence[tuple[str, Arm]]) -> int:
        """How many rounds have a good sample of every one of these (version, arm)."""
        rounds = Counter((s.session, s.round) for version, arm in arms for s in self.samples(version, arm, unit))
        return sum(count == len(arms) for count in rounds.values())


@contextmanager
def sampling(project: Project, experiment: Experiment, system: System) -> Iterator[Sampling]:
    """A session on a machine that is ours; whatever ends it, what was taken is kept."""
    with hold(system.lock, exclusive=True, waiting=console.say) as descriptor:
        remove_tree(scratch_folder(project))
        session = Sampling(project, experiment, system, descriptor)
        try:
            yield session
        finally:
            session.writer.close()
        if session.ran_out_of_time:
            console.say(f"{for_people(LIMIT)} are over; the same command goes on where this session ended")


class Sampling:
    """The state of a running session of an experiment."""

    def __init__(self, project: Project, experiment: Experiment, system: System, descriptor: int) -> None:
        self.project = project
        self.experiment = experiment
        self._system = system
        self._started = system.clock.now()
        self._said = self._started
        self.ran_out_of_time = False
        wanted = dict.fromkeys((version.exact for version in experiment.versions), experiment.rounds)
        _, self._records = read_records(project, [Need(unit, wanted) for unit in experiment.units])
        self.fingerprints: dict[str, dict[str, str]] = {version: {} for version in wanted}
        for (version, _), record in self._records.items():
            self.fingerprints[version] |= record["fingerprints"]
        self.units = [unit for unit in experiment.units if self.versions_of(unit, set())]
        self.taken = Taken(project, experiment.tree, self.fingerprints)
        self.name = new_session(experiment.tree, self._started)
        self.seed = random.SystemRandom().randrange(1, 2**31)
        self._number = 0
        self._dropped: set[tuple[str, str]] = set()
        self._failures: Counter[tuple[str, str]] = Counter()
        labels = {version.exact: version.label for version in experiment.versions}
        self.writer = SessionWriter(
            self.name, lambda version: experiment.tree.version(labels[version]), self._head, project.machine
        )
        self._bench = bench_of(project, self._records, system, descriptor)
        self._bench.folder.mkdir(parents=True, exist_ok=True)

    def versions_of(self, unit: str, dropped: set[tuple[str, str]] | None = None) -> list[str]:
        """The versions that a unit is sampled in: where it was built and not given up, if there is still a comparison.

        A version can be compared with itself where the experiment has no other.
        """
        gone = self._dropped if dropped is None else dropped
        versions = [
            version.exact
            for version in self.experiment.versions
            if self._records[version.exact, package_of(unit)]["status"] == "built" and (version.exact, unit) not in gone
        ]
        return versions if len(versions) >= min(2, len(self.experiment.versions)) else []

    def rounds_lacking(self, unit: str, arms: Sequence[Arm], goal: int) -> int:
        """How many more rounds it takes until a unit has so many blocks of these arms, of all its versions."""
        versions = self.versions_of(unit)
        blocks = self.taken.blocks(unit, [(version, arm) for version in versions for arm in arms]) if versions else goal
        return max(0, goal - blocks)

    def bring_up_to(self, arms: Sequence[Arm], goal: int) -> bool:
        """Rounds of these arms until every unit has so many blocks, for the disturbed ones too; False: time is over."""
        while lacking := {unit: n for unit in self.units if (n := self.rounds_lacking(unit, arms, goal))}:
            needs = [
                Need(unit, {arm.of(version): n for version in self.versions_of(unit) for arm in arms})
                for unit, n in lacking.items()
            ]
            first = self._number + 1
            for place in range(round_count(needs)):
                if self.is_over():
                    return False
                self.say(f"round {place + 1} of {round_count(needs)}, of {len(needs)} benchmark functions")
                self.run(plan_round(needs, self.next_round(), self.seed, True, first))
        return True

    def next_round(self) -> int:
        """The number of the next round."""
        self._number += 1
        return self._number

    def run(self, plan: Round) -> None:
        """Take the samples of a round; of the layouts that it has drawn, an arm gets what it is made for."""
        of_name = {arm.name: arm for arm in self.experiment.arms}
        layouts = {its: of_name[name_of(its)].layout(drawn) for its, drawn in plan.layouts.items()}
        plan = replace(plan, layouts={its: layout for its, layout in layouts.items() if layout})
        run_round(self.name, plan, self._bench, self._dropped, self._emit)
        self.writer.sync()

    def is_over(self) -> bool:
        """Whether this session's time is over; asked for whenever there is something left to do."""
        self.ran_out_of_time = self.ran_out_of_time or self._system.clock.now() - self._started >= LIMIT
        return self.ran_out_of_time

    def say(self, words: str) -> None:
        """How far it is, now and then."""
        now = self._system.clock.now()
        if now - self._said >= _PAUSE or self._number == 0:
            self._said = now
            console.say(words)

    def _emit(self, version: str, kind: str, sample: Sample) -> None:
        self.writer.append(version, kind, sample)
        cell = (version, sample.unit)
        self._failures[cell] = 0 if sample.status == "ok" else self._failures[cell] + 1
        if self._failures[cell] >= GIVE_UP_AFTER and cell not in self._dropped:
            self._dropped.add(cell)
            label = self.project.version(version).label
            said = console.quoted(sample.lines)
            console.warn(f"{sample.unit} failed ({sample.status}) in {label} and is left out:\n{said}")

    def _head(self, version: str, kind: str) -> Head:
        said = go_version(self.project, version, self._system.processes)
        provenance = provenance_of(self.project, version, self._records, self.seed, self._started, said)
        arm = next(arm for arm in self.experiment.arms if arm.name == kind)
        layouts = "fresh" if arm.layouts == "fresh" else "default"
        settings: dict[str, Any] = {**provenance["settings"], "layouts": layouts, "count": self.experiment.rounds}
        conditions = arm.conditions(self.project)
        fingerprints = self.fingerprints[version]
        return Head(self.name, kind, version, conditions, fingerprints, {**provenance, "settings": settings})
