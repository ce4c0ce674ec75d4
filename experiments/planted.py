"""Planted effects: is a change of 2, 5 or 10 % found wherever the tool predicts it, and does its interval hold it?

Most trials are a replay of the fresh arms of `doit calibrate rounds=120` (tasks/compare/planted.py says how):

    python experiments/planted.py replay [--version go1.24] [--trials 60]       (seconds to minutes; measures nothing)

That replay is honest is checked with builds that really are slower: a loop of known cost is added to three benchmark
functions, calibrated to each size, and the builds are sampled in rounds with the original, all linked anew in each.

    python experiments/planted.py measure OUT.json [--rounds 120]       (about 6 minutes; a second one goes on)
    python experiments/planted.py tell OUT.json
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from here import project_of  # noqa: E402
from variants import build_variant  # noqa: E402

from tasks.compare import markdown  # noqa: E402
from tasks.compare.against_itself import pairs_of  # noqa: E402
from tasks.compare.noise import FACTOR  # noqa: E402
from tasks.compare.paired import log_ratios, of_differences  # noqa: E402
from tasks.compare.planted import drawn, holds, replay, sums  # noqa: E402
from tasks.compare.power import smallest_effect  # noqa: E402
from tasks.measure.designs import FRESH  # noqa: E402
from tasks.measure.experiment import Taken  # noqa: E402
from tasks.measure.rounds import Bench, Binary, run_round  # noqa: E402
from tasks.measure.sample_file import Sample  # noqa: E402
from tasks.measure.schedule import Need, plan_round  # noqa: E402
from tasks.shared import config, schema  # noqa: E402
from tasks.shared.clock import SystemClock  # noqa: E402
from tasks.shared.files import to_json, write_atomic  # noqa: E402
from tasks.shared.locks import LOCK_FILE, hold  # noqa: E402
from tasks.shared.process import SystemProcesses  # noqa: E402
from tasks.shared.project import Project  # noqa: E402
from tasks.shared.rules import Rules  # noqa: E402
from tasks.shared.versions import Version  # noqa: E402

VERSION = Version("go1.25.0", "go1.25")
SIZES = (0.02, 0.05, 0.1)
#: Benchmarks of the suite, among which each is one.
MANY = 76
#: Samples by which the loop is calibrated.
CALIBRATION = 15

#: Units that get slower: file, text before which the loop stands, and how far it is indented.
PLACES = {
    "runtime.SwissMapIteration": ("runtime/maps_test.go", "lookupSink = sumOf(m)\n\t\t}\n\t})"),
    "runtime.StackGrowth": ("runtime/goroutines_test.go", "growNew(results)\n\t}\n}\n\n// pingPong"),
    "stdlib.JSONDecode": ("stdlib/json_test.go", "doc := new(order)"),
}
PACKAGES = ("runtime", "stdlib")
LOOP = {package: f"{package}.PlantedLoop" for package in PACKAGES}

#: So many turns of the loop are one operation of the benchmark that tells what they cost.
TURNS = 1000

_SOURCE = """package PACKAGE

import "testing"

var plantedSink uint64

//go:noinline
func planted(turns int) {
	x := plantedSink
	for range turns {
		x = x*6364136223846793005 + 1442695040888963407
	}
	plantedSink = x
}

// BenchmarkPlantedLoop measures the loop that makes others slower.
func BenchmarkPlantedLoop(b *testing.B) {
	for range b.N {
		planted(TURNS)
	}
}
"""


def edit(benchmarks: Path, turns: Mapping[str, int]) -> None:
    """Add the loop to each package, and so many turns of it to each operation of some units."""
    for package in PACKAGES:
        source = _SOURCE.replace("PACKAGE", package).replace("TURNS", str(TURNS))
        (benchmarks / package / "planted_test.go").write_text(source)
    for unit, count in turns.items():
        name, anchor = PLACES[unit]
        path = benchmarks / name
        text = path.read_text()
        if text.count(anchor) != 1:
            raise SystemExit(f"{name} has changed: the place for the loop is not there once; mend PLACES")
        path.write_text(text.replace(anchor, f"planted({count})\n{anchor}"))


def measure(out: Path, rounds: int) -> None:
    """Calibrate the loop, then sample all builds; what is in ``out`` already stays."""
    document: dict[str, Any] = json.loads(out.read_text()) if out.exists() else {"turns": {}, "rounds": []}
    with tempfile.TemporaryDirectory() as name, hold(LOCK_FILE, exclusive=True, waiting=print) as lock:
        binaries: dict[tuple[str, str], Binary] = {}
        bench = Bench(binaries, SystemProcesses(), SystemClock(), "25ms", 120, Path(name) / "rounds", (lock,))

        def add(variant: str, turns: Mapping[str, int]) -> None:
            folder = Path(name) / variant
            folder.mkdir()
            made = build_variant(folder, VERSION, PACKAGES, partial(edit, turns=turns), {"GOAMD64": "v1"})
            binaries.update({(variant, package): binary for package, binary in made.items()})

        add("original", {})
        if not document["turns"]:
            once = [Need(unit, {"original": CALIBRATION}) for unit in (*PLACES, *LOOP.values())]
            times = [_one_round(once, number, bench) for number in range(1, CALIBRATION + 1)]
            document["turns"] = _turns(times)
            write_atomic(out, to_json(document))
        for size in SIZES:
            add(_variant(size), {unit: count[_variant(size)] for unit, count in document["turns"].items()})
        everybody = ["original", *map(_variant, SIZES)]
        needs = [Need(unit, dict.fromkeys(everybody, rounds)) for unit in PLACES]
        needs += [Need(unit, {"original": rounds}) for unit in LOOP.values()]
        for number in range(len(document["rounds"]) + 1, rounds + 1):
            document["rounds"].append(_one_round(needs, number, bench))
            write_atomic(out, to_json(document))
            print(f"round {number} of {rounds}", flush=True)


def _variant(size: float) -> str:
    return f"slower{size * 100:g}"


def _one_round(needs: list[Need], number: int, bench: Bench) -> dict[str, dict[str, float]]:
    """Times by unit and variant, ns."""
    times: dict[str, dict[str, float]] = {}

    def emit(variant: str, _: str, sample: Sample) -> None:
        if sample.status == "ok":
            (time,) = sample.times.values()
            times.setdefault(sample.unit, {})[variant] = time

    seed = random.SystemRandom().randrange(1, 2**31)
    run_round("planted", plan_round(needs, number, seed, True), bench, set(), emit)
    return times


def _medians(rounds: list[dict[str, dict[str, float]]]) -> dict[str, float]:
    """The median time of each original unit."""
    units = {unit for times in rounds for unit in times}
    return {unit: median(t[unit]["original"] for t in rounds if "original" in t.get(unit, {})) for unit in units}


def _turns(rounds: list[dict[str, dict[str, float]]]) -> dict[str, dict[str, int]]:
    """How many turns make each unit slower by each size."""
    times = _medians(rounds)
    return {
        unit: {_variant(size): round(size * times[unit] * TURNS / times[LOOP[unit.split(".")[0]]]) for size in SIZES}
        for unit in PLACES
    }


def tell(out: Path) -> None:
    """Print what was found of the real builds."""
    document, rules = json.loads(out.read_text()), Rules()
    times = _medians(document["rounds"])
    rows = []
    for unit, turns in document["turns"].items():
        for size in SIZES:
            variant = _variant(size)
            cost = turns[variant] * times[LOOP[unit.split(".")[0]]] / TURNS
            truth = math.log1p(cost / times[unit])
            both = [t[unit] for t in document["rounds"] if {"original", variant} <= t.get(unit, {}).keys()]
            differences = [math.log(its[variant] / its["original"]) for its in both]
            found = of_differences(differences)
            if found.shift is None or not found.interval95 or not found.standard_error:
                raise SystemExit(f"{unit} has {len(both)} rounds: too few for an interval; measure more")
            least = smallest_effect(differences, 40, FACTOR, MANY, rules)
            seen, covered = drawn(differences, truth, 50, MANY, rules, seed=1)
            low, high = map(math.expm1, found.interval95)
            rows.append(
                (
                    unit,
                    f"{math.expm1(truth):.2%}",
                    f"{math.expm1(found.shift):+.2%}",
                    f"{low:+.2%} ... {high:+.2%}",
                    "yes" if holds(found, truth) else "no",
                    f"{least:.1%}" if least else "",
                    "yes" if least and math.expm1(truth) >= least else "no",
                    f"{seen} of 50",
                    f"{covered} of 50",
                )
            )
    print(f"{VERSION.exact}, {len(document['rounds'])} rounds of builds with a calibrated loop, as one of {MANY}\n")
    columns = (
        "unit", "true", "measured", "95 %", "holds it", "smallest to be found with 40", "predicted", "found",
        "interval holds it",
    )  # fmt: skip
    print(markdown.table(columns, rows))


def tell_replay(name: str, trials: int) -> None:
    """Print what was found of effects planted into recorded rounds."""
    project = project_of(ROOT)
    version = config.find_version(name, project.config.versions) if name else project.config.versions[0]
    recorded = _recorded(project, version)
    if not recorded:
        raise SystemExit(f"no calibration of {version.label} here; run `doit calibrate:{version.label} rounds=120`")
    places = replay(recorded, SIZES, trials, project.config.rules, seed=1)
    rounds = max(map(len, recorded.values()))
    print(f"{version.exact}, {len(recorded)} benchmarks, {trials} trials of 40 rounds out of {rounds}\n")
    columns = (
        "planted", "trials", "interval holds it", "predicted", "of these found", "of these held",
        "not predicted, but found", "always predicted", "found in 90 % of trials",
    )  # fmt: skip
    rows = [
        (
            f"{its.size:.0%}",
            str(its.trials),
            f"{its.covered / its.trials:.1%}",
            str(its.predicted),
            f"{its.predicted_found / its.predicted:.1%}" if its.predicted else "",
            f"{its.predicted_covered / its.predicted:.1%}" if its.predicted else "",
            str(its.unpredicted_found),
            f"{its.always} benchmarks",
            f"{its.whole} of {its.always}",
        )
        for its in sums(places)
    ]
    print(markdown.table(columns, rows))
    broken = [p for p in places if p.trials and p.predicted == p.trials and p.found < 0.9 * p.trials]
    for its in broken:
        print(f"* {its.benchmark}, {its.size:.0%}: found in {its.found} of {its.trials}")


def _recorded(project: Project, version: Version) -> dict[str, dict[str, float]]:
    """ln(fresh2 / fresh1) of each benchmark by round, of a calibration under today's code."""
    files = sorted(project.paths.fingerprint(version.exact, "x").parent.glob("*.json"))
    fingerprints = {path.stem: schema.read("fingerprint", path)["fingerprint"] for path in files}
    tree = project.paths.calibration(project.machine.platform)
    taken = Taken(project, tree, {version.exact: fingerprints})
    found = {}
    for unit in fingerprints:
        one, other = (taken.samples(version.exact, arm, unit) for arm in FRESH.arms)
        for name, pairs in pairs_of(one, other).items():
            differences = dict(zip((pair.round for pair in _sortable(pairs)), log_ratios(pairs), strict=True))
            found[f"{unit.split('.')[0]}.{name}"] = differences
    return found


def _sortable(pairs: Any) -> Any:
    """The same with rounds whose names sort in order of time."""
    for pair in pairs:
        session, _, number = pair.round.partition("/")
        yield pair._replace(round=f"{session}/{int(number):06}")


def main() -> int:
    """See above."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    its = commands.add_parser("replay")
    its.add_argument("--version", default="")
    its.add_argument("--trials", type=int, default=60)
    its = commands.add_parser("measure")
    its.add_argument("out", type=Path)
    its.add_argument("--rounds", type=int, default=120)
    commands.add_parser("tell").add_argument("out", type=Path)
    args = parser.parse_args()
    if args.command == "replay":
        tell_replay(args.version, args.trials)
    elif args.command == "measure":
        measure(args.out, args.rounds)
    else:
        tell(args.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
