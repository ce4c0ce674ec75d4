"""How much more measuring would decide what is not decided yet, if the estimate stays what it is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

from tasks.compare.verdict import Evidence
from tasks.shared.rules import Rules

#: More rounds than so many times the usual number are not worth it.
_WORTH = 10
_Z90 = 1.6448536269514722


@dataclass(frozen=True)
class Outlook:
    """``rounds`` more of this benchmark's unit in both versions; ``minutes`` for them, where samples tell how long."""

    rounds: int
    minutes: float | None
    worth_it: bool


@dataclass(frozen=True)
class Prospects:
    """What an outlook depends on besides the benchmark itself.

    ``p`` is what its p-value would have to be to pass the correction; ``count`` the usual number of rounds.
    """

    rules: Rules
    p: float
    count: int


def outlook(evidence: Evidence, prospects: Prospects, seconds: float | None) -> Outlook | None:
    """What would decide an open verdict; None if more rounds would not. ``seconds`` are those of one more round."""
    paired = evidence.paired
    there = 0 if paired is None or paired.through else paired.blocks
    blocks = _blocks(evidence, prospects)
    if blocks is None:
        return None
    rounds = max(1, blocks - there)
    minutes = None if seconds is None else rounds * seconds / 60
    return Outlook(rounds, minutes, blocks <= _WORTH * prospects.count)


def _blocks(evidence: Evidence, prospects: Prospects) -> int | None:
    """How many blocks there would have to be."""
    paired = evidence.paired
    if paired is None or not evidence.decidable:
        return evidence.needed
    if paired.shift is None or paired.change is None or not paired.standard_error:
        return None
    # A standard error falls with the square root of the number of blocks.
    deviation = paired.standard_error * math.sqrt(paired.blocks)
    found = []
    if abs(paired.change) > prospects.rules.margin:
        floor = (evidence.floor or 0.0) / paired.standard_error
        z = max(floor, NormalDist().inv_cdf(1 - prospects.p / 2))
        found.append((z * deviation / abs(paired.shift)) ** 2)
    room = math.log1p(prospects.rules.equivalence_margin) - abs(paired.shift)
    if room > 0:
        found.append((_Z90 * deviation / room) ** 2)
    # Anything may become of a number without end; nobody will wait for so many.
    return math.ceil(min(*found, 1e9)) if found else None
