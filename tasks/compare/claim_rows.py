"""What one benchmark of a comparison says to a claim's condition: yes, no or open, and why.

Open is whatever its numbers do not decide; it is never counted for or against a claim. docs/findings.md has the rules.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tasks.compare.claims import EQUIVALENT, Condition, sign_of
from tasks.compare.verdict import CHANGED, ONLY_NEW, ONLY_OLD, SIGNIFICANT, UNDECIDED
from tasks.compare.words import percent

YES, NO, OPEN = "yes", "no", "open"

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Reading:
    """What one benchmark (``row`` of a comparison) or a geometric mean says to a condition, and why."""

    meets: str
    why: str
    row: Document | None = None


def read_row(row: Document, condition: Condition, margin: float) -> Reading:
    """What one benchmark says to a condition."""
    obstacle = obstacle_of(row)
    if obstacle:
        return Reading(OPEN, obstacle, row)
    if condition.word == EQUIVALENT or condition.negated:
        return _read_small(row, condition, margin)
    return _read_large(row, condition, margin)


def obstacle_of(row: Document) -> str:
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
    near, far = ends(paired["low"], paired["high"], sign)
    if found == sign and beyond(near, sign, condition.by):
        return Reading(YES, told, row)
    bound = max(condition.by, margin)
    floor = paired["ratio"] * math.exp(sign * (paired["noise_floor"] or 0.0))
    if not beyond(far, sign, bound) and not beyond(floor, sign, bound):
        return Reading(NO, f"{told}, which excludes {bound_of(sign * bound)}", row)
    return Reading(OPEN, f"{told}, which decides neither for nor against {bound_of(sign * bound)}", row)


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
        return Reading(NO if found in signs else YES if found else OPEN, told, row)
    if paired["low90"] is not None:
        reached = {-1: paired["low90"], 1: paired["high90"]}
        if not any(past(reached[sign], sign, bound) for sign in signs):
            return Reading(YES, f"{told}, with 90 % within {between(paired['low90'], paired['high90'])}", row)
    if paired["low"] is not None and found in signs:
        near, _ = ends(paired["low"], paired["high"], found)
        if past(near, found, bound):
            return Reading(NO, told, row)
    return Reading(
        OPEN, f"{told}, which decides neither for nor against {' or '.join(bound_of(s * bound) for s in signs)}", row
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
    return sign_of(row["verdict"], row["better"])


def ends(low: float, high: float, sign: int) -> tuple[float, float]:
    """The ends of an interval of ratios: the one nearest to (or most against) a direction's start, and the farthest."""
    return (high, low) if sign < 0 else (low, high)


def beyond(ratio: float, sign: int, by: float) -> bool:
    """Whether a ratio is a change in this direction of at least ``by``."""
    return ratio <= 1 - by if sign < 0 else ratio >= 1 + by


def past(ratio: float, sign: int, by: float) -> bool:
    """Whether a ratio is a change in this direction of more than ``by``."""
    return ratio < 1 - by if sign < 0 else ratio > 1 + by


def told_of(row: Document) -> str:
    """``-66.1 % (-68.0 ... -64.0 %), q 0.000, 40 blocks, improved``: what is known of a row that was compared."""
    paired = row["paired"]
    if paired["ratio"] is None:
        said = "from or to zero"
    else:
        around = "" if paired["low"] is None else f" ({between(paired['low'], paired['high'])})"
        said = f"{percent(paired['ratio'] - 1)} %{around}"
    q = "" if row["q"] is None else f", q {row['q']:.3f}"
    way = f" through {paired['through']}" if paired["through"] else ""
    return f"{said}{q}, {paired['blocks']} blocks{way}, {row['verdict']}"


def between(low: float, high: float) -> str:
    return f"{percent(low - 1)} ... {percent(high - 1)} %"


def bound_of(change: float) -> str:
    return f"{change * 100:+.3g} %" if change else "a change at all"
