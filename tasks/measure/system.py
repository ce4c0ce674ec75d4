"""What a session needs of the world, and the bench that it samples on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tasks.measure.rounds import Bench
from tasks.measure.surroundings import Records, binaries_of, scratch_folder, timeout
from tasks.shared.clock import Clock, SystemClock
from tasks.shared.locks import LOCK_FILE
from tasks.shared.machine import disturbance
from tasks.shared.process import Processes, SystemProcesses
from tasks.shared.project import Project


@dataclass(frozen=True)
class System:
    """What a session needs of the world; tests put invented programs and times in its place."""

    processes: Processes = field(default_factory=SystemProcesses)
    clock: Clock = field(default_factory=SystemClock)
    lock: Path = LOCK_FILE
    readings: Callable[[], dict[str, float]] = field(default=disturbance)


def bench_of(project: Project, records: Records, system: System, lock_descriptor: int) -> Bench:
    """The bench of a session that holds the machine's lock; what it starts inherits that."""
    return Bench(
        binaries=binaries_of(project, records),
        processes=system.processes,
        clock=system.clock,
        benchtime=project.settings.benchtime_text,
        timeout=timeout(project),
        folder=scratch_folder(project),
        keep=(lock_descriptor,),
        readings=system.readings,
    )
