"""From a checkout and a command line to what dodo.py makes tasks of."""

from __future__ import annotations

import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

from doit.exceptions import InvalidDodoFile

from tasks.compare import claim_reading
from tasks.compare.claims import Claim
from tasks.compare.pairs import write_rules
from tasks.compare.request import choice_of, sides_of
from tasks.engine import variables
from tasks.engine.reporter import Reporter
from tasks.measure.analysis import write_judgement
from tasks.measure.experiment import number_of_rounds
from tasks.shared import config, console
from tasks.shared.errors import PerfError
from tasks.shared.machine import Machine, read_machine
from tasks.shared.paths import Paths
from tasks.shared.project import Project
from tasks.shared.rules import with_alpha
from tasks.suite.scan import Unit, scan_package
from tasks.toolchains.available import list_available, newest
from tasks.toolchains.bootstrap import find_go


def load_claims(project: Project) -> tuple[Claim, ...]:
    """The claims of findings.yaml; every mistake in it ends as one message, before anything is begun."""
    try:
        return claim_reading.load(project)
    except PerfError as error:
        raise InvalidDodoFile(str(error)) from None


def load(dodo: str, default_tasks: list[str]) -> tuple[Project, tuple[Unit, ...], dict[str, str], dict[str, Any]]:
    """(project, units, variables, doit's configuration); every mistake of the user ends as one message."""
    try:
        paths = Paths(Path(dodo).resolve().parent)
        machine = read_machine()
        profile, changes, others = variables.read()
        configured = config.load(paths, lambda minor: _resolve(minor, paths, machine))
        if "alpha" in others:
            configured = replace(configured, rules=with_alpha(configured.rules, others["alpha"]))
        if "budget" in others:
            changes["budget"] = others["budget"]
        project = Project(paths, configured, configured.settings(profile, changes), machine)
        number_of_rounds(others.get("rounds", ""))
        choice_of(others)
        sides_of(project, others)
        write_judgement(project)
        write_rules(project)
        units = tuple(u for package in configured.packages for u in scan_package(paths.benchmarks, package))
    except PerfError as error:
        raise InvalidDodoFile(str(error)) from None
    Reporter.project, Reporter.units, Reporter.others = project, units, others
    signal.signal(signal.SIGTERM, _terminate)
    doit_config = {
        "backend": "write-through",
        "dep_file": str(paths.cache / "doit.sqlite"),
        "reporter": Reporter,
        "default_tasks": default_tasks,
        "verbosity": 1,
        # What does not depend on a failed task still runs: one version's trouble is not another's.
        "continue": True,
    }
    return project, units, others, doit_config


def _terminate(number: int, _frame: object) -> None:
    """End like Ctrl-C does: children are stopped, everything finished is kept, the record is closed."""
    raise SystemExit(128 + number)


def _resolve(minor: str, paths: Paths, machine: Machine) -> str:
    console.say(f"finding the newest patch of Go {minor}")
    return newest(minor, list_available(find_go(paths, console.say), paths, machine))
