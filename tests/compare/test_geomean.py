"""The geometric mean of all ratios, and whether its interval covers the truth."""

from __future__ import annotations

import math
import random

import pytest

from tasks.compare.geomean import Overall, overall
from tasks.compare.neighbours import Leaf, Pair
from tasks.compare.paired import paired


def simulated(seed: int, benchmarks: int, rounds: int, together: float = 0.05, missing: float = 0.0) -> Overall | None:
    """Benchmarks whose ratio is 0.97, with noise of their own and noise that all of a round share."""
    draw = random.Random(seed)
    shared = [draw.gauss(0, together) for _ in range(rounds)]
    compared = {}
    for name in range(benchmarks):
        values = [
            Pair(f"s/{number}", 1.0, 0.97 * math.exp(mood + draw.gauss(0, 0.1)))
            for number, mood in enumerate(shared)
            if draw.random() >= missing
        ]
        compared[Leaf("p", f"B{name}", "sec/op")] = (paired(values), values)
    return overall(compared, f"{seed}")


@pytest.mark.parametrize(("together", "missing"), [(0.0, 0.0), (0.05, 0.0), (0.05, 0.3)])
def test_the_interval_covers_the_truth(together: float, missing: float) -> None:
    """In about 95 % of 150 experiments, also when benchmarks of a round move together or lack some rounds."""
    found = [simulated(seed, 8, 25, together, missing) for seed in range(150)]
    inside = sum(its is not None and its.low <= 0.97 <= its.high for its in found)
    assert 0.90 <= inside / 150 <= 0.99


def test_moving_together_widens_it() -> None:
    """Forty benchmarks that share the mood of each round are no forty experiments."""
    alone, together = simulated(1, 20, 25, 0.0), simulated(1, 20, 25, 0.1)
    assert alone is not None
    assert together is not None
    assert (together.high - together.low) > 3 * (alone.high - alone.low)


def test_it_is_the_mean_of_the_rows() -> None:
    """exp of the mean of the shifts that stand in the rows, and the same again for the same seed."""
    values = {
        Leaf("p", name, "sec/op"): [Pair(f"s/{i}", 1.0, ratio * (1 + 0.001 * i)) for i in range(12)]
        for name, ratio in (("A", 0.9), ("B", 1.2))
    }
    compared = {leaf: (paired(pairs), pairs) for leaf, pairs in values.items()}
    found = overall(compared, "seed")
    shifts = [its.shift for its, _ in compared.values() if its.shift is not None]
    assert found is not None
    assert found.ratio == pytest.approx(math.exp(sum(shifts) / 2))
    assert (found.benchmarks, found.rounds) == (2, 12)
    assert found.low < found.ratio < found.high
    assert overall(compared, "seed") == found
    assert overall(compared, "another") != found


def test_nothing_to_average() -> None:
    """Without benchmarks, and with too few blocks for an interval."""
    few = [Pair("s/1", 1.0, 2.0)]
    assert overall({}, "seed") is None
    assert overall({Leaf("p", "A", "sec/op"): (paired(few), few)}, "seed") is None


def test_no_spread() -> None:
    """Allocations that never vary have an interval of one point."""
    pairs = [Pair(f"s/{i}", 4.0, 3.0) for i in range(12)]
    found = overall({Leaf("p", "A", "allocs/op"): (paired(pairs), pairs)}, "seed")
    assert found is not None
    assert found.low == found.high == pytest.approx(0.75)
