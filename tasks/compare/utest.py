"""The Mann-Whitney U test as benchstat computes it: exact for few samples, else a normal approximation.

Mann and Whitney (1947) for samples without ties; with ties, the same question asked of all ways to deal the tied ranks
out (Klotz 1966). What is odd in benchstat's p is kept, since these numbers are to equal its own: with ties and samples
of unequal size it depends on which of the two comes first, and may pass 1.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from itertools import accumulate, groupby

#: Samples of up to this size each are compared exactly: without ties, and with ties.
_EXACT, _EXACT_WITH_TIES = 50, 25


def u_test(old: Sequence[float], new: Sequence[float]) -> float | None:
    """The two-sided p-value that two samples come from one distribution; None where all values are equal."""
    ties, rank_sum = _ranks(old, new)
    n1, n2 = len(old), len(new)
    if len(ties) == 1:
        return None
    u1 = rank_sum - n1 * (n1 + 1) / 2
    small = min(u1, n1 * n2 - u1)
    tied = max(ties) > 1
    if max(n1, n2) > (_EXACT_WITH_TIES if tied else _EXACT):
        return _normal(u1, n1, n2, ties)
    if u1 == n1 * n2 - u1:
        return 1.0
    return 2 * (_exact_with_ties(small, n1, ties) if tied else _exact(small, n1, n2))


def _ranks(old: Sequence[float], new: Sequence[float]) -> tuple[tuple[int, ...], float]:
    """(how many values share each rank, in order; the sum of the ranks of ``old``, ties at the mean of theirs)."""
    merged = sorted([(value, 1) for value in old] + [(value, 0) for value in new])
    ties, rank_sum, before = [], 0.0, 0
    for _, group in groupby(merged, key=lambda item: item[0]):
        mine = [of_old for _, of_old in group]
        rank_sum += sum(mine) * (2 * before + len(mine) + 1) / 2
        ties.append(len(mine))
        before += len(mine)
    return tuple(ties), rank_sum


def _exact(u: float, n1: int, n2: int) -> float:
    """P(U <= u) without ties, u below the middle."""
    return _cumulative(min(n1, n2), max(n1, n2))[int(u)]


@functools.lru_cache(maxsize=256)
def _cumulative(small: int, large: int) -> list[float]:
    """P(U <= u) for u = 0, 1, ... up to the middle, by Mann and Whitney's recurrence.

    In floating point, in benchstat's own order of operations: a p that should equal alpha then falls on the same side.
    """
    size = small * large // 2 + 1
    rows = [[1.0] + [0.0] * (size - 1)] + [[0.0] * size for _ in range(small)]
    for m in range(1, large + 1):
        for n in range(1, min(small, m) + 1):
            fewer = rows[n] if n < m else rows[m - 1]
            reach = min(size - 1, n * m)
            shifted = [0.0] * min(m, size) + rows[n - 1]
            row = [(n * shifted[u] + m * fewer[u]) / (n + m) for u in range(reach + 1)]
            rows[n] = row + [0.0] * (size - reach - 1)
    return list(accumulate(rows[small]))


@functools.lru_cache(maxsize=1024)
def _exact_with_ties(u: float, n1: int, ties: tuple[int, ...]) -> float:
    """P(U <= u) over all ways to choose the n1 samples that are "old" from the tied ranks."""
    if len(ties) == 2:
        return _of_two_ranks(u, n1, *ties)
    # ways[k] counts the ways to choose k samples so far by twice their rank sum, as one long integer: a slot of the
    # width of the largest count per sum, so that adding a rank to all sums is one shift.
    total = sum(ties)
    width = math.comb(total, n1).bit_length() + 1
    ways = [1] + [0] * n1
    before = 0
    for tied in ties:
        rank = 2 * before + tied + 1
        for chosen in range(n1, 0, -1):
            ways[chosen] += sum(
                math.comb(tied, k) * ways[chosen - k] << (width * rank * k) for k in range(1, min(tied, chosen) + 1)
            )
        before += tied
    limit = int(2 * u) + n1 * (n1 + 1)
    few = sum((ways[n1] >> (width * place)) & ((1 << width) - 1) for place in range(limit + 1))
    return few / math.comb(total, n1)


def _of_two_ranks(u: float, n1: int, lower: int, higher: int) -> float:
    """The same where there are but two values: U then tells how many of the n1 have the higher one.

    benchstat rounds this number towards zero, also where a negative one would say that no way has so small a U.
    """
    most = int((2 * u - n1 * (lower - n1)) / (lower + higher))
    few = sum(math.comb(lower, n1 - k) * math.comb(higher, k) for k in range(max(0, n1 - lower), min(n1, most) + 1))
    return few / math.comb(lower + higher, n1)


def _normal(u1: float, n1: int, n2: int, ties: Sequence[int]) -> float:
    """The normal approximation, with corrections for ties and for continuity."""
    total = n1 + n2
    correction = sum(tied**3 - tied for tied in ties) / (total * (total - 1))
    deviation = math.sqrt(n1 * n2 * ((total + 1) - correction) / 12)
    above = u1 - n1 * n2 / 2
    z = (above - math.copysign(0.5, above) if above else 0.0) / deviation
    below = math.erfc(-z / math.sqrt(2)) / 2
    return 2 * min(below, 1 - below)
