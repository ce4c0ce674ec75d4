"""Samples of one cell that lie in one file: those of them that are meant, without an object for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Any

from tasks.measure.columns import Leaf, read_columns
from tasks.measure.reader import SampleFile, Series
from tasks.measure.sample_file import Head, Sample
from tasks.shared.files import sha256


@dataclass(frozen=True)
class Part:
    """Some samples of a unit in a file, by their places in its series; ``name`` is the file's path below the tree."""

    file: SampleFile
    name: str
    unit: str
    #: The rule by which a round counts nowhere, of those that were disturbed.
    rules: Mapping[int, str] = field(default_factory=dict)
    #: Places in ascending order; None: all.
    _places: Sequence[int] | None = None

    @property
    def series(self) -> Series:
        return self.file.series[self.unit]

    @property
    def head(self) -> Head:
        return self.file.head

    @property
    def chosen(self) -> Sequence[int]:
        """The places of the samples that are meant."""
        return range(len(self.series.rounds)) if self._places is None else self._places

    @property
    def statuses(self) -> list[str]:
        """The status of each."""
        statuses = self.series.statuses
        return statuses if self._places is None else [statuses[place] for place in self._places]

    def where(self, keep: Callable[[str], bool]) -> Part:
        """Those whose status is such."""
        statuses = self.series.statuses
        if all(map(keep, set(statuses))):
            return self
        return replace(self, _places=[place for place in self.chosen if keep(statuses[place])])

    def after(self, number: int) -> Part:
        """Those of later rounds."""
        rounds = self.series.rounds
        if not rounds or min(rounds) > number:
            return self
        return replace(self, _places=[place for place in self.chosen if rounds[place] > number])

    def of(self, numbers: Set[int]) -> Part:
        """Those of these rounds."""
        rounds = self.series.rounds
        if numbers >= set(rounds):
            return self
        return replace(self, _places=[place for place in self.chosen if rounds[place] in numbers])

    def undisturbed(self) -> Part:
        """Those of blocks that were not disturbed."""
        rounds = self.series.rounds
        if not self.rules or self.rules.keys().isdisjoint(rounds):
            return self
        return replace(self, _places=[place for place in self.chosen if rounds[place] not in self.rules])

    def excluded(self) -> list[dict[str, Any]]:
        """What a receipt says of those that were disturbed."""
        series = self.series
        return [
            {"file": self.name, "round": number, "sha256": series.digest(place), "rule": self.rules[number]}
            for place in self.chosen
            if (number := series.rounds[place]) in self.rules
        ]

    def without(self, others: Iterable[Part]) -> Part:
        """Those that are not in other parts as well, by their hashes."""
        known = {part.series.digest(place) for part in others for place in part.chosen}
        return replace(self, _places=[place for place in self.chosen if self.series.digest(place) not in known])

    def samples(self) -> list[Sample]:
        """All of them, in order."""
        by_digest = self.file.by_digest
        return [by_digest[self.series.digest(place)] for place in self.chosen]

    def sample(self, index: int) -> Sample:
        """One of them, read from the file; -1 is the last."""
        return self.file.sample(self.unit, self.chosen[index])

    @property
    def began(self) -> str:
        """When the first of them was taken, RFC 3339."""
        return self.series.time(self.chosen[0])

    @property
    def ended(self) -> str:
        """When the last of them was taken, RFC 3339."""
        return self.series.time(self.chosen[-1])

    @property
    def layouts(self) -> list[int]:
        """The linker's seed of each; 0 is Go's own order."""
        return [self.series.layouts[place] for place in self.chosen]

    def result_lines(self) -> bytes:
        """Their result lines, as they stand."""
        return self.series.result_lines(self.chosen)

    def document(self) -> dict[str, Any]:
        """What a receipt says of them: the file, the rounds, and a hash of the samples' hashes."""
        rounds = sorted({self.series.rounds[place] for place in self.chosen})
        return {"file": self.name, "rounds": _ranges(rounds), "sha256": self.digest()}

    def digest(self) -> str:
        """A hash of all their hashes, in order."""
        if self._places is None:
            return sha256(bytes(self.series.digests))
        return sha256("".join(map(self.series.digest, self._places)))


def columns_of(parts: Sequence[Part]) -> dict[str, Leaf]:
    """The results of several parts, one after the other; all of their samples must be ok."""
    return read_columns(b"".join(part.result_lines() for part in parts), sum(len(part.chosen) for part in parts))


def is_ok(status: str) -> bool:
    """The samples that count as such."""
    return status == "ok"


def part_of(file: SampleFile, unit: str, entry: Mapping[str, Any]) -> Part | None:
    """The samples in a file that an entry of a receipt names; None if the file does not hold just these.

    Of a file that was not checked nothing but their being there is known.
    """
    if unit not in file.series:
        return None
    numbers = {number for first, last in entry["rounds"] for number in range(first, last + 1)}
    part = Part(file, entry["file"], unit).of(numbers).where(is_ok)
    if file.is_checked:
        return part if part.digest() == entry["sha256"] else None
    return part if len(part.chosen) == len(numbers) else None


def _ranges(numbers: Sequence[int]) -> list[list[int]]:
    """``[[1, 40], [42, 60]]`` of ascending numbers."""
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return found
