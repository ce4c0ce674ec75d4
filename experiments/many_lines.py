"""How long does it take from a great many result lines to the exported JSON, against benchstat on the same texts?

Writes the texts of many sessions of the suite's 76 benchmarks under two versions (invented numbers, real format: heads,
hashes, covariates), then lets `doit -n 2` make of them what it makes, and lets benchstat read and compare the same
texts. Twice: with the receipts that measuring leaves (reading, pooling, statistics, export), and from texts alone (each
sample's hash checked and receipts made as well). In turn, three times; the ratio of the best times and of the peak
memory counts.

    python experiments/many_lines.py 100000
    python experiments/many_lines.py 1000000
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tasks.measure import names  # noqa: E402
from tasks.measure.sample_file import Head, Sample, head_digest, render_head, render_sample  # noqa: E402
from tasks.shared.clock import file_stamp, iso  # noqa: E402
from tasks.shared.paths import Paths  # noqa: E402
from tasks.toolchains.tools import tool_path  # noqa: E402
from tests.checkout import Checkout, copy_checkout  # noqa: E402
from tests.conftest import Bed  # noqa: E402
from tests.fake_go import bed_of  # noqa: E402

#: As many leaves as the suite has, spread over its units as there.
_LEAVES = 76
_ROUNDS_IN_A_SESSION = 120
_TIMES = 3


@dataclass(frozen=True)
class Cost:
    """Wall seconds and peak resident megabytes of a program with its children."""

    seconds: float
    megabytes: float


def prepare(folder: Path) -> tuple[Checkout, Bed]:
    """A checkout with two versions, everything built as far as doit can see, nothing measured."""
    checkout = copy_checkout(folder / "clone", {**os.environ})
    config = checkout.root / "config.yaml"
    config.write_text(config.read_text().replace('  - "1.23.0"\n', ""))
    bed = bed_of(checkout)
    bed.refresh()
    return checkout, bed


def write_texts(bed: Bed, lines: int) -> int:
    """Write the samples of whole rounds of all units under both versions; how many result lines these are."""
    chance = random.Random(1)
    project = bed.project
    leaves = {unit.id: [unit.name] for unit in bed.units}
    for number in range(_LEAVES - len(bed.units)):
        unit = bed.units[number % len(bed.units)]
        leaves[unit.id] = [f"{unit.name}/Case{n}" for n in range(len(leaves[unit.id]) + 1)]
    rounds = max(1, lines // (2 * _LEAVES))
    for first in range(0, rounds, _ROUNDS_IN_A_SESSION):
        session = file_stamp(1.8e9 + first * 10)
        for version in project.config.versions:
            cells = bed.cells(version.exact)
            fingerprints = {cell.unit: bed.state().fingerprint(cell) or "" for cell in cells}
            provenance = {
                "program": "an experiment", "started_at": iso(1.8e9), "seed": 1, "environment": {},
                "settings": project.settings.document(), "machine": project.machine.document(), "go_version": "",
                "modules": {},
            }  # fmt: skip
            head = Head(session, names.MAIN, version.exact, project.conditions, fingerprints, provenance)
            text = [render_head(head, "linux", "amd64", project.machine.cpu)]
            digest = head_digest(head)
            for number in range(first, min(first + _ROUNDS_IN_A_SESSION, rounds)):
                for unit in bed.units:
                    text.append(render_sample(_sample(session, number, unit.id, leaves[unit.id], chance), digest))
            path = project.tree.version(version.label) / names.sample_file(session, names.MAIN)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("".join(text))
    return 2 * rounds * _LEAVES


def _sample(session: str, number: int, unit: str, leaves: Sequence[str], chance: random.Random) -> Sample:
    lines = tuple(
        f"Benchmark{leaf}-2         \t   {chance.randint(1000, 99999)}\t        {chance.gauss(1300, 60):.1f} ns/op"
        f"\t      {chance.randint(10, 20)} B/op\t       1 allocs/op"
        for leaf in leaves
    )
    covariates = {"load": round(chance.random(), 2), "steal": 12345.0, "pressure": 1.25}
    package = f"goperf.dev/benchmarks/{unit.split('.', maxsplit=1)[0]}"
    moment = iso(1.8e9 + number * 10 + chance.random())
    return Sample(session, number + 1, unit, 4711, 0, 2, moment, 0.051234, "ok", covariates, package, lines)


def cost_of(command: Sequence[str], cwd: Path) -> Cost:
    """Run a program in a process of its own, so that its memory can be told."""
    start = time.monotonic()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, cwd=cwd, stdout=output, stderr=subprocess.STDOUT)
        _, status, used = os.wait4(process.pid, 0)
        output.seek(0)
        said = output.read().decode()
    if os.waitstatus_to_exitcode(status):
        raise SystemExit(f"{' '.join(command)} failed:\n{said}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Cost(time.monotonic() - start, used.ru_maxrss * unit / 1e6)


def forget_results(checkout: Checkout) -> None:
    """Leave no analysis, merged result or export."""
    shutil.rmtree(checkout.root / "data", ignore_errors=True)
    for pattern in ("merged.*", "variance.json"):
        for path in (checkout.root / "results").glob(f"*/*/go*/{pattern}"):
            path.unlink()


def forget_everything_made(checkout: Checkout) -> None:
    """Leave texts and builds alone, and nothing that doit made of them."""
    forget_results(checkout)
    shutil.rmtree(checkout.root / ".cache", ignore_errors=True)
    for folder in (checkout.root / "results").glob("*/*/go*/receipts"):
        shutil.rmtree(folder)


def compare(ours: Sequence[str], theirs: Sequence[str], checkout: Checkout, forget: Callable[[Checkout], None]) -> str:
    """Both in turn, each time from the same state; their best times and peak memory in words."""
    costs: dict[str, list[Cost]] = {"doit": [], "benchstat": []}
    for _ in range(_TIMES):
        forget(checkout)
        costs["doit"].append(cost_of(ours, checkout.root))
        costs["benchstat"].append(cost_of(theirs, checkout.root))
    seconds = {name: min(cost.seconds for cost in found) for name, found in costs.items()}
    memory = {name: max(cost.megabytes for cost in found) for name, found in costs.items()}
    words = [f"{name} {seconds[name]:.2f} s, {memory[name]:.0f} MB" for name in costs]
    ratios = (values["doit"] / values["benchstat"] for values in (seconds, memory))
    return "; ".join([*words, "ratio {:.2f} in time, {:.2f} in memory".format(*ratios)])


def main() -> int:
    """Print both costs and their ratio."""
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    benchstat = tool_path(Paths(ROOT), "benchstat")
    if not benchstat.exists():
        print("run `doit tools` first: this compares with the pinned benchstat", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as name:
        checkout, bed = prepare(Path(name))
        lines = write_texts(bed, wanted)
        count = lines // (2 * _LEAVES)
        texts = [Path(name) / f"{label}.txt" for label in ("old", "new")]
        for text, version in zip(texts, bed.project.config.versions, strict=True):
            with text.open("wb") as file:
                for part in sorted(bed.project.tree.version(version.label).glob("*.txt")):
                    file.write(part.read_bytes())
        settings = (f"count={count}", "max_reruns=0", "skip_system_check=1")
        ours = [sys.executable, "-m", "doit", "-n", "2", *settings, "collect", "merge", "export:results"]
        theirs = [str(benchstat), *map(str, texts)]
        # The first run lists the packages and takes fingerprints, which is no part of either.
        cost_of(ours, checkout.root)
        print(f"{lines} result lines in {sum(text.stat().st_size for text in texts) / 1e6:.0f} MB, best of {_TIMES}")
        print(f"with receipts: {compare(ours, theirs, checkout, forget_results)}")
        print(f"from texts alone: {compare(ours, theirs, checkout, forget_everything_made)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
