"""What a budget measures next: the blocks that narrow the intervals most per second. No files and no clock in here.

First every unit gets its fair share, the blocks from which on intervals count; then, round by round, those units of one
package are measured of which a further block narrows most for what it costs, linking included. What is within its
target gets no more.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median

from tasks.measure.precision import LEAST, Interval, is_within
from tasks.shared.cell import package_of
from tasks.shared.signed_rank import Z95

#: The deviation of ln(ratio) in one block, where nothing has been measured yet: 5 to 13 % here (docs/design.md).
ASSUMED = 0.1

#: Rounds after which a forecast stops: far more than any budget has.
_MOST_ROUNDS = 20_000


@dataclass(frozen=True)
class Aim:
    """An interval, the target of half its width, and the blocks from which on it counts."""

    interval: Interval
    target: float
    least: int = LEAST

    @property
    def is_met(self) -> bool:
        return is_within(self.interval, self.target, self.least)

    @property
    def deviation(self) -> float | None:
        """Of one block, as the interval tells; None where there is none."""
        width = self.interval.half_width
        return None if width is None else width * math.sqrt(self.interval.blocks) / Z95


@dataclass(frozen=True)
class Candidate:
    """A unit as a budget sees it.

    ``aims`` are the intervals that a block of it narrows; of one that is not known at all a single one without blocks.
    ``blocks`` is how many it has (the fewest of its intervals; those that this session gave it count though they were
    lost), ``seconds`` what one more takes without linking, ``binaries`` how many its package has to link for it.
    """

    unit: str
    aims: tuple[Aim, ...]
    blocks: int
    seconds: float
    binaries: int

    @property
    def lacks_its_share(self) -> bool:
        return self.blocks < max(aim.least for aim in self.aims)

    @property
    def is_open(self) -> bool:
        """Whether it is to be measured further."""
        return self.lacks_its_share or any(not aim.is_met for aim in self.aims)

    def gain(self, typical: float) -> float:
        """By how much one more block narrows what is not narrow enough yet, halves of widths added up.

        ``typical`` is the deviation of what is not known yet.
        """
        gained = 0.0
        for aim in self.aims:
            n = aim.interval.blocks
            # Who has had blocks, and nothing to show for them, will not have it after one more.
            if n and not aim.is_met:
                deviation = typical if aim.deviation is None else aim.deviation
                gained += Z95 * deviation * (1 / math.sqrt(n) - 1 / math.sqrt(n + 1))
        return gained


def typical_deviation(candidates: Iterable[Candidate]) -> float:
    """The deviation of one block that may be expected of what has not been measured."""
    known = [aim.deviation for candidate in candidates for aim in candidate.aims if aim.deviation is not None]
    return median(known) if known else ASSUMED


def choose(candidates: Sequence[Candidate], link: float, left: float) -> list[Candidate]:
    """The units of the next round, as many as fit into the seconds that are ``left``; none: the budget is spent.

    ``link`` is what a binary takes. Who lacks a fair share comes first, and who lacks most first among these.
    """
    open_ = [candidate for candidate in candidates if candidate.is_open]
    lacking = sorted((c for c in open_ if c.lacks_its_share), key=lambda c: (c.blocks, c.seconds))
    return _that_fit(lacking or _best_of_a_package(open_, typical_deviation(candidates), link), link, left)


def _best_of_a_package(candidates: Sequence[Candidate], typical: float, link: float) -> list[Candidate]:
    """The units of one package whose blocks narrow most per second together: all share what is linked."""
    by_package: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        by_package.setdefault(package_of(candidate.unit), []).append(candidate)
    best, most = list[Candidate](), 0.0
    for its in by_package.values():
        gains = {candidate.unit: candidate.gain(typical) for candidate in its}
        its.sort(key=lambda c: -gains[c.unit] / max(c.seconds, 1e-9))
        gained, seconds = 0.0, link * max(candidate.binaries for candidate in its)
        for number, candidate in enumerate(its, 1):
            gained += gains[candidate.unit]
            seconds += candidate.seconds
            if gained > most * seconds:
                best, most = its[:number], gained / seconds
    return best


def _that_fit(candidates: Sequence[Candidate], link: float, left: float) -> list[Candidate]:
    found: list[Candidate] = []
    linked: dict[str, int] = {}
    for candidate in candidates:
        package = package_of(candidate.unit)
        more = max(0, candidate.binaries - linked.get(package, 0))
        cost = candidate.seconds + link * more
        if cost <= left:
            left -= cost
            linked[package] = linked.get(package, 0) + more
            found.append(candidate)
    return found


def cost_of(chosen: Iterable[Candidate], link: float) -> float:
    """Seconds that a round of these units takes."""
    linked: dict[str, int] = {}
    seconds = 0.0
    for candidate in chosen:
        package = package_of(candidate.unit)
        linked[package] = max(linked.get(package, 0), candidate.binaries)
        seconds += candidate.seconds
    return seconds + link * sum(linked.values())


def forecast(candidates: Sequence[Candidate], link: float, seconds: float) -> list[Candidate]:
    """What will be known once so many seconds are spent, if every benchmark keeps its spread."""
    typical = typical_deviation(candidates)
    state = {candidate.unit: candidate for candidate in candidates}
    for _ in range(_MOST_ROUNDS):
        chosen = choose(list(state.values()), link, seconds)
        if not chosen:
            break
        seconds -= cost_of(chosen, link)
        state |= {candidate.unit: one_more(candidate, typical) for candidate in chosen}
    return list(state.values())


def one_more(candidate: Candidate, typical: float) -> Candidate:
    """A unit with one more block, as it may be expected then; one that is not known yet is as others are."""
    return replace(
        candidate, blocks=candidate.blocks + 1, aims=tuple(_narrowed(aim, typical) for aim in candidate.aims)
    )


def _narrowed(aim: Aim, typical: float) -> Aim:
    deviation = typical if aim.deviation is None else aim.deviation
    blocks = aim.interval.blocks + 1
    width = Z95 * deviation / math.sqrt(blocks)
    return replace(aim, interval=replace(aim.interval, blocks=blocks, half_width=width))


def widths(candidates: Iterable[Candidate]) -> list[float]:
    """Half the widths of all intervals that there are, the widest first."""
    found = [a.interval.half_width for c in candidates for a in c.aims if a.interval.half_width is not None]
    return sorted(found, reverse=True)
