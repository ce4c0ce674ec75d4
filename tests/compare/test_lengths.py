"""Error per second and bias of samples of several lengths, from invented ones in which both are known."""

from __future__ import annotations

import random
from statistics import fmean

import pytest

from tasks.compare.lengths import Block, Point, point, summary, turns


def series(
    noise: float, seconds: float, level: float = 1.0, ratio: float = 1.1, rounds: int = 200, seed: int = 1
) -> dict[int, Block]:
    """Rounds of a benchmark of 100 ns; the noise is of one sample."""
    draw = random.Random(seed)
    return {
        number: Block(
            100 * level * (1 + draw.gauss(0, noise)), 100 * level * ratio * (1 + draw.gauss(0, noise)), seconds
        )
        for number in range(rounds)
    }


def test_error_is_per_second_spent() -> None:
    """A quarter of the time at the same noise is half the error; linking makes short ones dearer."""
    longest = series(0.02, 0.4, seed=9)
    short, long = (point("A", series(0.02, seconds), longest, 0.1) for seconds in (0.1, 0.4))
    assert short
    assert long
    # Two samples of 2 % each are 2.8 % a pair, times the root of 0.1 s.
    assert short.error == pytest.approx(0.0283 * 0.1**0.5, rel=0.15)
    assert long.error == pytest.approx(2 * short.error, rel=0.001)
    assert short.linked == pytest.approx(short.error * 2**0.5)
    assert long.linked == pytest.approx(long.error * 1.25**0.5)


def test_bias_is_against_the_longest() -> None:
    """Level and ratio are off by what is put in."""
    longest = series(0.005, 0.5, seed=9)
    its = point("A", series(0.005, 0.1, level=1.2, ratio=1.15), longest, 0.0)
    assert its
    assert its.level == pytest.approx(0.182, abs=0.003)
    assert its.bias == pytest.approx(0.0445, abs=0.003)
    assert its.bias_p < 1e-6
    same = point("A", longest, longest, 0.0)
    assert same
    assert (same.level, same.bias, same.bias_p) == (0, 0, 1)


def test_what_has_no_interval_has_no_point() -> None:
    """Five rounds, or none that both have."""
    longest = series(0.01, 0.5)
    assert point("A", series(0.01, 0.1, rounds=5), longest, 0.0) is None
    assert point("A", {number + 1000: block for number, block in longest.items()}, longest, 0.0) is None


def test_sums_are_over_benchmarks() -> None:
    """Geometric means of errors, medians of what is off, counts of what is far."""
    points = [
        Point("A", 0.01, 0.02, -0.02, 0.001, 0.001, 0.5),
        Point("B", 0.04, 0.08, 0.5, -0.03, 0.001, 0.0001),
        Point("C", 0.02, 0.04, 0.01, 0.002, 0.001, 0.04),
    ]
    its = summary("25ms", points)
    assert its
    assert its.error == pytest.approx(0.02)
    assert its.linked == pytest.approx(0.04)
    assert (its.level, its.far, its.bias, its.differ, its.benchmarks) == (0.02, 1, 0.002, 1, 3)
    assert summary("25ms", []) is None


def test_turns_fill_the_time() -> None:
    """At least one."""
    assert turns(0.025, 100) == 250_000
    assert turns(0.025, 1e9) == 1
    assert fmean([turns(0.01, 3e6), turns(0.01, 3.4e6)]) == 3
