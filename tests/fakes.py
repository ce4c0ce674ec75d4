"""Invented programs and times: scheduling, receipts and recovery are tested without measuring anything."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tasks.shared.process import Finished

#: (version, unit, how many samples of this cell were taken before) -> what the process does.
Behaviour = Callable[[str, str, int], Finished]


def prints(*lines: str, status: int = 0, stderr: str = "") -> Finished:
    """A process that prints lines and ends."""
    return Finished(status, "".join(f"{line}\n" for line in lines).encode(), stderr.encode(), 0.05)


def steady(version: str, unit: str, number: int) -> Finished:
    """A unit with two leaves whose times depend on version and sample number alone."""
    name = unit.split(".", 1)[1]
    base = 100 + 10 * int(version.split(".")[1]) + number
    return prints(
        "goos: linux",
        "goarch: amd64",
        f"Benchmark{name}/Small-2 \t 1000\t {base} ns/op\t 16 B/op\t 1 allocs/op",
        f"Benchmark{name}/Large-2 \t 10\t {base * 100}.5 ns/op\t 20.25 MB/s\t 64 B/op\t 2 allocs/op",
        "PASS",
    )


class FakeClock:
    """A clock that moves on by a fixed step each time it is read."""

    def __init__(self, start: float = 1_800_000_000.0, step: float = 0.125) -> None:
        self.time = start
        self.step = step
        self.suspended = 0.0

    def now(self) -> float:
        self.time += self.step
        return self.time

    def monotonic(self) -> float:
        return self.time

    def asleep(self) -> float:
        return self.suspended


@dataclass
class FakeProcesses:
    """Plays linkers and test binaries. ``sampled`` lists the (version, unit) cells in order, ``controls`` those that
    were sampled a second time in a block; ``linked`` has both, a control as ``go1.23.0+control``.
    """

    behaviour: Behaviour = steady
    sampled: list[tuple[str, str]] = field(default_factory=list)
    controls: list[tuple[str, str]] = field(default_factory=list)
    linked: list[tuple[str, str, int]] = field(default_factory=list)
    commands: list[tuple[str, ...]] = field(default_factory=list)

    def run(
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: Path,
        timeout: float,
        keep: Sequence[int] = (),
    ) -> Finished:
        self.commands.append(tuple(command))
        if command[-1] == "version":
            return prints(f"go version {Path(command[0]).parents[1].name} linux/amd64")
        if Path(command[0]).name == "link":
            output = Path(command[command.index("-o") + 1])
            output.write_text("a test binary")
            layout = int(next(word for word in command if word.startswith("-randlayout=")).split("=")[1])
            version, package = _parse_program(output)
            self.linked.append((version, package, layout))
            return prints()
        if command[1].startswith("-test.list"):
            return prints("BenchmarkWhatever")
        version, package = _parse_program(Path(command[0]))
        match = re.search(r"-test\.bench=\^Benchmark(\w+)\$", " ".join(command))
        assert match, command
        version, _, name = version.partition("+")
        cell = (version, f"{package}.{match[1]}")
        taken = self.controls if name == "control" else self.sampled
        number = taken.count(cell)
        taken.append(cell)
        return self.behaviour(*cell, number)


def _parse_program(program: Path) -> tuple[str, str]:
    """(version, package) of ``round-1/go1.24.0-alpha.test`` or ``.build/go1.24.0/alpha.test``."""
    stem = program.name.removesuffix(".test")
    if "-" in stem:
        version, _, package = stem.partition("-")
        return version, package
    return program.parent.name, stem


def dying_after(samples: int, behaviour: Behaviour = steady) -> FakeProcesses:
    """Programs of a session that is killed while it takes the sample after so many (the last of ``sampled``)."""

    def dying(version: str, unit: str, number: int) -> Finished:
        if len(processes.sampled) > samples:
            raise KeyboardInterrupt
        return behaviour(version, unit, number)

    processes = FakeProcesses(dying)
    return processes
