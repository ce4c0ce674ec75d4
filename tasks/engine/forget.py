"""`doit forget`: make exactly the named cells be measured again, durably.

The stock command only clears doit's record, which never decides measuring; this one also writes a mark that
samples from before now do not count.
"""

from __future__ import annotations

import contextlib
import time
from typing import Any

from doit.cmd_forget import Forget as Stock

from tasks.engine.planning import closure_of
from tasks.engine.reporter import Reporter
from tasks.engine.selection import Command, by_group, in_words, mistakes_told, named, through_groups
from tasks.measure.forgotten import forget
from tasks.shared.cell import Cell
from tasks.shared.doit_actions import DRY_RUN
from tasks.shared.errors import PerfError
from tasks.shared.project import Project
from tasks.suite.build import Target, read_record


class Forget(Command, Stock):  # type: ignore[misc]
    """Forget tasks and the samples of the cells among them."""

    name = "forget"
    doc_purpose = "make the named tasks run again: their cells are measured anew"
    doc_usage = "[TASK ...]"
    cmd_options = (*Stock.cmd_options, DRY_RUN)

    def _execute(self, forget_sub: bool, forget_disable_default: bool, forget_all: bool, dry_run: bool) -> None:
        tasks: dict[str, Any] = {task.name: task for task in self.task_list}
        project = Reporter.project
        assert project is not None
        if self.sel_default_tasks and not forget_all:
            self.outstream.write("name the tasks to forget (`doit forget collect:go1.24`), or say --all\n")
            self.dep_manager.close()
            return
        names = list(tasks) if forget_all else named(tasks, self.sel_tasks)
        reached = closure_of(tasks, names) if forget_sub else through_groups(tasks, names)
        cells = [Cell(*tasks[n].meta["cell"]) for n in reached if (tasks[n].meta or {}).get("cell")]
        counted = (
            f"{len(reached)} tasks, of them {len(cells)} cells in {len({cell.version for cell in cells})} versions"
        )
        if dry_run:
            for group, members in by_group(tasks, reached).items():
                self.outstream.write(f"{in_words(tasks, group, members)}\n")
            self.outstream.write(f"would forget {counted}; nothing was changed\n")
        else:
            with mistakes_told():
                self._forget(project, reached, cells)
            self.outstream.write(f"forgot {counted}\n")
        self.dep_manager.close()

    def _forget(self, project: Project, reached: set[str], cells: list[Cell]) -> None:
        if cells:
            forget(project.tree, cells, time.time())
            _drop_failed_builds(project, {(cell.version, cell.package) for cell in cells})
        for name in sorted(reached):
            self.dep_manager.remove(name)


def _drop_failed_builds(project: Project, pairs: set[tuple[str, str]]) -> None:
    """Let packages that did not compile be tried again, whatever the reason was."""
    for version, package in pairs:
        target = Target(project.paths, project.version(version), package)
        with contextlib.suppress(PerfError):
            if read_record(target)["status"] == "failed":
                target.record.unlink()
