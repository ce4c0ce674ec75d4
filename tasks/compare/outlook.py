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
    # A standard error falls with the square root of the number of blocks, and what a test sees grows with it.
    found = []
    if abs(paired.change) > prospects.rules.margin:
        # Where noise has long tails, ranks see less of a change than its size in standard errors tells.
        seen = min(abs(paired.shift) / paired.standard_error, _z_of(paired.p))
        beyond = (evidence.floor or 0.0) / abs(paired.shift)
        if seen:
            found.append(paired.blocks * max(beyond, _z_of(prospects.p) / seen) ** 2)
    room = math.log1p(prospects.rules.equivalence_margin) - abs(paired.shift)
    if room > 0:
        found.append(paired.blocks * (_Z90 * paired.standard_error / room) ** 2)
    # Anything may become of a number without end; nobody will wait for so many.
    return math.ceil(min(*found, 1e9)) if found else None


def _z_of(p: float) -> float:
    """The normal deviate that has this two-sided p; of p below what a float can hold, that one's."""
    return -NormalDist().inv_cdf(max(p, 1e-300) / 2)
