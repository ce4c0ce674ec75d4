"""`doit clean`: remove what can be made again without measuring. Samples, blocks and marks of `doit forget` stay."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tasks.engine.derived import Amount, amount_of, derived_paths, remove
from tasks.engine.reporter import Reporter
from tasks.engine.selection import Command, by_group, in_words, mistakes_told, named, through_groups
from tasks.shared import presence
from tasks.shared.doit_actions import DRY_RUN


class Clean(Command):
    """Remove the derived files of tasks, and doit's record of them."""

    name = "clean"
    doc_purpose = "remove what can be made again without measuring; samples are never removed"
    doc_usage = "[TASK ...]"
    doc_description = (
        "Without a task: receipts, analyses, merged results, comparisons, findings and the export. "
        "Builds, fingerprints and toolchains go only when they are named (`doit clean toolchain:go1.24 build`)."
    )
    cmd_options = (DRY_RUN,)

    def _execute(self, dry_run: bool) -> None:
        tasks: dict[str, Any] = {task.name: task for task in self.task_list}
        project = Reporter.project
        assert project is not None
        reached = through_groups(tasks, named(tasks, self.sel_tasks))
        with mistakes_told():
            paths = {name: derived_paths(project, tasks[name]) for name in reached}
            total = self._tell(tasks, paths)
            if dry_run:
                self.outstream.write(f"would remove {total}; nothing was changed\n")
            else:
                with presence.alone(project.paths):
                    remove(path for name in sorted(paths) for path in paths[name])
                    self._drop_records(tasks, reached)
                self.outstream.write(
                    f"removed {total}; no sample was touched: doit makes this again without measuring\n"
                )
        self.dep_manager.close()

    def _tell(self, tasks: Mapping[str, Any], paths: Mapping[str, list[Path]]) -> Amount:
        """Say what there is to remove, group by group; the sum."""
        total = Amount()
        for group, members in by_group(tasks, paths).items():
            amount = amount_of(path for name in members for path in paths[name])
            if amount.files:
                self.outstream.write(f"{in_words(tasks, group, members)} ({amount})\n")
            total += amount
        return total

    def _drop_records(self, tasks: Mapping[str, Any], reached: Iterable[str]) -> None:
        for name in sorted(reached):
            ignored = self.dep_manager.status_is_ignore(tasks[name])
            self.dep_manager.remove(name)
            if ignored:
                # A clean must not make anything be measured that somebody wants left out.
                self.dep_manager.ignore(tasks[name])
