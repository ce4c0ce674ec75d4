"""Plain statistics of one benchmark's samples. Formulas and sources: docs/statistics.md."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass

#: The classes of the coefficient of variation, by upper bound in percent, with what to do about each.
CLASSES = (
    (5.0, "good", "accept"),
    (10.0, "acceptable", "accept"),
    (15.0, "warning", "review"),
    (30.0, "high", "re-run"),
    (math.inf, "very high", "must re-run"),
)

#: Two-sided 97.5 % points of Student's t by degrees of freedom 1..30; beyond, the normal's is near enough.
_T = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
    2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip


@dataclass(frozen=True)
class Summary:
    """A sample of numbers. ``stddev`` has n - 1 in it; both are None below two values.

    ``cv`` is a fraction. ``low`` and ``high`` bound the median with at least 95 % confidence by order
    statistics; None below six values, where no such interval exists.
    """

    n: int
    mean: float
    median: float
    stddev: float | None
    cv: float | None
    low: float | None
    high: float | None


def summarize(values: Sequence[float]) -> Summary:
    """Describe at least one value."""
    ordered = sorted(values)
    n = len(ordered)
    # All the same: exactly that, whatever the rounding of a sum.
    mean = ordered[0] if ordered[0] == ordered[-1] else math.fsum(ordered) / n
    stddev = math.sqrt(math.fsum([(value - mean) ** 2 for value in ordered]) / (n - 1)) if n > 1 else None
    cv = stddev / mean if stddev is not None and mean > 0 else (0.0 if stddev == 0 else None)
    rank = interval_rank(n)
    low, high = (ordered[rank - 1], ordered[n - rank]) if rank else (None, None)
    return Summary(n, mean, median(ordered), stddev, cv, low, high)


def cv_of(mean: float, stddev: float | None) -> float | None:
    """The coefficient of variation, a fraction; None without a deviation or a positive mean."""
    return stddev / mean if stddev is not None and mean > 0 else None


def median(ordered: Sequence[float]) -> float:
    """The median of sorted values; between two it is lo + 0.5 (hi - lo), as benchstat computes it."""
    n = len(ordered)
    low, high = ordered[(n - 1) // 2], ordered[n // 2]
    return low + 0.5 * (high - low)


@functools.cache
def interval_rank(n: int, confidence: float = 0.95) -> int:
    """The largest r such that the r-th smallest and r-th largest of n bound the median; 0 if there is none.

    The median lies outside with probability 2 P(B < r), B binomial(n, 1/2): n = 10 gives ranks 2 and 9.
    """
    # Whole numbers: from n = 1,030 on these counts are no floats any more.
    rank, tail, ways = 0, 0, 1
    for r in range(n // 2):
        tail += ways
        if 2 * tail / 2**n > 1 - confidence:
            break
        rank, ways = r + 1, ways * (n - r) // (r + 1)
    return rank


def mean_interval(n: int, cv: float | None) -> float | None:
    """Half the width of the 95 % interval of the mean, as a fraction of it (Student's t); None below two values."""
    if cv is None or n < 2:
        return None
    t = _T[n - 2] if n - 1 <= len(_T) else 1.96 + 2.4 / (n - 1)
    return t * cv / math.sqrt(n)


def variance_class(cv: float | None) -> str:
    """``good`` to ``very high``; ``unknown`` where there is no CV."""
    if cv is None:
        return "unknown"
    return next(name for bound, name, _ in CLASSES if cv * 100 < bound)


@dataclass(frozen=True)
class Limits:
    """When a benchmark is too noisy: its CV is above ``threshold`` and its mean's interval wider than ``interval``.

    Both in percent; interval 0 lets the CV decide alone. A benchmark that varies ``by_nature`` is judged by the
    interval alone.
    """

    threshold: float
    interval: float
    by_nature: bool = False


def is_noisy(n: int, cv: float | None, limits: Limits) -> bool:
    """Whether n samples with this CV (a fraction) are too noisy."""
    width = mean_interval(n, cv)
    if cv is None or width is None:
        return False
    if limits.by_nature:
        return width * 100 > limits.interval
    return cv * 100 > limits.threshold and (limits.interval == 0 or width * 100 > limits.interval)


@dataclass
class Running:
    """Mean and standard deviation of values as they come (Welford's recurrence)."""

    n: int = 0
    mean: float = 0.0
    _squares: float = 0.0

    @classmethod
    def of(cls, n: int, mean: float, stddev: float | None) -> Running:
        """What is known of n values that came before."""
        return cls(n, mean, (stddev or 0.0) ** 2 * max(n - 1, 0))

    def add(self, value: float) -> None:
        """Take one more value in."""
        self.n += 1
        delta = value - self.mean
        self.mean += delta / self.n
        self._squares += delta * (value - self.mean)

    @property
    def stddev(self) -> float | None:
        """With n - 1; None below two values."""
        return math.sqrt(self._squares / (self.n - 1)) if self.n > 1 else None

    @property
    def cv(self) -> float | None:
        """Standard deviation over mean, a fraction; None below two values."""
        return cv_of(self.mean, self.stddev)
