"""Does an edit of one function change what the others of its package read? With fresh layouts, and with one.

Three builds of the packages runtime and stdlib under one Go version: as they are; with another function of each package
edited; with globals, large constants and a function of their own added. In each round all three are sampled twice, as
Go links them and in fresh layouts, the same units back to back in random order. What is compared are the units that
nobody edited: every difference that is found there is invented.

    python experiments/relink.py measure ROUNDS OUT.json     (a minute for 3 rounds; nothing else should run)
    python experiments/relink.py tell OUT.json
"""

from __future__ import annotations

import json
import math
import random
import sys
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from variants import build_variant  # noqa: E402

from tasks.compare.false_discovery import q_values  # noqa: E402
from tasks.measure.rounds import Bench, Binary, run_round  # noqa: E402
from tasks.measure.sample_file import Sample  # noqa: E402
from tasks.measure.schedule import Need, plan_round  # noqa: E402
from tasks.shared.benchfmt import TIME  # noqa: E402
from tasks.shared.clock import SystemClock  # noqa: E402
from tasks.shared.files import to_json, write_atomic  # noqa: E402
from tasks.shared.locks import LOCK_FILE, hold  # noqa: E402
from tasks.shared.process import SystemProcesses  # noqa: E402
from tasks.shared.signed_rank import estimate, p_value  # noqa: E402
from tasks.shared.versions import Version  # noqa: E402
from tasks.suite.scan import scan_package  # noqa: E402

VERSION = Version("go1.25.0", "go1.25")
PACKAGES = ("runtime", "stdlib")
#: What is edited: a function of each package, which then does more before its timer starts.
EDITED = {"runtime": ("SyncMap", "syncmap_test.go"), "stdlib": ("Strings", "strings_test.go")}
VARIANTS = ("original", "edited", "added")

_ADDED = """package PACKAGE

import "testing"

var addedTable [1 << 20]byte

var addedWords = map[string]int{"a": 1}

const addedConstant = `WORDS`

func BenchmarkAdded(b *testing.B) {
	for range b.N {
		addedTable[len(addedWords)]++
		addedWords[addedConstant[:b.N%7]]++
	}
}
"""


def edit(benchmarks: Path, variant: str) -> None:
    """Make the sources those of a variant."""
    for package, (unit, name) in EDITED.items():
        if variant == "edited":
            path = benchmarks / package / name
            head = f"func Benchmark{unit}(b *testing.B) {{\n"
            more = "".join(f'\tb.Setenv("RELINK_{n}", "{n * n}")\n' for n in range(60))
            text = path.read_text()
            assert head in text  # noqa: S101 - the experiment is about nothing otherwise
            path.write_text(text.replace(head, head + more))
        elif variant == "added":
            text = _ADDED.replace("PACKAGE", package).replace("WORDS", "x" * 65536)
            (benchmarks / package / "added_test.go").write_text(text)


def measure(rounds: int, out: Path) -> None:
    """Write the times of all samples: {layouts: {variant: {benchmark: [ns/op by round]}}}."""
    times: dict[str, dict[str, dict[str, list[float | None]]]] = {
        layouts: {variant: {} for variant in VARIANTS} for layouts in ("fresh", "default")
    }
    with tempfile.TemporaryDirectory() as name, hold(LOCK_FILE, exclusive=True, waiting=print) as lock:
        folder = Path(name)
        binaries: dict[tuple[str, str], Binary] = {}
        for variant in VARIANTS:
            (folder / variant).mkdir()
            made = build_variant(folder / variant, VERSION, PACKAGES, partial(edit, variant=variant), {"GOAMD64": "v1"})
            for package, binary in made.items():
                binaries[variant, package] = binary
        units = [unit.id for package in PACKAGES for unit in scan_package(ROOT / "benchmarks", package)]
        compared = [unit for unit in units if unit not in {f"{p}.{u}" for p, (u, _) in EDITED.items()}]
        needs = [Need(unit, dict.fromkeys(VARIANTS, rounds)) for unit in compared]
        bench = Bench(binaries, SystemProcesses(), SystemClock(), "25ms", 120, folder / "rounds", (lock,))
        seed = random.SystemRandom().randrange(1, 2**31)
        for number in range(1, rounds + 1):
            order = ["fresh", "default"]
            random.shuffle(order)
            for layouts in order:
                _one_round(plan_round(needs, number, seed, layouts == "fresh"), bench, times[layouts], number)
            print(f"round {number} of {rounds}", flush=True)
    write_atomic(out, to_json({"version": VERSION.exact, "rounds": rounds, "times": times}))


def _one_round(plan: Any, bench: Bench, times: dict[str, dict[str, list[float | None]]], number: int) -> None:
    def emit(variant: str, _: str, sample: Sample) -> None:
        for result in sample.results if sample.status == "ok" else ():
            values = times[variant].setdefault(f"{sample.unit.split('.')[0]}.{result.name}", [])
            values += [None] * (number - 1 - len(values)) + [result.values[TIME]]

    run_round("relink", plan, bench, set(), emit)


def tell(out: Path) -> None:
    """Print how many benchmarks are called changed, by layouts and variant."""
    document = json.loads(out.read_text())
    print(f"{document['version']}, {document['rounds']} rounds; units that nobody edited, against the original build")
    print("| layouts | build | benchmarks | p < 0.05 | q < 0.05 | largest of these |")
    print("|---|---|---|---|---|---|")
    for layouts, by_variant in document["times"].items():
        for variant in VARIANTS[1:]:
            found = _compare(by_variant["original"], by_variant[variant])
            q = dict(zip(found, q_values([p for p, _ in found.values()]), strict=True))
            changed = sorted((name for name in found if q[name] < 0.05), key=lambda name: -abs(found[name][1]))
            listed = ", ".join(f"{name} {math.expm1(found[name][1]):+.1%}" for name in changed[:3])
            wrong = sum(p < 0.05 for p, _ in found.values())
            print(f"| {layouts} | {variant} | {len(found)} | {wrong} | {len(changed)} | {listed or '-'} |")


def _compare(
    old: Mapping[str, list[float | None]], new: Mapping[str, list[float | None]]
) -> dict[str, tuple[float, float]]:
    """(p, shift of ln) of each benchmark, from the rounds that have both."""
    found = {}
    for name, values in old.items():
        pairs = [(a, b) for a, b in zip(values, new.get(name, []), strict=False) if a and b]
        if pairs:
            differences = [math.log(b / a) for a, b in pairs]
            found[name] = (p_value(differences), estimate(differences).shift)
    return found


def main() -> int:
    """See above."""
    if sys.argv[1:2] == ["measure"] and len(sys.argv) == 4:
        measure(int(sys.argv[2]), Path(sys.argv[3]))
    elif sys.argv[1:2] == ["tell"] and len(sys.argv) == 3:
        tell(Path(sys.argv[2]))
    else:
        print(__doc__, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
