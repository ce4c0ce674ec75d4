"""What a budget measures next, and why stopping at a width is sound."""

from __future__ import annotations

import math
import random

import pytest

from tasks.measure.allocation import ASSUMED, Aim, Candidate, choose, cost_of, forecast, typical_deviation, widths
from tasks.measure.precision import LEAST, Interval, is_within, telling
from tasks.shared.signed_rank import Z95, estimate, p_value

TARGET = 0.03


def unit(name: str, deviation: float, blocks: int = LEAST, seconds: float = 1.0, binaries: int = 2) -> Candidate:
    """A unit with one benchmark in one pair."""
    width = Z95 * deviation / math.sqrt(blocks) if blocks else None
    return Candidate(name, (Aim(Interval("X", "go1.23.0", blocks, width), TARGET),), blocks, seconds, binaries)


def names(chosen: list[Candidate]) -> list[str]:
    """The units among them."""
    return [candidate.unit for candidate in chosen]


def test_a_fair_share_comes_first() -> None:
    """Whoever lacks blocks, who has fewest first, whatever else is noisy; the quiet need no more."""
    units = [unit("a.Noisy", 0.5), unit("a.New", 0.0, 3), unit("b.Newer", 0.0, 1), unit("b.Quiet", 0.01)]
    assert names(choose(units, 0.1, 100)) == ["b.Newer", "a.New"]
    assert names(choose(units, 0.1, 1.3)) == ["b.Newer"]


def test_then_what_narrows_most_per_second() -> None:
    """The noisy rather than the less noisy, the quick rather than the slow; of two packages the better one."""
    noisy, calm = unit("a.Noisy", 0.4), unit("b.Calm", 0.15)
    assert names(choose([calm, noisy], 0.0, 100)) == ["a.Noisy"]
    slow = unit("a.Slow", 0.4, seconds=10)
    assert names(choose([slow, calm], 0.0, 100)) == ["b.Calm"]


def test_what_is_linked_for_one_serves_the_others() -> None:
    """With linking dear, a less noisy unit of the same package comes along."""
    units = [unit("a.Noisy", 0.4), unit("a.Calm", 0.15)]
    assert names(choose(units, 0.0, 100)) == ["a.Noisy"]
    assert names(choose(units, 5.0, 100)) == ["a.Noisy", "a.Calm"]
    assert cost_of(units, 5.0) == 12.0


@pytest.mark.parametrize("left", [0.0, 0.5, 1.1])
def test_nothing_is_begun_that_does_not_fit(left: float) -> None:
    """A block of a second, and two binaries of a tenth each."""
    assert choose([unit("a.Noisy", 0.4)], 0.1, left) == []
    assert names(choose([unit("a.Noisy", 0.4)], 0.1, 1.21)) == ["a.Noisy"]


def test_nothing_is_chosen_when_all_is_known() -> None:
    """Nor of what has had its share and has nothing to show for it."""
    nothing = Candidate("a.Zero", (Aim(Interval("", "", 0, None), TARGET),), LEAST, 1.0, 2)
    assert choose([unit("a.Quiet", 0.01), nothing], 0.1, 1e6) == []


def test_a_forecast_spends_all_or_ends_early() -> None:
    """What is expected of nothing known is what is assumed; more time narrows, and no time changes nothing."""
    units = [unit("a.One", 0.0, 0), unit("b.Two", 0.0, 0)]
    assert typical_deviation(units) == ASSUMED
    assert widths(forecast(units, 0.1, 0.0)) == []
    short, long = (widths(forecast(units, 0.1, seconds)) for seconds in (60, 1e5))
    assert max(long) <= TARGET < max(short)
    (known,) = forecast([unit("a.One", 0.09)], 0.1, 1e5)
    assert known.blocks == math.ceil((Z95 * 0.09 / TARGET) ** 2)


def test_few_blocks_are_never_enough() -> None:
    """However narrow an interval of them is; and a target of 0 is never met."""
    assert is_within(Interval("X", "", LEAST, 0.0), TARGET)
    assert not is_within(Interval("X", "", LEAST - 1, 0.0), TARGET)
    assert not is_within(Interval("X", "", 99, None), TARGET)
    assert not is_within(Interval("X", "", 99, 0.0), 0.0)


def test_neighbours_are_the_nearest_that_a_cell_has_met() -> None:
    """With blocks enough for an interval, if there are any such; of a cell that has met nobody it is the mean."""
    receipt = {"version": "c", "benchmarks": [{"name": "X", "n": 16, "mean": 10.0, "stddev": 1.0}]}
    shared = [Interval("X", "a", 9, 0.1), Interval("X", "b", 3, None), Interval("X", "d", 2, None)]
    assert [interval.other for interval in telling(receipt, shared, ("a", "b", "c", "d"))] == ["a", "d"]
    assert [interval.other for interval in telling(receipt, shared, ("b", "c"))] == ["b"]
    (mean,) = telling(receipt, shared, ("c", "e"))
    assert (mean.other, mean.blocks) == ("", 16)
    assert mean.half_width == pytest.approx(2.131 * 0.1 / 4)


@pytest.mark.parametrize("deviation", [0.03, 0.05, 0.07])
def test_stopping_at_a_width_is_sound(deviation: float) -> None:
    """Of identical pairs about 5 % are called different by p < 0.05, and as many intervals miss."""
    wrong = missed = 0
    for seed in range(300):
        draw = random.Random(f"{seed}/{deviation}")
        differences = [draw.gauss(0, deviation) for _ in range(LEAST)]
        while True:
            low, high = estimate(differences).interval95 or (-1.0, 1.0)
            if (high - low) / 2 <= TARGET:
                break
            differences.append(draw.gauss(0, deviation))
        wrong += p_value(differences) < 0.05
        missed += not low <= 0 <= high
    assert wrong / 300 < 0.085
    assert missed / 300 < 0.085
