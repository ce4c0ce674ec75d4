"""Which tasks a run would execute, and why each of them: asked of doit and of the files, with nothing changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from doit.globals import Globals

from tasks.compare.pairs import rules_file
from tasks.measure.analysis import changed_limits, judgement_file
from tasks.shared.project import Project
from tasks.shared.verified import verified_for

#: Files that are named; of more, their number is told.
_NAMED = 2


@dataclass
class Forecast:
    """The tasks that would run, in the order in which they would, each with its reasons in words.

    Whether a task runs that only takes what others make anew shows when these have run: the same content is no change.
    """

    project: Project
    tasks: Mapping[str, Any]
    reasons: dict[str, list[str]] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)

    def of(self, names: Iterable[str]) -> Forecast:
        """This forecast, with these tasks and all that they need."""
        for name in names:
            self._visit(name)
        return self

    def _visit(self, name: str) -> None:
        if name in self._seen:
            return
        self._seen.add(name)
        task = self.tasks[name]
        if Globals.dep_manager.status_is_ignore(task):
            return
        self.of(task.task_dep)
        if not task.actions:
            return
        reasons = self._why(task)
        if reasons:
            self.of(task.setup_tasks)
            self.reasons[name] = reasons

    def _why(self, task: Any) -> list[str]:
        status = Globals.dep_manager.get_status(task, self.tasks, get_log=True)
        made_anew = [name for name in task.task_dep if name in self.reasons and self._takes_from(task, name)]
        if made_anew and status.status in ("up-to-date", "error"):
            return [f"what {_listed(made_anew)} makes"]
        return self._in_words(task, status.reasons) if status.status != "up-to-date" else []

    def _takes_from(self, task: Any, name: str) -> bool:
        return bool(set(self.tasks[name].targets) & set(task.file_dep))

    def _in_words(self, task: Any, reasons: Mapping[str, Any]) -> list[str]:
        """The reason that explains most; doit may have found several."""
        for key, words in (("missing_target", "no {}"), ("missing_file_dep", "no {} to make it from")):
            if reasons.get(key):
                return [words.format(_listed(reasons[key]))]
        if task.file_dep and Globals.dep_manager.backend.get(task.name, "deps:") is None:
            return ["doit has no record of having made it"]
        changed = set(reasons.get("changed_file_dep") or ())
        limits = self.project.relative(judgement_file(self.project))
        of_limits = changed_limits(self.project, task.name.rpartition(":")[2]) if limits in changed else []
        rules = self.project.relative(rules_file(self.project))
        of_limits += ["alpha, margins or count of comparisons changed"] if rules in changed else []
        for key, words in (
            ("added_file_dep", "{} is new among what it is made from"),
            ("removed_file_dep", "{} is no longer among what it is made from"),
        ):
            if reasons.get(key):
                return [*of_limits, words.format(_listed(reasons[key]))]
        if changed - {limits, rules}:
            return [*of_limits, f"{_listed(changed - {limits, rules})} changed"]
        fallback = "what it made is not of today's settings or sources" if task.file_dep else "it always runs"
        fallback = (task.meta or {}).get("why", fallback)
        return of_limits or self._touched(task) or [fallback]

    def _touched(self, task: Any) -> list[str]:
        verified = verified_for(self.project.paths.verified)
        paths = [self.project.paths.root / target for target in task.targets]
        return [
            f"{self.project.relative(path)} is not as it was made: somebody changed it"
            for path in paths
            if self.project.paths.build not in path.parents and path.is_file() and not verified.knows(path)
        ][:_NAMED]


def _listed(names: Iterable[str]) -> str:
    everything = sorted(names)
    more = f" and {len(everything) - _NAMED} more" if len(everything) > _NAMED else ""
    return ", ".join(everything[:_NAMED]) + more
