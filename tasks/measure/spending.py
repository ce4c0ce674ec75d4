"""A budget as a session spends it: what the texts tell of each unit, what to measure next, and what is said of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from statistics import median

from tasks.measure.allocation import Aim, Candidate, choose, cost_of, forecast, widths
from tasks.measure.precision import Interval, least, target_of, telling
from tasks.measure.progress import Progress
from tasks.measure.schedule import Need
from tasks.measure.state import State
from tasks.measure.unfinished import unfinished
from tasks.shared import console
from tasks.shared.cell import Cell
from tasks.shared.clock import Clock, for_people

#: Of so many intervals the widest are left out when it is told how wide the others are at most.
_ONE_IN = 10
#: How many of the widest are named.
_NAMED = 3


class Spending:
    """What is left of a budget, and where it does most good. ``dropped`` are the (version, unit) given up."""

    def __init__(
        self,
        state: State,
        needs: Sequence[Need],
        controls: Collection[str],
        progress: Progress,
        dropped: Collection[tuple[str, str]],
        clock: Clock,
    ) -> None:
        self._state = state
        self._least = least(state.project.config)
        self._needs = {need.unit: need for need in needs}
        self._controls = controls
        self._progress = progress
        self._pace = progress.pace
        self._dropped = dropped
        self._clock = clock
        # Not by the wall clock, which may be set back.
        self._ends = clock.monotonic() + state.project.settings.budget
        self._given: Counter[str] = Counter()
        #: What the texts told of a unit, until it is measured again or loses a version.
        self._known: dict[str, tuple[Need, Candidate]] = {}

    def candidates(self) -> list[Candidate]:
        """All units of the session in which there is a version left to measure, as the texts have them now."""
        found = []
        for unit in self._needs:
            need = self._what_is_left(unit)
            known = self._known.get(unit)
            if need.rounds and (known is None or known[0] != need):
                self._known[unit] = known = need, self._candidate(need)
            if need.rounds and known:
                found.append(known[1])
        return found

    def _what_is_left(self, unit: str) -> Need:
        """The need of a unit without what was given up; a reference joins a version that stands alone."""
        need = self._needs[unit]
        there = [v for v in (*need.rounds, need.reference) if v and (v, unit) not in self._dropped]
        rounds = {version: 1 for version in need.rounds if version in there}
        return Need(unit, rounds, need.reference if len(rounds) == 1 and need.reference in there else None)

    def _candidate(self, need: Need) -> Candidate:
        state, settings = self._state, self._state.project.settings
        there = {*need.rounds, need.reference}
        block = [version.exact for version in state.project.config.versions if version.exact in there]
        aims: dict[tuple[frozenset[str], str], Aim] = {}
        counted = []
        for version in need.rounds:
            receipt = state.derive(Cell(version, need.unit))
            intervals = telling(receipt, state.shared_intervals(receipt), block) if receipt else []
            # A mean is what there is to know of a lone version only.
            its = [interval for interval in intervals if interval.other or len(block) == 1]
            counted.append(min((interval.blocks for interval in its), default=0))
            for interval in its:
                target = target_of(state.project.config, settings, need.unit, interval.name)
                aims[frozenset({version, interval.other}), interval.name] = Aim(interval, target, self._least)
        samples = len(block) + (need.unit in self._controls and len(block) > 1)
        unknown = Aim(Interval("", "", 0, None), settings.budget_target / 100, self._least)
        return Candidate(
            unit=need.unit,
            aims=tuple(aims.values()) or (unknown,),
            blocks=max(min(counted), self._given[need.unit]),
            seconds=samples * self._pace.of_sample(need.unit),
            binaries=samples,
        )

    @property
    def left(self) -> float:
        """Seconds of the budget that are not spent yet."""
        return self._ends - self._clock.monotonic()

    def is_over(self) -> bool:
        """Whether it is spent."""
        return self.left <= 0

    @property
    def _link(self) -> float:
        return self._progress.pace.of_binary(self._clock.now())

    def next_blocks(self) -> list[Need]:
        """The needs, one block of each, that the next round measures; none when the budget is spent or not needed."""
        candidates = self._with_todays_pace()
        chosen = choose(candidates, self._link, self.left)
        for candidate in chosen:
            self._given[candidate.unit] += 1
            self._known.pop(candidate.unit, None)
        needs = [self._needs[candidate.unit] for candidate in chosen]
        if needs:
            self._progress.want(needs, sum(not candidate.is_open for candidate in candidates))
        return needs

    def _with_todays_pace(self) -> list[Candidate]:
        return [replace(c, seconds=c.binaries * self._pace.of_sample(c.unit)) for c in self.candidates()]

    def announce(self) -> None:
        """Say what the budget is for, how wide the intervals are, and how wide they are expected to become."""
        project = self._state.project
        settings = project.settings
        candidates = self.candidates()
        versions = {version for need in self._needs.values() for version in need.rounds}
        labels = ", ".join(version.label for version in project.config.versions if version.exact in versions)
        expected = forecast(candidates, self._link, self.left)
        console.say(
            f"spending {for_people(settings.budget)} on {len(candidates)} benchmark functions in {labels}: rounds of "
            f"{settings.benchtime_text} samples, {settings.layouts} layouts, of what narrows the answers most"
        )
        console.say(f"95 % intervals now: {in_words(candidates)}; expected then: {in_words(expected)}")
        fewest = min((candidate.blocks for candidate in expected), default=self._least)
        if fewest < self._least:
            whole = cost_of(candidates, self._link)
            console.warn(
                f"that is too short for {self._least} rounds of each, the least that an interval is believed from: "
                f"it is expected to give {fewest} to some. A round of all takes about {for_people(whole)}"
            )

    def say_outcome(self) -> None:
        """Say how wide the intervals have become, what is widest, and what was left unfinished."""
        state, candidates = self._state, self.candidates()
        console.say(f"95 % intervals achieved: {in_words(candidates)}")
        open_ = [(aim, c.unit) for c in candidates for aim in c.aims if aim.interval.half_width and not aim.is_met]
        open_.sort(key=lambda row: -(row[0].interval.half_width or 0))
        if open_:
            console.say("widest: " + ", ".join(self._named(aim, unit) for aim, unit in open_[:_NAMED]))
        if candidates and not any(candidate.is_open for candidate in candidates):
            console.say(f"all that is measured is known well enough; {for_people(max(0.0, self.left))} were not needed")
        cells = [Cell(version, need.unit) for need in self._needs.values() for version in need.rounds]
        left = unfinished(state, cells)
        if left:
            units = len({cell.unit for cell in left})
            console.say(
                f"the budget left {len(left)} cells of {units} benchmark functions unfinished: "
                f"the next `doit{state.project.words}` completes them, another budget narrows them further"
            )

    def _named(self, aim: Aim, unit: str) -> str:
        interval = aim.interval
        label = f" to {self._state.project.version(interval.other).label}" if interval.other else ""
        return f"{unit.partition('.')[0]}.{interval.name}{label} +-{interval.half_width:.1%}"


def in_words(candidates: Sequence[Candidate]) -> str:
    """``31 of 152 within their target, median +-2.4 %, 9 of 10 within +-5.1 %``."""
    aims = [aim for candidate in candidates for aim in candidate.aims]
    found = widths(candidates)
    met = sum(aim.is_met for aim in aims)
    unknown = len(aims) - len(found)
    if not found:
        return "none known"
    words = f"{met} of {len(aims)} within their target, median +-{median(found):.1%}, "
    words += f"9 of 10 within +-{found[len(found) // _ONE_IN]:.1%}"
    return words + (f", {unknown} not known" if unknown else "")
