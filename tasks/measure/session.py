"""One session: the rounds that one `doit` runs, over all cells that are both selected and stale."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from tasks.measure import names
from tasks.measure.blocks import write_missing_blocks
from tasks.measure.controls import choose_controls
from tasks.measure.failed import write_failed_lists
from tasks.measure.kept_inputs import keep_inputs
from tasks.measure.losses import Losses
from tasks.measure.not_built import not_built, say_what_does_not_compile
from tasks.measure.progress import Progress
from tasks.measure.rounds import run_round
from tasks.measure.sample_file import Head, Sample
from tasks.measure.schedule import Need, plan_round, round_count
from tasks.measure.spending import Spending
from tasks.measure.state import State
from tasks.measure.surroundings import go_version, provenance_of, read_fingerprints, read_records, scratch_folder
from tasks.measure.syscheck import keep_with_session
from tasks.measure.system import System, bench_of
from tasks.measure.view import View, announce, say_interrupted, say_outcome, show
from tasks.measure.writer import SessionWriter, new_session
from tasks.shared import console
from tasks.shared.cell import Cell, package_of
from tasks.shared.errors import PerfError
from tasks.shared.files import remove_tree
from tasks.shared.locks import hold
from tasks.shared.project import Project

#: How often a phase makes up for what it has lost; what is missing then, the next doit measures.
_MOST_MAKE_UPS = 5

#: What the n-th retry of a session (from 1) is to measure, by what is known then; nothing ends the retries.
Retries = Callable[[State, int], Sequence[Need]]


def run_session(project: Project, state_of: Callable[[], State], cells: Sequence[Cell], system: System) -> None:
    """Measure what the selected cells need today, then again what is too noisy.

    ``state_of`` is called once the machine is ours: another `doit` may have measured in the meantime.
    """

    blocks: dict[str, Mapping[str, int]] = {}

    def main(state: State) -> tuple[list[Need], list[Cell]]:
        # A kill may have left samples that no receipt knows of.
        state.catch_up(cells)
        needs = state.needs(cells)
        # What only lacks some rounds, after a kill, has had most of its blocks with all the others.
        blocks.update({need.unit: need.rounds for need in needs if state.whole(need)})
        return needs, state.companions(cells, needs)

    def retries(state: State, number: int) -> Sequence[Need]:
        if number > project.settings.max_reruns or project.settings.budget:
            return ()
        # A unit that this session measures is retried in the versions that its blocks have, unless it is one of the
        # others that fails.
        in_blocks = {unit for unit, versions in blocks.items() if state.retry_rounds_left(unit, list(versions))}
        return state.retries([c for c in cells if c.unit not in in_blocks or c.version in blocks[c.unit]])

    _run(project, state_of, main, retries, system)


def run_retries(project: Project, state_of: Callable[[], State], retries: Retries, system: System) -> bool:
    """Retry on demand, with no main rounds before; whether there was anything to run again."""
    return _run(project, state_of, lambda _: ([], []), retries, system)


def _run(
    project: Project,
    state_of: Callable[[], State],
    main: Callable[[State], tuple[list[Need], list[Cell]]],
    retries: Retries,
    system: System,
) -> bool:
    """Nothing is measured while another session runs. Whether there was anything to measure.

    ``main`` tells what the main rounds measure, and which cells may join in retries only.
    """
    with hold(system.lock, exclusive=True, waiting=console.say) as descriptor:
        state = state_of()
        needs, companions = main(state)
        remove_tree(scratch_folder(project))
        write_missing_blocks(project.tree)
        for problem in state.archive.problems():
            console.warn_once(problem)
        # Retries that are due already may be of packages that the main rounds do not need.
        due = retries(state, 1)
        if not needs and not due:
            return False
        _Session(project, state, needs, due, companions, retries, system, descriptor).run()
        return True


class _Session:
    """The state of a running session."""

    def __init__(
        self,
        project: Project,
        state: State,
        needs: Sequence[Need],
        due: Sequence[Need],
        companions: Sequence[Cell],
        retries: Retries,
        system: System,
        lock_descriptor: int,
    ) -> None:
        self.project = project
        self.state = state
        self.retries = retries
        self.system = system
        self.started = system.clock.now()
        self.name = new_session(project.tree, self.started)
        self.seed = random.SystemRandom().randrange(1, 2**31)
        self.due = due
        joining = [Need(cell.unit, {cell.version: 0}) for cell in companions]
        kept, self.records = read_records(project, [*needs, *due, *joining])
        self.needs = kept[: len(needs)]
        self.fingerprints = read_fingerprints(state, sorted({version for version, _ in self.records}))
        self.measured: set[Cell] = set()
        self.controls = choose_controls(self.needs, state.archive.control_samples(), self.seed)
        self.kind = names.BUDGET if project.settings.budget else names.MAIN
        self.round = 0
        self.is_over: Callable[[], bool] = lambda: False
        labels = {version.exact: version.label for version in project.config.versions}
        self.writer = SessionWriter(self.name, lambda v: project.tree.version(labels[v]), self._head, project.machine)
        self.progress = Progress(project, state, self.name, self.started, on_demand=not needs)
        self.losses = Losses(project, state, self.name, self.progress)
        self.bench = bench_of(project, self.records, system, lock_descriptor)

    def run(self) -> None:
        """Run all rounds; whatever ends it, what was finished is kept and the progress file tells."""
        outcome = "interrupted"
        try:
            keep_with_session(self.project, self.name)
            announce(self.project, self.state, self.needs, [] if self.needs else self.due)
            self._record_what_was_not_built()
            keep_inputs(self.project, self.name, [*self.needs, *self.due])
            self.bench.folder.mkdir(parents=True, exist_ok=True)
            with show(self.progress, self.project.settings, self.system.clock) as view:
                if self.project.settings.budget:
                    self._spend(view)
                else:
                    self._main_rounds(view)
                    self._retries(view)
            outcome = "finished"
        finally:
            # On a full disk neither may hide what ended the session.
            with contextlib.suppress(PerfError, OSError):
                self.writer.close()
                self.progress.write(outcome, self.system.clock.now())
            if outcome == "interrupted":
                say_interrupted(self.progress)
        write_missing_blocks(self.project.tree)
        if not self.project.settings.budget:
            self._list_what_fails()
        say_outcome(self.progress, self.system.clock.now())

    def _list_what_fails(self) -> None:
        versions = sorted({cell.version for cell in self.measured})
        units = sorted({unit for version in versions for unit in self.fingerprints[version]})
        for path in write_failed_lists(self.project, self.state, self.name, versions, units):
            console.say(f"what is still too noisy is listed in {self.project.relative(path)}")

    def _main_rounds(self, view: View) -> None:
        """The rounds that are wanted, then more for what was lost in them."""
        self._phase("main", self.needs)
        self._rounds(self.needs, view)
        self._make_up(self.needs, view)
        self._adopt(self.needs)

    def _spend(self, view: View) -> None:
        """Rounds of what narrows the answers most. What is lost leaves an interval wide, and that alone decides."""
        self._phase("budget", self.needs)
        dropped, clock = self.losses.dropped, self.system.clock
        spending = Spending(self.state, self.needs, self.controls, self.progress, dropped, clock)
        self.is_over = spending.is_over
        spending.announce()
        while needs := spending.next_blocks():
            self.round += 1
            self._round(needs, self.round, view)
        self._adopt(self.needs)
        spending.say_outcome()

    def _make_up(self, needs: Sequence[Need], view: View) -> None:
        """Measure again what was disturbed or has failed once, also in these rounds themselves."""
        for _ in range(_MOST_MAKE_UPS):
            again = self.losses.to_make_up(needs)
            if not again:
                return
            self._phase("make-up", again)
            self._rounds(again, view)

    def _retries(self, view: View) -> None:
        """More rounds of what fails, until nothing does or the retries are used up."""
        number = 1
        while needs := [self._with_known_reference(need) for need in self.retries(self.state, number)]:
            self.kind = names.retry(number)
            self._phase(self.kind, needs)
            self._rounds(needs, view)
            self._make_up(needs, view)
            self._adopt(needs)
            number += 1

    def _rounds(self, needs: Sequence[Need], view: View) -> None:
        first = self.round + 1
        for number in range(first, self.round + round_count(needs) + 1):
            self.round = number
            self._round(needs, first, view)

    def _round(self, needs: Sequence[Need], first: int, view: View) -> None:
        """The round at hand of a phase that began with round ``first``."""
        fresh = self.project.settings.layouts == "fresh"

        def emit(version: str, kind: str, sample: Sample) -> None:
            self.writer.append(version, self.kind if kind == names.MAIN else kind, sample)
            if kind != names.CONTROL:
                self.losses.judge(version, sample)
            self.progress.count(version, sample, counts=kind == names.MAIN)
            self.progress.write_now_and_then(self.system.clock.now())
            view.update(version, sample)

        # Round numbers go on through the phases of a session, so that they name its blocks.
        plan = plan_round(needs, self.round, self.seed, fresh, first, () if self.is_retrying else self.controls)
        self.progress.begin_round(self.system.clock.now(), len(plan.binaries))
        run_round(self.name, plan, self.bench, self.losses.dropped, emit, self.is_over)
        self.writer.sync()

    @property
    def is_retrying(self) -> bool:
        """Retries have no controls: they would not be those of a quarter of the units any more."""
        return names.is_retry(self.kind)

    def _phase(self, phase: str, needs: Sequence[Need]) -> None:
        for need in needs:
            for version in need.rounds:
                cell = Cell(version, need.unit)
                self.measured.add(cell)
                self.losses.begin(cell)
        self.progress.begin(phase, needs, () if self.is_retrying else self.controls)

    def _adopt(self, needs: Sequence[Need]) -> None:
        """Write the receipts of what was measured: what is to be retried is decided by them."""
        for need in needs:
            for version in need.rounds:
                self.state.adopt(Cell(version, need.unit))

    def _with_known_reference(self, need: Need) -> Need:
        built = self.records.get((need.reference or "", package_of(need.unit)), {}).get("status") == "built"
        return need if built else replace(need, reference=None)

    def _record_what_was_not_built(self) -> None:
        """A package that does not compile for a version is a result of each of its cells there."""
        for version, sample in not_built(self.project, self.needs, self.records, self.name, self.started):
            self.writer.append(version, self.kind, sample)
            self.losses.drop(Cell(version, sample.unit))
        say_what_does_not_compile(self.project, self.records)

    def _head(self, version: str, kind: str) -> Head:
        said = go_version(self.project, version, self.system.processes)
        provenance = provenance_of(self.project, version, self.records, self.seed, self.started, said)
        return Head(self.name, kind, version, self.project.conditions, self.fingerprints[version], provenance)
