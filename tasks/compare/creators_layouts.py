"""doit task ``layouts``: what one binary per version reports between releases, beside what fresh layouts do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tasks.compare.layouts import layouts_document
from tasks.compare.layouts_report import files_of, pages_in, show, write_report
from tasks.measure.experiment import number_of_rounds
from tasks.measure.layouts import measure_layouts
from tasks.measure.system import System
from tasks.shared import console
from tasks.shared.doit_actions import Action, on_request
from tasks.shared.files import folder_of
from tasks.shared.project import Project
from tasks.suite.scan import Unit


def layouts_tasks(project: Project, units: tuple[Unit, ...], rounds: str, out: str) -> Iterator[dict[str, Any]]:
    """All configured versions, in the same rounds."""
    labels = [version.label for version in project.config.versions]
    needed = [f"fingerprint:{label}" for label in labels]
    needed += [f"build:{label}:{package}" for label in labels for package in project.config.packages]
    needed += [] if project.settings.skip_system_check else ["syscheck"]
    doc = "which changes between releases are but where the linker put functions? (all versions; rounds=40)"
    yield on_request("layouts", doc, Action(_layouts, project, units, rounds, out), task_dep=needed)


def _layouts(project: Project, units: tuple[Unit, ...], rounds: str, out: str) -> None:
    names, pages = [unit.id for unit in units], pages_in(folder_of(out)) if out else {}
    document = layouts_document(project, names, measure_layouts(project, names, number_of_rounds(rounds), System()))
    paths = files_of(project)
    write_report(document, paths)
    if pages:
        write_report(document, pages)
    show(document)
    console.say(f"all of it: {', '.join(project.relative(path) for path in paths.values())}")
