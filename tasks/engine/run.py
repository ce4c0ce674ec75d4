"""`doit` itself (the run command), ending with a sentence and the right exit status."""

from __future__ import annotations

from typing import Any

from doit.cmd_run import Run as Stock

from tasks.engine.exit_status import ERROR, FAILED, INTERRUPTED
from tasks.engine.reporter import Reporter
from tasks.shared import console


class Run(Stock):  # type: ignore[misc]
    """Run tasks."""

    name = "run"

    def execute(self, params: Any, args: list[str]) -> int:
        """doit's exit status, or 130 after Ctrl-C."""
        try:
            status: int = super().execute(params, args)
        except KeyboardInterrupt:
            console.warn("interrupted; everything finished is kept, run doit to go on")
            return INTERRUPTED
        # doit counts tasks that could not run for one that failed as errors of its own.
        return FAILED if status == ERROR and Reporter.failures and not Reporter.errors else status
