"""The verdict on one benchmark: what may be said of it, in one word. Defined here and in docs/statistics.md."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tasks.compare.paired import Paired
from tasks.shared.rules import Rules

IMPROVED, REGRESSED, CHANGED = "improved", "regressed", "changed"
EQUIVALENT, INCONCLUSIVE, UNDECIDED = "equivalent", "inconclusive", "cannot decide"
ONLY_OLD, ONLY_NEW = "only in old", "only in new"

#: In the order in which they are listed.
VERDICTS = (IMPROVED, REGRESSED, CHANGED, EQUIVALENT, INCONCLUSIVE, UNDECIDED, ONLY_OLD, ONLY_NEW)
#: Those that say that something is different.
SIGNIFICANT = (IMPROVED, REGRESSED, CHANGED)


@dataclass(frozen=True)
class Evidence:
    """What there is to judge one benchmark by, in one unit of measure.

    ``better`` is lower, higher, or empty if nobody knows. ``needed`` is how many blocks it takes to find anything among
    so many benchmarks. ``floor`` is the noise floor, a fraction; None without an interval.
    """

    in_old: bool
    in_new: bool
    better: str
    needed: int
    paired: Paired | None = None
    q: float | None = None
    floor: float | None = None

    @property
    def decidable(self) -> bool:
        """Whether there are blocks enough to find a change, if it were there."""
        return self.paired is not None and self.q is not None and self.paired.blocks >= self.needed


def verdict(evidence: Evidence, rules: Rules) -> str:
    """One of VERDICTS.

    Improved, regressed, or changed (where nobody knows which way is better): q is at most alpha, and the change is
    beyond both the margin and the noise floor. Equivalent: the 90 % interval lies within the equivalence margin.
    Inconclusive: neither. With fewer blocks than it takes to find a change, none of these is said.
    """
    if not evidence.in_new:
        return ONLY_OLD
    if not evidence.in_old:
        return ONLY_NEW
    paired, q = evidence.paired, evidence.q
    if paired is None or q is None or not evidence.decidable:
        return UNDECIDED
    if q <= rules.alpha and is_beyond(paired, evidence.floor, rules):
        if not evidence.better:
            return CHANGED
        return IMPROVED if (paired.sign < 0) == (evidence.better == "lower") else REGRESSED
    if paired.interval90:
        low, high = map(math.expm1, paired.interval90)
        if -rules.equivalence_margin <= low and high <= rules.equivalence_margin:
            return EQUIVALENT
    return INCONCLUSIVE


def is_beyond(paired: Paired, floor: float | None, rules: Rules) -> bool:
    """Whether a change is larger than the margin and the noise floor; from or to zero it is larger than anything.

    With fewer than 6 blocks nothing tells what noise is: then no change is beyond it.
    """
    if paired.shift is None or paired.change is None:
        return True
    return floor is not None and abs(paired.change) > rules.margin and abs(paired.shift) > floor
