"""doit tasks of the measure stage: the session, a task for each cell, retries, and the analysis of variance."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tasks.measure import analysis
from tasks.measure.retries import on_demand, why_nothing
from tasks.measure.session import run_retries, run_session
from tasks.measure.state import State
from tasks.measure.state_cache import state_for
from tasks.measure.syscheck import run_syscheck
from tasks.measure.system import System
from tasks.shared import console
from tasks.shared.cell import Cell
from tasks.shared.doit_actions import Action, Check, on_request
from tasks.shared.errors import PerfError
from tasks.shared.plan_file import note_failed_session, read_plan, session_failed
from tasks.shared.project import Project
from tasks.shared.verified import verified_for
from tasks.shared.versions import Version
from tasks.suite.scan import Unit


def session_tasks(project: Project) -> Iterator[dict[str, Any]]:
    """``session`` measures all selected stale cells in rounds; cells name it in ``setup``."""
    yield {
        "basename": "session",
        "doc": "measure what is selected and stale, in rounds (runs before the cells that need it)",
        "actions": [Action(_run, project)],
        "task_dep": _fingerprints(project),
        # Narrowed before each run to the versions that it will measure.
        "setup": [*_check_first(project), *_builds(project)],
        "uptodate": [False],
        "verbosity": 2,
    }


def syscheck_tasks(project: Project) -> Iterator[dict[str, Any]]:
    """``syscheck`` looks at the machine: what would disturb a measurement, and what to do about it."""
    doc = "is this machine fit for measuring? governor, load, temperature, memory, steal and more"
    yield on_request("syscheck", doc, Action(_syscheck, project))


def collect_tasks(project: Project, units: tuple[Unit, ...]) -> Iterator[dict[str, Any]]:
    """``collect:go1.24:runtime.SyncPool`` and its groups."""
    versions = project.config.versions
    yield {
        "basename": "collect",
        "doc": "bring the samples of all versions up to date",
        "actions": None,
        "task_dep": [f"collect:{version.label}" for version in versions],
    }
    for version in versions:
        group = f"collect:{version.label}"
        yield {
            "basename": group,
            "name": None,
            "doc": f"bring the samples of {version.exact} up to date",
            "task_dep": [f"variance:{version.label}"],
        }
        for unit in units:
            cell = Cell(version.exact, unit.id)
            yield {
                "basename": group,
                "name": unit.id,
                "doc": unit.description or f"samples of {unit.id}",
                "actions": [Action(_adopt, project, cell)],
                "file_dep": [project.relative(project.paths.fingerprint(version.exact, unit.id))],
                "targets": [project.relative(project.tree.receipt(version.label, unit.id))],
                "setup": ["session"],
                "uptodate": [Check(_is_up_to_date, project, cell)],
                "meta": {"cell": (cell.version, cell.unit), "quiet": True},
            }
        yield from _aliases("collect", version)


def retry_tasks(project: Project, units: tuple[Unit, ...], failed: str) -> Iterator[dict[str, Any]]:
    """``retry:go1.24`` runs what fails in a version again, ``failed=FILE`` what a list names."""
    for version in project.config.versions:
        yield {
            "basename": f"retry:{version.label}",
            "doc": f"more rounds of what fails in {version.exact}, or of what failed=FILE lists",
            "actions": [Action(_retry, project, version, units, failed)],
            "task_dep": _fingerprints(project),
            # Narrowed before each run to the builds of what is to be retried.
            "setup": [*_check_first(project), *_builds(project)],
            "uptodate": [False],
            "verbosity": 2,
            "meta": {"retry": version.exact},
        }
        yield from _aliases("retry", version)


def variance_tasks(project: Project, units: tuple[Unit, ...]) -> Iterator[dict[str, Any]]:
    """``variance:go1.24`` says which benchmarks are too noisy; ``variance`` shows all by class and package."""
    judgement = project.relative(analysis.judgement_file(project))
    documents = [project.relative(project.tree.variance(version.label)) for version in project.config.versions]
    yield {
        "basename": "variance",
        "doc": "CV classes by package and version, and what fails (variance.json of each version)",
        "actions": [Action(analysis.print_variance, project)],
        "file_dep": documents,
        "verbosity": 2,
        "uptodate": [True],
        "meta": {"quiet": True, "always_when_named": True},
    }
    for version in project.config.versions:
        yield {
            "basename": f"variance:{version.label}",
            "doc": f"which benchmarks of {version.exact} are too noisy, as variance.json and in words",
            "actions": [Action(_analyse, project, version, units)],
            "file_dep": [
                judgement,
                *(project.relative(project.tree.receipt(version.label, unit.id)) for unit in units),
            ],
            "targets": [project.relative(project.tree.variance(version.label))],
            "uptodate": [Check(analysis.is_settled, project, version)],
            "verbosity": 2,
            "meta": {"quiet": True},
        }
        yield from _aliases("variance", version)


def _aliases(basename: str, version: Version) -> Iterator[dict[str, Any]]:
    for alias in version.aliases:
        yield {
            "basename": f"{basename}:{alias}",
            "doc": f"the same as {basename}:{version.label}",
            "actions": None,
            "task_dep": [f"{basename}:{version.label}"],
        }


def _fingerprints(project: Project) -> list[str]:
    return [f"fingerprint:{version.label}" for version in project.config.versions]


def _builds(project: Project) -> list[str]:
    return [f"build:{v.label}:{package}" for v in project.config.versions for package in project.config.packages]


def _check_first(project: Project) -> list[str]:
    return [] if project.settings.skip_system_check else ["syscheck"]


def _run(project: Project) -> None:
    try:
        run_session(project, lambda: _fresh_state(project), read_plan().cells, System())
    except BaseException:
        note_failed_session()
        raise


def _retry(project: Project, version: Version, units: tuple[Unit, ...], failed: str) -> None:
    names = [unit.id for unit in units]
    retries = on_demand(project, version.exact, failed, names, read_plan().ignored)
    if not run_retries(project, lambda: _fresh_state(project), retries, System()):
        console.say(why_nothing(project, _fresh_state(project), version.exact, failed, names))


def _fresh_state(project: Project) -> State:
    return State(project, verified_for(project.paths.verified), read_plan().outdated)


def _syscheck(project: Project) -> None:
    run_syscheck(project, full="syscheck" in read_plan().named)


def _adopt(project: Project, cell: Cell) -> None:
    if session_failed():
        raise PerfError(f"{cell.unit} was not measured: the session failed")
    state_for(project).adopt(cell)


def _analyse(project: Project, version: Version, units: tuple[Unit, ...]) -> None:
    analysis.analyse(project, version, [unit.id for unit in units], state_for(project))


def _is_up_to_date(project: Project, cell: Cell) -> bool:
    return state_for(project).is_up_to_date(cell, read_plan().versions_of(cell.unit))
