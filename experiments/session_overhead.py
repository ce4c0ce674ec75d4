"""What does a session cost beside its samples? Against a plain loop over the same test binaries, in turn.

One version, the whole suite, 25 ms samples. Three times in turn: a session that links nothing (layouts=default), a
plain loop that starts the same binaries with the same arguments for the same samples, and a session in fresh layouts.
Nothing else should run. Needs a checkout in which the version is installed and built.

    python experiments/session_overhead.py go1.25 ROUNDS
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tasks.measure.session import run_session  # noqa: E402
from tasks.measure.state import State  # noqa: E402
from tasks.measure.system import System  # noqa: E402
from tasks.shared import config  # noqa: E402
from tasks.shared.cell import Cell  # noqa: E402
from tasks.shared.machine import read_machine  # noqa: E402
from tasks.shared.paths import Paths, Tree  # noqa: E402
from tasks.shared.process import Finished, Processes, SystemProcesses  # noqa: E402
from tasks.shared.project import Project  # noqa: E402
from tasks.shared.verified import Verified  # noqa: E402
from tasks.suite.scan import scan_package  # noqa: E402

_TIMES = 3


@dataclass(frozen=True)
class Elsewhere(Project):
    """The project, with its results in a folder that goes away."""

    folder: Path = Path()

    @cached_property
    def tree(self) -> Tree:
        return Tree(self.folder)


@dataclass
class Timed:
    """Real processes; how many seconds each kind of them took, and the commands of the samples."""

    processes: Processes = field(default_factory=SystemProcesses)
    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    samples: list[tuple[Sequence[str], Mapping[str, str], Path]] = field(default_factory=list)

    def run(
        self, command: Sequence[str], *, env: Mapping[str, str], cwd: Path, timeout: float, keep: Sequence[int] = ()
    ) -> Finished:
        """As the real thing."""
        start = time.monotonic()
        done = self.processes.run(command, env=env, cwd=cwd, timeout=timeout, keep=keep)
        kind = "first start" if any(word.startswith("-test.list") for word in command) else "linking"
        if any(word.startswith("-test.bench=") for word in command):
            kind = "samples"
            self.samples.append((command, env, cwd))
        self.seconds[kind] += time.monotonic() - start
        return done


def session(project: Elsewhere, version: str, rounds: int, layouts: str) -> tuple[float, Timed]:
    """Wall seconds of a session of all units, and what its processes took (linking in parallel, so in CPU seconds)."""
    shutil.rmtree(project.folder, ignore_errors=True)
    changes = {"count": str(rounds), "layouts": layouts, "max_reruns": "0", "skip_system_check": "1"}
    here = replace(project, settings=project.config.settings("default", changes))
    units = [unit.id for package in here.config.packages for unit in scan_package(here.paths.benchmarks, package)]
    timed = Timed()

    def state() -> State:
        return State(here, Verified(project.folder / "verified.json"))

    start = time.monotonic()
    run_session(here, state, [Cell(version, unit) for unit in units], System(timed))
    return time.monotonic() - start, timed


def plain_loop(samples: Sequence[tuple[Sequence[str], Mapping[str, str], Path]]) -> float:
    """Wall seconds of starting just these, one after the other, and keeping what they print."""
    start = time.monotonic()
    said = []
    for command, env, cwd in samples:
        said.append(subprocess.run(command, env=dict(env), cwd=cwd, capture_output=True, check=False).stdout)
    return time.monotonic() - start


def main() -> int:
    """Print the ratios."""
    label, rounds = sys.argv[1], int(sys.argv[2])
    paths = Paths(ROOT)
    configured = config.load(paths, lambda minor: f"{minor}.0")
    version = next(version.exact for version in configured.versions if version.label == label)
    default = configured.settings("default", {})
    costs: dict[str, list[float]] = {"default": [], "loop": [], "fresh": [], "linking": [], "first start": []}
    with tempfile.TemporaryDirectory() as name:
        project = Elsewhere(paths, configured, default, read_machine(), Path(name) / "results")
        for number in range(_TIMES):
            wall, timed = session(project, version, rounds, "default")
            costs["default"].append(wall)
            costs["loop"].append(plain_loop(timed.samples))
            fresh, linked = session(project, version, rounds, "fresh")
            costs["fresh"].append(fresh)
            costs["linking"].append(fresh - linked.seconds["samples"] - (wall - timed.seconds["samples"]))
            own = wall - sum(timed.seconds.values())
            print(f"{number + 1}: {len(timed.samples)} samples; session {wall:.2f} s, loop {costs['loop'][-1]:.2f} s")
            for kind, seconds in {**timed.seconds, "the program itself": own}.items():
                print(f"   {kind}: {seconds:.2f} s")
            print(f"   in fresh layouts {fresh:.2f} s, of them {costs['linking'][-1]:.2f} s for linking", flush=True)
    print(f"session / plain loop: {sum(costs['default']) / sum(costs['loop']):.3f}")
    print(f"linking, share of a session in fresh layouts: {sum(costs['linking']) / sum(costs['fresh']):.1%}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
