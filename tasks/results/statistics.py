"""Plain statistics of one benchmark's samples. Formulas and sources: docs/statistics.md."""

from __future__ import annotations

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
    mean = math.fsum(ordered) / n
    stddev = math.sqrt(math.fsum((value - mean) ** 2 for value in ordered) / (n - 1)) if n > 1 else None
    cv = stddev / mean if stddev is not None and mean > 0 else (0.0 if stddev == 0 else None)
    rank = interval_rank(n)
    low, high = (ordered[rank - 1], ordered[n - rank]) if rank else (None, None)
    return Summary(n, mean, median(ordered), stddev, cv, low, high)


def median(ordered: Sequence[float]) -> float:
    """The median of sorted values; between two it is lo + 0.5 (hi - lo), as benchstat computes it."""
    n = len(ordered)
    low, high = ordered[(n - 1) // 2], ordered[n // 2]
    return low + 0.5 * (high - low)


def interval_rank(n: int, confidence: float = 0.95) -> int:
    """The largest r such that the r-th smallest and r-th largest of n bound the median; 0 if there is none.

    The median lies outside with probability 2 P(B < r), B binomial(n, 1/2): n = 10 gives ranks 2 and 9.
    """
    tail, rank = 0.0, 0
    for r in range(n // 2):
        tail += math.comb(n, r) * 0.5**n
        if 2 * tail > 1 - confidence:
            break
        rank = r + 1
    return rank


def mean_interval(summary: Summary) -> float | None:
    """Half the width of the 95 % interval of the mean, as a fraction of it (Student's t); None below two values."""
    if summary.cv is None or summary.n < 2:
        return None
    t = _T[summary.n - 2] if summary.n - 1 <= len(_T) else 1.96 + 2.4 / (summary.n - 1)
    return t * summary.cv / math.sqrt(summary.n)


def variance_class(cv: float | None) -> str:
    """``good`` to ``very high``; ``unknown`` where there is no CV."""
    if cv is None:
        return "unknown"
    return next(name for bound, name, _ in CLASSES if cv * 100 < bound)


def is_noisy(summary: Summary, threshold: float, interval_target: float) -> bool:
    """Whether a CV is above the threshold (percent) and the mean's interval wider than the target (percent)."""
    if summary.cv is None or summary.cv * 100 <= threshold:
        return False
    width = mean_interval(summary)
    return interval_target == 0 or width is None or width * 100 > interval_target
