"""What a session loses, and what it measures again for that: failed samples and disturbed blocks; what it gives up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from tasks.measure.archive import GIVE_UP_AFTER
from tasks.measure.disturbed import Key
from tasks.measure.progress import Progress
from tasks.measure.sample_file import SUSPENDED, Sample
from tasks.measure.schedule import Need
from tasks.measure.state import State
from tasks.shared import console
from tasks.shared.cell import Cell
from tasks.shared.project import Project


class Losses:
    """The losses of one session so far. ``dropped`` holds the (version, unit) cells that were given up."""

    def __init__(self, project: Project, state: State, session: str, progress: Progress) -> None:
        self._project = project
        self._state = state
        self._session = session
        self._progress = progress
        self.dropped: set[tuple[str, str]] = set()
        self._failures: dict[tuple[str, str], int] = {}
        #: Samples that are to be made up for, by the round of each.
        self._lost: dict[tuple[str, str], list[int]] = {}
        self._repeated: set[Key] = set()

    def begin(self, cell: Cell) -> None:
        """A cell is about to be measured; it may have failed before this session."""
        self._failures.setdefault((cell.version, cell.unit), self._state.failures_in_a_row(cell))

    def drop(self, cell: Cell) -> None:
        """Give a cell up."""
        self.dropped.add((cell.version, cell.unit))
        self._progress.give_up(cell)

    def judge(self, version: str, sample: Sample) -> None:
        """Give a cell up when it fails time and again: that costs this cell, not the session."""
        key = (version, sample.unit)
        if sample.status == "ok":
            self._failures[key] = 0
            return
        self._lost.setdefault(key, []).append(sample.round)
        if sample.status == SUSPENDED:
            console.warn(f"a sample of {sample.unit} is discarded: {sample.lines[0]}")
            return
        self._failures[key] = self._failures.get(key, 0) + 1
        if self._failures[key] >= GIVE_UP_AFTER:
            self.drop(Cell(*key))
            label = self._project.version(version).label
            said = console.quoted(sample.lines)
            console.warn(f"{sample.unit} failed in {label} ({sample.status}) and is given up; it said:\n{said}")

    def to_make_up(self, needs: Sequence[Need]) -> list[Need]:
        """The rounds that make up for what these needs have lost since this was asked before; it is said, too.

        A disturbed block is repeated as a whole, and so is one in which a sample failed, to have a block again.
        """
        archive = self._state.archive
        disturbed = archive.excluded(self._session, archive.listing().get(self._session, ()))
        again = {key: rule for key, rule in disturbed.items() if key not in self._repeated}
        self._repeated |= again.keys()
        blocks = Counter(unit for _, unit in again)
        self._say_what_was_disturbed(again)
        samples: dict[str, int] = {}
        for (version, unit), rounds in sorted(self._lost.items()):
            lost = sum((number, unit) not in disturbed for number in rounds)
            if lost and (version, unit) not in self.dropped:
                samples[unit] = max(samples.get(unit, 0), lost)
                label = self._project.version(version).label
                console.say(f"a sample of {unit} in {label} was lost; it is made up for")
        self._lost.clear()
        return [
            replace(need, rounds=dict.fromkeys(need.rounds, extra))
            for need in needs
            if (extra := blocks[need.unit] + samples.get(need.unit, 0))
        ]

    def _say_what_was_disturbed(self, blocks: dict[Key, str]) -> None:
        by_rule = Counter(blocks.values())
        if by_rule:
            listed = ", ".join(f"{count} x {rule}" for rule, count in sorted(by_rule.items()))
            console.say(f"disturbed blocks, which count nowhere and are measured again: {listed} (docs/statistics.md)")
