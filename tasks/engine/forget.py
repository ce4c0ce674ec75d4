"""`doit forget`: make exactly the named cells be measured again, durably.

The stock command only clears doit's record, which never decides measuring; this one also writes a mark that
samples from before now do not count.
"""

from __future__ import annotations

import contextlib
import time
from typing import Any

from doit.cmd_base import check_tasks_exist
from doit.cmd_forget import Forget as Stock

from tasks.engine.planning import closure_of
from tasks.engine.reporter import Reporter
from tasks.measure.archive import forget
from tasks.shared.cell import package_of
from tasks.shared.errors import PerfError
from tasks.shared.project import Project
from tasks.suite.build import Target, read_record


class Forget(Stock):  # type: ignore[misc]
    """Forget tasks and the samples of the cells among them."""

    name = "forget"
    doc_purpose = "make the named tasks run again: their cells are measured anew"
    doc_usage = "[TASK ...]"

    def _execute(self, forget_sub: bool, forget_disable_default: bool, forget_all: bool) -> None:
        tasks: dict[str, Any] = {task.name: task for task in self.task_list}
        project = Reporter.project
        assert project is not None
        if self.sel_default_tasks and not forget_all:
            self.outstream.write("name the tasks to forget (`doit forget collect:go1.24`), or say --all\n")
            self.dep_manager.close()
            return
        names = list(tasks) if forget_all else self.sel_tasks
        check_tasks_exist(tasks, names)
        reached = closure_of(tasks, names) if forget_sub else _through_groups(tasks, names)
        cells = sorted(tuple(tasks[n].meta["cell"]) for n in reached if (tasks[n].meta or {}).get("cell"))
        if cells:
            forget(project.tree, cells, time.time())
            _drop_failed_builds(project, {(version, package_of(unit)) for version, unit in cells})
        for name in sorted(reached):
            self.dep_manager.remove(name)
        versions = len({version for version, _ in cells})
        self.outstream.write(f"forgot {len(reached)} tasks, of them {len(cells)} cells in {versions} versions\n")
        self.dep_manager.close()


def _drop_failed_builds(project: Project, pairs: set[tuple[str, str]]) -> None:
    """Let packages that did not compile be tried again, whatever the reason was."""
    for version, package in pairs:
        target = Target(project.paths, project.version(version), package)
        with contextlib.suppress(PerfError):
            if read_record(target)["status"] == "failed":
                target.record.unlink()


def _through_groups(tasks: dict[str, Any], names: list[str]) -> set[str]:
    """The named tasks, and what is reached from them through tasks that only group others."""
    todo, reached = list(names), set()
    while todo:
        name = todo.pop()
        if name not in reached:
            reached.add(name)
            todo.extend(tasks[name].task_dep if not tasks[name].actions else [])
    return reached
