"""Whether a comparison bears out a claim: what its benchmarks, or their geometric mean, come to."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tasks.compare.claim_rows import (
    NO,
    OPEN,
    YES,
    Reading,
    between,
    beyond,
    bound_of,
    ends,
    obstacle_of,
    past,
    read_row,
)
from tasks.compare.claims import ANY, EQUIVALENT, GEOMEAN, Claim, Condition, fits, sign_of
from tasks.compare.geomean import overall
from tasks.compare.neighbours import Leaf, Pair
from tasks.compare.paired import paired
from tasks.compare.words import percent

HOLDS, CONTRADICTED, NOT_ENOUGH = "holds", "contradicted", "not enough data"
OUTCOMES = (HOLDS, CONTRADICTED, NOT_ENOUGH)

#: A geometric mean says something of a group if so large a part of it was measured well enough.
_ENOUGH_OF_A_GROUP = 0.5

Document = Mapping[str, Any]
#: The values of each benchmark in the blocks that both versions share.
Blocks = Mapping[Leaf, Sequence[Pair]]


@dataclass(frozen=True)
class Mean:
    """The geometric mean of the ratios of ``benchmarks`` out of ``of``, with its 95 % interval."""

    ratio: float
    low: float
    high: float
    benchmarks: int
    of: int


@dataclass(frozen=True)
class Judgement:
    """What became of a claim, why, and what that rests on."""

    outcome: str
    why: str
    readings: tuple[Reading, ...] = ()
    mean: Mean | None = None


def judge(claim: Claim, comparison: Document, blocks: Blocks | None = None) -> Judgement:
    """What a comparison of the claim's two versions says to it; ``blocks`` are what that rests on."""
    rows = rows_of(claim, comparison)
    margin = comparison["rules"]["margin"]
    readings = tuple(read_row(row, claim.condition, margin) for row in rows)
    absent = _absent(claim, comparison, rows)
    if not rows:
        return Judgement(NOT_ENOUGH, "; ".join(absent))
    if claim.condition.of == GEOMEAN:
        return _by_mean(claim, mean_of(comparison, rows, blocks or {}), rows, readings)
    return _together(claim.condition, readings, absent)


def rows_of(claim: Claim, comparison: Document) -> list[Document]:
    """The rows of a comparison that a claim speaks of; its measure is named as it is printed, or in base units."""
    return [
        row
        for row in comparison["rows"]
        if claim.measure in (row["measure"], row["printed"]) and claim.speaks_of(row["package"], row["name"])
    ]


def _absent(claim: Claim, comparison: Document, rows: Sequence[Document]) -> list[str]:
    """What a claim speaks of and a comparison has not got, a line each."""
    units = {row["unit"] for row in rows}
    failed = [
        f"{its['unit']} has no result in {its['label']} ({its['status']})"
        for its in comparison["without_result"]
        if its["unit"] not in units and claim.speaks_of(*its["unit"].split(".", 1))
    ]
    unmatched = [
        f"no result in {claim.measure} fits {pattern}"
        for pattern in claim.benchmarks
        if not any(fits(pattern, row["package"], row["name"]) for row in rows) and not failed
    ]
    return failed + unmatched


def _together(condition: Condition, readings: Sequence[Reading], absent: Sequence[str]) -> Judgement:
    """Every benchmark of a group, or any of it. What is absent might have met the condition, or not."""
    count = {meets: sum(reading.meets == meets for reading in readings) for meets in (YES, NO, OPEN)}
    gaps = len(absent)
    if condition.of == ANY:
        decisive, other = (YES, HOLDS), (NO, CONTRADICTED)
    else:
        decisive, other = (NO, CONTRADICTED), (YES, HOLDS)
    outcome = NOT_ENOUGH
    if count[decisive[0]]:
        outcome = decisive[1]
    elif not count[OPEN] and not gaps:
        outcome = other[1]
    shown = {HOLDS: YES, CONTRADICTED: NO, NOT_ENOUGH: OPEN}[outcome]
    reasons = [f"{reading.row['name']} {reading.why}" for reading in readings if reading.meets == shown and reading.row]
    reasons += absent if outcome == NOT_ENOUGH else []
    return Judgement(outcome, f"{_counted(count, gaps)}: {_listed(reasons)}", tuple(readings))


def _counted(count: Mapping[str, int], gaps: int) -> str:
    words = {YES: "as claimed", NO: "not as claimed", OPEN: "undecided"}
    said = [f"{count[meets]} {words[meets]}" for meets in (YES, NO, OPEN) if count[meets]]
    return ", ".join([*said, *([f"{gaps} missing"] if gaps else [])])


def _listed(reasons: Sequence[str], limit: int = 3) -> str:
    more = f"; and {len(reasons) - limit} more" if len(reasons) > limit else ""
    return "; ".join(reasons[:limit]) + more


def _by_mean(claim: Claim, mean: Mean | None, rows: Sequence[Document], readings: Sequence[Reading]) -> Judgement:
    if mean is None or mean.benchmarks < _ENOUGH_OF_A_GROUP * mean.of:
        there = mean.benchmarks if mean else 0
        reasons = [f"{row['name']} {why}" for row in rows if (why := obstacle_of(row))]
        why = f"only {there} of {len(rows)} benchmarks can enter a mean{': ' if reasons else ''}{_listed(reasons)}"
        return Judgement(NOT_ENOUGH, why, tuple(readings), mean)
    reading = read_mean(mean, claim.condition, rows[0]["better"])
    outcome = {YES: HOLDS, NO: CONTRADICTED, OPEN: NOT_ENOUGH}[reading.meets]
    return Judgement(outcome, reading.why, tuple(readings), mean)


def mean_of(comparison: Document, rows: Sequence[Document], blocks: Blocks) -> Mean | None:
    """The geometric mean over the rows that count; None if there is none.

    Its interval comes from rounds, as that of a whole comparison does. Where blocks are not at hand, as through a third
    version, its ends are the means of the ends, as if all moved together: wider than the truth, never narrower.
    """
    usable = [row for row in rows if not obstacle_of(row) and row["paired"]["low"] and row["paired"]["ratio"]]
    if not usable:
        return None
    own = next((its["geomean"] for its in comparison["summary"] if its["measure"] == rows[0]["measure"]), None)
    everything = [row for row in comparison["rows"] if row["measure"] == rows[0]["measure"]]
    if own and len(everything) == len(rows) and own["benchmarks"] == len(usable):
        return Mean(own["ratio"], own["low"], own["high"], len(usable), len(rows))
    leaves = [Leaf(row["package"], row["name"], row["measure"]) for row in usable]
    if all(leaf in blocks for leaf in leaves):
        found = overall(
            {leaf: (paired(blocks[leaf]), blocks[leaf]) for leaf in leaves},
            f"{comparison['name']} {' '.join(leaf.name for leaf in leaves)}",
        )
        if found and found.benchmarks == len(usable):
            return Mean(found.ratio, found.low, found.high, len(usable), len(rows))
    ratio, low, high = (
        math.exp(math.fsum(math.log(row["paired"][end]) for row in usable) / len(usable))
        for end in ("ratio", "low", "high")
    )
    return Mean(ratio, low, high, len(usable), len(rows))


def read_mean(mean: Mean, condition: Condition, better: str) -> Reading:
    """What a geometric mean says to a condition: with its 95 % interval, and no margin."""
    told = f"geometric mean {percent(mean.ratio - 1)} % ({between(mean.low, mean.high)})"
    told += f" over {mean.benchmarks} of {mean.of} benchmarks"
    signs = (-1, 1) if condition.word == EQUIVALENT else (sign_of(condition.direction, better),)
    if 0 in signs:
        return Reading(OPEN, "nobody knows which way is better")
    small = condition.word == EQUIVALENT or condition.negated
    reached = [ends(mean.low, mean.high, sign) for sign in signs]
    # Of no size at all, "lower" still means below 1, and not at it.
    passes = past if small or not condition.by else beyond
    surely = any(passes(near, sign, condition.by) for (near, _), sign in zip(reached, signs, strict=True))
    never = not any(passes(far, sign, condition.by) for (_, far), sign in zip(reached, signs, strict=True))
    meets = YES if (never if small else surely) else NO if (surely if small else never) else OPEN
    bounds = " or ".join(bound_of(sign * condition.by) for sign in signs)
    return Reading(meets, told if meets != OPEN else f"{told}, which decides neither for nor against {bounds}")
