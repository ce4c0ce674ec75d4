"""Signed ranks, against all ways to give signs."""

from __future__ import annotations

import math
from itertools import combinations_with_replacement, pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.shared.signed_rank import Estimate, estimate, interval_place, p_value


def by_counting(differences: list[float]) -> float:
    """Twice the share of all sign patterns whose positive ranks come to at most the smaller sum; zeros left out."""
    there = [d for d in differences if d]
    sizes = sorted(map(abs, there))
    ranks = [sum(s < abs(d) for s in sizes) + (sum(s == abs(d) for s in sizes) + 1) / 2 for d in there]
    positive = sum(rank for rank, d in zip(ranks, there, strict=True) if d > 0)
    small = min(positive, sum(ranks) - positive)
    everything = product((0, 1), repeat=len(there))
    patterns = [sum(r for r, up in zip(ranks, signs, strict=True) if up) for signs in everything]
    return min(1.0, 2 * sum(found <= small for found in patterns) / len(patterns))


@given(st.lists(st.integers(-4, 4).map(float), min_size=1, max_size=9))
@settings(deadline=None)
def test_exact_with_ties_and_zeros(differences: list[float]) -> None:
    """p is counted out over the ranks as they are."""
    assert p_value(differences) == pytest.approx(by_counting(differences), rel=1e-12)


@given(st.lists(st.floats(-10, 10).filter(bool), min_size=1, max_size=9))
@settings(deadline=None)
def test_exact_without_ties(differences: list[float]) -> None:
    """The same for any numbers."""
    assert p_value(differences) == pytest.approx(by_counting(differences), rel=1e-12)


def test_infinite_differences_rank_highest() -> None:
    """From zero is more than any change."""
    assert p_value([math.inf] * 6) == 2 / 2**6
    assert p_value([math.inf, -math.inf, 1.0]) == p_value([3.0, -3.0, 1.0])
    assert p_value([0.0, 0.0]) == 1.0


#: (n, the smallest and largest mean of two that bound the shift) at 95 and 90 %, from Hollander and Wolfe, table A.4:
#: place = critical value + 1, where P(W <= critical value) is at most 0.025 and 0.05.
_PLACES = {6: (1, 3), 7: (3, 4), 8: (4, 6), 9: (6, 9), 10: (9, 11), 12: (14, 18), 15: (26, 31), 20: (53, 61)}


@pytest.mark.parametrize("n", sorted(_PLACES))
def test_places_of_intervals(n: int) -> None:
    """Published critical values."""
    assert (interval_place(n, 0.95), interval_place(n, 0.90)) == _PLACES[n]


def test_no_interval_of_too_few() -> None:
    """95 % takes six differences, 90 % five."""
    assert [interval_place(n, 0.95) for n in range(1, 7)] == [0, 0, 0, 0, 0, 1]
    assert [interval_place(n, 0.90) for n in range(1, 6)] == [0, 0, 0, 0, 1]
    found = estimate([0.1] * 5)
    assert found.interval95 is None
    assert found.interval90 is not None
    assert found.standard_error is None


@given(st.lists(st.floats(-5, 5), min_size=6, max_size=9, unique=True), st.floats(-6, 6))
@settings(deadline=None)
def test_the_interval_holds_what_the_test_does_not_reject(differences: list[float], shift: float) -> None:
    """A shift inside has p > 0.05; one outside has p <= 0.05. Exactly so without ties."""
    found = estimate(differences).interval95
    assert found is not None
    low, high = found
    about = [d - shift for d in differences]
    if len({abs(d) for d in about}) == len(about) and min(abs(shift - low), abs(shift - high)) > 1e-6:
        p = p_value(about)
        assert (p > 0.05) == (low < shift < high)


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=30))
@settings(deadline=None)
def test_the_estimate_is_the_median_of_means_of_two(differences: list[float]) -> None:
    """By numpy, and inside its intervals."""
    means = [(a + b) / 2 for a, b in combinations_with_replacement(differences, 2)]
    found = estimate(differences)
    assert found.shift == pytest.approx(float(np.median(means)), abs=1e-12)
    for interval in filter(None, (found.interval95, found.interval90)):
        assert interval[0] <= found.shift <= interval[1]
    if found.interval95 and found.interval90:
        assert found.interval95[0] <= found.interval90[0]
        assert found.interval90[1] <= found.interval95[1]


def test_the_interval_covers_the_truth() -> None:
    """In 95 % of 600 samples of 20 normal numbers the shift is inside, and its standard error is theirs."""
    draw = np.random.default_rng(7)
    inside, errors = 0, []
    for _ in range(600):
        found = estimate(list(draw.normal(1.0, 2.0, 20)))
        assert found.interval95 is not None
        inside += found.interval95[0] <= 1.0 <= found.interval95[1]
        errors.append(found.standard_error or math.nan)
    assert inside / 600 == pytest.approx(0.95, abs=0.025)
    assert np.mean(errors) == pytest.approx(2.0 / math.sqrt(20), rel=0.1)


def test_the_approximation_takes_over_smoothly() -> None:
    """Beyond 100 differences places and p-values go on as before."""
    places = [interval_place(n, 0.95) for n in (99, 100, 101, 102)]
    steps = [b - a for a, b in pairwise(places)]
    assert max(steps) - min(steps) <= 2
    draw = np.random.default_rng(1)
    differences = list(draw.normal(0.25, 1.0, 100))
    assert p_value([*differences, 0.2]) == pytest.approx(p_value(differences), rel=0.2)


def test_standard_error() -> None:
    """The interval is 3.92 of them wide."""
    assert Estimate(40, 0.0, (-0.0196, 0.0196), None).standard_error == pytest.approx(0.01, rel=1e-4)
