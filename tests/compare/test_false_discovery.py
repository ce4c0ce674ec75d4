"""q-values, by their definition."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.compare.false_discovery import q_values
from tasks.shared.signed_rank import blocks_needed

_P = st.lists(st.floats(0, 1), min_size=1, max_size=30)


def rejected(p_values: list[float], alpha: float) -> set[int]:
    """Benjamini and Hochberg's own words: all up to the largest k whose p is at most alpha k / m."""
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    m = len(order)
    largest = max((k for k in range(1, m + 1) if p_values[order[k - 1]] <= alpha * k / m), default=0)
    bound = p_values[order[largest - 1]] if largest else -1.0
    return {i for i in order if p_values[i] <= bound}


@given(_P, st.floats(0.001, 0.5))
def test_a_q_value_is_the_alpha_at_which_it_is_found(p_values: list[float], alpha: float) -> None:
    """q <= alpha are those that the procedure rejects at alpha (but where the two just meet)."""
    found = q_values(p_values)
    if all(abs(q - alpha) > 1e-9 for q in found):
        assert {i for i, q in enumerate(found) if q <= alpha} == rejected(p_values, alpha)


@given(_P)
def test_no_q_is_below_its_p_or_above_one(p_values: list[float]) -> None:
    """And a smaller p never has a larger q."""
    found = q_values(p_values)
    assert all(p <= q * (1 + 1e-12) and q <= 1 for p, q in zip(p_values, found, strict=True))
    assert [q for _, q in sorted(zip(p_values, found, strict=True))] == sorted(found)


def test_one_of_many_and_nothing() -> None:
    """A single small p of m is multiplied by m; an empty family has no q."""
    assert q_values([0.0001, *[0.9] * 75])[0] == pytest.approx(0.0076)
    assert q_values([]) == []


@pytest.mark.parametrize(("alpha", "m", "blocks"), [(0.05, 76, 12), (0.05, 1, 6), (0.01, 76, 14), (0.05, 35, 11)])
def test_blocks_needed(alpha: float, m: int, blocks: int) -> None:
    """It takes 12 blocks to be found among 76 at 0.05: with 11 the smallest p is 2 / 2**11, above 0.05 / 76."""
    assert blocks_needed(alpha, m) == blocks
    assert 2 * 0.5**blocks <= alpha / m < 2 * 0.5 ** (blocks - 1)
