"""`doit calibrate`: one version against itself, the whole suite, in all designs, with the same budget for each.

In sets of 40: a pass in sequence as a user of `go test -count=40` would make it, and 40 rounds of the other designs;
then the next set. So 120 rounds are the same experiment three times, one after the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tasks.measure.designs import DESIGNS, IN_ROUNDS, SEQUENTIAL, Design
from tasks.measure.estimate import expected_of_rounds
from tasks.measure.experiment import LIMIT, Experiment, Sampling, sampling
from tasks.measure.experiment import Taken as Texts
from tasks.measure.sample_file import Sample
from tasks.measure.schedule import Block, Round
from tasks.measure.system import System
from tasks.shared import console
from tasks.shared.clock import for_people
from tasks.shared.project import Project
from tasks.shared.versions import Version

#: Samples of each side in a set, which is an experiment of its own.
SET = 40

#: What is compared in rounds.
_ARMS = [arm for design in IN_ROUNDS for arm in design.arms]


class Taken:
    """What the texts of a calibration hold of one version under today's conditions."""

    def __init__(self, project: Project, version: Version, fingerprints: Mapping[str, str]) -> None:
        self._version = version.exact
        tree = project.paths.calibration(project.machine.platform)
        self.texts = Texts(project, tree, {version.exact: fingerprints})

    def units(self, names: Sequence[str]) -> list[str]:
        """Those of these units that have been built."""
        return [name for name in names if self.texts.has(self._version, name)]

    def samples(self, design: Design, unit: str) -> tuple[list[Sample], list[Sample]]:
        """The good samples of both arms of a unit, in the order in which they were taken.

        Of designs in rounds, none of a disturbed block. A loop over `go test` knows no disturbed blocks.
        """
        one, other = (
            self.texts.samples(self._version, arm, unit, disturbed_too=design is SEQUENTIAL) for arm in design.arms
        )
        return one, other

    def blocks(self, unit: str) -> int:
        """How many rounds have a good sample of every arm of a unit."""
        return self.texts.blocks(unit, [(self._version, arm) for arm in _ARMS])


def calibrate(project: Project, version: Version, units: Sequence[str], rounds: int, system: System) -> Taken:
    """Bring a calibration of these units up to so many rounds, or as far as a session's time allows."""
    tree = project.paths.calibration(project.machine.platform)
    arms = tuple(arm for design in DESIGNS for arm in design.arms)
    experiment = Experiment(tree, arms, (version,), tuple(units), rounds)
    with sampling(project, experiment, system) as session:
        taken = Taken(project, version, session.fingerprints[version.exact])
        if _is_anything_lacking(session, taken, rounds):
            _announce(project, version, session.units, rounds)
        for number, goal in enumerate(_goals(rounds), start=1):
            if not (_in_sequence(session, taken, goal, f"set {number}") and session.bring_up_to(_ARMS, goal)):
                break
    return taken


def _goals(rounds: int) -> Iterator[int]:
    """How many samples a side there are after each set: 40, 80, 120 for 120 rounds."""
    for done in range(0, rounds, SET):
        yield min(done + SET, rounds)


def _is_anything_lacking(session: Sampling, taken: Taken, rounds: int) -> bool:
    rows = (arm for unit in session.units for arm in taken.samples(SEQUENTIAL, unit))
    return any(len(row) < rounds for row in rows) or any(
        session.rounds_lacking(unit, _ARMS, rounds) for unit in session.units
    )


def _announce(project: Project, version: Version, units: Sequence[str], rounds: int) -> None:
    seconds = expected_of_rounds(project, units, 2 * len(DESIGNS) * rounds, 4 * rounds)
    console.say(
        f"calibrating with {version.label} against itself: {len(units)} benchmark functions, "
        f"{rounds} x {project.settings.benchtime_text} a side in each of {len(DESIGNS)} designs; "
        f"all of it takes about {for_people(seconds)}, at most {for_people(LIMIT)} at a time"
    )


def _in_sequence(session: Sampling, taken: Taken, goal: int, words: str) -> bool:
    """Each benchmark so many times in a row, one after the other, and then the same again as the other side.

    False: time is over.
    """
    (version,) = session.experiment.versions
    # Looked up once: nothing is made up for in a loop over `go test`.
    there = {unit: taken.samples(SEQUENTIAL, unit) for unit in session.units}
    all_of_them = len(session.units)
    for index, arm in enumerate(SEQUENTIAL.arms):
        for place, unit in enumerate(session.units):
            lacking = goal - len(there[unit][index])
            if lacking > 0 and session.versions_of(unit):
                if session.is_over():
                    return False
                where = f"benchmark function {place + 1} of {all_of_them}"
                session.say(f"{words}, side {index + 1} of 2 in sequence, {where}")
                session.run(Round(session.next_round(), (Block(unit, (arm.of(version.exact),), None),) * lacking, {}))
    return True
