"""Result lines by columns give what reading them one by one gives."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.measure.columns import read_columns
from tasks.shared.benchfmt import parse

_NUMBERS = st.floats(0, 1e12, allow_subnormal=False).map(repr) | st.sampled_from(
    ["0", "7", "1e3", ".5", "NaN", "1_0", ""]
)
_UNITS = st.sampled_from(
    [("ns/op",), ("ns/op", "B/op"), ("ns/op", "p99-ns", "MB/s"), ("ns/op", "ns/op"), ("3", "ns/op")]
)


@st.composite
def texts(draw: st.DrawFn) -> tuple[list[str], int]:
    """The lines of some samples, most of them alike, some not; and how many samples."""
    leaves = draw(st.lists(st.tuples(st.sampled_from(["One", "One/a", "One/b", "One/c"]), _UNITS), max_size=3))
    samples = draw(st.integers(1, 4))
    lines = []
    for _ in range(samples):
        for name, units in leaves:
            if draw(st.integers(0, 12)):
                values = [f"{draw(_NUMBERS)} {unit}" for unit in units]
                lines.append("\t".join([f"Benchmark{name}-2", str(draw(st.integers(1, 10**9))), *values]))
    return lines, samples


def one_by_one(lines: Sequence[str]) -> dict[str, tuple[list[int], dict[str, list[float]]]]:
    """The same from an object for each line."""
    found: dict[str, tuple[list[int], dict[str, list[float]]]] = {}
    for result in parse(lines).results:
        iterations, values = found.setdefault(result.name, ([], {}))
        iterations.append(result.iterations)
        for unit, value in result.values.items():
            values.setdefault(unit, []).append(value)
    return found


def columns(lines: Sequence[str], samples: int) -> dict[str, tuple[list[int], dict[str, list[float]]]]:
    """What is read by columns, as plain lists."""
    text = "".join(f"{line}\n" for line in lines).encode()
    return {
        name: (leaf.iterations.tolist(), {unit: values.tolist() for unit, values in leaf.values.items()})
        for name, leaf in read_columns(text, samples).items()
    }


@given(texts())
@settings(deadline=None)
def test_columns_are_the_lines(made: tuple[list[str], int]) -> None:
    """Whether all samples have the same lines or not, and whatever stands in them."""
    lines, samples = made
    found = columns(lines, samples)
    assert found == one_by_one(lines)
    assert list(found) == list(one_by_one(lines))


@pytest.mark.parametrize(
    "lines",
    [
        ["BenchmarkX-2 1 5 ns/op", "BenchmarkX-2 1 5 ns/op 3 B/op"],
        ["BenchmarkX-2 1 5 ns/op", "BenchmarkY-2 1 5 ns/op"],
        ["BenchmarkX-2 1 5 ns/op", "BenchmarkX-4 1 6 ns/op"],
        ["BenchmarkX-2 1 5 ns/op", "BenchmarkX-2 1 5 B/op"],
        ["BenchmarkX-2 1 5 ns/op", "BenchmarkX-2 99999999999999999999 5 ns/op"],
        ["BenchmarkX-2 1 5 ns/op", "BenchmarkX-2 9999999999999999999 5 ns/op"],
        ["BenchmarkX-2 1 5 ns/op", "BenchmarkX-2 +1 5 ns/op"],
        ["BenchmarkX-2 1 5 ns/op", "BenchmarkX-2 1 inf ns/op"],
        ["BenchmarkX-2 1 5 ns/op", "BenchmarkX-2 1 1e999 ns/op"],
        ["BenchmarkX-2 1 5 ns/op", "BenchmarkX-2 1 1_0 ns/op"],
        ["BenchmarkX-2 1 5 ns/op", "BenchmarkX-2 1 1e0001 ns/op"],
        ["BenchmarkX-2 1 5 ns/op", "BenchmarkX-2 1 1.2.3 ns/op"],
        ["BenchmarkX-2 1 5 ns/op", "BenchmarkX-2 1 . ns/op"],
        ["BenchmarkX-2 1 5 ns/op", "BenchmarkX-2 1 -5e-3 ns/op"],
    ],
)
def test_samples_that_differ(lines: list[str]) -> None:
    """A second sample that is not like the first is read for what it is."""
    assert columns(lines, 2) == one_by_one(lines)
