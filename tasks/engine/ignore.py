"""`doit ignore`: leave cells and other tasks out of all runs until `--undo`; their samples stay as they are.

The stock command marks what is named and its direct sub-tasks; this one follows groups and aliases to the cells.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from doit.control import TaskControl

from tasks.engine.planning import closure_of
from tasks.engine.selection import Command, by_group, in_words, named, through_groups
from tasks.shared.doit_actions import DRY_RUN

_UNDO = {
    "name": "undo",
    "long": "undo",
    "type": bool,
    "default": False,
    "help": "take the mark back; nothing is forgotten",
}


class Ignore(Command):
    """Mark tasks to be left out of runs, or take the mark back."""

    name = "ignore"
    doc_purpose = "leave tasks out of all runs (cells are not measured) until `doit ignore --undo`"
    doc_usage = "TASK [TASK ...]"
    doc_description = "Without a task: say which tasks are ignored."
    cmd_options = (DRY_RUN, _UNDO)

    def _execute(self, dry_run: bool, undo: bool) -> None:
        # With what files imply: merging needs the receipts, so it depends on the cells.
        tasks: dict[str, Any] = dict(TaskControl(self.task_list).tasks)
        ignored = {name for name, task in tasks.items() if self.dep_manager.status_is_ignore(task)}
        if self.sel_default_tasks:
            self._tell(tasks, "ignored now: ", ignored)
            self.outstream.write(
                "name the tasks to leave out (`doit ignore collect:go1.24`), or to take back (--undo)\n"
            )
        else:
            chosen = meant(tasks, named(tasks, self.sel_tasks))
            changed = chosen & ignored if undo else chosen - ignored
            self._tell(tasks, "", changed)
            what = "took the mark back from" if undo else "ignored"
            if dry_run:
                what = "would take the mark back from" if undo else "would ignore"
            else:
                self._mark(tasks, changed, undo)
            unchanged = "; nothing was changed" if dry_run else ""
            self.outstream.write(f"{what} {len(changed)} tasks{unchanged}\n")
            self._tell_what_is_skipped(tasks, ignored - changed if undo else ignored | changed)
        self.dep_manager.close()

    def _mark(self, tasks: Mapping[str, Any], changed: Iterable[str], undo: bool) -> None:
        for name in sorted(changed):
            if undo:
                # Not remove(): what doit knows of the task besides stays.
                self.dep_manager.backend.set(name, "ignore:", None)
            else:
                self.dep_manager.ignore(tasks[name])

    def _tell(self, tasks: Mapping[str, Any], before: str, names: Iterable[str]) -> None:
        for group, members in by_group(tasks, names).items():
            self.outstream.write(f"{before}{in_words(tasks, group, members)}\n")

    def _tell_what_is_skipped(self, tasks: Mapping[str, Any], ignored: set[str]) -> None:
        skipped = by_group(tasks, dependents(tasks, ignored))
        if skipped:
            listed = ", ".join(in_words(tasks, group, members) for group, members in skipped.items())
            self.outstream.write(f"doit also skips what needs an ignored task: {listed}\n")


def meant(tasks: Mapping[str, Any], names: Iterable[str]) -> set[str]:
    """The tasks to mark: of a group with cells just these, or else undoing one of them would leave more behind."""
    found: set[str] = set()
    for name in names:
        reached = {task for task in through_groups(tasks, [name]) if tasks[task].actions}
        found |= {task for task in reached if (tasks[task].meta or {}).get("cell")} or reached
    return found


def dependents(tasks: Mapping[str, Any], ignored: set[str]) -> set[str]:
    """The other tasks that depend on an ignored one, directly or not."""
    return {name for name in tasks if name not in ignored and closure_of(tasks, [name]) & ignored}
