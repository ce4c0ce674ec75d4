"""How much wall time does a budget save against the fixed count, at an equal noise floor?

Replays what `doit calibrate` has recorded: both fresh arms of each block are one version against itself, so that every
difference is noise. In each replay the recorded blocks of each unit come in an order of their own; the fixed count
takes so many of each, a budget takes what `doit budget=` would (the program's own rules, block by block). The noise
floor of either is the q95 of |ln(ratio)| over all benchmarks and replays; the time is what the samples took when they
were recorded, with linking as the session expects it. Nothing is measured.

A budget is given as a share of what the fixed count takes; where its noise floor meets that of the fixed count lies
what it saves. A unit has no more blocks than were recorded: how many units ran out of them is told. Record three times
the count (`doit calibrate rounds=120`), else replays are too alike.

    python experiments/budget_saving.py --count 40 --replays 30 results/calibration/linux-amd64 [--target 3]
"""

from __future__ import annotations

import argparse
import math
import random
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import fmean

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tasks.measure.allocation import Aim, Candidate, choose, cost_of
from tasks.measure.archive import Archive
from tasks.measure.designs import FRESH
from tasks.measure.part import is_ok
from tasks.measure.precision import Interval
from tasks.measure.sample_file import Sample
from tasks.shared.paths import Tree
from tasks.shared.signed_rank import estimate

#: Seconds to link and start a binary, as the program expects it; --link says another.
LINK = 0.25
#: The replays are looked at in so many parts, too, to tell how sure the result is.
PARTS = 5
SHARES = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.2)


@dataclass(frozen=True)
class Recorded:
    """A unit's blocks: the ln(ratio) of each benchmark in each, and what a block took on average."""

    unit: str
    blocks: Sequence[Mapping[str, float]]
    seconds: float


@dataclass(frozen=True)
class Outcome:
    """One replay: |ln(ratio)| of each benchmark, seconds, blocks, half the widths, and how many units ran out."""

    errors: Sequence[float]
    seconds: float
    blocks: int
    half_widths: Sequence[float]
    exhausted: int


def read(folder: Path) -> list[Recorded]:
    """The blocks of both fresh arms, of the version with most of them; disturbed ones count nowhere."""
    archive = Archive(Tree(folder))
    arms: dict[tuple[str, str], dict[str, dict[tuple[str, int], Sample]]] = {}
    versions = {path.parent.name for path in folder.glob("go*/*.txt")}
    for label in sorted(versions):
        for version, unit in units_of(archive, folder / label):
            for part in archive.arms(version, unit):
                if part.head.kind in FRESH.kinds:
                    found = arms.setdefault((version, unit), {}).setdefault(part.head.kind, {})
                    for sample in part.undisturbed().where(is_ok).samples():
                        found[sample.session, sample.round] = sample
    by_version: dict[str, list[Recorded]] = {}
    for (version, unit), sides in sorted(arms.items()):
        recorded = paired(unit, *(sides.get(kind, {}) for kind in FRESH.kinds))
        if recorded:
            by_version.setdefault(version, []).append(recorded)
    return max(by_version.values(), key=lambda its: sum(len(unit.blocks) for unit in its), default=[])


def units_of(archive: Archive, folder: Path) -> set[tuple[str, str]]:
    """(version, unit) of the texts in a folder."""
    files = [archive.read(path) for path in sorted(folder.glob("*_fresh[12].txt"))]
    return {(file.head.version, unit) for file in files for unit in file.series}


def paired(
    unit: str, first: Mapping[tuple[str, int], Sample], second: Mapping[tuple[str, int], Sample]
) -> Recorded | None:
    """The blocks that both arms have."""
    blocks, seconds = [], []
    for key in sorted(first.keys() & second.keys()):
        old, new = (times_of(arm[key]) for arm in (first, second))
        ratios = {name: math.log(new[name] / old[name]) for name in old.keys() & new.keys()}
        if ratios:
            blocks.append(ratios)
            seconds.append(first[key].seconds + second[key].seconds)
    return Recorded(unit, blocks, fmean(seconds)) if blocks else None


def times_of(sample: Sample) -> dict[str, float]:
    """The times of a sample, by benchmark; a zero has no ratio."""
    return {name: time for name, time in sample.times.items() if time > 0}


class Replay:
    """One replay: how many blocks of each unit were taken, in an order of its own.

    Half an interval is to be ``target`` (a fraction), or what a unit that varies by nature has as its ``own``.
    """

    def __init__(
        self, recorded: Sequence[Recorded], seed: int, target: float, own: Mapping[str, float] | None = None
    ) -> None:
        draw = random.Random(seed)
        self.units = {r.unit: r for r in recorded}
        self.order = {r.unit: draw.sample(r.blocks, len(r.blocks)) for r in recorded}
        self.taken = dict.fromkeys(self.units, 0)
        self.target = target
        self.own = own or {}
        self.seconds = 0.0
        self._known: dict[str, Candidate] = {}

    def candidate(self, unit: str) -> Candidate:
        """The unit as a budget sees it after the blocks that it has had."""
        if unit not in self._known:
            n = self.taken[unit]
            target = max(self.target, self.own.get(unit, 0.0))
            aims = [Aim(Interval(name, "a", len(row), half_width(row)), target) for name, row in self.rows(unit)]
            unknown = Aim(Interval("", "", 0, None), self.target)
            self._known[unit] = Candidate(unit, tuple(aims) or (unknown,), n, self.units[unit].seconds, 2)
        return self._known[unit]

    def rows(self, unit: str) -> list[tuple[str, list[float]]]:
        """The ln(ratio) of each benchmark in the blocks taken."""
        found: dict[str, list[float]] = {}
        for block in self.order[unit][: self.taken[unit]]:
            for name, ratio in block.items():
                found.setdefault(name, []).append(ratio)
        return sorted(found.items())

    def take(self, chosen: Sequence[Candidate], link: float) -> None:
        """A round of these."""
        self.seconds += cost_of(chosen, link)
        for candidate in chosen:
            self.taken[candidate.unit] += 1
            self._known.pop(candidate.unit, None)

    def fixed(self, count: int, link: float) -> Outcome:
        """So many blocks of each."""
        for _ in range(count):
            self.take([self.candidate(u) for u in self.units if self.taken[u] < len(self.order[u])], link)
        return self.outcome()

    def budget(self, seconds: float, link: float) -> Outcome:
        """What a budget takes."""
        while True:
            there = [self.candidate(u) for u in self.units if self.taken[u] < len(self.order[u])]
            chosen = choose(there, link, seconds - self.seconds)
            if not chosen:
                return self.outcome()
            self.take(chosen, link)

    def outcome(self) -> Outcome:
        """What is known in the end."""
        rows = [row for unit in self.units for _, row in self.rows(unit)]
        errors = [abs(estimate(row).shift) for row in rows]
        widths = [width for row in rows if (width := half_width(row)) is not None]
        candidates = {unit: self.candidate(unit) for unit in self.units}
        exhausted = sum(c.is_open and self.taken[u] == len(self.order[u]) for u, c in candidates.items())
        return Outcome(errors, self.seconds, sum(self.taken.values()), widths, exhausted)


def half_width(row: Sequence[float]) -> float | None:
    """Half of the 95 % interval."""
    interval = estimate(row).interval95
    return None if interval is None else (interval[1] - interval[0]) / 2


def quantile(values: Sequence[float], q: float) -> float:
    """Between two values by their distance."""
    ordered = sorted(values)
    place = q * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


def together(outcomes: Sequence[Outcome]) -> tuple[float, float, float, float, float]:
    """(seconds, blocks, q95 of the error, q95 of half the widths, units that ran out) of many replays."""
    return (
        fmean(o.seconds for o in outcomes),
        fmean(o.blocks for o in outcomes),
        quantile([error for o in outcomes for error in o.errors], 0.95),
        quantile([width for o in outcomes for width in o.half_widths] or [math.nan], 0.95),
        fmean(o.exhausted for o in outcomes),
    )


def equal_share(rows: Sequence[tuple[float, float]], floor: float) -> float | None:
    """The share of the fixed count's time from which on every budget has its noise floor; None if they never do.

    ``rows`` are (share of the time that was spent, q95), the smallest share first.
    """
    if not rows or rows[-1][1] > floor:
        return None
    for (before, high), (after, low) in reversed(list(pairwise(rows))):
        if high >= floor >= low:
            return before + (after - before) * ((high - floor) / (high - low) if high > low else 0.0)
    return rows[0][0]


def equal_of(fixed: Sequence[Outcome], budgets: Sequence[Sequence[Outcome]]) -> float | None:
    """The same of replays: of the fixed count, and of each budget."""
    whole = together(fixed)
    rows = [(row[0] / whole[0], row[2]) for row in map(together, budgets)]
    return equal_share(rows, whole[2])


def main() -> int:
    """Print a row for the fixed count and for each budget, then what is saved."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="a tree of calibrations: results/calibration/<platform>")
    parser.add_argument("--count", type=int, default=40, help="the fixed count that budgets are held against")
    parser.add_argument("--replays", type=int, default=30)
    parser.add_argument("--target", type=float, default=3.0, help="percent")
    parser.add_argument("--link", type=float, default=LINK, help="seconds to link and start one binary")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    recorded = read(args.folder)
    if not recorded:
        sys.exit(f"{args.folder} has no blocks of fresh arms; run doit calibrate first")
    sizes = [len(r.blocks) for r in recorded]
    print(f"{len(recorded)} units, {min(sizes)} to {max(sizes)} recorded blocks each, {args.replays} replays")
    if args.count > min(sizes):
        sys.exit(f"--count {args.count} is more than was recorded of some unit; take at most {min(sizes)}")

    from here import project_of

    own = {
        name: percent / 100
        for name, percent in project_of(Path(__file__).resolve().parents[1]).config.varies_by_nature.items()
    }

    def replays() -> list[Replay]:
        return [Replay(recorded, args.seed + n, args.target / 100, own) for n in range(args.replays)]

    of_fixed = [replay.fixed(args.count, args.link) for replay in replays()]
    fixed = together(of_fixed)
    print(f"{'':16} {'seconds':>9} {'of fixed':>9} {'blocks':>8} {'q95 |ln ratio|':>15} {'q95 +-':>8} {'ran out':>8}")

    def show(what: str, row: tuple[float, float, float, float, float]) -> None:
        seconds, blocks, error, width, out = row
        print(f"{what:16} {seconds:9.0f} {seconds / fixed[0]:9.0%} {blocks:8.0f} {error:15.2%} {width:8.2%} {out:8.1f}")

    show(f"fixed {args.count}", fixed)
    of_budgets = [[replay.budget(share * fixed[0], args.link) for replay in replays()] for share in SHARES]
    for share, outcomes in zip(SHARES, of_budgets, strict=True):
        show(f"budget {share:.0%}", together(outcomes))
    equal = equal_of(of_fixed, of_budgets)
    if equal is None:
        print("no budget among these has the noise floor of the fixed count: record more rounds, or tighten --target")
    else:
        parts = [equal_of(of_fixed[n::PARTS], [its[n::PARTS] for its in of_budgets]) for n in range(PARTS)]
        print(f"by each {PARTS}th of the replays: {', '.join('none' if p is None else f'{p:.0%}' for p in parts)}")
        print(
            f"at an equal noise floor a budget takes {equal:.0%} of the time of the fixed count: saves {1 - equal:.0%}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
