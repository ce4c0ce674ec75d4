"""From tables to verdicts: what there is to judge each benchmark by, corrected for how many there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from tasks.compare.differences import NO_BLOCKS
from tasks.compare.false_discovery import q_values
from tasks.compare.measures import base_unit
from tasks.compare.neighbours import Leaf, Pair
from tasks.compare.noise import Noise
from tasks.compare.outlook import Outlook, Prospects, outlook
from tasks.compare.paired import Paired, paired
from tasks.compare.sides import About, Side
from tasks.compare.tables import Row
from tasks.compare.verdict import INCONCLUSIVE, UNDECIDED, Evidence, verdict
from tasks.shared.rules import Rules
from tasks.shared.signed_rank import blocks_needed

#: Which way is better, of the measures that everybody knows.
BETTER = {"sec/op": "lower", "B/op": "lower", "allocs/op": "lower", "B/s": "higher"}


@dataclass(frozen=True)
class Facts:
    """What is known besides the samples of both sides; of texts, nothing.

    ``pairs`` of neighbours; ``bridged`` what was compared through a third version; ``differences`` of all benchmarks,
    and ``of_units`` of single units; ``seconds`` that one more round takes by unit; ``noise`` that controls have
    measured; ``count`` the usual number of rounds, none if nobody will measure more.
    """

    pairs: Mapping[Leaf, Sequence[Pair]] = field(default_factory=dict)
    bridged: Mapping[Leaf, Paired] = field(default_factory=dict)
    differences: Sequence[str] = ()
    of_units: Mapping[str, Sequence[str]] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)
    noise: Noise = field(default_factory=Noise)
    count: int = 0


@dataclass(frozen=True)
class Judged:
    """A row with its verdict, what that rests on, and what would decide it if it is open.

    ``flags`` say what differs besides Go; with any, the row counts neither as improved nor as regressed.
    """

    row: Row
    about: About
    flags: tuple[str, ...]
    evidence: Evidence
    verdict: str = ""
    outlook: Outlook | None = None

    @property
    def leaf(self) -> Leaf:
        return Leaf(self.row.key.package, self.row.key.name, self.row.key.measure)

    @property
    def in_both(self) -> bool:
        return self.evidence.in_old and self.evidence.in_new

    @property
    def family(self) -> tuple[str, bool]:
        """The benchmarks among which it is one of many: of its measure, and like it Go's alone or not."""
        return self.row.key.measure, not self.flags

    def is_found(self, alpha: float) -> bool:
        """Whether its q-value alone would let it be called changed."""
        return self.evidence.q is not None and self.evidence.q <= alpha


def judge(rows: Sequence[Row], old: Side, new: Side, facts: Facts, rules: Rules) -> list[Judged]:
    """The verdict on each row, in the same order."""
    better = _directions(old, new, rules)
    judged = _corrected([_evidence(row, old, new, facts, better) for row in rows], rules)
    judged = [replace(its, verdict=verdict(its.evidence, rules)) for its in judged]
    sizes = Counter(its.family for its in judged if its.in_both)
    found = Counter(its.family for its in judged if its.is_found(rules.alpha))
    return [
        replace(its, outlook=_outlook(its, sizes[its.family], found[its.family], facts, rules))
        if facts.count and its.verdict in (INCONCLUSIVE, UNDECIDED)
        else its
        for its in judged
    ]


def _directions(old: Side, new: Side, rules: Rules) -> dict[str, str]:
    """Which way is better, by measure: as config.yaml says, else as the texts say, else as everybody knows."""
    said = {**new.metadata, **old.metadata}
    texts = {measure: value for (measure, name), value in said.items() if name == "better"}
    return {**BETTER, **texts, **{base_unit(unit)[0]: way for unit, way in rules.better.items()}}


def _evidence(row: Row, old: Side, new: Side, facts: Facts, better: Mapping[str, str]) -> Judged:
    key = row.key
    where = (key.package, key.name)
    about = new.about.get(where) or old.about.get(where) or About()
    leaf = Leaf(key.package, key.name, key.measure)
    found = paired(facts.pairs[leaf]) if leaf in facts.pairs else facts.bridged.get(leaf)
    in_both = bool(row.old and row.new)
    flags = [*facts.differences, *facts.of_units.get(about.unit, ())] if in_both else []
    flags += [NO_BLOCKS] if in_both and found is None else []
    error = found.standard_error if found else None
    floor = None if error is None else facts.noise.floor(error)
    way = better.get(key.measure, "")
    return Judged(row, about, tuple(flags), Evidence(bool(row.old), bool(row.new), way, 0, found, None, floor))


def _corrected(judged: Sequence[Judged], rules: Rules) -> list[Judged]:
    """The same with q-values and the number of blocks that it takes, by family."""
    families: dict[tuple[str, bool], list[int]] = {}
    for index, its in enumerate(judged):
        if its.in_both:
            families.setdefault(its.family, []).append(index)
    corrected = list(judged)
    for members in families.values():
        needed = blocks_needed(rules.alpha, len(members))
        tested = {i: found.p for i in members if (found := judged[i].evidence.paired)}
        qs = dict(zip(tested, q_values(list(tested.values())), strict=True))
        for i in members:
            corrected[i] = replace(judged[i], evidence=replace(judged[i].evidence, needed=needed, q=qs.get(i)))
    return corrected


def _outlook(its: Judged, size: int, found: int, facts: Facts, rules: Rules) -> Outlook | None:
    """What would decide an open row, of a family of this size in which so many are found already."""
    p = rules.alpha * min(1.0, (found + 1) / size)
    return outlook(its.evidence, Prospects(rules, p, facts.count), facts.seconds.get(its.about.unit))
