"""How fast a session goes: seconds per sample of each unit and per binary that is linked, measured or expected."""

from __future__ import annotations

from collections.abc import Callable

from tasks.shared.statistics import Running


class Pace:
    """Learns from what has been done; knows from the start what earlier samples and the settings let expect.

    ``expected`` gives the seconds of a unit's sample, ``link`` those of linking and starting a binary.
    """

    def __init__(self, expected: Callable[[str], float], link: float, started: float) -> None:
        self._expected = expected
        self._link = link
        self._started = started
        self._seconds: dict[str, Running] = {}
        self._binaries = 0
        self._before_this_round = 0

    def count(self, unit: str, seconds: float) -> None:
        """A sample has been taken, of a reference, too."""
        self._seconds.setdefault(unit, Running()).add(seconds)

    def begin_round(self, binaries: int) -> None:
        """A round begins, which links so many."""
        self._before_this_round = self._binaries
        self._binaries += binaries

    def of_sample(self, unit: str) -> float:
        """Seconds of a sample; of a unit not sampled yet, as expected, corrected by how the others have done."""
        if unit in self._seconds:
            return self._seconds[unit].mean
        measured = sum(running.mean for running in self._seconds.values())
        expected = sum(self._expected(other) for other in self._seconds)
        return self._expected(unit) * (measured / expected if expected else 1.0)

    def of_binary(self, now: float) -> float:
        """Seconds of a round, by binary linked in it, that are no samples."""
        if not self._before_this_round:
            return self._link
        sampled = sum(running.n * running.mean for running in self._seconds.values())
        return max(0.0, now - self._started - sampled) / self._binaries
