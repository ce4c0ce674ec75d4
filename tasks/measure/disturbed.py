"""Which blocks of a session were disturbed: they are measured again, stay in the text, and count nowhere.

The rules were fixed before any result was looked at, and look at covariates only. What they say follows from the
session's texts alone, so that receipts, merged results, blocks and comparisons agree, also after a kill: a block is
judged by what was taken in its own round and before it, so that a later round changes no decision. docs/statistics.md
gives the reasons.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby

from tasks.measure.reader import SampleFile
from tasks.measure.sample_file import SUSPENDED, Sample

#: A block: its round in the session, and its unit.
Key = tuple[int, str]

#: The rules, the gravest first: a block is excluded by the first that one of its samples breaks.
RULES = ("suspended", "throttled", "stolen", "burst")

#: At most this share of a session's blocks is excluded: a machine that is disturbed more often than that is noisy.
MOST_EXCLUDED = 0.2

#: Seconds. Counters go in steps of 0.01 s on each core, so that less may be chance.
_LEAST_STOLEN, _LEAST_OTHERS = 0.03, 0.05
#: Shares of all cores' time while a sample is taken.
_MOST_STOLEN, _MOST_OTHERS = 0.1, 0.15


def rule_broken(sample: Sample, cores: int) -> str:
    """The rule that a sample breaks by its covariates; empty if it was not disturbed, or nobody can tell."""
    told = sample.covariates
    room = sample.seconds * cores
    if sample.status == SUSPENDED or told.get("asleep", 0) > 0:
        return "suspended"
    if told.get("slowed", 0) > 0:
        return "throttled"
    if told.get("stolen", 0) > max(_LEAST_STOLEN, _MOST_STOLEN * room):
        return "stolen"
    if told.get("others", 0) > max(_LEAST_OTHERS, _MOST_OTHERS * room):
        return "burst"
    return ""


def excluded_blocks(files: Iterable[SampleFile]) -> dict[Key, str]:
    """The blocks of one session that count nowhere, each with its rule; ``files`` are all texts of the session.

    In the order in which they were taken, as long as no more than MOST_EXCLUDED of the blocks up to the end of the
    round are excluded.
    """
    begun: dict[Key, str] = {}
    broken: dict[Key, int] = {}
    for file in files:
        cores = file.head.provenance["machine"]["cores"]
        for sample in file.stream():
            key = (sample.round, sample.unit)
            begun[key] = min(begun.get(key, sample.started), sample.started)
            rule = rule_broken(sample, cores)
            if rule:
                broken[key] = min(broken.get(key, len(RULES)), RULES.index(rule))
    return _first_ones(begun, broken)


def _first_ones(begun: Mapping[Key, str], broken: Mapping[Key, int]) -> dict[Key, str]:
    found: dict[Key, str] = {}
    seen = 0
    in_order = sorted(begun, key=lambda key: (key[0], begun[key], key[1]))
    for _, round_ in groupby(in_order, key=lambda key: key[0]):
        blocks = list(round_)
        seen += len(blocks)
        for key in blocks:
            if key in broken and len(found) + 1 <= MOST_EXCLUDED * seen:
                found[key] = RULES[broken[key]]
    return found
