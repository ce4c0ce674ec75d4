"""What somebody who waits for a session sees: a bar on a terminal, elsewhere a line now and then."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tasks.measure.progress import Progress
from tasks.shared import console
from tasks.shared.clock import Clock, for_people

#: Seconds between two lines in a log.
_PAUSE = 15.0


class View:
    """Shows a session's progress. ``update`` may be called as often as one likes."""

    def __init__(self, progress: Progress, clock: Clock, live: Any = None) -> None:
        self._progress = progress
        self._clock = clock
        self._live = live
        self._said = clock.monotonic()

    def update(self, unit: str) -> None:
        """A sample of ``unit`` has been taken."""
        if self._live is not None:
            self._live.update(f"{self._line()}  {unit}")
        elif self._clock.monotonic() - self._said >= _PAUSE:
            self._said = self._clock.monotonic()
            console.say(self._line())

    def _line(self) -> str:
        progress = self._progress
        left = progress.seconds_left(self._clock.now())
        rest = f"about {for_people(left)} left" if left is not None else "estimating the time left"
        return f"round {progress.round} of {progress.rounds}, {progress.fraction:4.0%} of the samples, {rest}"


@contextmanager
def show(progress: Progress, clock: Clock) -> Iterator[View]:
    """The view that fits the console."""
    if console.is_terminal():
        with console.live("") as live:
            yield View(progress, clock, live)
    else:
        yield View(progress, clock)
