"""Go's benchmark format, as `go test -bench` prints it and `benchstat` reads it.

A result line is ``BenchmarkName-8  1000  123 ns/op  16 B/op``: name, iterations, then pairs of value and unit
(https://go.dev/design/14313-benchmark-format). Lines that look like results but break the form come back as
problems, so that reading goes on.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

#: The unit of measure that everybody looks at first.
TIME = "ns/op"

_PROCS = re.compile(r"-([0-9]{1,6})$")
_LONGEST_COUNT = 18
_COUNT = re.compile(rf"[0-9]{{1,{_LONGEST_COUNT}}}")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_NUMBERS = re.compile(rf"{_NUMBER.pattern}(?: {_NUMBER.pattern})*")


@dataclass(frozen=True)
class Result:
    """One result line: ``name`` without ``Benchmark`` and -GOMAXPROCS; ``values`` by unit of measure."""

    name: str
    procs: int
    iterations: int
    values: dict[str, float]


@dataclass
class Parsed:
    """The result lines of a text, as they stand and as read, and what looks like one but is none."""

    results: list[Result] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    malformed: list[str] = field(default_factory=list)


def parse(lines: Iterable[str]) -> Parsed:
    """Pick the result lines out of a benchmark's output; other lines (PASS, logs, keys) are passed over."""
    parsed = Parsed()
    for line in lines:
        if not line.startswith("Benchmark"):
            continue
        result = parse_line(line)
        if result:
            parsed.results.append(result)
            parsed.lines.append(line)
        elif len(line.split()) > 1:
            parsed.malformed.append(line)
    return parsed


def parse_line(line: str) -> Result | None:
    """Read one result line; None if it is none."""
    words = line.split()
    if len(words) < 4 or len(words) % 2 or not words[0].startswith("Benchmark"):
        return None
    numbers, units = words[2::2], tuple(words[3::2])
    if not _COUNT.fullmatch(words[1]) or not _NUMBERS.fullmatch(" ".join(numbers)) or not _are_units(units):
        return None
    values = dict(zip(units, map(float, numbers), strict=True))
    name, procs = split_procs(words[0].removeprefix("Benchmark"))
    if not name or not all(map(math.isfinite, values.values())):
        return None
    return Result(name, procs, int(words[1]), values)


def are_numbers(words: Sequence[bytes]) -> bool:
    """Whether these are what `parse_line` takes for values, where `float` would take more."""
    joined = b" ".join(words)
    return not joined.translate(None, b"0123456789. ") or bool(_NUMBERS.fullmatch(joined.decode(errors="replace")))


def are_counts(words: Sequence[bytes]) -> bool:
    """Whether these are what `parse_line` takes for numbers of iterations."""
    return b"".join(words).isdigit() and max(map(len, words)) <= _LONGEST_COUNT


@functools.lru_cache(maxsize=10_000)
def _are_units(units: tuple[str, ...]) -> bool:
    """Whether these can be the units of one line: each once, and none a number."""
    return len(set(units)) == len(units) and not any(_NUMBER.fullmatch(unit) for unit in units)


@functools.lru_cache(maxsize=10_000)
def split_procs(name: str) -> tuple[str, int]:
    """``("Map/Size10", 8)`` of ``Map/Size10-8``; 1 if there is no suffix, as Go prints for GOMAXPROCS=1."""
    match = _PROCS.search(name)
    return (name[: match.start()], int(match[1])) if match else (name, 1)


def format_value(value: float) -> str:
    """A number with all its digits, as short as it can be read back."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def format_line(result: Result) -> str:
    """The line that `parse_line` reads back as the same result."""
    suffix = f"-{result.procs}" if result.procs != 1 else ""
    pairs = "".join(f"\t{format_value(value)} {unit}" for unit, value in result.values.items())
    return f"Benchmark{result.name}{suffix}\t{result.iterations}{pairs}"
