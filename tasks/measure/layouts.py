"""`doit layouts`: all versions in the same rounds, each as Go links it and linked anew, to see what layout invents."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.measure.designs import AS_GO_LINKS, LINKED_ANEW
from tasks.measure.estimate import expected_of_rounds
from tasks.measure.experiment import LIMIT, Experiment, Taken, sampling
from tasks.measure.system import System
from tasks.shared import console
from tasks.shared.clock import for_people
from tasks.shared.errors import PerfError
from tasks.shared.project import Project

#: Both ways to link a version; the first is what nearly every tool does.
ARMS = (AS_GO_LINKS, LINKED_ANEW)


def measure_layouts(project: Project, units: Sequence[str], rounds: int, system: System) -> Taken:
    """Bring every unit up to so many blocks of all versions in both arms, or as far as a session's time allows."""
    versions = project.config.versions
    if len(versions) < 2:
        raise PerfError("layouts are compared between versions: name at least two in config.yaml")
    tree = project.paths.layouts(project.machine.platform)
    with sampling(project, Experiment(tree, ARMS, versions, tuple(units), rounds), system) as session:
        lacking = max((session.rounds_lacking(unit, ARMS, rounds) for unit in session.units), default=0)
        if lacking:
            samples, binaries = lacking * len(ARMS) * len(versions), lacking * len(versions)
            seconds = expected_of_rounds(project, session.units, samples, binaries)
            console.say(
                f"layouts of {', '.join(version.label for version in versions)}: {len(session.units)} benchmark "
                f"functions, {lacking} rounds to {rounds}, each version in Go's own layout and in a new one; "
                f"all of it takes about {for_people(seconds)}, at most {for_people(LIMIT)} at a time"
            )
        session.bring_up_to(ARMS, rounds)
    return session.taken
