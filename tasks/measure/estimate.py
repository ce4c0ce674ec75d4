"""How long a session will take."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tasks.measure import names
from tasks.measure.archive import Archive, archive_of
from tasks.measure.controls import choose_controls
from tasks.measure.schedule import Need, round_count
from tasks.measure.state import State
from tasks.shared.cell import package_of
from tasks.shared.project import Project
from tasks.shared.settings import Settings

#: Leaves of a unit, on average over the suite.
_LEAVES = 1.6
#: What a leaf takes besides its sample, in seconds: setting up, warming up, starting the process.
_SET_UP = 0.035
#: How much longer than the sample itself finding the number of iterations and taking it are together.
_CALIBRATION = 1.45
#: Linking a package anew and starting it once, in seconds, on two cores.
_LINK = 0.25


def expected_of_sample(state: State) -> Callable[[str], float]:
    """Seconds of one sample by unit: as earlier ones of it took, else by the length of a sample."""
    return _of_sample(state.project, state.archive)


def expected_of_rounds(project: Project, units: Sequence[str], samples: int, binaries: int) -> float:
    """Wall seconds of so many samples of each unit, with so many binaries linked of each package."""
    of_sample = _of_sample(project, archive_of(project.tree))
    packages = {package_of(unit) for unit in units}
    return samples * sum(map(of_sample, units)) + binaries * len(packages) * link_seconds(project.settings)


def _of_sample(project: Project, archive: Archive) -> Callable[[str], float]:
    settings = project.settings
    usual = archive.usual_seconds(project.conditions)
    # Measured with the suite at 25 ms and at 1 s on two cores: 0.11 and 2.3 s a unit.
    default = _LEAVES * (_CALIBRATION * settings.benchtime + _SET_UP)
    return lambda unit: usual.get(unit, default)


def link_seconds(settings: Settings) -> float:
    """Seconds to link and start one binary of a round, on all cores at once."""
    return _LINK if settings.layouts == "fresh" else 0.0


def expected_seconds(needs: Sequence[Need], state: State) -> float:
    """Wall seconds of the rounds that these needs take."""
    of_sample = expected_of_sample(state)
    controls = choose_controls(needs, state.archive.control_samples(), seed=0)
    seconds = 0.0
    for need in needs:
        besides = bool(need.reference) + (need.unit in controls)
        samples = sum(need.rounds.values()) + besides * max(need.rounds.values())
        seconds += samples * of_sample(need.unit)
    binaries = {(version, package_of(need.unit)) for need in needs for version in need.rounds}
    binaries |= {(names.CONTROL, package_of(unit)) for unit in controls}
    return seconds + link_seconds(state.project.settings) * len(binaries) * round_count(needs)
