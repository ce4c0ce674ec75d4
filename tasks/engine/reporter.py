"""What doit says while it runs: stages, not the hundreds of cells in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from doit.exceptions import TaskFailed, UnmetDependency
from doit.reporter import ConsoleReporter

from tasks.engine.planning import closure_of, prepare
from tasks.shared import presence
from tasks.shared.errors import PerfError
from tasks.shared.project import Project
from tasks.suite.scan import Unit


class Reporter(ConsoleReporter):  # type: ignore[misc]
    """Plans the session before the first task, then names the tasks that do something."""

    desc = "stages only"
    #: Set by dodo.py when tasks are made; doit makes the reporter itself and passes it nothing of ours.
    project: Project | None = None
    units: tuple[Unit, ...] = ()
    #: Variables of the command line that are no settings.
    others: Mapping[str, str] = MappingProxyType({})
    #: Whether a task has failed, and whether doit has met an error of another kind.
    failures: bool = False
    errors: bool = False

    def __init__(self, outstream: Any, options: dict[str, Any]) -> None:
        super().__init__(outstream, options)
        self._executed = 0
        self._failed = False
        self._ignored = self._not_measured = 0

    def initialize(self, tasks: dict[str, Any], selected_tasks: Sequence[str]) -> None:
        """Called by doit between making tasks and running them."""
        if self.project is not None:
            try:
                if any(not (tasks[name].meta or {}).get("apart") for name in closure_of(tasks, selected_tasks)):
                    presence.enter(self.project.paths)
                prepare(self.project, self.units, tasks, selected_tasks, self.others)
            except PerfError as error:
                # doit shows this one without a traceback and stops.
                from doit.exceptions import InvalidTask

                raise InvalidTask(str(error)) from error

    def execute_task(self, task: Any) -> None:
        self._executed += bool(task.actions)
        if not (task.meta or {}).get("quiet"):
            super().execute_task(task)

    def write(self, text: str) -> None:
        """Say it at once, also into a file: what follows may take minutes."""
        super().write(text)
        self.outstream.flush()

    def skip_ignore(self, task: Any) -> None:
        """One number at the end says more than a line for each cell and group."""
        self._ignored += bool(task.actions)

    def skip_uptodate(self, task: Any) -> None:
        """Nothing to say of what is up to date."""

    def add_failure(self, task: Any, fail: Any) -> None:
        self._failed = True
        # What needed a task that failed has nothing to tell; the failed task has.
        if (task.meta or {}).get("cell") and isinstance(fail, TaskFailed):
            # For one reason, which the session has told.
            self._not_measured += 1
        elif not isinstance(fail, UnmetDependency):
            Reporter.failures |= isinstance(fail, TaskFailed)
            Reporter.errors |= not isinstance(fail, TaskFailed)
            super().add_failure(task, fail)

    def complete_run(self) -> None:
        super().complete_run()
        if self._not_measured:
            self.write(f"{self._not_measured} cells are not up to date, and what needs them was left as it is\n")
        if self._ignored:
            self.write(
                f"left out {self._ignored} ignored tasks (`doit ignore` lists them, `doit ignore --undo` ends it)\n"
            )
        if not (self._executed or self._failed or self.runtime_errors):
            self.write("everything is up to date\n")

    def _write_failure(self, result: dict[str, Any], write_exception: bool = True) -> None:
        """The message is what counts; doit's own words for it come second."""
        message = result["exception"].get_msg() if write_exception else result["exception"].get_name()
        self.write(f"{result['task'].name} failed: {message.strip()}\n")
