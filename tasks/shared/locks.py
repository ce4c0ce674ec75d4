"""Locks between processes. One is for the machine's quiet: shared for building, exclusive for measuring.

An flock is let go by the kernel when its last holder ends, however it ends. Samples inherit the
descriptor, so that a benchmark orphaned by a killed `doit` still keeps the next one from measuring.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tasks.shared.errors import PerfError

#: Benchmarks of one user disturb those of another and of another checkout, so the lock is the machine's.
LOCK_FILE = Path("/tmp/go-perf-tracking.lock")  # noqa: S108 - the same for all, whatever TMPDIR says; flock needs no more


#: Why somebody has to wait for that one.
_QUIET = "while one measures, no other may measure or build on this machine"


@contextlib.contextmanager
def hold(path: Path, *, exclusive: bool, waiting: Callable[[str], None], why: str = _QUIET) -> Iterator[int]:
    """Hold the lock; yields its descriptor. ``waiting`` is told once, by whom and ``why``, if it is held already."""
    descriptor = _open(path)
    kind = fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH
    try:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = _holder(descriptor)
            waiting(f"waiting for {holder}: {why}")
            while True:
                # Polling leaves room for Ctrl-C on every system, which a blocking flock does not.
                with contextlib.suppress(BlockingIOError):
                    fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
                    break
                time.sleep(0.2)
        if exclusive:
            _sign(descriptor, f"doit (process {os.getpid()}) in {Path.cwd()}\n")
        yield descriptor
        if exclusive:
            _sign(descriptor, "")
    finally:
        os.close(descriptor)


def _sign(descriptor: int, name: str) -> None:
    """Say in the file who holds it, where that is permitted."""
    with contextlib.suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, name.encode(), 0)


def _holder(descriptor: int) -> str:
    """Who says to hold it; ``another doit`` if nobody does or the one who did has died."""
    name = os.pread(descriptor, 500, 0).decode(errors="replace").strip()
    match = re.search(r"process (\d+)", name)
    with contextlib.suppress(PermissionError):
        try:
            if match:
                os.kill(int(match[1]), 0)
        except ProcessLookupError:
            return "another doit"
    return name or "another doit"


def _open(path: Path) -> int:
    """Open the lock file for writing where it may be, whoever made it."""
    old = os.umask(0)
    try:
        # Another user's file in a folder like /tmp may be opened, but not with O_CREAT; and reading is enough.
        for flags in (os.O_RDWR | os.O_CREAT, os.O_RDWR, os.O_RDONLY):
            with contextlib.suppress(PermissionError):
                return os.open(path, flags, 0o666)
    finally:
        os.umask(old)
    raise PerfError(f"the lock file {path} can't be opened; remove it, or make it readable")
