"""One lock for the machine's quiet: shared for building and downloading, exclusive for measuring.

An flock is let go by the kernel when its last holder ends, however it ends. Samples inherit the
descriptor, so that a benchmark orphaned by a killed `doit` still keeps the next one from measuring.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

#: Benchmarks of one user disturb those of another and of another checkout, so the lock is the machine's.
LOCK_FILE = Path(tempfile.gettempdir()) / "go-perf-tracking.lock"


@contextlib.contextmanager
def hold(path: Path, *, exclusive: bool, waiting: Callable[[str], None]) -> Iterator[int]:
    """Hold the lock; yields its descriptor. ``waiting`` is told once, and by whom, if it is held already."""
    descriptor = _open(path)
    kind = fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH
    try:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 200, 0).decode(errors="replace").strip()
            waiting(f"waiting for {holder or 'another doit'}: only one may measure on this machine")
            while True:
                # Polling leaves room for Ctrl-C on every system, which a blocking flock does not.
                with contextlib.suppress(BlockingIOError):
                    fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
                    break
                time.sleep(0.2)
        if exclusive:
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"doit (process {os.getpid()}) in {Path.cwd()}\n".encode(), 0)
        yield descriptor
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    """Open the lock file for writing where it may be, whoever made it."""
    old = os.umask(0)
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except PermissionError:
        # Another user's file in a sticky folder: reading is enough for flock.
        return os.open(path, os.O_RDONLY)
    finally:
        os.umask(old)
