"""Result lines by columns: a million of them in a second, where an object for each would take a minute."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field

from tasks.shared.benchfmt import Result, are_counts, are_numbers, parse, parse_line


@dataclass(frozen=True)
class Leaf:
    """One benchmark's lines: the iterations of each, and by unit of measure the values, in order."""

    iterations: array[int] = field(default_factory=lambda: array("q"))
    values: dict[str, array[float]] = field(default_factory=dict)


def read_columns(text: bytes, samples: int) -> dict[str, Leaf]:
    """The result lines of some samples of one unit, by benchmark, in the order in which these first appear."""
    return _alike(text, samples) or _one_by_one(parse(text.decode(errors="replace").split("\n")).results)


def _alike(text: bytes, samples: int) -> dict[str, Leaf] | None:
    """The columns where each sample has the same lines as the first, numbers apart; None where one differs."""
    words = text.split()
    if not samples or len(words) % samples:
        return None
    stride = len(words) // samples
    count = text.count(b"\n") // samples
    leaves: dict[str, Leaf] = {}
    place = 0
    for line in text.split(b"\n", count)[:count]:
        # Only a line that is read strictly tells where its numbers stand.
        first = parse_line(line.decode(errors="replace"))
        width = len(line.split())
        if first is None or first.name in leaves or not _is_constant(words, place, stride):
            return None
        counts = words[place + 1 :: stride]
        if not are_counts(counts):
            return None
        leaf = Leaf(array("q", map(int, counts)))
        for column, unit in enumerate(first.values):
            at = place + 2 + 2 * column
            numbers = words[at::stride]
            if not _is_constant(words, at + 1, stride) or not are_numbers(numbers):
                return None
            try:
                values = leaf.values[unit] = array("d", map(float, numbers))
            except ValueError:
                return None
            if not all(map(math.isfinite, values)):
                return None
        leaves[first.name] = leaf
        place += width
    return leaves if place == stride else None


def _is_constant(words: list[bytes], place: int, stride: int) -> bool:
    return len(set(words[place::stride])) == 1


def _one_by_one(results: Iterable[Result]) -> dict[str, Leaf]:
    leaves: dict[str, Leaf] = {}
    for result in results:
        leaf = leaves.setdefault(result.name, Leaf())
        leaf.iterations.append(result.iterations)
        for unit, value in result.values.items():
            leaf.values.setdefault(unit, array("d")).append(value)
    return leaves
