"""`doit` itself (the run command), ending on Ctrl-C with a sentence and not with a traceback."""

from __future__ import annotations

from typing import Any

from doit.cmd_run import Run as Stock

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
            return 130
        return status
