"""doit tasks of the calibration: ``calibrate:go1.24`` compares a version with itself, in four ways to sample."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tasks.compare.calibration import calibration_document
from tasks.compare.calibration_report import files_of, pages_in, show, write_report
from tasks.measure.calibration import calibrate
from tasks.measure.experiment import number_of_rounds
from tasks.measure.system import System
from tasks.shared import console
from tasks.shared.doit_actions import Action, on_request
from tasks.shared.files import folder_of
from tasks.shared.project import Project
from tasks.shared.versions import Version
from tasks.suite.scan import Unit


def calibrate_tasks(project: Project, units: tuple[Unit, ...], rounds: str, out: str) -> Iterator[dict[str, Any]]:
    """``calibrate`` takes the oldest version, ``calibrate:go1.24`` another."""
    oldest = project.config.versions[0]
    doc = "how often is identical code called different here, and what can be found? (the oldest version; rounds=40)"
    yield _task("calibrate", doc, project, oldest, units, rounds, out)
    for version in project.config.versions:
        words = f"the same with {version.exact} against itself"
        yield _task(f"calibrate:{version.label}", words, project, version, units, rounds, out)
        for alias in version.aliases:
            words = f"the same as calibrate:{version.label}"
            yield _task(f"calibrate:{alias}", words, project, version, units, rounds, out)


def _task(
    name: str, doc: str, project: Project, version: Version, units: tuple[Unit, ...], rounds: str, out: str
) -> dict[str, Any]:
    needed = [f"fingerprint:{version.label}"]
    needed += [f"build:{version.label}:{package}" for package in project.config.packages]
    needed += [] if project.settings.skip_system_check else ["syscheck"]
    return on_request(name, doc, Action(_calibrate, project, version, units, rounds, out), task_dep=needed)


def _calibrate(project: Project, version: Version, units: tuple[Unit, ...], rounds: str, out: str) -> None:
    names, pages = [unit.id for unit in units], pages_in(folder_of(out)) if out else {}
    taken = calibrate(project, version, names, number_of_rounds(rounds), System())
    document = calibration_document(project, version, taken.units(names), taken)
    paths = files_of(project, version)
    write_report(document, paths)
    if pages:
        write_report(document, pages)
    show(document)
    console.say(f"all of it: {', '.join(project.relative(path) for path in paths.values())}")
    console.say("the next doit takes it into the noise floor of its comparisons")
