"""How long a session will take."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.measure.schedule import Need, round_count
from tasks.measure.state import State
from tasks.shared.cell import package_of

#: Leaves of a unit, on average over the suite.
_LEAVES = 1.6
#: What a leaf takes besides its sample, in seconds: setting up, warming up, starting the process.
_SET_UP = 0.035
#: How much longer than the sample itself finding the number of iterations and taking it are together.
_CALIBRATION = 1.45
#: Linking a package anew and starting it once, in seconds, on two cores.
_LINK = 0.25


def expected_seconds(needs: Sequence[Need], state: State) -> float:
    """Wall seconds of the rounds: from earlier samples of the same units, else from the length of a sample."""
    settings = state.project.settings
    usual = state.archive.usual_seconds(state.project.conditions)
    # Measured with the suite at 25 ms and at 1 s on two cores: 0.11 and 2.3 s a unit.
    default = _LEAVES * (_CALIBRATION * settings.benchtime + _SET_UP)
    seconds = 0.0
    for need in needs:
        samples = sum(need.rounds.values()) + (max(need.rounds.values()) if need.reference else 0)
        seconds += samples * usual.get(need.unit, default)
    links = {(version, package_of(need.unit)) for need in needs for version in need.rounds}
    linking = _LINK * len(links) * round_count(needs) if settings.layouts == "fresh" else 0.0
    return seconds + linking
