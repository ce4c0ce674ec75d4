"""One number for a pair of versions: the geometric mean of the ratios of all benchmarks, with an interval.

The mean of the shifts of all benchmarks that were compared in blocks. Its interval is a bootstrap over rounds (Efron
and Tibshirani, 1993): what one round adds to the mean is drawn anew, all benchmarks of a round together, since they
shared a layout and the machine's mood.
"""

from __future__ import annotations

import math
import random
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tasks.compare.neighbours import Leaf, Pair
from tasks.compare.paired import Paired, log_ratios

#: Draws; the ends of the interval are then known to a tenth of its width.
_DRAWS = 1000


@dataclass(frozen=True)
class Overall:
    """The geometric mean of ``benchmarks`` ratios, with its 95 % interval, from so many ``rounds``."""

    ratio: float
    low: float
    high: float
    benchmarks: int
    rounds: int


def overall(compared: Mapping[Leaf, tuple[Paired, Sequence[Pair]]], seed: str) -> Overall | None:
    """The mean of at least one benchmark with an interval; the same for the same ``seed``. None without any."""
    added: dict[str, float] = {}
    shifts = []
    for found, pairs in compared.values():
        if found.shift is not None and found.standard_error is not None and not found.through:
            shifts.append(found.shift)
            for pair, share in zip(pairs, _shares(found.shift, found.standard_error, log_ratios(pairs)), strict=True):
                added[pair.round] = added.get(pair.round, 0.0) + share
    if not shifts:
        return None
    mean = math.fsum(shifts) / len(shifts)
    parts = [added[round_] / len(shifts) for round_ in sorted(added)]
    low, high = _interval(parts, random.Random(seed))
    return Overall(math.exp(mean), math.exp(mean + low), math.exp(mean + high), len(shifts), len(parts))


def _shares(shift: float, error: float, differences: Sequence[float]) -> list[float]:
    """What each block adds to a Hodges-Lehmann estimate: its influence, scaled so that all make its standard error.

    The influence of d on the median of all means of two is how many of them, with d in them, lie above it rather than
    below.
    """
    ordered = sorted(differences)
    ranks = []
    for difference in differences:
        mirrored = 2 * shift - difference
        ranks.append(len(ordered) - bisect_right(ordered, mirrored) - bisect_left(ordered, mirrored))
    size = math.sqrt(sum(rank * rank for rank in ranks))
    return [error * rank / size if size else 0.0 for rank in ranks]


def _interval(parts: Sequence[float], draw: random.Random) -> tuple[float, float]:
    """The 95 % interval of the sum of parts about its middle, from draws of as many with replacement."""
    n = len(parts)
    # Draws vary less than the truth by this much; with 40 rounds it is little.
    wider = math.sqrt(n / (n - 1))
    middle = math.fsum(parts)
    sums = sorted(math.fsum(draw.choices(parts, k=n)) - middle for _ in range(_DRAWS))
    return wider * sums[round(0.025 * _DRAWS)], wider * sums[round(0.975 * _DRAWS) - 1]
