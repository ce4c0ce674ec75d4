"""Ratios from pairs, zeros, and the way through a third version."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.compare.neighbours import Pair
from tasks.compare.paired import log_ratios, paired, through
from tasks.shared.signed_rank import p_value


def pairs(*values: tuple[float, float]) -> list[Pair]:
    """A round each."""
    return [Pair(f"s/{number}", old, new) for number, (old, new) in enumerate(values)]


_TIMES = st.tuples(st.floats(1e-9, 1.0), st.floats(1e-9, 1.0))


@given(st.lists(_TIMES, min_size=6, max_size=20))
def test_swapping_sides_inverts_the_ratio(values: list[tuple[float, float]]) -> None:
    """A factor of two up is a factor of two down the other way, with the same p."""
    forth, back = paired(pairs(*values)), paired(pairs(*[(new, old) for old, new in values]))
    assert forth.shift is not None
    assert back.shift == pytest.approx(-forth.shift, abs=1e-9)
    assert forth.p == pytest.approx(back.p)
    assert forth.interval95 is not None
    assert back.interval95 is not None
    assert back.interval95 == pytest.approx((-forth.interval95[1], -forth.interval95[0]), abs=1e-9)


def test_drift_that_both_sides_share_is_not_seen() -> None:
    """Blocks may be slow or fast by any factor: what is compared is inside them."""
    steady = paired(pairs(*[(100.0, 95.0 + i % 2) for i in range(12)]))
    drifting = paired(pairs(*[(100.0 * 2**i, (95.0 + i % 2) * 2**i) for i in range(12)]))
    assert drifting.shift == pytest.approx(steady.shift)
    assert drifting.interval95 == pytest.approx(steady.interval95)


def test_zeros() -> None:
    """Two zeros are no change; a zero on one side leaves only which side has more."""
    assert log_ratios(pairs((0.0, 0.0), (2.0, 4.0))) == [0.0, pytest.approx(math.log(2))]
    from_zero = paired(pairs(*[(0.0, 16.0)] * 12))
    assert (from_zero.shift, from_zero.change, from_zero.sign, from_zero.p) == (None, None, 1, 2 / 2**12)
    assert paired(pairs(*[(16.0, 0.0)] * 12)).sign == -1
    nothing = paired(pairs(*[(0.0, 0.0)] * 12))
    assert (nothing.shift, nothing.p, nothing.interval95, nothing.sign) == (0.0, 1.0, (0.0, 0.0), 0)


def test_few_blocks_have_no_interval() -> None:
    """Nor a standard error."""
    found = paired(pairs((1.0, 2.0), (1.0, 3.0)))
    assert (found.blocks, found.interval95, found.standard_error) == (2, None, None)
    assert found.p == p_value([1.0, 2.0])


def spread(ratio: float, error: float) -> list[tuple[float, float]]:
    """Forty pairs about a ratio."""
    return [(1.0, ratio * math.exp(error * math.sin(i))) for i in range(40)]


def test_through_a_third_version() -> None:
    """Shifts add up, and so do squares of errors: wider than either."""
    first, second = paired(pairs(*spread(1.10, 0.03))), paired(pairs(*spread(0.95, 0.04)))
    found = through("go1.24", first, second)
    assert found is not None
    assert found.change == pytest.approx(1.10 * 0.95 - 1, abs=0.01)
    assert found.standard_error == pytest.approx(math.hypot(first.standard_error or 0, second.standard_error or 0))
    assert (found.through, found.blocks, found.sign) == ("go1.24", 40, 1)
    assert found.p == pytest.approx(math.erfc(abs(found.shift or 0) / (found.standard_error or 1) / math.sqrt(2)))


def test_through_a_third_version_nothing_is_invented() -> None:
    """Of versions that do not differ, p is below 0.05 in about one of twenty, and as few intervals miss it."""
    draw = random.Random(2)
    legs = [
        [paired(pairs(*((1.0, math.exp(draw.gauss(0, 0.05))) for _ in range(n)))) for n in (12, 40)] for _ in range(600)
    ]
    found = [its for first, second in legs if (its := through("go1.24", first, second))]
    assert len(found) == 600
    assert 0.02 * 600 <= sum(its.p <= 0.05 for its in found) <= 0.08 * 600
    missed = sum(not its.interval95[0] <= 0 <= its.interval95[1] for its in found if its.interval95)
    assert 0.02 * 600 <= missed <= 0.08 * 600


def test_through_without_spread_or_interval() -> None:
    """Constant allocations leave nothing to chance; a leg of few blocks leads nowhere."""
    flat, fewer = paired(pairs(*[(4.0, 4.0)] * 12)), paired(pairs(*[(4.0, 3.0)] * 12))
    same, less = through("m", flat, flat), through("m", flat, fewer)
    assert same is not None
    assert less is not None
    assert (same.p, less.p, less.sign) == (1.0, 0.0, -1)
    assert through("m", flat, paired(pairs((4.0, 3.0)))) is None
