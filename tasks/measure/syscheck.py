"""The system check: is this machine fit for measuring?

It looks once, while nothing is measured yet, and never asks. What is found is judged in ``findings``; what disturbs
single samples stands with them (``machine.disturbance``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tasks.measure.findings import OK, WARN, Finding, examine
from tasks.measure.readings import Readings, read
from tasks.shared import console, schema
from tasks.shared.clock import Clock, SystemClock, iso
from tasks.shared.errors import PerfError
from tasks.shared.files import write_atomic
from tasks.shared.machine import UNKNOWN
from tasks.shared.project import Project

_CLOCK: Clock = SystemClock()


def document(findings: Sequence[Finding], checked_at: str) -> dict[str, Any]:
    """syscheck.json."""
    return {
        "schema_version": schema.SCHEMA_VERSION,
        "checked_at": checked_at,
        "findings": [asdict(finding) for finding in findings],
    }


def run_syscheck(
    project: Project, clock: Clock = _CLOCK, full: bool = False, reader: Callable[[str], Readings] = read
) -> None:
    """Look, write results/syscheck.json and say what was found: warnings only, or everything if ``full``.

    PerfError if there are warnings and the setting strict_system_check is on.
    """
    findings = examine(reader(project.machine.goos))
    schema.write("syscheck", _latest(project), document(findings, iso(clock.now())))
    _show(findings, full)
    warnings = [finding for finding in findings if finding.status == WARN]
    if warnings and project.settings.strict_system_check:
        listed = "\n".join(f"  {_line(finding)}" for finding in warnings)
        raise PerfError(
            f"The system check has warnings:\n{listed}\n"
            "Mend them, or measure in spite of them with strict_system_check=0."
        )


def keep_with_session(project: Project, session: str) -> None:
    """Keep the latest check beside the samples of a session, if checks are made at all; its time is in it."""
    latest = _latest(project)
    if not project.settings.skip_system_check and latest.exists():
        write_atomic(project.tree.folder / f"{session}_syscheck.json", latest.read_bytes())


def _latest(project: Project) -> Path:
    return project.paths.results / "syscheck.json"


def _show(findings: Sequence[Finding], full: bool) -> None:
    if full:
        rows = [(finding.name, finding.status, finding.value, finding.advice) for finding in findings]
        console.table("system check", ("what", "status", "value", "advice"), rows, words=4)
    else:
        for finding in findings:
            if finding.status == WARN:
                console.warn(_line(finding))
    count = {status: sum(f.status == status for f in findings) for status in (OK, WARN, UNKNOWN)}
    warnings = "1 warning" if count[WARN] == 1 else f"{count[WARN]} warnings"
    console.say(f"system check: {count[OK]} ok, {warnings}, {count[UNKNOWN]} unknown")


def _line(finding: Finding) -> str:
    return f"{finding.name}: {finding.value}. {finding.advice}"
