"""Time, behind a small interface, so that tests can invent it."""

from __future__ import annotations

import time
from datetime import datetime, timezone
from typing import Protocol


class Clock(Protocol):
    """Clocks: ``now`` is seconds since 1970 (for records), ``monotonic`` seconds for durations.

    ``asleep`` is for how many seconds the machine has been suspended since it was started (0: not known).
    """

    def now(self) -> float: ...

    def monotonic(self) -> float: ...

    def asleep(self) -> float: ...


class SystemClock:
    """The machine's clocks."""

    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()

    def asleep(self) -> float:
        # One clock that goes on while the machine sleeps, and one that does not: Linux, then macOS.
        for awake_too, awake in (("CLOCK_BOOTTIME", "CLOCK_MONOTONIC"), ("CLOCK_MONOTONIC_RAW", "CLOCK_UPTIME_RAW")):
            if hasattr(time, awake_too) and hasattr(time, awake):
                return time.clock_gettime(getattr(time, awake_too)) - time.clock_gettime(getattr(time, awake))
        return 0.0


def iso(seconds: float) -> str:
    """RFC 3339 in UTC, to the millisecond: ``2026-11-24T08:00:00.000Z``."""
    moment = datetime.fromtimestamp(seconds, timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def file_stamp(seconds: float) -> str:
    """How a session's files are called, in UTC: ``2026-11-24_08-00-00``."""
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%d_%H-%M-%S")


def for_people(seconds: float) -> str:
    """A duration: ``8 s``, ``4 min 10 s``, ``1 h 05 min``."""
    whole = round(seconds)
    if whole < 90:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
