"""Which length of a sample tells most per second, and what short samples measure that long ones do not.

Of one benchmark sampled in rounds at several lengths, under two versions: how far the ratio is off per second of wall
time, and how level and ratio differ from those of the longest sample. A length is known by its name (``25ms``).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import geometric_mean, median
from typing import NamedTuple

from tasks.compare.false_discovery import q_values
from tasks.compare.paired import of_differences


class Block(NamedTuple):
    """One round of one benchmark at one length: ns/op of both versions, and the wall seconds of both samples."""

    old: float
    new: float
    seconds: float


#: The blocks of one benchmark at one length, by round.
Series = Mapping[int, Block]


@dataclass(frozen=True)
class Point:
    """One benchmark at one length. All are of logarithms, so that 0.01 is 1 %.

    ``error`` of the ratio if one second were spent on it, in samples of this length; ``linked`` the same if each round
    costs its share of linking, too. ``level`` is by how much the old version reads slower than in the longest samples,
    ``bias`` by how much the ratio differs, with its standard error and p.
    """

    benchmark: str
    error: float
    linked: float
    level: float
    bias: float
    bias_error: float
    bias_p: float


def point(benchmark: str, series: Series, longest: Series, link_seconds: float) -> Point | None:
    """What one length gives, against the longest in the same rounds; None without intervals."""
    found = of_differences([math.log(its.new / its.old) for its in series.values()])
    both = sorted(series.keys() & longest.keys())
    if not found.standard_error or not both:
        return None
    # A standard error falls with the square root of the rounds, each of which takes so long.
    of_one = found.standard_error * math.sqrt(len(series))
    seconds = math.fsum(its.seconds for its in series.values()) / len(series)
    level = of_differences([math.log(series[number].old / longest[number].old) for number in both])
    bias = of_differences([_ratio(series[number]) - _ratio(longest[number]) for number in both])
    return Point(
        benchmark=benchmark,
        error=of_one * math.sqrt(seconds),
        linked=of_one * math.sqrt(seconds + link_seconds),
        level=level.shift or 0.0,
        bias=bias.shift or 0.0,
        bias_error=bias.standard_error or 0.0,
        bias_p=bias.p,
    )


def _ratio(block: Block) -> float:
    return math.log(block.new / block.old)


@dataclass(frozen=True)
class Length:
    """All benchmarks at one length: geometric means of the errors, and the biases.

    ``level`` is the median of |level|, ``far`` how many are off by more than 10 %; ``bias`` is the median of |bias|,
    ``differ`` in how many the ratio is another after correction.
    """

    name: str
    benchmarks: int
    error: float
    linked: float
    level: float
    far: int
    bias: float
    differ: int


def summary(name: str, points: Sequence[Point], alpha: float = 0.05) -> Length | None:
    """What one length gives over all benchmarks; None without any."""
    if not points:
        return None
    return Length(
        name=name,
        benchmarks=len(points),
        error=geometric_mean(its.error for its in points),
        linked=geometric_mean(its.linked for its in points),
        level=median(abs(its.level) for its in points),
        far=sum(abs(math.expm1(its.level)) > 0.1 for its in points),
        bias=median(abs(its.bias) for its in points),
        differ=sum(q <= alpha for q in q_values([its.bias_p for its in points])),
    )


def turns(seconds: float, nanoseconds: float) -> int:
    """How many operations of so many nanoseconds make a sample of so many seconds; at least one."""
    return max(1, round(seconds * 1e9 / nanoseconds))
