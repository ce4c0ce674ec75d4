"""Packages that do not compile for a version: a result of each of their cells, told with file and line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tasks.measure.sample_file import NOT_BUILT, Sample
from tasks.measure.schedule import Need
from tasks.measure.surroundings import Records, package_path
from tasks.shared import console
from tasks.shared.cell import package_of
from tasks.shared.clock import iso
from tasks.shared.project import Project

_KEPT_LINES = 40


def not_built(
    project: Project, needs: Sequence[Need], records: Records, session: str, started: float
) -> Iterator[tuple[str, Sample]]:
    """(version, failed sample) of each needed cell whose package does not compile."""
    for need in needs:
        package = package_of(need.unit)
        for version in need.rounds:
            record = records[version, package]
            if record["status"] == "built":
                continue
            sample = Sample(
                session=session,
                round=1,
                unit=need.unit,
                layout=0,
                position=0,
                of=1,
                started=iso(started),
                seconds=0.0,
                status=NOT_BUILT,
                covariates={},
                package_path=package_path(project, version, package),
                lines=tuple(record["output"].splitlines()[:_KEPT_LINES]),
            )
            yield version, sample


def say_what_does_not_compile(project: Project, records: Records) -> None:
    """Warn of each package and version, with what the compiler said."""
    for (version, package), record in sorted(records.items()):
        if record["status"] != "built":
            said = console.quoted(record["output"].splitlines())
            console.warn(f"{package} does not compile for {project.version(version).label}; the others go on:\n{said}")
