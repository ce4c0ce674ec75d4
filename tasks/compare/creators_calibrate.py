"""doit tasks of the calibration: ``calibrate:go1.24`` compares a version with itself, in four ways to sample."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tasks.compare.calibration import calibration_document
from tasks.compare.calibration_report import files_of, show, write_report
from tasks.measure.calibration import calibrate
from tasks.measure.session import System
from tasks.shared import console
from tasks.shared.doit_actions import Action, on_request
from tasks.shared.errors import PerfError
from tasks.shared.project import Project
from tasks.shared.versions import Version
from tasks.suite.scan import Unit

_ROUNDS = 40
#: Fewer give no interval.
_FEWEST = 6


def calibrate_tasks(project: Project, units: tuple[Unit, ...], rounds: str) -> Iterator[dict[str, Any]]:
    """``calibrate`` takes the oldest version, ``calibrate:go1.24`` another."""
    oldest = project.config.versions[0]
    doc = "how often is identical code called different here, and what can be found? (the oldest version; rounds=40)"
    yield _task("calibrate", doc, project, oldest, units, rounds)
    for version in project.config.versions:
        yield _task(
            f"calibrate:{version.label}",
            f"the same with {version.exact} against itself",
            project,
            version,
            units,
            rounds,
        )
        for alias in version.aliases:
            yield _task(f"calibrate:{alias}", f"the same as calibrate:{version.label}", project, version, units, rounds)


def _task(
    name: str, doc: str, project: Project, version: Version, units: tuple[Unit, ...], rounds: str
) -> dict[str, Any]:
    needed = [f"fingerprint:{version.label}"]
    needed += [f"build:{version.label}:{package}" for package in project.config.packages]
    needed += [] if project.settings.skip_system_check else ["syscheck"]
    return on_request(name, doc, Action(_calibrate, project, version, units, rounds), task_dep=needed)


def _calibrate(project: Project, version: Version, units: tuple[Unit, ...], rounds: str) -> None:
    names = [unit.id for unit in units]
    taken = calibrate(project, version, names, _number(rounds), System())
    document = calibration_document(project, version, taken.units(names), taken)
    paths = files_of(project, version)
    write_report(document, paths)
    show(document)
    console.say(f"all of it: {', '.join(project.relative(path) for path in paths.values())}")
    console.say("the next doit takes it into the noise floor of its comparisons")


def _number(text: str) -> int:
    if not text:
        return _ROUNDS
    if not text.isdecimal() or int(text) < _FEWEST:
        raise PerfError(f"rounds={text}: expected a whole number from {_FEWEST}; fewer samples give no interval")
    return int(text)
