"""Running other programs: in a group of their own, with a time limit and a limit on what they print."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

#: Bytes of each stream that are kept; a program that prints more is stopped.
OUTPUT_LIMIT = 4 * 1024 * 1024

#: Seconds that the children of a program that has ended may take to end, too.
_GRACE = 0.2


@dataclass(frozen=True)
class Finished:
    """How a program ended. ``status`` is its exit status, or minus the signal that ended it.

    ``seconds`` is wall time. ``stopped`` says why we ended it (``timeout``, ``output``), else it is empty.
    ``survivors`` is true if it left children behind; they have been killed.
    """

    status: int
    stdout: bytes
    stderr: bytes
    seconds: float
    stopped: str = ""
    survivors: bool = False


#: What compilers and linkers say when not the code is at fault.
_MACHINES_FAULT = (
    "no space left",
    "disk quota exceeded",
    "cannot allocate memory",
    "signal: killed",
    "too many open files",
    "input/output error",
)


def machine_is_at_fault(done: Finished) -> bool:
    """Whether a compiler or linker that failed was stopped, killed, or lacked memory or disk."""
    words = done.stderr.decode(errors="replace")
    return done.status <= 0 or bool(done.stopped) or any(sign in words for sign in _MACHINES_FAULT)


class Processes(Protocol):
    """What measuring needs of the operating system; tests put invented programs in its place."""

    def run(
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: Path,
        timeout: float,
        keep: Sequence[int] = (),
    ) -> Finished:
        """Run a program to its end. ``env`` is all of its environment; ``keep`` lists inherited descriptors."""
        ...


class SystemProcesses:
    """The real thing."""

    def run(
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: Path,
        timeout: float,
        keep: Sequence[int] = (),
    ) -> Finished:
        start = time.monotonic()
        process = subprocess.Popen(
            command,
            env=dict(env),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            pass_fds=tuple(keep),
        )
        try:
            outputs, stopped = _drain(process, start + timeout)
            if stopped:
                _kill_group(process.pid)
            status = process.wait()
        except BaseException:
            _kill_group(process.pid)
            process.wait()
            raise
        finally:
            for stream in (process.stdout, process.stderr):
                if stream:
                    stream.close()
        seconds = time.monotonic() - start
        # A child that is just ending is none that stays.
        survivors = _kill_group(process.pid, _GRACE)
        return Finished(status, outputs[0], outputs[1], seconds, stopped, survivors and not stopped)


def _drain(process: subprocess.Popen[bytes], deadline: float) -> tuple[tuple[bytes, bytes], str]:
    """Read both streams until they close or the program ends; what was read, and why we stopped early."""
    assert process.stdout and process.stderr
    chunks: dict[int, list[bytes]] = {process.stdout.fileno(): [], process.stderr.fileno(): []}
    sizes = dict.fromkeys(chunks, 0)
    stopped = ""
    with selectors.DefaultSelector() as selector:
        for fd in chunks:
            selector.register(fd, selectors.EVENT_READ)
        while selector.get_map() and not stopped:
            left = deadline - time.monotonic()
            # A child that outlives the program may hold the pipes open: look now and then.
            ready = selector.select(min(max(left, 0), 0.5))
            if not ready and process.poll() is not None:
                break
            for key, _ in ready:
                data = os.read(key.fd, 65536)
                if not data:
                    selector.unregister(key.fd)
                    continue
                chunks[key.fd].append(data)
                sizes[key.fd] += len(data)
                if sizes[key.fd] > OUTPUT_LIMIT:
                    stopped = "output"
            if left <= 0:
                stopped = "timeout"
    if not stopped:
        try:
            process.wait(max(deadline - time.monotonic(), 0.01))
        except subprocess.TimeoutExpired:
            stopped = "timeout"
    out, err = (b"".join(parts) for parts in chunks.values())
    return (out, err), stopped


def _kill_group(group: int, grace: float = 0.0) -> bool:
    """Kill what is left of a process group; whether anything in it was still running after the seconds of grace."""
    deadline = time.monotonic() + grace
    while (running := _is_running(group)) and time.monotonic() < deadline:
        time.sleep(0.005)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)
    return running


def _is_running(group: int) -> bool:
    """Whether a process group has a member that has not ended (one that only waits to be reaped has)."""
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):
        return False
    members = list(Path("/proc").glob("[0-9]*/stat"))
    if not members:
        # A system without /proc: what has ended is reaped by init in a moment.
        time.sleep(0.05)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, 0)
            return True
        return False
    for member in members:
        with contextlib.suppress(OSError, IndexError):
            state, _, its_group = member.read_text().rpartition(")")[2].split()[:3]
            if int(its_group) == group and state not in "ZX":
                return True
    return False
