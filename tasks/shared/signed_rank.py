"""Wilcoxon's signed-rank test of paired samples, and the estimate and interval that belong to it.

Of differences d in blocks: the p-value that they lie symmetrically about zero, exact up to 100 of them, ties and zeros
included; the Hodges-Lehmann estimate, which is the median of all means of two (Walsh averages); and the interval that
holds every shift which the test would not reject. Sources: Wilcoxon (1945), Hodges and Lehmann (1963), Hollander and
Wolfe, "Nonparametric Statistical Methods", chapter 3.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, combinations_with_replacement, groupby

from tasks.shared.statistics import median

#: Up to so many differences that are not zero the distribution is counted out, beyond it is approximated.
_EXACT = 100
#: Two-sided 95 % of the normal distribution, in standard errors.
Z95 = 1.959963984540054


@dataclass(frozen=True)
class Estimate:
    """The shift of paired differences, in their unit, with its 95 % and 90 % intervals.

    The intervals are None below 6 and 5 differences, where there is no such interval.
    """

    n: int
    shift: float
    interval95: tuple[float, float] | None
    interval90: tuple[float, float] | None

    @property
    def standard_error(self) -> float | None:
        """A 95 % interval is as wide as 2 x 1.96 of these."""
        if self.interval95 is None:
            return None
        low, high = self.interval95
        return (high - low) / (2 * Z95)


def estimate(differences: Sequence[float]) -> Estimate:
    """Shift and intervals of at least one finite difference."""
    averages = sorted((a + b) / 2 for a, b in combinations_with_replacement(differences, 2))
    n = len(differences)
    intervals = [
        (averages[place - 1], averages[-place]) if (place := interval_place(n, confidence)) else None
        for confidence in (0.95, 0.90)
    ]
    return Estimate(n, median(averages), *intervals)


@functools.cache
def interval_place(n: int, confidence: float) -> int:
    """Which smallest and which largest of the n (n + 1) / 2 means of two bound the shift; 0 if none do.

    The k-th: the largest k with 2 P(W < k) <= 1 - confidence, W the sum of positive ranks if there is no shift.
    """
    if n > _EXACT:
        mean, deviation = _moments(tuple(range(2, 2 * n + 1, 2)))
        z = Z95 if confidence == 0.95 else 1.6448536269514722
        return max(0, math.floor((mean - z * deviation) / 2 + 0.5))
    tails = _cumulative(tuple(range(2, 2 * n + 1, 2)))
    allowed = (1 - confidence) / 2 * 2**n
    # tails has a place for each half rank.
    return sum(tails[2 * w] <= allowed for w in range(n * (n + 1) // 2 + 1))


def p_value(differences: Sequence[float]) -> float:
    """The two-sided p-value of no shift; 1 if all differences are zero. Infinite ones rank highest."""
    there = sorted((difference for difference in differences if difference), key=abs)
    ranks: list[int] = []
    positive = 0
    for _, group in groupby(there, key=abs):
        tied = list(group)
        rank = 2 * len(ranks) + len(tied) + 1
        ranks += [rank] * len(tied)
        positive += rank * sum(difference > 0 for difference in tied)
    if not ranks:
        return 1.0
    small = min(positive, sum(ranks) - positive)
    if len(ranks) > _EXACT:
        mean, deviation = _moments(tuple(ranks))
        # Ranks are doubled here, so that a continuity correction of a half is one.
        return min(1.0, math.erfc(max(0.0, mean - small - 1) / deviation / math.sqrt(2)))
    return float(min(1.0, 2 * _cumulative(tuple(ranks))[small] / 2 ** len(ranks)))


@functools.lru_cache(maxsize=1024)
def _cumulative(ranks: tuple[int, ...]) -> list[int]:
    """How many of the 2**n ways to give signs have a sum of positive (doubled) ranks of at most 0, 1, 2, ..."""
    # All counts stand in one long integer, each in a slot of so many bytes: one more rank is one shift and one sum.
    width = len(ranks) // 8 + 1
    ways = 1
    for rank in ranks:
        ways += ways << (8 * width * rank)
    data = ways.to_bytes(width * (sum(ranks) + 1), "little")
    return list(accumulate(int.from_bytes(data[i : i + width], "little") for i in range(0, len(data), width)))


def _moments(ranks: tuple[int, ...]) -> tuple[float, float]:
    """Mean and standard deviation of the sum of positive ranks, given as doubled."""
    return sum(ranks) / 2, math.sqrt(sum(rank * rank for rank in ranks)) / 2


def blocks_needed(alpha: float, m: int) -> int:
    """Blocks below which not even a change in every single block could pass as the only one among m benchmarks.

    n differences of one sign have p = 2 / 2**n, and the smallest p of m has to be at most alpha / m: 12 for 76 at 0.05.
    """
    n = 1
    while 2 * 0.5**n * m > alpha:
        n += 1
    return n
