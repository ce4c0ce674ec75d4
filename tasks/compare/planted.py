"""Planted effects: is a change found that the tool predicts to find, and does its interval hold the true size?

By replay of recorded rounds in which both sides are the same version, in fresh layouts. One set of 40 rounds predicts,
as `doit calibrate` does; a trial draws 40 of all the others, tosses for each round which side is the new one, and makes
one benchmark slower by a known share. The toss makes "no change" exactly true of each trial, and trials nearly
independent of each other, though all are drawn from the same rounds.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tasks.compare.false_discovery import q_values
from tasks.compare.noise import FACTOR
from tasks.compare.noise_file import factor_of
from tasks.compare.paired import Paired, of_differences
from tasks.compare.power import smallest_effect
from tasks.compare.verdict import REGRESSED, Evidence, verdict
from tasks.shared.rules import Rules
from tasks.shared.signed_rank import blocks_needed

#: ln(second side / first side) of one benchmark by round; rounds sort in order of time.
Differences = Mapping[str, float]


@dataclass(frozen=True)
class Place:
    """What became of one effect in one benchmark: of ``trials``, in how many the interval held the true size, in how
    many it was found, and the same of those in which it had been predicted to be found.
    """

    benchmark: str
    size: float
    trials: int = 0
    covered: int = 0
    found: int = 0
    predicted: int = 0
    predicted_covered: int = 0
    predicted_found: int = 0

    def with_trial(self, is_predicted: bool, is_found: bool, is_covered: bool) -> Place:
        """One more."""
        return replace(
            self,
            trials=self.trials + 1,
            covered=self.covered + is_covered,
            found=self.found + is_found,
            predicted=self.predicted + is_predicted,
            predicted_covered=self.predicted_covered + (is_predicted and is_covered),
            predicted_found=self.predicted_found + (is_predicted and is_found),
        )


def replay(
    recorded: Mapping[str, Differences], sizes: Sequence[float], trials: int, rules: Rules, seed: int, n: int = 40
) -> list[Place]:
    """All benchmarks with all effects (fractions), each in so many trials of n rounds; the same for the same seed.

    With less than two sets of n rounds, the same rounds predict and are drawn from.
    """
    draw = random.Random(seed)
    rounds = sorted({number for its in recorded.values() for number in its})
    sets = [rounds[start : start + n] for start in range(0, len(rounds) - n + 1, n)] or [rounds]
    predictions = [_smallest_effects(_of(recorded, chosen), rules) for chosen in sets]
    places = {(name, size): Place(name, size) for name in sorted(recorded) for size in sizes}
    for trial in range(trials):
        which = trial % len(sets)
        others = [number for number in rounds if number not in set(sets[which])]
        chosen = draw.sample(others, n) if len(others) >= n else draw.choices(rounds, k=min(n, len(rounds)))
        signs = [draw.choice((-1, 1)) for _ in chosen]
        tossed = {
            name: [sign * its[number] for number, sign in zip(chosen, signs, strict=True) if number in its]
            for name, its in recorded.items()
        }
        for place, is_found, is_covered in _trials(tossed, list(places.values()), rules, predictions[which].factor):
            least = predictions[which].effects.get(place.benchmark)
            is_predicted = least is not None and place.size >= least
            places[place.benchmark, place.size] = place.with_trial(is_predicted, is_found, is_covered)
    return list(places.values())


@dataclass(frozen=True)
class _Prediction:
    """The factor of the noise floor, and the smallest effect of each benchmark that has one."""

    factor: float
    effects: Mapping[str, float | None]


def _of(recorded: Mapping[str, Differences], rounds: Sequence[str]) -> dict[str, list[float]]:
    return {name: [its[number] for number in rounds if number in its] for name, its in recorded.items()}


def _smallest_effects(differences: Mapping[str, Sequence[float]], rules: Rules) -> _Prediction:
    """What a calibration of these rounds says."""
    compared = {name: of_differences(its) for name, its in differences.items() if its}
    errors = {name: its.standard_error for name, its in compared.items() if its.standard_error}
    factor = factor_of([abs(compared[name].shift or 0.0) / error for name, error in errors.items()])
    return _Prediction(
        factor,
        {
            name: smallest_effect(differences[name], compared[name].blocks, factor, len(errors), rules)
            for name in errors
        },
    )


def _trials(
    differences: Mapping[str, Sequence[float]], places: Sequence[Place], rules: Rules, factor: float
) -> Iterator[tuple[Place, bool, bool]]:
    """(place, whether it is found, whether its interval holds its size), each effect as the only one in the suite."""
    null = {name: of_differences(its).p for name, its in differences.items() if its}
    for place in places:
        if place.benchmark in null:
            planted = math.log1p(place.size)
            found = of_differences([difference + planted for difference in differences[place.benchmark]])
            ps = {**null, place.benchmark: found.p}
            q = dict(zip(ps, q_values(list(ps.values())), strict=True))[place.benchmark]
            yield place, is_regressed(found, q, len(ps), factor, rules), holds(found, planted)


def is_regressed(found: Paired, q: float, benchmarks: int, factor: float, rules: Rules) -> bool:
    """Whether the verdict on a benchmark, one of so many, would be that it got slower."""
    floor = factor * found.standard_error if found.standard_error else None
    needed = blocks_needed(rules.alpha, benchmarks)
    return verdict(Evidence(True, True, "lower", needed, found, q, floor), rules) == REGRESSED


def holds(found: Paired, shift: float) -> bool:
    """Whether the 95 % interval holds a shift."""
    return found.interval95 is not None and found.interval95[0] <= shift <= found.interval95[1]


@dataclass(frozen=True)
class Sum:
    """What became of one size in all benchmarks; ``whole`` of those ``always`` predicted kept the promise of 90 %."""

    size: float
    trials: int
    covered: int
    predicted: int
    predicted_found: int
    predicted_covered: int
    unpredicted_found: int
    always: int
    whole: int


def sums(places: Sequence[Place]) -> list[Sum]:
    """One for each size, the smallest first."""
    made = []
    for size in sorted({place.size for place in places}):
        its = [place for place in places if place.size == size]
        always = [place for place in its if place.trials and place.predicted == place.trials]
        made.append(
            Sum(
                size=size,
                trials=sum(place.trials for place in its),
                covered=sum(place.covered for place in its),
                predicted=sum(place.predicted for place in its),
                predicted_found=sum(place.predicted_found for place in its),
                predicted_covered=sum(place.predicted_covered for place in its),
                unpredicted_found=sum(place.found - place.predicted_found for place in its),
                always=len(always),
                whole=sum(place.found >= 0.9 * place.trials for place in always),
            )
        )
    return made


def drawn(
    differences: Sequence[float], shift: float, trials: int, benchmarks: int, rules: Rules, seed: int, n: int = 40
) -> tuple[int, int]:
    """(found, covered): of so many draws of n blocks of a build that really is slower by ``shift``, as one of many.

    Draws from the same blocks resemble each other; with three times n there are but three that share nothing.
    """
    draw = random.Random(seed)
    found = covered = 0
    for _ in range(trials):
        compared = of_differences(draw.sample(list(differences), min(n, len(differences))))
        # As the only one that has changed: the smallest p of all.
        q = min(1.0, compared.p * benchmarks)
        found += is_regressed(compared, q, benchmarks, FACTOR, rules)
        covered += holds(compared, shift)
    return found, covered
