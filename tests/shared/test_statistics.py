"""Plain statistics, against numpy, published tables and exact arithmetic."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tasks.shared.statistics import (
    CLASSES,
    Limits,
    Running,
    Summary,
    interval_rank,
    is_noisy,
    mean_interval,
    median,
    summarize,
    variance_class,
)

#: Times of a benchmark: positive, and of a size at which squares neither overflow nor vanish.
_TIMES = st.lists(st.floats(1e-3, 1e12), min_size=1, max_size=50)


@given(_TIMES)
@settings(deadline=None)
def test_against_numpy(values: list[float]) -> None:
    """Mean, median and standard deviation are numpy's, with n - 1 in the latter."""
    found = summarize(values)
    assert found.n == len(values)
    assert found.mean == pytest.approx(np.mean(values), rel=1e-12)
    assert found.median == pytest.approx(np.median(values), rel=1e-12)
    if len(values) == 1:
        assert found.stddev is None
        assert found.cv is None
    else:
        assert found.stddev == pytest.approx(np.std(values, ddof=1), rel=1e-9, abs=1e-9 * found.mean)
        assert found.cv == pytest.approx(np.std(values, ddof=1) / np.mean(values), rel=1e-9, abs=1e-9)


@given(_TIMES, st.randoms(use_true_random=False))
@settings(deadline=None)
def test_order_does_not_matter(values: list[float], draw: object) -> None:
    """The same samples in another order have the same statistics, to the last bit."""
    shuffled = list(values)
    assert hasattr(draw, "shuffle")
    draw.shuffle(shuffled)
    assert summarize(shuffled) == summarize(values)


@given(_TIMES, st.integers(-8, 8))
@settings(deadline=None)
def test_cv_has_no_unit(values: list[float], power: int) -> None:
    """Nanoseconds or seconds, the CV is the same, and so is the interval's width."""
    assume(len(values) > 1)
    plain, scaled = summarize(values), summarize([value * 10.0**power for value in values])
    assert scaled.cv == pytest.approx(plain.cv, rel=1e-6, abs=1e-9)
    assert mean_interval(scaled.n, scaled.cv) == pytest.approx(mean_interval(plain.n, plain.cv), rel=1e-6, abs=1e-9)
    assert scaled.median == pytest.approx(plain.median * 10.0**power)


@given(_TIMES)
@settings(deadline=None)
def test_bounds(values: list[float]) -> None:
    """Median and interval are where they must be."""
    found = summarize(values)
    assert min(values) <= found.median <= max(values)
    if len(values) < 6:
        assert found.low is None
        assert found.high is None
    else:
        assert found.low in values
        assert found.high in values
        assert found.low is not None
        assert found.high is not None
        assert found.low <= found.median <= found.high


@pytest.mark.parametrize(
    ("values", "expected"),
    [([3.0], 3.0), ([1.0, 2.0], 1.5), ([1.0, 2.0, 10.0], 2.0), ([1.0, 2.0, 4.0, 8.0], 3.0)],
)
def test_median(values: list[float], expected: float) -> None:
    """The middle one, or half way between the two."""
    assert median(values) == expected


def test_median_is_computed_as_benchstat_does() -> None:
    """lo + 0.5 (hi - lo): digit for digit benchstat's, which (lo + hi) / 2 would not be."""
    low, high = 0.1, 0.7
    assert median([low, high]) == low + 0.5 * (high - low)
    huge = 1.5e308
    assert median([huge, huge]) == huge


@pytest.mark.parametrize(
    ("n", "rank"),
    [(1, 0), (2, 0), (5, 0), (6, 1), (7, 1), (8, 1), (9, 2), (10, 2), (12, 3), (15, 4), (20, 6), (25, 8), (40, 14)],
)
def test_interval_rank(n: int, rank: int) -> None:
    """As in tables of the sign test: n = 10 gives ranks 2 and 9, 20 gives 6 and 15."""
    assert interval_rank(n) == rank


@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.99])
@pytest.mark.parametrize("n", [*range(1, 60), 99, 100, 250])
def test_interval_rank_is_the_largest_that_covers(n: int, confidence: float) -> None:
    """Checked with exact fractions: this rank covers the median often enough, and the next one does not."""

    def coverage(rank: int) -> Fraction:
        return 1 - Fraction(2 * sum(math.comb(n, k) for k in range(rank)), 2**n)

    rank = interval_rank(n, confidence)
    assert rank <= n / 2
    assert rank == 0 or coverage(rank) >= confidence
    assert rank == n // 2 or coverage(rank + 1) < confidence


def test_interval_covers_the_median() -> None:
    """Of a thousand draws of ten, about 98 % (the exact coverage of ranks 2 and 9) have the median inside."""
    draw = np.random.default_rng(1)
    inside = 0
    for _ in range(1000):
        found = summarize([float(value) for value in draw.lognormal(size=10)])
        assert found.low is not None
        assert found.high is not None
        inside += found.low <= 1.0 <= found.high
    assert 965 <= inside <= 990


#: 97.5 % points of Student's t, from printed tables, by degrees of freedom.
T_TABLE = {1: 12.706, 2: 4.303, 5: 2.571, 9: 2.262, 19: 2.093, 30: 2.042, 31: 2.040, 40: 2.021, 60: 2.000, 120: 1.980}


@pytest.mark.parametrize(("freedom", "t"), [*T_TABLE.items(), (10**6, 1.960)])
def test_mean_interval_against_the_table(freedom: int, t: float) -> None:
    """Half the width is t s / sqrt(n), as a fraction of the mean."""
    n = freedom + 1
    expected = t * 0.1 / math.sqrt(n)
    assert mean_interval(n, 0.1) == pytest.approx(expected, rel=0.002)


@pytest.mark.parametrize("n", range(2, 80))
def test_mean_interval_against_the_distribution(n: int) -> None:
    """The t that it takes leaves 2.5 % above it under Student's density, integrated by numpy."""
    width = mean_interval(n, 1.0)
    assert width is not None
    t, freedom = width * math.sqrt(n), n - 1
    # By x = tan(angle) the tail becomes a finite integral.
    angle = np.linspace(0, math.atan(t / math.sqrt(freedom)), 20_001)
    scale = math.exp(math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2)) / math.sqrt(math.pi)
    heights = np.cos(angle) ** (freedom - 1)
    inside = scale * float(np.sum((heights[1:] + heights[:-1]) / 2 * np.diff(angle)))
    assert 0.5 - inside == pytest.approx(0.025, rel=0.01)


def test_mean_interval_covers_the_mean() -> None:
    """Of two thousand draws of five, about 95 % have the true mean inside."""
    draw = np.random.default_rng(2)
    inside = 0
    for _ in range(2000):
        found = summarize([float(value) for value in draw.normal(100, 5, size=5)])
        width = mean_interval(found.n, found.cv)
        assert width is not None
        inside += abs(found.mean - 100) <= width * found.mean
    assert 1870 <= inside <= 1930


@pytest.mark.parametrize("summary", [summarize([3.0]), summarize([-1.0, 0.0])])
def test_no_interval(summary: Summary) -> None:
    """A single value, or a mean that is not positive, has neither CV nor interval."""
    assert summary.cv is None
    assert mean_interval(summary.n, summary.cv) is None


def test_constant_zero() -> None:
    """A benchmark that never allocates does not vary."""
    found = summarize([0.0] * 6)
    assert (found.mean, found.stddev, found.cv, found.low, found.high) == (0, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("percent", "name"),
    [
        (0.0, "good"),
        (4.999, "good"),
        (5.0, "acceptable"),
        (9.999, "acceptable"),
        (10.0, "warning"),
        (14.999, "warning"),
        (15.0, "high"),
        (29.999, "high"),
        (30.0, "very high"),
        (1e6, "very high"),
    ],
)
def test_variance_class(percent: float, name: str) -> None:
    """Each class begins where the one before it ends."""
    assert variance_class(percent / 100) == name


def test_variance_class_of_nothing() -> None:
    """Without a CV there is no class."""
    assert variance_class(None) == "unknown"


def test_classes_ask_for_more_and_more() -> None:
    """What is to be done about each class."""
    actions = {name: action for _, name, action in CLASSES}
    assert actions == {
        "good": "accept",
        "acceptable": "accept",
        "warning": "review",
        "high": "re-run",
        "very high": "must re-run",
    }


@pytest.mark.parametrize(
    ("n", "cv", "target", "noisy"),
    [
        (10, 0.15, 10, False),
        (10, 0.1501, 10, True),
        (10, 0.13, 0, False),
        (10, 0.20, 0, True),
        (100, 0.20, 10, False),
        (100, 0.20, 3, True),
        (16, 0.20, 10.7, False),
        (16, 0.20, 10.6, True),
        (1, None, 10, False),
    ],
)
def test_noisy(n: int, cv: float | None, target: float, noisy: bool) -> None:
    """Noisy is what has a CV above 15 % and an interval wider than the target; without a target the CV decides."""
    assert is_noisy(n, cv, Limits(15, target)) is noisy


@pytest.mark.parametrize(
    ("n", "cv", "noisy"), [(40, 0.80, False), (40, 1.0, True), (5, 0.20, False), (5, 0.30, True), (1, None, False)]
)
def test_what_varies_by_nature_is_judged_by_its_interval(n: int, cv: float | None, noisy: bool) -> None:
    """A CV of 80 % is fine as long as the mean is known to +- 30 %: 40 samples give +- 26 %."""
    assert is_noisy(n, cv, Limits(0.0, 30.0, by_nature=True)) is noisy


@given(_TIMES)
@settings(deadline=None)
def test_running_values_come_to_the_same(values: list[float]) -> None:
    """One by one or all at once: the same mean, standard deviation and CV."""
    running, found = Running(), summarize(values)
    for value in values:
        running.add(value)
    assert running.n == found.n
    assert running.mean == pytest.approx(found.mean, rel=1e-9)
    if found.stddev is None:
        assert running.stddev is None
        assert running.cv is None
    else:
        assert running.stddev == pytest.approx(found.stddev, rel=1e-6, abs=1e-7 * found.mean)
        assert running.cv == pytest.approx(found.cv, rel=1e-6, abs=1e-7)


@given(_TIMES, _TIMES)
@settings(deadline=None)
def test_running_goes_on_from_what_is_known(before: list[float], after: list[float]) -> None:
    """Known number, mean and standard deviation are as good as the values themselves."""
    known = summarize(before)
    running, whole = Running.of(known.n, known.mean, known.stddev), summarize(before + after)
    for value in after:
        running.add(value)
    assert running.n == whole.n
    assert running.mean == pytest.approx(whole.mean, rel=1e-9)
    assert running.stddev == pytest.approx(whole.stddev, rel=1e-6, abs=1e-7 * whole.mean)


def test_the_interval_of_very_many_values() -> None:
    """As many as no float can count: the ranks lie 0.98 sqrt(n) from the middle, as of a normal distribution."""
    for n in (1029, 1031, 6578):
        assert interval_rank(n) == pytest.approx(n / 2 - 0.98 * math.sqrt(n), abs=1.5)
    assert summarize([float(value) for value in range(2000)]).low == interval_rank(2000) - 1
