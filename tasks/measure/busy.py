"""Which programs keep the machine busy, as two looks show them.

On Linux shares are differences between the looks; on macOS ps gives an average over up to a minute, in which what
has just become idle still shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tasks.measure.looks import PS, Look

#: Seconds of a clock tick in /proc: the kernel shows 100 a second to programs on all processors that Go runs on.
_TICK = 0.01


@dataclass(frozen=True)
class _Process:
    """``share`` is of one core's time: a program with threads may have more than 1."""

    pid: int
    parent: int
    name: str
    share: float


def busy(before: Look, after: Look) -> dict[str, float] | None:
    """Shares of one core by program, those of one name together, without ourselves, our ancestors and our children.

    None unless the processes of all users are seen, as the first of the system is.
    """
    processes = _linux(before, after) if after.goos == "linux" else _mac(after)
    parents = {process.pid: process.parent for process in processes}
    if 1 not in parents:
        return None
    ancestors = _line(after.pid, parents)
    shares: dict[str, float] = {}
    for process in processes:
        ours = process.pid in ancestors or after.pid in _line(process.pid, parents)
        if process.share > 0 and not ours:
            # Whoever names a program may put what moves a terminal's cursor into it.
            name = "".join(letter if letter.isprintable() else "?" for letter in process.name)
            shares[name] = shares.get(name, 0) + process.share
    return shares


def _line(pid: int, parents: Mapping[int, int]) -> set[int]:
    """A process and its ancestors."""
    line: set[int] = set()
    while pid in parents and pid not in line:
        line.add(pid)
        pid = parents[pid]
    return line


def _linux(before: Look, after: Look) -> list[_Process]:
    """All processes; one that is new did all it ever did between the looks."""
    seconds = after.at - before.at
    # A number that was given to another process since has another start.
    earlier = {(pid, start): used for pid, _, _, start, used in _stats(before)}
    return [
        _Process(pid, parent, name, (used - earlier.get((pid, start), 0)) * _TICK / seconds)
        for pid, parent, name, start, used in _stats(after)
    ]


def _stats(look: Look) -> Iterator[tuple[int, int, str, int, int]]:
    """(pid, parent, name, start, ticks used) of each process; fields as proc_pid_stat(5) has them."""
    for text in look.matching(r"/proc/\d+/stat").values():
        # A name may hold blanks and brackets, too.
        head, _, tail = text.rpartition(")")
        pid, _, name = head.partition(" (")
        fields = tail.split()
        if pid.isdigit() and len(fields) > 19:
            yield int(pid), int(fields[1]), name, int(fields[19]), int(fields[11]) + int(fields[12])


def _mac(look: Look) -> list[_Process]:
    """All processes; programs are listed with their paths."""
    rows = re.findall(r"^ *(\d+) +(\d+) +([\d.]+) +(\S.*?) *$", look.text(PS), re.MULTILINE)
    return [_Process(int(pid), int(parent), Path(name).name, float(share) / 100) for pid, parent, share, name in rows]
