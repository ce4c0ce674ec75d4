"""Running one round: link what it needs, start each binary once, then take its samples one by one.

A function from (plan, binaries, settings) to samples, free of doit and of global state, so that a round can
be handed to another process or host as a whole.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from tasks.measure import names
from tasks.measure.sample_file import SUSPENDED, Sample
from tasks.measure.schedule import Block, Round, name_of, version_of
from tasks.shared.benchfmt import parse
from tasks.shared.cell import package_of
from tasks.shared.clock import Clock, iso
from tasks.shared.errors import MachineFault, PerfError
from tasks.shared.files import remove_tree
from tasks.shared.machine import disturbance, risen
from tasks.shared.process import Finished, Processes
from tasks.suite.linking import link, link_command

#: Seconds of suspension that two readings of two clocks can't invent.
_ASLEEP = 0.05
_NO_ROOM = "no space left on device"

#: Lines of output that are kept of a sample that failed.
_KEPT_LINES = 40


@dataclass(frozen=True)
class Binary:
    """What running one package under one version takes: the default binary, and how to link it anew."""

    default: Path
    link_folder: Path
    linker: Path
    link_arguments: tuple[str, ...]
    link_environment: Mapping[str, str]
    environment: Mapping[str, str]
    working_folder: Path
    package_path: str


@dataclass(frozen=True)
class Bench:
    """The surroundings of a round: its programs, clock and settings. ``keep`` are inherited descriptors.

    ``readings`` tells what else the machine is doing, as `disturbance` does.
    """

    binaries: Mapping[tuple[str, str], Binary]
    processes: Processes
    clock: Clock
    benchtime: str
    timeout: float
    folder: Path
    keep: Sequence[int] = ()
    readings: Callable[[], dict[str, float]] = field(default=disturbance)


Emit = Callable[[str, str, Sample], None]


def run_round(
    session: str,
    plan: Round,
    bench: Bench,
    dropped: set[tuple[str, str]],
    emit: Emit,
    is_over: Callable[[], bool] = lambda: False,
) -> None:
    """Measure a round. ``emit(version, kind, sample)`` is called as each sample is finished.

    ``kind`` is reference for a block's reference, else the name of an arm, else main.
    ``dropped`` holds the (version, unit) cells that have been given up; ``emit`` may add to it. No block is begun once
    ``is_over``.
    """
    folder = bench.folder / f"round-{plan.number}"
    remove_tree(folder)
    folder.mkdir(parents=True)
    try:
        programs = _prepare(plan, bench, folder)
        for block in plan.blocks:
            if is_over():
                break
            for arm, sample in _run_block(session, plan, block, bench, programs, dropped):
                kind = names.REFERENCE if arm == block.reference else name_of(arm) or names.MAIN
                emit(version_of(arm), kind, sample)
    finally:
        remove_tree(folder)


def _prepare(plan: Round, bench: Bench, folder: Path) -> dict[tuple[str, str], Path | PerfError]:
    """The round's test binaries, each linked and started once, on all cores; or why there is none."""
    needed = [(arm, package) for arm, package in plan.binaries if (version_of(arm), package) in bench.binaries]

    def prepare(pair: tuple[str, str]) -> Path | PerfError:
        try:
            return link_and_start(pair)
        except MachineFault:
            raise
        except PerfError as error:
            return error

    def link_and_start(pair: tuple[str, str]) -> Path:
        arm, package = pair
        binary = bench.binaries[version_of(arm), package]
        program = binary.default
        if arm in plan.layouts:
            program = folder / f"{arm}-{package}.test"
            command = link_command(binary.linker, binary.link_arguments, plan.layouts[arm], program)
            link(binary.link_folder, command, binary.link_environment, bench.processes)
        # A program's first start reads it from the disk; no sample should pay for that.
        listed = bench.processes.run(
            [str(program), "-test.list=^Benchmark"], env=binary.environment, cwd=binary.working_folder, timeout=60
        )
        if listed.status != 0:
            raise PerfError(f"{program} does not start: {_output(listed)[:3]}")
        return program

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        return dict(zip(needed, pool.map(prepare, needed), strict=True))


def _run_block(
    session: str,
    plan: Round,
    block: Block,
    bench: Bench,
    programs: Mapping[tuple[str, str], Path | PerfError],
    dropped: set[tuple[str, str]],
) -> Iterator[tuple[str, Sample]]:
    package, _, name = block.unit.partition(".")
    arms = _taking_part(block, programs, dropped)
    for position, arm in enumerate(arms):
        binary = bench.binaries[version_of(arm), package]
        program = programs[arm, package]
        before = bench.readings()
        covariates = {what: value for what, value in before.items() if what != "others"}
        started, asleep = bench.clock.now(), bench.clock.asleep()
        if isinstance(program, PerfError):
            status, lines, seconds = "not-linked", str(program).splitlines()[:_KEPT_LINES], 0.0
        else:
            command = sample_command(program, name, bench.benchtime, bench.timeout)
            done = bench.processes.run(
                command, env=binary.environment, cwd=binary.working_folder, timeout=bench.timeout, keep=bench.keep
            )
            (status, lines), seconds = judge(done), done.seconds
            if status != "ok" and _NO_ROOM in "\n".join(lines):
                raise MachineFault(f"{block.unit} found no room on the disk; make some and run doit to go on")
            covariates |= risen(before, bench.readings())
            asleep = bench.clock.asleep() - asleep
            if asleep > _ASLEEP:
                status, lines = SUSPENDED, [f"the machine was suspended for {asleep:.1f} s while this was measured"]
                covariates["asleep"] = round(asleep, 3)
        yield (
            arm,
            Sample(
                session=session,
                round=plan.number,
                unit=block.unit,
                layout=plan.layouts.get(arm, 0),
                position=position,
                of=len(arms),
                started=iso(started),
                seconds=round(seconds, 6),
                status=status,
                covariates=covariates,
                package_path=binary.package_path,
                lines=tuple(lines),
            ),
        )


def _taking_part(
    block: Block, programs: Mapping[tuple[str, str], Path | PerfError], dropped: set[tuple[str, str]]
) -> list[str]:
    """Who of a block is sampled: not what was given up, and no reference or control with nothing to compare it to."""
    package = package_of(block.unit)
    there = [a for a in block.versions if (version_of(a), block.unit) not in dropped and (a, package) in programs]
    versions = [a for a in there if name_of(a) != names.CONTROL]
    if versions == [block.reference]:
        return []
    return there if len(versions) > 1 else versions


def sample_command(program: Path, unit: str, benchtime: str, timeout: float) -> list[str]:
    """The command that takes one sample of a unit (its name without ``Benchmark``).

    The program itself ends a little after ``timeout`` seconds, should nobody be left to stop it.
    """
    return [
        str(program),
        "-test.run=^$",
        f"-test.bench=^Benchmark{unit}$",
        "-test.count=1",
        "-test.benchmem",
        f"-test.benchtime={benchtime}",
        f"-test.timeout={timeout + 10:g}s",
    ]


def judge(done: Finished) -> tuple[str, list[str]]:
    """(status, lines): ``ok`` and the result lines, or why there is no sample and what the program said."""
    if done.stopped:
        return done.stopped, _output(done)
    if done.status < 0:
        return f"signal-{-done.status}", _output(done)
    if done.status != 0:
        said = done.stdout + done.stderr
        return ("panic" if b"panic:" in said else "fatal" if b"fatal error:" in said else "failed"), _output(done)
    if done.survivors:
        return "left-children", _output(done)
    parsed = parse(done.stdout.decode(errors="replace").splitlines())
    leaves = [result.name for result in parsed.results]
    if parsed.malformed or len(set(leaves)) < len(leaves):
        return "garbage", _output(done)
    if not leaves:
        return "no-result", _output(done)
    return "ok", parsed.lines


def _output(done: Finished) -> list[str]:
    """The first lines of what a program said, errors first, made safe to stand in a comment."""
    text = (done.stderr + b"\n" + done.stdout).decode(errors="replace")
    lines = ["".join(c if c.isprintable() else " " for c in line)[:500] for line in text.splitlines()]
    return [line.rstrip() for line in lines if line.strip()][:_KEPT_LINES]
