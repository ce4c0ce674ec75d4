"""What benchstat says of one benchmark's samples on two sides, and of all benchmarks of a table.

Medians with their intervals, p-values, deltas, geometric means and notes are to equal its own as it displays them;
tests/compare/test_differential.py holds them against the real program. Formulas: docs/statistics.md.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from tasks.compare.utest import u_test
from tasks.shared.statistics import median

CONFIDENCE = 0.95

#: The smallest p that two samples of size n can have, n = 2, 3, ...: 2 over the number of ways to choose one of them.
_SMALLEST_P = tuple(2 / math.comb(2 * n, n) for n in range(2, 10))
#: Where rounding makes benchstat take the right one of two equal probabilities.
_ROUNDED = {24: (8, 18)}
_NO_RATIO = "ratios must be >0 to compute geomean"
_NO_MEAN = "summaries must be >0 to compute geomean"
_OTHER_SET = "benchmark set differs from baseline; geomeans may not be comparable"


@dataclass(frozen=True)
class Center:
    """The middle of a sample, with its interval (None where it has no end) and notes on how far to trust it."""

    n: int
    value: float
    low: float | None
    high: float | None
    notes: tuple[str, ...] = ()

    @property
    def spread(self) -> str:
        """The interval as benchstat prints it: ``2%``, ``∞``, ``?`` where the signs differ."""
        if self.low is None or self.high is None:
            return "∞"
        if not _sign(self.low) == _sign(self.value) == _sign(self.high):
            return "?"
        if self.value == 0:
            return "0%"
        return f"{100 * max(self.high / self.value - 1, 1 - self.low / self.value):.0f}%"


def center(values: Sequence[float], exact: bool = False) -> Center:
    """The median with its 95 % interval by order statistics; the most frequent value of an ``exact`` measure."""
    ordered = sorted(values)
    n = len(ordered)
    if exact:
        return _exact_center(ordered)
    low, high = median_ranks(n)
    if not (low >= 1 and high <= n):
        note = f"need >= 6 samples for confidence interval at level {CONFIDENCE}"
        return Center(n, median(ordered), None, None, (note,))
    return Center(n, median(ordered), ordered[low - 1], ordered[high - 1])


def _exact_center(ordered: Sequence[float]) -> Center:
    most = max(dict.fromkeys(ordered), key=ordered.count)
    low, high = ordered[0], ordered[-1]
    note = f"exact distribution expected, but values range from {_as_go(low)} to {_as_go(high)}"
    return Center(len(ordered), most, low, high, (note,) if low != high else ())


@functools.cache
def median_ranks(n: int) -> tuple[int, int]:
    """Which smallest values bound the median with 95 % confidence; 0 or n + 1 where there is no bound.

    Up to 30 values, ranks are added from the middle outwards, the left one first, until their probability suffices (so
    that the interval of 8 is ranks 1 and 7); beyond, a normal approximation with continuity correction.
    """
    if n > 30:
        return _approximate_ranks(n)
    if n in _ROUNDED:
        return _ROUNDED[n]
    left = math.ceil((n + 1) / 2) - 1
    right = left + 1
    inside = _probability(n, left)
    while inside < CONFIDENCE and (left > 0 or right <= n):
        if _probability(n, left - 1) >= _probability(n, right):
            left -= 1
            inside += _probability(n, left)
        else:
            inside += _probability(n, right)
            right += 1
    return left, right


def _probability(n: int, k: int) -> float:
    """Of k among n values lying below the median."""
    return math.comb(n, k) * 0.5**n if 0 <= k <= n else 0.0


def _approximate_ranks(n: int) -> tuple[int, int]:
    middle, deviation = n / 2, math.sqrt(n) / 2
    reach = 1.959963984540054 * deviation
    left = math.floor(math.floor(middle - reach - 0.5) + 0.5) + 1
    right = math.floor(math.ceil(middle + reach - 0.5) + 0.5) + 1

    def between(low: int, high: int) -> float:
        return _normal((high - 0.5 - middle) / deviation) - _normal((low - 0.5 - middle) / deviation)

    if CONFIDENCE <= between(left, right - 1) < between(left, right):
        right -= 1
    return max(0, left), min(n + 1, right)


def _normal(z: float) -> float:
    return math.erfc(-z / math.sqrt(2)) / 2


@dataclass(frozen=True)
class UTest:
    """How two samples compare: the p-value (0: not tested, exact values) at a level ``alpha``, and notes."""

    p: float
    n_old: int
    n_new: int
    alpha: float
    notes: tuple[str, ...] = ()

    @property
    def significant(self) -> bool:
        """A p that equals alpha is."""
        return self.p <= self.alpha

    @property
    def words(self) -> str:
        """``p=0.003 n=40``, or ``n=40+38``."""
        sizes = f"{self.n_old}" if self.n_old == self.n_new else f"{self.n_old}+{self.n_new}"
        return (f"p={self.p:.3f} " if self.p else "") + f"n={sizes}"

    def delta(self, old: float, new: float) -> str:
        """The change of the middle in percent; ``~`` if it is not significant, ``?`` from zero."""
        if not self.significant:
            return "~"
        if old == new:
            return "0.00%"
        return f"{(new / old - 1) * 100:+.2f}%" if old else "?"


def compare(old: Sequence[float], new: Sequence[float], alpha: float, exact: bool = False) -> UTest:
    """The Mann-Whitney U test of two samples; none for ``exact`` measures, of which any difference is one."""
    sizes = len(old), len(new)
    if exact:
        return UTest(0.0, *sizes, 0.0)
    p = u_test(old, new)
    if p is None:
        return UTest(1.0, *sizes, alpha, ("all samples are equal",))
    need = next((n for n, least in enumerate((1.0, *_SMALLEST_P), start=1) if least <= alpha), 0)
    if p > alpha and max(sizes) < (need or 10):
        words = (
            f"need {'>=' if need else '>'} {need or 10} samples to detect a difference at alpha level {_as_go(alpha)}"
        )
        return UTest(p, *sizes, alpha, (words,))
    return UTest(p, *sizes, alpha)


def _as_go(value: float) -> str:
    """A number as Go prints it: as short as it can be read back, with an exponent from 1e+06 on and below 1e-04."""
    written = next(text for places in range(18) if float(text := f"{value:.{places}e}") == value)
    mantissa, exponent = written.split("e")
    if not -5 < int(exponent) < 6:
        return written
    return f"{value:.{max(0, len(mantissa.partition('.')[2]) - int(exponent))}f}"


@dataclass(frozen=True)
class Geomeans:
    """The last line of a table: geometric means of the middles and of their ratios.

    None, and a note, where there is none. ``compared`` is false if one side has no benchmark of this table at all.
    """

    old: float | None
    new: float | None
    ratio: float | None
    compared: bool
    old_notes: tuple[str, ...] = ()
    new_notes: tuple[str, ...] = ()

    @property
    def delta(self) -> str:
        """In percent; ``?`` if there is none; empty if nothing is compared."""
        if not self.compared:
            return ""
        return "?" if self.ratio is None else f"{(self.ratio - 1) * 100:+.2f}%"


def geomeans(pairs: Sequence[tuple[float | None, float | None]]) -> Geomeans:
    """Of the (old, new) middles of a table; None where a side has not got the benchmark."""
    old = [value for value, _ in pairs if value is not None]
    new = [value for _, value in pairs if value is not None]
    both = [(before, after) for before, after in pairs if before is not None and after is not None]
    old_mean, new_mean = geomean(old), geomean(new)
    old_notes = [_NO_MEAN] if old and old_mean is None else []
    new_notes = [_OTHER_SET] if old and new and len(both) != len(old) else []
    new_notes += [_NO_MEAN] if new and new_mean is None else []
    from_zero = any(before == 0 and after != 0 for before, after in both)
    ratio = None if from_zero else geomean([after / before if before != after else 1.0 for before, after in both])
    new_notes += [_NO_RATIO] if old and new and ratio is None and not from_zero else []
    return Geomeans(old_mean, new_mean, ratio, bool(old and new), tuple(old_notes), tuple(new_notes))


def geomean(values: Sequence[float]) -> float | None:
    """The geometric mean of positive values; None if there is none."""
    mean = 0.0
    for count, value in enumerate(values, start=1):
        if not 0 < value < math.inf:
            return None
        mean += (math.log(value) - mean) / count
    return math.exp(mean) if values else None


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)
