"""One benchmark against itself, compared as two versions would be: in pairs of one block, or as a loop over `go test`.

Also what came of all benchmarks together: one geometric mean, which is 1 if nothing is invented.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

from tasks.compare.controls import control_of
from tasks.compare.geomean import Overall, overall
from tasks.compare.neighbours import Leaf, Pair
from tasks.compare.paired import Paired, paired
from tasks.compare.utest import u_test
from tasks.measure.sample_file import Sample
from tasks.shared.cell import package_of
from tasks.shared.signed_rank import Z95
from tasks.shared.statistics import summarize

ALL = slice(None)


@dataclass(frozen=True)
class Compared:
    """One benchmark against itself in one design: n samples a side, the shift of ln(time), its standard error, p.

    ``paired`` and ``pairs`` say it in full where it was sampled in rounds.
    """

    unit: str
    name: str
    n: int
    shift: float
    standard_error: float
    p: float
    paired: Paired | None = None
    pairs: Sequence[Pair] = ()


def pairs_of(first: Sequence[Sample], second: Sequence[Sample]) -> dict[str, list[Pair]]:
    """The times of both sides in the blocks that they share, in order of time, by benchmark."""
    others = {(sample.session, sample.round): sample.times for sample in second}
    pairs: dict[str, list[Pair]] = {}
    for sample in first:
        key = (sample.session, sample.round)
        for name, old in sample.times.items():
            if name in others.get(key, {}):
                pairs.setdefault(name, []).append(Pair(f"{key[0]}/{key[1]}", old, others[key][name]))
    return pairs


def in_rounds(unit: str, first: Sequence[Sample], second: Sequence[Sample], part: slice = ALL) -> Iterator[Compared]:
    """As versions are compared: in pairs of one block; ``part`` takes some of the blocks of each benchmark."""
    for name, pairs in pairs_of(first, second).items():
        found = paired(pairs[part]) if pairs[part] else None
        control = control_of(unit, name, found) if found else None
        if control:
            its = Compared(unit, name, control.blocks, control.shift, control.standard_error, control.p)
            yield replace(its, paired=found, pairs=pairs[part])


def in_sequence(unit: str, first: Sequence[Sample], second: Sequence[Sample], part: slice = ALL) -> Iterator[Compared]:
    """As benchstat does: medians with their intervals, and a U test; ``part`` takes some of the samples of each side.

    The standard error is that of both medians: a 95 % interval of each, in logarithms, is 3.92 of its own wide. That
    takes 6 samples.
    """
    sides = [_by_name(side[part]) for side in (first, second)]
    for name in sides[0].keys() & sides[1].keys():
        old, new = (side[name] for side in sides)
        error = math.hypot(*(_error_of_median(values) for values in (old, new)))
        if error:
            shift = math.log(median(new) / median(old))
            p = u_test(old, new)
            yield Compared(unit, name, min(len(old), len(new)), shift, error, 1.0 if p is None else min(1.0, p))


def _error_of_median(values: Sequence[float]) -> float:
    """The standard error of ln(median); nought where there is no interval, or none with a width."""
    its = summarize(values)
    return math.log(its.high / its.low) / (2 * Z95) if its.low and its.high else 0.0


def geomean_of(compared: Sequence[Compared], seed: str) -> dict[str, Any] | None:
    """The geometric mean of all ratios with its 95 % interval, ``{ratio, low, high}``; None without any.

    Of rounds it is that of comparisons. Samples in sequence have no blocks to draw from: there it is the interval that
    independent samples would have, which is what a loop over `go test` takes for granted.
    """
    if not compared:
        return None
    if all(its.paired for its in compared):
        found = overall(
            {Leaf(package_of(its.unit), its.name, "sec/op"): (its.paired, its.pairs) for its in compared if its.paired},
            seed,
        )
        return _document(found) if found else None
    mean = math.fsum(its.shift for its in compared) / len(compared)
    error = math.sqrt(math.fsum(its.standard_error**2 for its in compared)) / len(compared)
    return {"ratio": math.exp(mean), "low": math.exp(mean - Z95 * error), "high": math.exp(mean + Z95 * error)}


def _document(found: Overall) -> dict[str, Any]:
    return {"ratio": found.ratio, "low": found.low, "high": found.high}


def _by_name(side: Sequence[Sample]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for sample in side:
        for name, time in sample.times.items():
            found.setdefault(name, []).append(time)
    return found
