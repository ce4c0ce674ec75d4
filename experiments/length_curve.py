"""How long should a sample be? Error per second of wall time against its length, and what short samples get wrong.

24 benchmark functions under two versions, in rounds: each function at all lengths in random order, both versions back
to back at each, a fresh process each time, both linked anew in each round. Besides, at two lengths, with the number of
iterations fixed for each benchmark once (-test.benchtime=Nx), which spares the search for it. Needs a checkout in which
both versions are built (`doit build`); nothing else should run.

    python experiments/length_curve.py measure OUT.json [--minutes 40]      (goes on with what OUT.json has)
    python experiments/length_curve.py tell OUT.json
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import re
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from here import project_of  # noqa: E402

from tasks.compare import markdown  # noqa: E402
from tasks.compare.lengths import Block, Length, point, summary, turns  # noqa: E402
from tasks.measure.rounds import Binary, judge, sample_command  # noqa: E402
from tasks.measure.schedule import Need  # noqa: E402
from tasks.measure.surroundings import binaries_of, read_records, scratch_folder  # noqa: E402
from tasks.shared.benchfmt import TIME, parse  # noqa: E402
from tasks.shared.cell import package_of  # noqa: E402
from tasks.shared.files import remove_tree, to_json, write_atomic  # noqa: E402
from tasks.shared.locks import LOCK_FILE, hold  # noqa: E402
from tasks.shared.process import SystemProcesses  # noqa: E402
from tasks.shared.settings import parse_benchtime  # noqa: E402
from tasks.suite.linking import link, link_command  # noqa: E402

VERSIONS = ("go1.24.0", "go1.25.0")
LENGTHS = ("5ms", "10ms", "25ms", "50ms", "100ms", "250ms")
#: Also sampled with the number of iterations fixed.
FIXED = ("10ms", "25ms")
LONGEST = "250ms"
DEFAULT = "25ms"

#: Half of the suite, of all packages; not RSAKeyGen, of which one operation takes a second.
UNITS = (
    "runtime.SyncPool", "runtime.SmallAllocSpecialized", "runtime.GCThroughput", "runtime.GCMixedWorkload",
    "runtime.GoroutineCreate", "runtime.ChannelPingPong", "runtime.SwissMapIteration", "runtime.SyncMap",
    "stdlib.AESGCM", "stdlib.Base64", "stdlib.BinaryEncode", "stdlib.CRC32", "stdlib.Gzip", "stdlib.IOReadAll",
    "stdlib.JSONEncode", "stdlib.JSONDecode", "stdlib.RegexpMatch", "stdlib.SHA",
    "networking.HTTPRequest", "networking.HTTP2", "networking.GRPC", "networking.TCPConnect",
    "networking.TLSHandshake", "networking.QUIC",
)  # fmt: skip

#: Benchmarks of the whole suite, which share what linking a round takes.
SUITE = 76
#: Samples by which the number of iterations is fixed.
_CALIBRATION = 3
_TIMEOUT = 120.0

#: {length: {benchmark: [ns/op of the old version, of the new one, wall seconds of both]}} of one round.
Blocks = dict[str, dict[str, list[float]]]


@dataclass(frozen=True)
class Lab:
    """What samples are taken with; ``programs`` are this round's, by (version, package)."""

    binaries: Mapping[tuple[str, str], Binary]
    processes: SystemProcesses
    keep: Sequence[int]
    programs: Mapping[tuple[str, str], Path]

    def sample(self, version: str, unit: str, leaf: str, benchtime: str) -> tuple[dict[str, float], float]:
        """(ns/op by benchmark, wall seconds) of one process, of a leaf or (empty) all; no times if it failed."""
        key = version, package_of(unit)
        command = sample_command(self.programs[key], unit.split(".")[1], benchtime, _TIMEOUT)
        if leaf:
            names = [f"^{re.escape(part)}$" for part in leaf.split("/")]
            names[0] = f"^Benchmark{re.escape(leaf.split('/', maxsplit=1)[0])}$"
            command = [f"-test.bench={'/'.join(names)}" if w.startswith("-test.bench=") else w for w in command]
        binary = self.binaries[key]
        done = self.processes.run(
            command, env=binary.environment, cwd=binary.working_folder, timeout=_TIMEOUT, keep=self.keep
        )
        status, lines = judge(done)
        if status != "ok":
            print(f"{unit} at {benchtime} in {version}: {status}", flush=True)
            return {}, done.seconds
        return {result.name: result.values[TIME] for result in parse(lines).results}, done.seconds


def measure(out: Path, minutes: float, units: Sequence[str]) -> None:
    """Rounds until so many minutes have been spent in all, those of earlier sessions too; each is written at once."""
    document: dict[str, Any] = {"versions": VERSIONS, "nanoseconds": {}, "rounds": []}
    if out.exists():
        document = json.loads(out.read_text())
    project = project_of(ROOT)
    _, records = read_records(project, [Need(unit, dict.fromkeys(VERSIONS, 1)) for unit in units])
    binaries = binaries_of(project, records)
    folder = scratch_folder(project)
    processes = SystemProcesses()
    with hold(LOCK_FILE, exclusive=True, waiting=print) as lock:
        if not document["nanoseconds"]:
            default = {key: binary.default for key, binary in binaries.items()}
            document["nanoseconds"] = _levels(Lab(binaries, processes, (lock,), default), units)
        spent = math.fsum(its["seconds"] for its in document["rounds"])
        while spent < minutes * 60:
            began = time.monotonic()
            remove_tree(folder)
            folder.mkdir(parents=True)
            lab = Lab(binaries, processes, (lock,), _linked(binaries, folder, processes))
            linking = time.monotonic() - began
            blocks = _one_round(lab, units, document["nanoseconds"])
            seconds = time.monotonic() - began
            document["rounds"].append({"seconds": seconds, "linking": linking, "blocks": blocks})
            write_atomic(out, to_json(document, "rounds"))
            spent += seconds
            print(f"round {len(document['rounds'])}: {spent / 60:.1f} of {minutes:g} minutes", flush=True)
        remove_tree(folder)


def _levels(lab: Lab, units: Sequence[str]) -> dict[str, float]:
    """ns/op of each benchmark, by which iterations are fixed."""
    found: dict[str, list[float]] = {}
    for unit in [*units] * _CALIBRATION:
        for leaf, time_ in lab.sample(VERSIONS[0], unit, "", DEFAULT)[0].items():
            found.setdefault(f"{package_of(unit)}.{leaf}", []).append(time_)
    return {name: median(times) for name, times in found.items()}


def _linked(
    binaries: Mapping[tuple[str, str], Binary], folder: Path, processes: SystemProcesses
) -> dict[tuple[str, str], Path]:
    """All binaries in new layouts, each started once."""

    def make(key: tuple[str, str]) -> Path:
        binary, program = binaries[key], folder / f"{'-'.join(key)}.test"
        layout = random.SystemRandom().randrange(1, 2**31)
        command = link_command(binary.linker, binary.link_arguments, layout, program)
        link(binary.link_folder, command, binary.link_environment, processes)
        listing = [str(program), "-test.list=^Benchmark"]
        processes.run(listing, env=binary.environment, cwd=binary.working_folder, timeout=60)
        return program

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        return dict(zip(binaries, pool.map(make, binaries), strict=True))


def _one_round(lab: Lab, units: Sequence[str], nanoseconds: Mapping[str, float]) -> Blocks:
    blocks: Blocks = {}
    for unit in random.sample(units, len(units)):
        arms = [*LENGTHS, *map(_fixed, FIXED)]
        for arm in random.sample(arms, len(arms)):
            for leaf, benchtime in _processes(unit, arm, nanoseconds):
                times, seconds = {}, 0.0
                for version in random.sample(VERSIONS, len(VERSIONS)):
                    times[version], wall = lab.sample(version, unit, leaf, benchtime)
                    seconds += wall
                old, new = (times[version] for version in VERSIONS)
                for name in old.keys() & new.keys():
                    row = [old[name], new[name], round(seconds / len(old), 6)]
                    blocks.setdefault(arm, {})[f"{package_of(unit)}.{name}"] = row
    return blocks


def _fixed(length: str) -> str:
    return f"{length} fixed"


def _processes(unit: str, arm: str, nanoseconds: Mapping[str, float]) -> Iterator[tuple[str, str]]:
    """(leaf, benchtime) of each process of a unit in one arm: iterations are fixed leaf by leaf."""
    length, _, fixed = arm.partition(" ")
    if not fixed:
        yield "", length
        return
    package, _, function = unit.partition(".")
    for name, time_ in nanoseconds.items():
        leaf = name.removeprefix(f"{package}.")
        if name.startswith(f"{package}.") and leaf.split("/")[0] == function:
            yield leaf, f"{turns(parse_benchtime(length), time_)}x"


def tell(out: Path) -> None:
    """Print a row for each length, and the benchmarks that short samples measure otherwise."""
    document = json.loads(out.read_text())
    rounds = document["rounds"]
    series: dict[str, dict[str, dict[int, Block]]] = {}
    for number, its in enumerate(rounds):
        for arm, by_name in its["blocks"].items():
            for name, row in by_name.items():
                series.setdefault(arm, {}).setdefault(name, {})[number] = Block(*row)
    linking = fmean(its["linking"] for its in rounds) / SUITE
    points = {
        arm: [
            its
            for name in sorted(series[arm])
            if (its := point(name, series[arm][name], series[LONGEST].get(name, {}), linking))
        ]
        for arm in (*LENGTHS, *map(_fixed, FIXED))
        if arm in series
    }
    found = {arm: its for arm, those in points.items() if (its := summary(arm, those))}
    if DEFAULT not in found:
        raise SystemExit(f"{len(rounds)} rounds are too few for an interval; measure more")
    print(f"{' and '.join(document['versions'])}, {len(rounds)} rounds, {found[DEFAULT].benchmarks} benchmarks\n")
    columns = (
        "length", "error x sqrt(s)", "with linking", f"time for the precision of {DEFAULT}", "level off by",
        "over 10 %", "ratio off by", "another ratio",
    )  # fmt: skip
    print(markdown.table(columns, [_row(its, found[DEFAULT]) for its in found.values()]))
    for arm in (DEFAULT, *map(_fixed, FIXED)):
        off = sorted(points.get(arm, ()), key=lambda its: -abs(its.level))
        words = ", ".join(f"{its.benchmark} {math.expm1(its.level):+.0%}" for its in off[:8])
        print(f"* level at {arm} against {LONGEST}: {words}")
        off = sorted(points.get(arm, ()), key=lambda its: its.bias_p)
        words = ", ".join(f"{its.benchmark} {its.bias:+.1%} (p = {its.bias_p:.3f})" for its in off[:4])
        print(f"* ratio at {arm} against {LONGEST}: {words}")


def _row(its: Length, default: Length) -> Sequence[str]:
    return (
        its.name,
        f"{its.error:.1%}",
        f"{its.linked:.1%}",
        f"{(its.linked / default.linked) ** 2:.2f} x",
        f"{its.level:.1%}",
        f"{its.far} of {its.benchmarks}",
        f"{its.bias:.2%}",
        f"{its.differ} of {its.benchmarks}",
    )


def main() -> int:
    """See above."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    its = commands.add_parser("measure")
    its.add_argument("out", type=Path)
    its.add_argument("--minutes", type=float, default=40)
    its.add_argument("--only", default="", help="regular expression on the unit")
    commands.add_parser("tell").add_argument("out", type=Path)
    args = parser.parse_args()
    if args.command == "measure":
        measure(args.out, args.minutes, [unit for unit in UNITS if re.search(args.only, unit)])
    else:
        tell(args.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
