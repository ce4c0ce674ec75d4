"""`doit why` says what is stale and which input changed; `doit --dry-run` lists what would run. Neither runs a task."""

from __future__ import annotations

from collections.abc import Sequence

from doit.control import TaskControl

from tasks.engine.forecast import Forecast
from tasks.engine.planning import Prepared, prepare
from tasks.engine.reporter import Reporter
from tasks.engine.selection import Command, by_group, in_words, mistakes_told
from tasks.measure.state_cache import state_for
from tasks.measure.why import Cause, causes
from tasks.shared.clock import for_people
from tasks.shared.project import Project

#: Names that stand in a line; of more, their number is told.
_NAMED = 4


class _Ahead(Command):
    """A command that looks ahead as a run would, and stops there."""

    doc_usage = "[TASK ...]"
    cmd_options = ()

    def _execute(self) -> int:
        control = TaskControl(self.task_list)
        control.process(self.sel_tasks)
        project = Reporter.project
        assert project is not None
        with mistakes_told():
            prepared = prepare(project, Reporter.units, control.tasks, control.selected_tasks, Reporter.others)
            forecast = Forecast(project, control.tasks).of(control.selected_tasks)
            self._say(project, prepared, forecast)
        self.dep_manager.close()
        return 0

    def _say(self, project: Project, prepared: Prepared, forecast: Forecast) -> None:
        raise NotImplementedError


class DryRun(_Ahead):
    """`doit --dry-run`."""

    name = "dry-run"
    doc_purpose = "list what a run would do"

    def _say(self, project: Project, prepared: Prepared, forecast: Forecast) -> None:
        """A line for each group of tasks, in their order."""
        if not forecast.reasons:
            self.outstream.write("nothing would run: everything is up to date\n")
            return
        for group, members in by_group(forecast.tasks, forecast.reasons).items():
            self.outstream.write(f"{in_words(forecast.tasks, group, members)}\n")
        cells = sum(len(need.rounds) for need in (*prepared.needs, *prepared.retries))
        amount = f"{len(forecast.reasons)} tasks and measure {cells} cells, about {for_people(prepared.seconds)}"
        self.outstream.write(f"would run {amount}; nothing was changed\n")


class Why(_Ahead):
    """`doit why`."""

    name = "why"
    doc_purpose = "say what is stale and why: which input changed, its old and new value, and what that will cost"
    doc_description = "Without a task: of all that a plain `doit` brings up to date. Nothing is run."

    def _say(self, project: Project, prepared: Prepared, forecast: Forecast) -> None:
        """What is to be measured, by reason; then what is made again without measuring."""
        state = state_for(project)
        for problem in state.archive.problems():
            self.outstream.write(f"{problem}\n")
        found = causes(state, prepared.needs, prepared.retries)
        if found:
            most = "as far as it goes in" if project.settings.budget else "about"
            self.outstream.write(f"to be measured, {most} {for_people(prepared.measuring)}:\n")
        for words, group in _by_reason(found).items():
            self.outstream.write(f"  {_cells_in_words(project, group)}\n")
            for line in words:
                self.outstream.write(f"      {line}\n")
        cells = {name for name in forecast.reasons if (forecast.tasks[name].meta or {}).get("cell")}
        others = [name for name in forecast.reasons if name not in cells and name != "session"]
        if others:
            self.outstream.write("to be made, without measuring:\n")
        for name in others:
            self.outstream.write(f"  {name}: {'; '.join(forecast.reasons[name])}\n")
        receipts = len(cells) - len({cause.cell for cause in found})
        if receipts > 0:
            self.outstream.write(f"  {receipts} receipts: made again from the texts\n")
        if not forecast.reasons:
            self.outstream.write("nothing is stale\n")


def _by_reason(found: Sequence[Cause]) -> dict[tuple[str, ...], list[Cause]]:
    groups: dict[tuple[str, ...], list[Cause]] = {}
    for cause in found:
        groups.setdefault(cause.words, []).append(cause)
    return groups


def _cells_in_words(project: Project, group: Sequence[Cause]) -> str:
    units = list(dict.fromkeys(cause.cell.unit for cause in group))
    versions = {cause.cell.version for cause in group}
    labels = [version.label for version in project.config.versions if version.exact in versions]
    rounds = sorted({cause.rounds for cause in group})
    if project.settings.budget:
        return f"{_listed(units)} in {', '.join(labels)}"
    span = str(rounds[0]) if len(rounds) == 1 else f"{rounds[0]} to {rounds[-1]}"
    return f"{_listed(units)} in {', '.join(labels)}: {span} rounds"


def _listed(units: Sequence[str]) -> str:
    return ", ".join(units[:_NAMED]) + (f" and {len(units) - _NAMED} more" if len(units) > _NAMED else "")
