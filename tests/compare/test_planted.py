"""Planted effects in invented rounds whose noise is known: the promises of the prediction, and the ways to count."""

from __future__ import annotations

import math
import random

import pytest

from tasks.compare.paired import of_differences
from tasks.compare.planted import Place, drawn, holds, is_regressed, replay, sums
from tasks.shared.rules import Rules

RULES = Rules(alpha=0.05, margin=0.01)


def recorded(
    benchmarks: int = 10, rounds: int = 120, noise: float = 0.03, drift: float = 0.0
) -> dict[str, dict[str, float]]:
    """ln ratios of benchmarks against themselves; a benchmark's noise grows with its number."""
    draw = random.Random(4)
    return {
        f"B{which}": {f"s/{number:03}": draw.gauss(0, noise * (1 + which / 3)) + drift for number in range(rounds)}
        for which in range(benchmarks)
    }


def test_what_is_predicted_is_found() -> None:
    """In nine of ten trials at least, and the intervals hold the true size in nine of ten."""
    places = replay(recorded(), (0.02, 0.05, 0.1), 60, RULES, seed=1)
    assert len(places) == 30
    assert {place.trials for place in places} == {60}
    for its in sums(places):
        assert its.predicted_covered >= 0.9 * its.predicted
        assert its.covered >= 0.92 * its.trials
        assert its.predicted_found >= 0.9 * its.predicted
    assert sums(places)[2].predicted > 200


def test_small_effects_in_much_noise_are_not_predicted() -> None:
    """2 % in noise of 10 % a pair is hopeless with 40 rounds, and the tool says so."""
    (its,) = sums(replay(recorded(noise=0.1), (0.02,), 30, RULES, seed=1))
    assert its.predicted == 0
    assert its.unpredicted_found < 0.1 * its.trials
    assert (its.always, its.whole) == (0, 0)


def test_the_same_seed_gives_the_same() -> None:
    """And another one others."""
    first, again, other = (replay(recorded(4), (0.05,), 20, RULES, seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_a_bias_of_one_side_is_tossed_away() -> None:
    """Which side is the new one is drawn in each round: the rounds' own difference is noise, not an effect."""
    (its,) = sums(replay(recorded(noise=0.01, drift=0.05), (0.0,), 40, RULES, seed=1))
    assert its.unpredicted_found <= 0.03 * its.trials
    assert its.covered >= 0.92 * its.trials


@pytest.mark.parametrize("rounds", [15, 40, 79])
def test_few_rounds_predict_and_are_drawn_from(rounds: int) -> None:
    """With less than two sets there are no others to draw from."""
    places = replay(recorded(3, rounds), (0.1,), 10, RULES, seed=1)
    assert {place.trials for place in places} == {10}


def test_a_round_may_lack_a_benchmark() -> None:
    """Its blocks are fewer; the others are not touched."""
    known = recorded(3)
    for number in list(known["B1"])[::2]:
        del known["B1"][number]
    assert {place.trials for place in replay(known, (0.1,), 10, RULES, seed=1)} == {10}
    known["B2"] = {}
    assert {p.benchmark: p.trials for p in replay(known, (0.1,), 10, RULES, seed=1)} == {"B0": 10, "B1": 10, "B2": 0}


def test_found_is_what_a_verdict_says() -> None:
    """Slower, beyond margin and noise floor, and significant after correction."""
    found = of_differences([0.05 + 0.001 * n for n in range(-10, 10)])
    assert is_regressed(found, 0.001, 10, 1.96, RULES)
    assert not is_regressed(found, 0.06, 10, 1.96, RULES)
    assert not is_regressed(found, 0.001, 10, 50, RULES)
    assert not is_regressed(found, 0.001, 10**6, 1.96, RULES)
    assert not is_regressed(of_differences([-0.05] * 20), 0.001, 10, 1.96, RULES)


def test_intervals_hold_what_is_within() -> None:
    """Their ends included; without an interval nothing is held."""
    found = of_differences([0.01 * n for n in range(20)])
    assert found.interval95
    low, high = found.interval95
    assert [holds(found, shift) for shift in (low, high, math.nextafter(high, 1))] == [True, True, False]
    assert not holds(of_differences([0.1]), 0.1)


def test_sums_are_by_size() -> None:
    """Those that were predicted in all trials have to be found in nine of ten."""
    promised = Place("A", 0.1, 10, 9, 9, 10, 9, 9)
    broken = Place("B", 0.1, 10, 10, 8, 10, 10, 8)
    sometimes = Place("C", 0.1, 10, 10, 5, 4, 4, 4)
    (its,) = sums([promised, broken, sometimes])
    assert (its.trials, its.covered, its.predicted, its.predicted_found, its.predicted_covered) == (30, 29, 24, 21, 23)
    assert (its.unpredicted_found, its.always, its.whole) == (1, 2, 1)


def test_draws_of_a_build_that_is_slower() -> None:
    """A large effect is found in each, and what holds the true size is counted."""
    draw = random.Random(5)
    slower = [0.05 + draw.gauss(0, 0.02) for _ in range(120)]
    found, covered = drawn(slower, 0.05, 50, 76, RULES, seed=1)
    assert found == 50
    assert covered >= 45
    assert drawn(slower, 0.2, 50, 76, RULES, seed=1) == (50, 0)
    assert drawn([0.001, -0.001] * 60, 0.0, 50, 76, RULES, seed=1)[0] == 0
