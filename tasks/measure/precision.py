"""How well the benchmarks of a cell are known: by their ratios to the versions in the same blocks, or by their mean.

Times alone are looked at. A budget spends its time by these intervals, and a cell that it has left with fewer than
`count` rounds is up to date while they are within its target. Never a p-value: stopping at a width is sound
(docs/statistics.md), stopping at a significant difference is not.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tasks.measure import names
from tasks.measure.part import Part, columns_of, is_ok
from tasks.measure.reader import SampleFile
from tasks.shared.benchfmt import TIME
from tasks.shared.cell import package_of
from tasks.shared.config import Config
from tasks.shared.settings import Settings
from tasks.shared.signed_rank import blocks_needed, estimate
from tasks.shared.statistics import cv_of, mean_interval

#: No interval counts before so many blocks: widths of fewer are themselves too uncertain to stop at.
LEAST = 12
#: As many benchmarks as a suite like this one may have (it has 76), among which a change is to be found.
_SUITE = 100

#: A block: its session and its round there.
Key = tuple[str, int]


@dataclass(frozen=True)
class Interval:
    """The 95 % interval of a benchmark's ln(ratio) to the ``other`` version in the same blocks.

    Of a lone version ``other`` is empty, and the interval is that of its mean, as a fraction of it. ``half_width`` is
    None where there are too few blocks for any.
    """

    name: str
    other: str
    blocks: int
    half_width: float | None

    def document(self) -> dict[str, Any]:
        """What a receipt says of it."""
        return asdict(self)


def shared_intervals(
    version: str, unit: str, parts: Sequence[Part], texts_of: Callable[[str], Iterable[SampleFile]]
) -> list[Interval]:
    """The intervals of a cell against each version that was in its blocks.

    ``parts`` are its good samples that count; ``texts_of`` gives all texts of a session. Others take part as they were
    then, whatever has become of their code since: a cell does not become stale by what is done to another. If their
    code has changed between blocks, only those of its newest one are taken.
    """
    mine: dict[str, dict[Key, float]] = {}
    for part in parts:
        for name, times in _times(part).items():
            mine.setdefault(name, {}).update(times)
    theirs: dict[str, tuple[str, dict[str, dict[Key, float]]]] = {}
    rounds: dict[str, set[int]] = {}
    for part in parts:
        rounds.setdefault(part.head.session, set()).update(part.series.rounds[place] for place in part.chosen)
    for session, numbers in sorted(rounds.items()):
        for other, part in _beside(version, unit, numbers, texts_of(session)):
            fingerprint = part.head.fingerprints.get(unit, "")
            if other not in theirs or theirs[other][0] != fingerprint:
                theirs[other] = fingerprint, {}
            for name, times in _times(part).items():
                theirs[other][1].setdefault(name, {}).update(times)
    found = []
    for other, (_, leaves) in sorted(theirs.items()):
        for name in sorted(mine.keys() & leaves.keys()):
            pairs = [(leaves[name][key], time) for key, time in sorted(mine[name].items()) if key in leaves[name]]
            # A time of zero has no ratio.
            if pairs and min(min(pair) for pair in pairs) > 0:
                found.append(Interval(name, other, len(pairs), _half_width(pairs)))
    return found


def _beside(version: str, unit: str, numbers: set[int], texts: Iterable[SampleFile]) -> Iterable[tuple[str, Part]]:
    """The good samples of other versions in these rounds of a session, those of references too."""
    for file in texts:
        kind = file.head.kind
        takes_part = names.counts(kind) or kind == names.REFERENCE
        if takes_part and file.head.version != version and unit in file.series:
            part = Part(file, file.path.name, unit).of(numbers).where(is_ok)
            if part.chosen:
                yield file.head.version, part


def _times(part: Part) -> dict[str, dict[Key, float]]:
    """The times of each benchmark in good samples, by block."""
    session = part.head.session
    keys = [(session, part.series.rounds[place]) for place in part.chosen]
    columns = {name: leaf.values[TIME] for name, leaf in columns_of([part]).items() if TIME in leaf.values}
    if all(len(times) == len(keys) for times in columns.values()):
        return {name: dict(zip(keys, times, strict=True)) for name, times in columns.items()}
    # Some sample lacks a benchmark that others have: each is to be read by itself.
    found: dict[str, dict[Key, float]] = {}
    for key, sample in zip(keys, part.samples(), strict=True):
        for name, time in sample.times.items():
            found.setdefault(name, {})[key] = time
    return found


def _half_width(pairs: Sequence[tuple[float, float]]) -> float | None:
    interval = estimate([math.log(new) - math.log(old) for old, new in pairs]).interval95
    return None if interval is None else (interval[1] - interval[0]) / 2


def telling(receipt: Mapping[str, Any], shared: Sequence[Interval], ordered: Sequence[str]) -> list[Interval]:
    """The intervals of a cell that are to be narrow: to its neighbours among the ``ordered`` versions, or of its mean.

    Its neighbours are the nearest before and after it with which it shares blocks enough for an interval, or else any
    blocks. The mean is what there is to know of a cell that has met none of them.
    """
    place = ordered.index(receipt["version"])
    met = {interval.other for interval in shared}
    known = {interval.other for interval in shared if interval.half_width is not None}
    sides = ([*reversed(ordered[:place])], ordered[place + 1 :])
    neighbours = {side for side in (_nearest(side, known) or _nearest(side, met) for side in sides) if side}
    if neighbours:
        return [interval for interval in shared if interval.other in neighbours]
    return [Interval(row["name"], "", row["n"], _of_mean(row)) for row in receipt["benchmarks"]]


def _nearest(versions: Iterable[str], among: Collection[str]) -> str:
    return next((version for version in versions if version in among), "")


def _of_mean(row: Mapping[str, Any]) -> float | None:
    return mean_interval(row["n"], cv_of(row["mean"], row["stddev"]))


def target_of(config: Config, settings: Settings, unit: str, name: str) -> float:
    """How wide half of a benchmark's interval may be, a fraction; 0: no width is narrow enough.

    What varies by nature has a target of its own, which its intervals need not be narrower than.
    """
    limits = config.limits(package_of(unit), name, settings)
    own = limits.interval if limits.by_nature else 0.0
    return max(settings.budget_target, own) / 100 if settings.budget_target else 0.0


def least(config: Config) -> int:
    """The blocks from which on an interval counts: enough for verdicts at this alpha, too, 12 at 5 % and 15 at 1 %."""
    return max(LEAST, blocks_needed(config.rules.alpha, _SUITE))


def is_within(interval: Interval, target: float, least: int = LEAST) -> bool:
    """Whether an interval is as narrow as it is to be, and rests on enough blocks to be believed."""
    width = interval.half_width
    return interval.blocks >= least and width is not None and target > 0 and width <= target


def of_receipt(receipt: Mapping[str, Any]) -> list[Interval]:
    """The intervals that a receipt has."""
    return [Interval(**row) for row in receipt["intervals"]]


def is_converged(
    config: Config, settings: Settings, receipt: Mapping[str, Any], shared: Sequence[Interval], ordered: Sequence[str]
) -> bool:
    """Whether all that a cell is to be known for is known well enough, by today's targets."""
    enough, unit = least(config), receipt["unit"]
    if receipt["status"] != "ok" or receipt["samples"] < enough or not settings.budget_target:
        return False
    return all(
        is_within(interval, target_of(config, settings, unit, interval.name), enough)
        for interval in telling(receipt, shared, ordered)
    )
