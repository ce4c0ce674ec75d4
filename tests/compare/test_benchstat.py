"""benchstat's numbers, one by one; test_differential.py holds them against the real program."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.compare.benchstat import Center, UTest, center, compare, geomean, geomeans, median_ranks

_NUMBERS = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60)


@pytest.mark.parametrize(
    ("n", "ranks"), [(6, (1, 6)), (8, (1, 7)), (10, (2, 9)), (12, (3, 10)), (20, (6, 15)), (40, (14, 27))]
)
def test_ranks_that_bound_the_median(n: int, ranks: tuple[int, int]) -> None:
    """Of 8 it is the narrower, lopsided pair, which holds 96 %."""
    assert median_ranks(n) == ranks


@pytest.mark.parametrize("n", range(6, 61))
def test_ranks_hold_95_percent(n: int) -> None:
    """The median lies between them with at least 95 %; the approximation of more than 30 is off by a little."""
    low, high = median_ranks(n)
    inside = sum(math.comb(n, k) for k in range(low, high)) / 2**n
    assert inside >= (0.95 if n <= 30 else 0.945)
    narrower = sum(math.comb(n, k) for k in range(low + 1, high)) / 2**n
    assert narrower < (0.95 if n <= 30 else 0.9515)


@pytest.mark.parametrize("n", range(1, 6))
def test_too_few_for_an_interval(n: int) -> None:
    """Then its ends are not known, and a note says how many it takes."""
    found = center([1.0] * n)
    assert (found.low, found.high, found.spread) == (None, None, "∞")
    assert found.notes == ("need >= 6 samples for confidence interval at level 0.95",)


@given(_NUMBERS)
def test_the_median_is_in_the_middle(values: list[float]) -> None:
    """And inside its interval."""
    found = center(values)
    assert sum(v < found.value for v in values) <= len(values) / 2
    assert sum(v > found.value for v in values) <= len(values) / 2
    if found.low is not None and found.high is not None:
        assert found.low <= found.value <= found.high


@pytest.mark.parametrize(
    ("low", "value", "high", "spread"),
    [
        (98.0, 100.0, 101.0, "2%"),
        (0.0, 0.0, 0.0, "0%"),
        (0.0, 1.0, 2.0, "?"),
        (-1.0, 1.0, 2.0, "?"),
        (1.0, 2.0, 6.0, "200%"),
    ],
)
def test_spread(low: float, value: float, high: float, spread: str) -> None:
    """The larger side in percent; none where a sign changes."""
    assert Center(10, value, low, high).spread == spread


def test_exact_measures() -> None:
    """The most frequent value, the whole range, and a note if there is one; any difference is significant."""
    assert center([5.0, 5.0], exact=True) == Center(2, 5.0, 5.0, 5.0)
    found = center([5.0, 4.0, 5.0], exact=True)
    assert (found.value, found.low, found.high) == (5.0, 4.0, 5.0)
    assert found.notes == ("exact distribution expected, but values range from 4 to 5",)
    test = compare([5.0], [6.0], 0.05, exact=True)
    assert (test.delta(5.0, 6.0), test.words) == ("+20.00%", "n=1")


@pytest.mark.parametrize(
    ("p", "old", "new", "delta"),
    [
        (0.0501, 1.0, 2.0, "~"),
        (0.05, 1.0, 2.0, "+100.00%"),
        (0.01, 0.0, 2.0, "?"),
        (0.01, 0.0, 0.0, "0.00%"),
        (0.01, 2.0, 0.0, "-100.00%"),
        (0.01, 200.0, 199.999, "-0.00%"),
    ],
)
def test_delta(p: float, old: float, new: float, delta: str) -> None:
    """A p that equals alpha is significant; from zero there is no percentage."""
    assert UTest(p, 10, 10, 0.05).delta(old, new) == delta


def test_words() -> None:
    """Both sizes where they differ."""
    assert UTest(0.0004, 40, 40, 0.05).words == "p=0.000 n=40"
    assert UTest(0.5, 40, 38, 0.05).words == "p=0.500 n=40+38"


@pytest.mark.parametrize(
    ("size", "alpha", "note"),
    [
        (3, 0.05, "need >= 4 samples to detect a difference at alpha level 0.05"),
        (4, 0.01, "need >= 5 samples to detect a difference at alpha level 0.01"),
        (9, 1e-9, "need > 10 samples to detect a difference at alpha level 1e-09"),
    ],
)
def test_too_few_to_detect(size: int, alpha: float, note: str) -> None:
    """Also if they differed as much as can be."""
    low, high = [float(i) for i in range(size)], [float(i + 100) for i in range(size)]
    assert compare(low, high, alpha).notes == (note,)
    assert compare(low * 4, [v + 0.1 for v in high * 4], alpha).notes == ()


def test_all_equal() -> None:
    """Nothing to test, and it is said."""
    test = compare([1.0] * 10, [1.0] * 9, 0.05)
    assert (test.p, test.delta(1.0, 1.0), test.notes) == (1.0, "~", ("all samples are equal",))


def test_geomean() -> None:
    """Of positive values only."""
    assert geomean([1.0, 4.0]) == pytest.approx(2.0)
    assert geomean([1.0, 0.0]) is None
    assert geomean([1.0, -1.0]) is None
    assert geomean([]) is None


def test_geomeans_of_a_table() -> None:
    """The ratio is that of the benchmarks both sides have; other sets are told, and so is what has no mean."""
    found = geomeans([(1.0, 2.0), (4.0, 2.0), (None, 8.0)])
    assert found.old == pytest.approx(2.0)
    assert found.new == pytest.approx(32 ** (1 / 3))
    assert found.delta == "+0.00%"
    assert found.new_notes == ()
    missing = geomeans([(1.0, 2.0), (4.0, None)])
    assert missing.delta == "+100.00%"
    assert missing.new_notes == ("benchmark set differs from baseline; geomeans may not be comparable",)
    zero = geomeans([(0.0, 0.0), (1.0, 0.0)])
    assert (zero.delta, zero.old_notes) == ("?", ("summaries must be >0 to compute geomean",))
    assert "ratios must be >0 to compute geomean" in zero.new_notes
    from_zero = geomeans([(0.0, 1.0), (1.0, 1.0)])
    assert (from_zero.delta, from_zero.new_notes) == ("?", ())
    alone = geomeans([(1.0, None)])
    assert (alone.delta, alone.new, alone.new_notes) == ("", None, ())
