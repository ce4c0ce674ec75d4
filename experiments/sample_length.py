"""Do short and long samples of a benchmark measure the same thing?

Takes, in turn, one fresh-process sample at each of two lengths of every unit of the given test
binaries, and compares the medians leaf by leaf: 25 ms is only a sound default while it reads the same
level as 600 ms. Uses the standard library alone, so that it runs on any test binary.

    python experiments/sample_length.py --rounds 9 .build/.../runtime.test [...] [--only Regexp]
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import subprocess
import sys
from collections import defaultdict

RESULT = re.compile(r"^Benchmark(\S+?)(?:-\d+)?\s+\d+\s+([0-9.e+]+) ns/op", re.MULTILINE)
LIMIT = 0.10


def sample(binary: str, unit: str, benchtime: str) -> dict[str, float]:
    """ns/op by leaf name, from one process."""
    command = [binary, "-test.run=^$", f"-test.bench=^{unit}$", "-test.count=1", "-test.benchmem",
               f"-test.benchtime={benchtime}"]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    if done.returncode:
        sys.exit(f"{unit} at {benchtime} failed:\n{done.stdout}{done.stderr}")
    return {name: float(value) for name, value in RESULT.findall(done.stdout)}


def units(binary: str) -> list[str]:
    """The top-level benchmark functions of a test binary."""
    listed = subprocess.run([binary, "-test.list=^Benchmark"], capture_output=True, text=True, check=True)
    return [line for line in listed.stdout.splitlines() if line.startswith("Benchmark")]


def main() -> int:
    """Print a row per leaf, largest difference first; exit 1 if more than 6 leaves differ by over 10 %."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binaries", nargs="+")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--short", default="25ms")
    parser.add_argument("--long", default="600ms")
    parser.add_argument("--only", default="", help="regular expression on the unit")
    args = parser.parse_args()
    todo = [(b, u) for b in args.binaries for u in units(b) if re.search(args.only, u)]
    values: dict[tuple[str, str], list[float]] = defaultdict(list)
    for number in range(args.rounds):
        random.shuffle(todo)
        for binary, unit in todo:
            lengths = [args.short, args.long]
            random.shuffle(lengths)
            for length in lengths:
                for leaf, ns in sample(binary, unit, length).items():
                    values[leaf, length].append(ns)
        print(f"round {number + 1}/{args.rounds}", file=sys.stderr, flush=True)
    rows = []
    for leaf in sorted({leaf for leaf, _ in values}):
        short, long = (statistics.median(values[leaf, length]) for length in (args.short, args.long))
        rows.append((short / long - 1, leaf, short, long))
    rows.sort(key=lambda row: -abs(row[0]))
    print(f"{'benchmark':44} {args.short + ' ns/op':>16} {args.long + ' ns/op':>16} {'difference':>10}")
    for delta, leaf, short, long in rows:
        print(f"{leaf:44} {short:16.1f} {long:16.1f} {delta:+10.1%}")
    beyond = sum(abs(row[0]) > LIMIT for row in rows)
    print(f"{len(rows) - beyond} of {len(rows)} agree within {LIMIT:.0%}")
    return int(beyond > 6)


if __name__ == "__main__":
    sys.exit(main())
