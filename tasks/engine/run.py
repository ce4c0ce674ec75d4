"""`doit` itself (the run command), ending with a sentence and the right exit status."""

from __future__ import annotations

from typing import Any

from doit.cmd_run import Run as Stock

from tasks.engine.exit_status import ERROR, FAILED, INTERRUPTED, OK
from tasks.engine.reporter import Reporter
from tasks.engine.why import DryRun
from tasks.measure.analysis import failures
from tasks.measure.state import State
from tasks.shared import console
from tasks.shared.doit_actions import DRY_RUN
from tasks.shared.plan_file import read_plan
from tasks.shared.project import Project
from tasks.shared.verified import verified_for


class Run(Stock):  # type: ignore[misc]
    """Run tasks."""

    name = "run"
    # No short form: -n is the number of processes here.
    cmd_options = (*Stock.cmd_options, {**DRY_RUN, "short": ""})

    def execute(self, params: Any, args: list[str]) -> int:
        """doit's exit status, or 130 after Ctrl-C."""
        if params["dry_run"]:
            ahead: int = DryRun(task_loader=self.loader, config=self.config, bin_name=self.bin_name).execute(
                params, args
            )
            return ahead
        try:
            status: int = super().execute(params, args)
        except KeyboardInterrupt:
            console.warn("interrupted; everything finished is kept, run doit to go on")
            return INTERRUPTED
        if status == ERROR and Reporter.failures and not Reporter.errors:
            # doit counts tasks that could not run for one that failed as errors of its own.
            return FAILED
        return _judged(Reporter.project) if status == OK else status


def _judged(project: Project | None) -> int:
    """The exit status of a run in which every task succeeded: with strict=1, what still fails makes it fail."""
    if project is None or not project.settings.strict:
        return OK
    state = State(project, verified_for(project.paths.verified))
    found = failures(project, state, read_plan().judged)
    for line in found:
        console.warn(line)
    if found:
        console.warn(f"strict: {len(found)} of what was asked for fail; strict=0 makes this a warning")
    return FAILED if found else OK
