"""Whether a comparison bears out a claim: for each benchmark yes, no or open, and what that comes to.

Open is whatever the numbers do not decide; it is never counted for or against a claim. docs/findings.md has the rules.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tasks.compare.claims import ANY, EQUIVALENT, GEOMEAN, Claim, Condition, fits, sign_of
from tasks.compare.verdict import CHANGED, IMPROVED, ONLY_NEW, ONLY_OLD, REGRESSED, SIGNIFICANT, UNDECIDED
from tasks.compare.words import percent

YES, NO, OPEN = "yes", "no", "open"
HOLDS, CONTRADICTED, NOT_ENOUGH = "holds", "contradicted", "not enough data"
OUTCOMES = (HOLDS, CONTRADICTED, NOT_ENOUGH)

#: A geometric mean says something of a group if so large a part of it was measured well enough.
_ENOUGH_OF_A_GROUP = 0.5

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Reading:
    """What one benchmark (``row`` of a comparison) or a geometric mean says to a condition, and why."""

    meets: str
    why: str
    row: Document | None = None


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


def judge(claim: Claim, comparison: Document) -> Judgement:
    """What a comparison of the claim's two versions says to it."""
    rows = rows_of(claim, comparison)
    margin = comparison["rules"]["margin"]
    readings = tuple(read_row(row, claim.condition, margin) for row in rows)
    absent = _absent(claim, comparison, rows)
    if not rows:
        return Judgement(NOT_ENOUGH, "; ".join(absent))
    if claim.condition.of == GEOMEAN:
        return _by_mean(claim, comparison, rows, readings)
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


# One benchmark.


def read_row(row: Document, condition: Condition, margin: float) -> Reading:
    """What one benchmark says to a condition."""
    obstacle = _obstacle(row)
    if obstacle:
        return Reading(OPEN, obstacle, row)
    if condition.word == EQUIVALENT or condition.negated:
        return _read_small(row, condition, margin)
    return _read_large(row, condition, margin)


def _obstacle(row: Document) -> str:
    """Why a row may not speak for or against anything; empty if it may."""
    if row["verdict"] in (ONLY_OLD, ONLY_NEW):
        return str(row["words"])
    if row["flags"]:
        return f"differs in more than Go: {'; '.join(row['flags'])}"
    if row["verdict"] == UNDECIDED or row["paired"] is None:
        return str(row["words"])
    return ""


def _read_large(row: Document, condition: Condition, margin: float) -> Reading:
    """A change in one direction, of at least ``by``.

    Yes: the verdict says so, and the end of the 95 % interval that is nearest to no change is beyond ``by``. No: the
    verdict says the opposite, or neither the interval nor the noise floor reaches as far as ``by`` (or the margin, if
    that is more: the verdict knows no smaller change).
    """
    sign = sign_of(condition.direction, row["better"])
    if not sign:
        return Reading(OPEN, f"nobody knows which way {row['measure']} is better", row)
    found, paired = _found(row), row["paired"]
    told = told_of(row)
    if found == -sign:
        return Reading(NO, f"{told}: the opposite", row)
    if paired["low"] is None:
        # From or to zero, or too few blocks for an interval: a direction and no size.
        met = found == sign and not condition.by
        return Reading(YES if met else OPEN, told if met else f"{told}, which tells no size", row)
    near, far = _ends(paired["low"], paired["high"], sign)
    if found == sign and _beyond(near, sign, condition.by):
        return Reading(YES, told, row)
    bound = max(condition.by, margin)
    floor = paired["ratio"] * math.exp(sign * (paired["noise_floor"] or 0.0))
    if not _beyond(far, sign, bound) and not _beyond(floor, sign, bound):
        return Reading(NO, f"{told}, which excludes {_bound(sign * bound)}", row)
    return Reading(OPEN, f"{told}, which decides neither for nor against {_bound(sign * bound)}", row)


def _read_small(row: Document, condition: Condition, margin: float) -> Reading:
    """No change in one direction, or in both, beyond ``by`` (of a ``not``: beyond the margin, if that is more).

    Yes: the 90 % interval says so (each of its ends is a one-sided test at 5 %). No: there is a change, and the end of
    the 95 % interval that is nearest to no change is beyond.
    """
    signs = (-1, 1) if condition.word == EQUIVALENT else (sign_of(condition.direction, row["better"]),)
    bound = condition.by if condition.word == EQUIVALENT else max(condition.by, margin)
    if 0 in signs:
        return Reading(OPEN, f"nobody knows which way {row['measure']} is better", row)
    found, paired = _found(row), row["paired"]
    told = told_of(row)
    if paired["ratio"] is None:
        # From zero there is no bound that is not passed.
        return Reading(NO if found in signs else OPEN, told, row)
    if paired["low90"] is not None:
        ends = {-1: paired["low90"], 1: paired["high90"]}
        if not any(_past(ends[sign], sign, bound) for sign in signs):
            return Reading(YES, f"{told}, with 90 % within {_between(paired['low90'], paired['high90'])}", row)
    if paired["low"] is not None and found in signs:
        near, _ = _ends(paired["low"], paired["high"], found)
        if _past(near, found, bound):
            return Reading(NO, told, row)
    return Reading(
        OPEN, f"{told}, which decides neither for nor against {' or '.join(_bound(s * bound) for s in signs)}", row
    )


def _found(row: Document) -> int:
    """-1 or 1 if the verdict says that something became less or more, else 0."""
    if row["verdict"] not in SIGNIFICANT:
        return 0
    ratio = row["paired"]["ratio"]
    if ratio is not None:
        return -1 if ratio < 1 else 1
    if row["verdict"] == CHANGED:
        return -1 if row["new"]["median"] < row["old"]["median"] else 1
    return sign_of({IMPROVED: "improved", REGRESSED: "regressed"}[row["verdict"]], row["better"])


def _ends(low: float, high: float, sign: int) -> tuple[float, float]:
    """The ends of an interval of ratios: the one nearest to (or most against) a direction's start, and the farthest."""
    return (high, low) if sign < 0 else (low, high)


def _beyond(ratio: float, sign: int, by: float) -> bool:
    """Whether a ratio is a change in this direction of at least ``by``."""
    return ratio <= 1 - by if sign < 0 else ratio >= 1 + by


def _past(ratio: float, sign: int, by: float) -> bool:
    """Whether a ratio is a change in this direction of more than ``by``."""
    return ratio < 1 - by if sign < 0 else ratio > 1 + by


# A group.


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


def _by_mean(claim: Claim, comparison: Document, rows: Sequence[Document], readings: Sequence[Reading]) -> Judgement:
    mean = mean_of(comparison, rows)
    if mean is None or mean.benchmarks < _ENOUGH_OF_A_GROUP * mean.of:
        there = mean.benchmarks if mean else 0
        reasons = [f"{row['name']} {why}" for row in rows if (why := _obstacle(row))]
        why = f"only {there} of {len(rows)} benchmarks can enter a mean{': ' if reasons else ''}{_listed(reasons)}"
        return Judgement(NOT_ENOUGH, why, tuple(readings), mean)
    reading = read_mean(mean, claim.condition, rows[0]["better"])
    outcome = {YES: HOLDS, NO: CONTRADICTED, OPEN: NOT_ENOUGH}[reading.meets]
    return Judgement(outcome, reading.why, tuple(readings), mean)


def mean_of(comparison: Document, rows: Sequence[Document]) -> Mean | None:
    """The geometric mean over the rows that count; None if there is none.

    Of all benchmarks of a measure it is the comparison's own, whose interval comes from rounds. Of some of them, the
    ends of the interval are the means of the ends, as if all moved together: wider than the truth, never narrower.
    """
    usable = [row for row in rows if not _obstacle(row) and row["paired"]["low"] and row["paired"]["ratio"]]
    if not usable:
        return None
    own = next((its["geomean"] for its in comparison["summary"] if its["measure"] == rows[0]["measure"]), None)
    everything = [row for row in comparison["rows"] if row["measure"] == rows[0]["measure"]]
    if own and len(everything) == len(rows) and own["benchmarks"] == len(usable):
        return Mean(own["ratio"], own["low"], own["high"], len(usable), len(rows))
    ratio, low, high = (
        math.exp(math.fsum(math.log(row["paired"][end]) for row in usable) / len(usable))
        for end in ("ratio", "low", "high")
    )
    return Mean(ratio, low, high, len(usable), len(rows))


def read_mean(mean: Mean, condition: Condition, better: str) -> Reading:
    """What a geometric mean says to a condition: with its 95 % interval, and no margin."""
    told = f"geometric mean {percent(mean.ratio - 1)} % ({_between(mean.low, mean.high)})"
    told += f" over {mean.benchmarks} of {mean.of} benchmarks"
    signs = (-1, 1) if condition.word == EQUIVALENT else (sign_of(condition.direction, better),)
    if 0 in signs:
        return Reading(OPEN, "nobody knows which way is better")
    small = condition.word == EQUIVALENT or condition.negated
    reached = [_ends(mean.low, mean.high, sign) for sign in signs]
    # Of no size at all, "lower" still means below 1, and not at it.
    passes = _past if small or not condition.by else _beyond
    surely = any(passes(near, sign, condition.by) for (near, _), sign in zip(reached, signs, strict=True))
    never = not any(passes(far, sign, condition.by) for (_, far), sign in zip(reached, signs, strict=True))
    meets = YES if (never if small else surely) else NO if (surely if small else never) else OPEN
    bounds = " or ".join(_bound(sign * condition.by) for sign in signs)
    return Reading(meets, told if meets != OPEN else f"{told}, which decides neither for nor against {bounds}")


# Words.


def told_of(row: Document) -> str:
    """``-66.1 % (-68.0 ... -64.0 %), q 0.000, 40 blocks, improved``: what is known of a row that was compared."""
    paired = row["paired"]
    if paired["ratio"] is None:
        said = "from or to zero"
    else:
        around = "" if paired["low"] is None else f" ({_between(paired['low'], paired['high'])})"
        said = f"{percent(paired['ratio'] - 1)} %{around}"
    q = "" if row["q"] is None else f", q {row['q']:.3f}"
    way = f" through {paired['through']}" if paired["through"] else ""
    return f"{said}{q}, {paired['blocks']} blocks{way}, {row['verdict']}"


def _between(low: float, high: float) -> str:
    return f"{percent(low - 1)} ... {percent(high - 1)} %"


def _bound(change: float) -> str:
    return f"{change * 100:+.3g} %" if change else "a change at all"
