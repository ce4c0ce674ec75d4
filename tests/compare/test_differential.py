"""The real benchstat beside ours, on generated and on measured texts: every line that it prints, word by word.

Our own tables are written in its layout (as_benchstat.py) and compared with its output, blanks aside: medians,
intervals, p, n, deltas, geometric means, units, prefixes, configuration lines, footnotes and their numbers, and the
order of it all.
"""

from __future__ import annotations

import random
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.compare.tables import tables
from tasks.compare.texts import read_text
from tasks.compare.versions import version_side
from tasks.shared import schema
from tests.builders import ROOT
from tests.compare.as_benchstat import Words, lines_of

REFERENCE = ROOT / "results" / "reference"
XEON, CI = "linux-amd64-xeon-2-cores", "linux-amd64-epyc-2-cores/ci"
Draw = Callable[[random.Random, int], list[float]]


def said_by(benchstat: Path, old: Path, new: Path, alpha: float) -> list[Words]:
    """What the real program prints."""
    done = subprocess.run(
        [str(benchstat), "-alpha", repr(alpha), f"old={old}", f"new={new}"], capture_output=True, text=True, check=True
    )
    assert done.stdout, done.stderr
    return [line.split() for line in done.stdout.split("\n") if line.strip()]


def said_by_us(old: Path, new: Path, alpha: float) -> list[Words]:
    """The same from our own tables."""
    return lines_of(tables(read_text(old, "old"), read_text(new, "new"), alpha), "old", "new")


#: How the values of one benchmark may be spread.
SPREADS: Mapping[str, Draw] = {
    "continuous": lambda draw, n: [draw.lognormvariate(0, 0.2) for _ in range(n)],
    "few ties": lambda draw, n: [draw.randint(100, 300) / 100 for _ in range(n)],
    "many ties": lambda draw, n: [float(draw.randint(1, 6)) for _ in range(n)],
    "two values": lambda draw, n: [draw.choice([3.0, 4.0]) for _ in range(n)],
    "all equal": lambda draw, n: [3.0] * n,
    "zeros": lambda draw, n: [0.0] * n,
    "some zeros": lambda draw, n: [float(draw.choice([0, 0, 1, 2])) for _ in range(n)],
    "signs": lambda draw, n: [draw.gauss(0, 1) for _ in range(n)],
}
UNITS = ("ns/op", "B/op", "allocs/op", "MB/s", "p99-ns", "MB", "widgets/op")
SIZES = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 20, 24, 25, 26, 30, 31, 40, 50, 51, 60)


def generate(draw: random.Random, folder: Path) -> tuple[Path, Path]:
    """Two texts with the same benchmarks, but for some that are missing, in some packages and configurations."""
    benchmarks = {
        f"Name{i}/size={i}-8": {
            unit: (draw.choice(sorted(SPREADS)), 10.0 ** draw.randint(-12, 13)) for unit in draw.sample(UNITS, 3)
        }
        for i in range(18)
    }
    packages = draw.sample(["", "example.com/a", "example.com/b", "z"], 2)
    paths = folder / "old.txt", folder / "new.txt"
    for path in paths:
        lines = ["goos: linux", "PASS", "# a comment"]
        for package in packages:
            lines += [f"pkg: {package}".rstrip()]
            lines += [f"cpu: {draw.choice(['One CPU', 'Another'])}"] if draw.random() < 0.2 else []
            for name, units in benchmarks.items():
                if draw.random() < 0.9:
                    lines += _lines(draw, name, units)
        path.write_text("\n".join(lines) + "\n")
    return paths


def _lines(draw: random.Random, name: str, units: Mapping[str, tuple[str, float]]) -> list[str]:
    n = draw.choice(SIZES) if draw.random() < 0.8 else draw.randint(1, 60)
    shift = draw.choice([1.0, 1.0, 1.1])
    values = {
        unit: [value * scale * shift for value in SPREADS[spread](draw, n)] for unit, (spread, scale) in units.items()
    }
    return [f"Benchmark{name} 100 " + " ".join(f"{values[u][i]!r} {u}" for u in values) for i in range(n)]


@pytest.mark.parametrize("alpha", [0.05, 0.01, 0.1, 0.5, 1e-4, 0.0, 0.999])
@pytest.mark.parametrize("seed", range(12))
def test_generated(benchstat: Path, tmp_path: Path, seed: int, alpha: float) -> None:
    """Sizes 1 to 60, ties, zeros, equal samples, missing benchmarks, packages, units, configurations."""
    old, new = generate(random.Random(f"{seed} {alpha}"), tmp_path)
    assert said_by_us(old, new, alpha) == said_by(benchstat, old, new, alpha)


def test_the_generator_makes_what_is_promised(benchstat: Path, tmp_path: Path) -> None:
    """Over a few seeds benchstat says all that it can say; else the test above would prove less than it claims."""
    said: set[str] = set()
    for seed in range(12):
        old, new = generate(random.Random(f"{seed} 0.5"), tmp_path)
        for alpha in (0.05, 0.5):
            lines = said_by(benchstat, old, new, alpha)
            said |= {word for line in lines for word in line}
            said |= {" ".join(line[1:]) for line in lines if line[0][0] in "¹²³⁴⁵⁶⁷"}
    assert {"~", "?", "0.00%", "∞", "0%", "sec/op", "ns/op", "B/s", "p99-sec", "widgets/op", "pkg:", "cpu:"} <= said
    assert {
        "need >= 6 samples for confidence interval at level 0.95",
        "need >= 4 samples to detect a difference at alpha level 0.05",
        "all samples are equal",
        "benchmark set differs from baseline; geomeans may not be comparable",
        "summaries must be >0 to compute geomean",
        "ratios must be >0 to compute geomean",
    } <= said


_VALUE = st.one_of(st.integers(0, 4).map(float), st.floats(1e-6, 1e6))
_SAMPLES = st.lists(_VALUE, min_size=1, max_size=12)
_LINES = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["pkg", "cpu", "note", "k2"]), st.sampled_from(["", "a", "b c", "z"])).map(
            lambda pair: [f"{pair[0]}: {pair[1]}".rstrip()]
        ),
        st.tuples(st.sampled_from(["A-2", "B", "C/x=1-8"]), st.sampled_from(UNITS), _SAMPLES).map(
            lambda t: [f"Benchmark{t[0]} 1 {value!r} {t[1]}" for value in t[2]]
        ),
        st.sampled_from(
            [["Unit widgets/op assume=exact"], ["Unit ns/op better=lower"], ["BenchmarkA-2"], ["ok  x 1s"]]
        ),
    ),
    min_size=1,
    max_size=8,
).map(lambda groups: [line for group in groups for line in group])


@given(old=_LINES, new=_LINES, alpha=st.sampled_from([0.05, 0.1, 1 / 3]))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text(benchstat: Path, tmp_path: Path, old: list[str], new: list[str], alpha: float) -> None:
    """Configuration that comes, changes and goes, units with a description, names alone: any order of lines."""
    always = "BenchmarkAlways 1 2 ns/op"
    paths = tmp_path / "old.txt", tmp_path / "new.txt"
    for path, lines in zip(paths, (old, new), strict=True):
        path.write_text("\n".join([*lines, always]) + "\n")
    assert said_by_us(*paths, alpha) == said_by(benchstat, *paths, alpha)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (f"{XEON}/go1.23", f"{XEON}/go1.24"),
        (f"{XEON}/go1.24", f"{XEON}/go1.25"),
        (f"{XEON}/go1.23", f"{XEON}/go1.27"),
        (f"{CI}/go1.24", f"{CI}/go1.25"),
        (f"{CI}/go1.24", f"{XEON}/go1.25"),
    ],
)
@pytest.mark.parametrize("alpha", [0.05, 0.001])
def test_measured(benchstat: Path, old: str, new: str, alpha: float) -> None:
    """All 76 benchmarks of a real run, with 40 samples, with 5 to 10, and with both."""
    paths = REFERENCE / old / "merged.txt", REFERENCE / new / "merged.txt"
    said = said_by(benchstat, *paths, alpha)
    assert len(said) > 200
    assert said_by_us(*paths, alpha) == said


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (f"{XEON}/go1.23", f"{XEON}/go1.24"),
        (f"{XEON}/go1.26", f"{XEON}/go1.27"),
        (f"{CI}/go1.24", f"{CI}/go1.25"),
    ],
)
def test_measured_versions(benchstat: Path, old: str, new: str) -> None:
    """merged.json gives the rows that benchstat makes of merged.txt, but for their order and -GOMAXPROCS."""
    sides = [version_side(schema.read("merged", REFERENCE / label / "merged.json")) for label in (old, new)]
    ours = lines_of(tables(sides[0], sides[1], 0.05), "old", "new")
    theirs = said_by(benchstat, REFERENCE / old / "merged.txt", REFERENCE / new / "merged.txt", 0.05)
    rows = [[line[0].removesuffix("-2"), *line[1:]] for line in theirs if "±" in line]
    assert len(rows) == 76 * 3 + 39 + 4
    assert sorted(line for line in ours if "±" in line) == sorted(rows)


def test_one_side_is_one_table(benchstat: Path, tmp_path: Path) -> None:
    """What only the new text has stands alone, without a delta."""
    paths = tmp_path / "old.txt", tmp_path / "new.txt"
    paths[0].write_text("BenchmarkA 1 2 ns/op\n")
    paths[1].write_text("BenchmarkA 1 2 widgets\nBenchmarkB 1 3 widgets\n")
    said = said_by(benchstat, *paths, 0.05)
    assert said_by_us(*paths, 0.05) == said
    assert ["geomean", "2.449"] in said


def test_a_changed_number_is_noticed(benchstat: Path, tmp_path: Path) -> None:
    """The comparison above is none of words that are always the same: one sample less, and it fails."""
    old, new = generate(random.Random(3), tmp_path)
    said = said_by(benchstat, old, new, 0.05)
    assert said_by_us(old, new, 0.05) == said
    lines = new.read_text().splitlines()
    last = max(i for i, line in enumerate(lines) if line.startswith("Benchmark"))
    new.write_text("\n".join([*lines[:last], *lines[last + 1 :]]) + "\n")
    assert said_by_us(old, new, 0.05) != said
