"""Verdicts in words: never a bare number where samples don't support one."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tasks.compare.differences import NO_BLOCKS
from tasks.compare.outlook import Outlook
from tasks.compare.paired import Paired
from tasks.compare.verdict import EQUIVALENT, INCONCLUSIVE, SIGNIFICANT, Evidence
from tasks.shared.clock import for_people
from tasks.shared.rules import Rules


def percent(fraction: float) -> str:
    """``+2.1``, of a fraction; without a sign if it rounds to nothing."""
    text = f"{fraction * 100:+.1f}"
    return "0.0" if text in ("+0.0", "-0.0") else text


def interval(of_shift: tuple[float, float] | None) -> str:
    """The interval of a change, from that of its logarithm: ``-1.8 ... +2.1 %``; empty if there is none."""
    if of_shift is None:
        return ""
    low, high = map(math.expm1, of_shift)
    return f"{percent(low)} ... {percent(high)} %"


def change(paired: Paired) -> str:
    """``-5.2 % (-7.1 ... -3.3 %)``, or from which zero it comes."""
    if paired.change is None:
        return "from zero" if paired.sign > 0 else "to zero" if paired.sign < 0 else "from and to zero"
    around = interval(paired.interval95)
    return f"{percent(paired.change)} %" + (f" ({around})" if around else "")


def in_words(verdict: str, evidence: Evidence, rules: Rules, ahead: Outlook | None) -> str:
    """What a person is told of a benchmark that both sides have."""
    paired = evidence.paired
    way = f", through {paired.through}" if paired and paired.through else ""
    if paired is None:
        return f"cannot decide: no shared blocks{_ahead(ahead)}"
    if verdict in SIGNIFICANT:
        return f"{verdict}: {change(paired)}{way}"
    if verdict == EQUIVALENT:
        return (
            f"no change beyond +-{rules.equivalence_margin * 100:.3g} %: {interval(paired.interval90)} with 90 %{way}"
        )
    if verdict == INCONCLUSIVE:
        decide = _ahead(ahead) or "; more rounds would hardly decide it"
        return f"no change found, {interval(paired.interval95) or change(paired)}{way}{decide}"
    return f"cannot decide: {paired.blocks} shared blocks, it takes {evidence.needed}{way}{_ahead(ahead)}"


def _ahead(ahead: Outlook | None) -> str:
    """What would decide it."""
    if ahead is None:
        return ""
    minutes = "" if ahead.minutes is None else f" ({for_people(ahead.minutes * 60)})"
    if not ahead.worth_it:
        return f"; not worth it: about {rounds(ahead.rounds)}{minutes}"
    return f"; about {rounds(ahead.rounds)}{minutes} would decide"


def rounds(number: int) -> str:
    """``60 rounds more``."""
    return f"{number} round{'' if number == 1 else 's'} more"


def flagged(words: str, flags: Sequence[str]) -> str:
    """The words for a benchmark whose change, if there is one, is not Go's alone."""
    told = [flag for flag in flags if flag != NO_BLOCKS]
    return f"{words} [not Go alone: {'; '.join(told)}]" if told else words
