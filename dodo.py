"""The pipeline, for doit. Reading this file is reading the pipeline; each stage lives in tasks/<stage>/."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tasks.compare.creators import compare_tasks
from tasks.compare.creators_calibrate import calibrate_tasks
from tasks.compare.creators_findings import findings_tasks
from tasks.compare.creators_layouts import layouts_tasks
from tasks.compare.creators_noise import noise_tasks
from tasks.engine.creators import developer_tasks
from tasks.engine.load import load, load_claims
from tasks.export.creators import export_tasks
from tasks.measure.creators import collect_tasks, retry_tasks, session_tasks, syscheck_tasks, variance_tasks
from tasks.measure.creators_purge import purge_tasks
from tasks.results.creators import adopt_tasks, merge_tasks, summary_tasks
from tasks.site.creators import site_tasks
from tasks.suite.creators import build_tasks, fingerprint_tasks, gomod_tasks, lint_tasks
from tasks.toolchains.creators import toolchain_tasks, versions_tasks

Tasks = Iterator[Any]

DEFAULT = ["collect", "merge", "noise", "compare", "pairs", "findings", "export", "site", "summary"]
project, units, variables, DOIT_CONFIG = load(__file__, default_tasks=DEFAULT)
claims = load_claims(project)


def task_toolchains() -> Tasks:
    yield toolchain_tasks(project)
    yield versions_tasks(project)


def task_suite() -> Tasks:
    yield gomod_tasks(project)
    yield fingerprint_tasks(project, units)
    yield build_tasks(project, units)
    yield lint_tasks(project)


def task_measure() -> Tasks:
    yield syscheck_tasks(project)
    yield session_tasks(project)
    yield collect_tasks(project, units)
    yield retry_tasks(project, units, variables.get("failed", ""))
    yield variance_tasks(project, units)
    yield purge_tasks(project)


def task_results() -> Tasks:
    yield merge_tasks(project, units)
    yield summary_tasks(project)
    yield adopt_tasks(project, variables.get("from", ""), variables.get("as", ""))


def task_compare() -> Tasks:
    yield noise_tasks(project)
    rounds, out = variables.get("rounds", ""), variables.get("out", "")
    yield calibrate_tasks(project, units, rounds, out)
    yield layouts_tasks(project, units, rounds, out)
    yield compare_tasks(project, variables, claims)
    yield findings_tasks(project, claims)


def task_export() -> Tasks:
    return export_tasks(project, variables.get("out", ""))


def task_site() -> Tasks:
    return site_tasks(project, variables.get("out", ""), variables.get("port", ""), variables.get("from"))


def task_development() -> Tasks:
    return developer_tasks(project)
