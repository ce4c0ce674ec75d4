"""A run and `doit clean` of one checkout keep out of each other's way: a run needs what a clean removes.

The run that has just made a receipt merges it a moment later, and doit knows only files that are there.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from tasks.shared import console
from tasks.shared.locks import hold
from tasks.shared.paths import Paths

_held = contextlib.ExitStack()


def enter(paths: Paths) -> None:
    """Be at work here until this process ends, or `leave`. Any number of runs may be."""
    _held.enter_context(
        hold(_file(paths), exclusive=False, waiting=console.say, why="it removes what a run would make again")
    )


def leave() -> None:
    """Need nothing more that a clean removes."""
    _held.close()


@contextlib.contextmanager
def alone(paths: Paths) -> Iterator[None]:
    """Hold this while no run is at work here."""
    with hold(_file(paths), exclusive=True, waiting=console.say, why="a run that is under way needs what would go"):
        yield


def _file(paths: Paths) -> Path:
    paths.cache.mkdir(parents=True, exist_ok=True)
    return paths.cache / "at-work.lock"
