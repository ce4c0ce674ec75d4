"""The U test, against all ways to deal the samples out."""

from __future__ import annotations

import math
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.compare.utest import u_test


def statistic(old: list[float], new: list[float]) -> float:
    """U by its definition: pairs in which the old value is larger, ties half."""
    return sum((a > b) + 0.5 * (a == b) for a in old for b in new)


def by_counting(old: list[float], new: list[float]) -> float:
    """Twice the share of all ways to choose the old ones whose U is at most the smaller of U and its mirror image."""
    together = [*old, *new]
    u = statistic(old, new)
    mirrored = len(old) * len(new) - u
    if u == mirrored:
        return 1.0
    found = []
    for places in combinations(range(len(together)), len(old)):
        chosen = [together[i] for i in places]
        rest = [value for i, value in enumerate(together) if i not in places]
        found.append(statistic(chosen, rest) <= min(u, mirrored))
    return 2 * sum(found) / len(found)


_VALUES = st.lists(st.floats(-100, 100), min_size=1, max_size=6, unique=True)
_TIED = st.lists(st.integers(0, 5).map(float), min_size=1, max_size=5)


@given(_VALUES, _VALUES)
@settings(deadline=None)
def test_exact_without_ties(old: list[float], new: list[float]) -> None:
    """The recurrence counts what counting finds."""
    new = [value + 0.5**20 for value in new]
    if not set(old) & set(new) and len(set(new)) == len(new):
        assert u_test(old, new) == pytest.approx(by_counting(old, new), rel=1e-12)


@given(_TIED, _TIED)
@settings(deadline=None)
def test_exact_with_ties(old: list[float], new: list[float]) -> None:
    """Ties too, as long as there are three values; benchstat counts otherwise where there are but two."""
    p = u_test(old, new)
    if p is None:
        assert len({*old, *new}) == 1
    elif len({*old, *new}) > 2:
        assert p == pytest.approx(by_counting(old, new), rel=1e-12)
    else:
        # Towards zero: never less, and more only where nothing has so small a U.
        counted = by_counting(old, new)
        assert p == pytest.approx(counted, rel=1e-12) or counted == 0


def test_order_matters_with_ties_and_unequal_sizes() -> None:
    """As in benchstat; and p may pass 1."""
    assert u_test([2.0], [1.0, 1.0, 1.0]) == 1.5
    assert u_test([1.0, 1.0, 1.0], [2.0]) == 0.5


def test_one_sided_samples() -> None:
    """The smallest p of two samples of n is two in all ways to choose n of 2 n."""
    for n in range(1, 10):
        low, high = [float(i) for i in range(n)], [float(i + n) for i in range(n)]
        assert u_test(low, high) == pytest.approx(2 / math.comb(2 * n, n))
        assert u_test(high, low) == u_test(low, high)


@pytest.mark.parametrize(("size", "tied"), [(50, False), (25, True)])
def test_the_normal_approximation_takes_over_smoothly(size: int, tied: bool) -> None:
    """One sample more than the exact limit hardly changes p, so that both are of the same thing."""
    step = 5 if tied else 1
    old = [float(i // step) for i in range(size)]
    new = [value + (1.5 if tied else 9.5) for value in old]
    exact = u_test(old, new)
    beyond = u_test([*old, old[-1] + 0.25], [*new, new[-1] + 0.25])
    assert exact is not None
    assert beyond is not None
    assert 0.001 < exact < 0.2
    assert beyond == pytest.approx(exact, rel=0.2)


def test_nothing_differs() -> None:
    """All equal values can't be tested; a balanced pair has p = 1."""
    assert u_test([3.0] * 40, [3.0] * 38) is None
    assert u_test([1.0, 4.0], [2.0, 3.0]) == 1.0
    assert u_test([1.0] * 30 + [2.0], [1.0] * 30 + [2.0]) == pytest.approx(1.0)
