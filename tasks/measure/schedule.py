"""Who is sampled when: rounds of blocks, in an order drawn from a recorded seed.

Neighbours in time share the machine's moods, so the versions of a unit stand back to back; balanced random order
within a block and random order of the blocks keep a trend from favouring anyone; a new layout for every version in
every round makes the place of a function in memory a draw like any other.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from tasks.measure import names
from tasks.shared.cell import package_of
from tasks.shared.versions import sort_key

#: The linker takes any int64; 31 bits are plenty and read well.
_LAYOUTS = 2**31 - 1


@dataclass(frozen=True)
class Need:
    """How many more rounds a unit's cells need, by version, and the reference that joins a lone one.

    A version that has had its rounds in this session can be the reference of one that needs more.
    """

    unit: str
    rounds: Mapping[str, int]
    reference: str | None = None


@dataclass(frozen=True)
class Block:
    """One unit's versions in the order in which they are sampled; the reference, if any, is one of them.

    A version that stands there a second time does so under another name: it is an `arm`.
    """

    unit: str
    versions: tuple[str, ...]
    reference: str | None


@dataclass(frozen=True)
class Round:
    """One block of every unit still being measured, and each version's layout (empty: Go's default order)."""

    number: int
    blocks: tuple[Block, ...]
    layouts: Mapping[str, int]

    @property
    def binaries(self) -> tuple[tuple[str, str], ...]:
        """The (version, package) pairs that are needed, each once."""
        pairs = {(version, package_of(block.unit)) for block in self.blocks for version in block.versions}
        return tuple(sorted(pairs))


def arm(version: str, name: str) -> str:
    """A version under a name of its own, ``go1.24.0+control``: another binary of it, in another layout."""
    return f"{version}+{name}"


def version_of(arm_or_version: str) -> str:
    """``go1.24.0`` of ``go1.24.0+control``."""
    return arm_or_version.partition("+")[0]


def name_of(arm_or_version: str) -> str:
    """``control`` of ``go1.24.0+control``; empty for a plain version."""
    return arm_or_version.partition("+")[2]


def round_count(needs: Sequence[Need]) -> int:
    """How many rounds it takes until no cell needs more."""
    return max((count for need in needs for count in need.rounds.values()), default=0)


def plan_round(
    needs: Sequence[Need],
    number: int,
    seed: int,
    fresh_layouts: bool,
    first: int = 1,
    controls: Collection[str] = (),
) -> Round:
    """Round ``number`` (from 1) of a session, in a phase that began with round ``first``.

    The units in ``controls`` have the oldest version of their block a second time, where there are two to compare. The
    same for the same arguments.
    """
    draw = random.Random(f"{seed}/{number}")
    blocks = []
    for need in needs:
        versions = [version for version, count in need.rounds.items() if count > number - first]
        finished = [version for version, count in need.rounds.items() if count <= number - first]
        reference = (need.reference or next(iter(finished), None)) if len(versions) == 1 else None
        if reference:
            versions.append(reference)
        if need.unit in controls and len(versions) > 1:
            oldest = min(versions, key=lambda version: sort_key(version.removeprefix("go")))
            versions.append(arm(oldest, names.CONTROL))
        if versions:
            blocks.append(Block(need.unit, _in_turn(versions, f"{seed}/{need.unit}", number), reference))
    draw.shuffle(blocks)
    everybody = sorted({version for block in blocks for version in block.versions})
    seeds = draw.sample(range(1, _LAYOUTS), len(everybody))
    layouts = dict(zip(everybody, seeds, strict=True)) if fresh_layouts else {}
    return Round(number, tuple(blocks), layouts)


def _in_turn(versions: Sequence[str], seed: str, number: int) -> tuple[str, ...]:
    """The order of a block: random, and balanced, in that of so many rounds as there are versions each is first once.

    Every such run of rounds has an order of its own, of which each round begins elsewhere.
    """
    size = len(versions)
    draw = random.Random(f"{seed}/{number // size}/{size}")
    order = draw.sample(sorted(versions), size)
    place = draw.sample(range(size), size)[number % size]
    return (*order[place:], *order[:place])


def choose_reference(version: str, ordered: Sequence[str], up_to_date: Sequence[str]) -> str | None:
    """The up-to-date version to measure a lone stale one against: the one before it, else after it."""
    place = ordered.index(version)
    for candidate in (*reversed(ordered[:place]), *ordered[place + 1 :]):
        if candidate in up_to_date:
            return candidate
    return None
