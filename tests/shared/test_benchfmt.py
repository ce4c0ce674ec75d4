"""Reading and writing Go's benchmark format."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.shared.benchfmt import Result, format_line, format_value, parse, parse_line, split_procs

_WORD = st.text(st.characters(exclude_categories=("Cs", "Z", "Cc")), min_size=1, max_size=20).filter(
    lambda word: len(word.split()) == 1
)
_VALUE = st.floats(allow_nan=False, allow_infinity=False)
_UNITS = st.sampled_from(["ns/op", "B/op", "allocs/op", "MB/s", "p99-ns", "gc/op", "µs/op"])


@st.composite
def _results(draw: st.DrawFn) -> Result:
    procs = draw(st.integers(1, 512))
    name = draw(_WORD)
    if procs == 1 and re.search(r"-\d+$", name):
        # `Size-10` under GOMAXPROCS=1 can't be told from `Size` under 10: the format has this hole.
        name += "x"
    values = draw(st.dictionaries(_UNITS, _VALUE, min_size=1))
    return Result(name, procs, draw(st.integers(0, 10**12)), values)


@given(_results())
@settings(deadline=None)
def test_lines_are_read_back_as_written(result: Result) -> None:
    """`parse_line` undoes `format_line`, to the last digit."""
    assert parse_line(format_line(result)) == result


@given(st.text(max_size=200), st.text(max_size=60))
@settings(deadline=None)
def test_no_text_is_too_strange(text: str, rest: str) -> None:
    """Whatever a benchmark prints, reading goes on."""
    assert parse_line(text) is None or text.split(maxsplit=1)[0].startswith("Benchmark")
    parse([text, f"Benchmark{text}", f"BenchmarkX {text}", f"BenchmarkX 1 {text} {rest}"])


@given(_VALUE)
@settings(deadline=None)
def test_values_keep_their_digits(value: float) -> None:
    """A number is written with all it takes to read it back."""
    assert float(format_value(value)) == value


@pytest.mark.parametrize(
    ("value", "text"), [(13.21, "13.21"), (0.0, "0"), (64.0, "64"), (1e15, "1000000000000000.0"), (0.1, "0.1")]
)
def test_values_are_short(value: float, text: str) -> None:
    """Whole numbers have no fraction, as Go prints them, unless they are huge."""
    assert format_value(value) == text


def test_line_of_go() -> None:
    """A line as `go test -bench` prints it."""
    line = "BenchmarkAESGCM/Size1KB-8   \t  892455\t      1321 ns/op\t 775.10 MB/s\t      64 B/op\t       2 allocs/op"
    values = {"ns/op": 1321.0, "MB/s": 775.1, "B/op": 64.0, "allocs/op": 2.0}
    assert parse_line(line) == Result("AESGCM/Size1KB", 8, 892_455, values)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "BenchmarkX",
        "BenchmarkX-8 100",
        "BenchmarkX-8 100 12",
        "BenchmarkX-8 many 12 ns/op",
        "BenchmarkX-8 -1 12 ns/op",
        "BenchmarkX-8 1.5 12 ns/op",
        "BenchmarkX-8 100 NaN ns/op",
        "BenchmarkX-8 100 +Inf ns/op",
        "BenchmarkX-8 100 12 ns/op 13",
        "BenchmarkX-8 100 12 ns/op 13 ns/op",
        "BenchmarkX-8 100 12 13",
        "Benchmark-8 100 12 ns/op",
        "benchmarkX-8 100 12 ns/op",
        "pkg: example.com/x",
    ],
)
def test_lines_that_are_no_results(line: str) -> None:
    """A line that breaks the form is not half a result."""
    assert parse_line(line) is None


@pytest.mark.parametrize(
    ("name", "split"),
    [("Map/Size10-8", ("Map/Size10", 8)), ("Map-8-16", ("Map-8", 16)), ("Map", ("Map", 1)), ("Map-x", ("Map-x", 1))],
)
def test_gomaxprocs_suffix(name: str, split: tuple[str, int]) -> None:
    """The number of processors is split off the name; Go leaves it out for one."""
    assert split_procs(name) == split


def test_parse_sorts_lines() -> None:
    """Results and broken results are told apart; everything else is passed over."""
    good, broken = "BenchmarkX-8 100 12 ns/op", "BenchmarkY-8 100 fast ns/op"
    parsed = parse(["goos: linux", good, "BenchmarkY-8", broken, "--- BENCH: BenchmarkX-8", "PASS"])
    assert parsed.lines == [good]
    assert [result.name for result in parsed.results] == ["X"]
    assert parsed.malformed == [broken]


@pytest.mark.parametrize(
    "line",
    [
        "BenchmarkX " + "9" * 5000 + " 1 ns/op",
        "BenchmarkX 10 1_0 ns/op",
        "BenchmarkX 10 \u0661 ns/op",
        "BenchmarkX \u0661 10 ns/op",
        "BenchmarkX 10 1e999 ns/op",
        "BenchmarkX 10 inf ns/op",
    ],
)
def test_numbers_that_go_would_not_print(line: str) -> None:
    """They are no results, and no errors either."""
    assert parse_line(line) is None


def test_a_long_number_at_the_end_of_a_name_is_part_of_it() -> None:
    """Nobody has so many processors."""
    result = parse_line("BenchmarkX-" + "9" * 5000 + " 10 1 ns/op")
    assert result is not None
    assert result.procs == 1
