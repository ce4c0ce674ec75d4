"""A small project on disk, with sources, fingerprints and builds, but no Go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from tasks.measure.retries import on_demand
from tasks.measure.session import run_retries, run_session
from tasks.measure.state import State
from tasks.measure.system import System
from tasks.shared import config, schema
from tasks.shared.cell import Cell
from tasks.shared.files import sha256
from tasks.shared.machine import Machine
from tasks.shared.paths import Paths
from tasks.shared.project import Project
from tasks.shared.verified import Verified
from tasks.suite import fingerprint, templates
from tasks.suite.build import Target, inputs_of
from tasks.suite.fingerprint import Inputs
from tasks.suite.inputs import keep_fingerprints, sources_digest
from tasks.suite.scan import Unit, package_sources, scan_package
from tests.checkout import Checkout, build_cache, copy_checkout
from tests.fakes import Behaviour, FakeClock, FakeProcesses, steady

MACHINE = Machine("linux", "amd64", "A CPU @ 3 GHz", 2, 8 * 2**30, "An OS 1", "6.1")

SOURCE = """package {package}

import "testing"

// Benchmark{first} measures the first thing. More words.
func Benchmark{first}(b *testing.B) {{}}

// Benchmark{second} measures the second thing.
func Benchmark{second}(b *testing.B) {{}}
"""

CONFIG = """schema_version: 1
versions: ["1.23.0", "1.24.0", "1.25.0"]
packages: [alpha, beta]
export_dir: data
repository: ""
profiles:
  default: {count: 3, benchtime: 25ms, layouts: fresh, variance_threshold: 15, interval_target: 10, budget_target: 3,
            max_reruns: 0, rerun_count: 2, skip_system_check: true, strict_system_check: false,
            strict: false, verbose: false}
  fixed: {count: 3, benchtime: 25ms, layouts: default, variance_threshold: 15, interval_target: 10, budget_target: 3,
          max_reruns: 0, rerun_count: 2, skip_system_check: true, strict_system_check: false,
          strict: false, verbose: false}
thresholds: {}
varies_by_nature: {}
environment: {GOAMD64: v1}
unit_timeout: 10
compare: {pairs: [], alpha: 0.05, margin: 1, equivalence_margin: 3, better: {}}
"""

#: The files whose tests take longest, in the order in which they are best begun: of two processes one then compiles
#: the standard libraries, while the other does what needs no Go.
LONGEST = ("test_end_to_end.py", "test_kills.py", "test_rebuilds.py", "test_two_doits.py", "test_bad_input.py")


def pytest_configure() -> None:
    """The processes that share the work (``pytest -n 2``) are started after this, and inherit the cache."""
    build_cache()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that no process is left with it at the end."""
    items.sort(key=lambda item: LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST))


@dataclass
class Bed:
    """A test bed: a project, and what was sampled in it by invented programs."""

    root: Path
    project: Project
    clock: FakeClock = field(default_factory=FakeClock)
    #: What else the machine does: nothing, whatever runs beside these tests.
    readings: Callable[[], dict[str, float]] = dict

    @property
    def units(self) -> tuple[Unit, ...]:
        packages = self.project.config.packages
        return tuple(unit for p in packages for unit in scan_package(self.project.paths.benchmarks, p))

    def cells(self, *versions: str, unit: str = "") -> list[Cell]:
        """The cells of some versions (default: all), or those of one unit among them."""
        chosen = versions or tuple(version.exact for version in self.project.config.versions)
        return [Cell(v, u.id) for v in chosen for u in self.units if unit in ("", u.id)]

    def state(self) -> State:
        """What the files say now, nothing remembered."""
        return State(self.project, Verified(self.root / ".cache" / "verified.json"))

    def with_settings(self, **changes: str) -> Bed:
        """The same checkout under another command line."""
        settings = self.project.config.settings("default", changes)
        return Bed(self.root, replace(self.project, settings=settings), self.clock, self.readings)

    def refresh(self) -> None:
        """Do what the gomod, fingerprint and build tasks would, with no compiler."""
        paths, configured = self.project.paths, self.project.config
        for version in configured.versions:
            folder = paths.build_of(version.exact)
            templates.instantiate(templates.choose(paths.benchmarks, version), version, folder)
            taken_from = sources_digest(self.project, version, self.units)
            keep_fingerprints(self.project, version, self.inputs(), taken_from)
            linker = paths.toolchain(version.exact) / "pkg" / "tool" / "linux_amd64" / "link"
            linker.parent.mkdir(parents=True, exist_ok=True)
            linker.touch()
            for package in configured.packages:
                self.set_build(Target(paths, version, package), "built")

    def inputs(self) -> dict[str, Inputs]:
        """What bears on each unit, as a compiler that knows no functions would see it: its package's files."""
        suite = self.project.paths.benchmarks
        files = {
            package: {
                str(path.relative_to(suite)): sha256(path.read_bytes()) for path in package_sources(suite, package)
            }
            for package in self.project.config.packages
        }
        return {
            unit.id: Inputs({unit.name: sha256(unit.name)}, [], {}, files[unit.package], {}, []) for unit in self.units
        }

    def set_build(self, target: Target, status: str, output: str = "") -> None:
        """Write the record of a build; a failed one with what the compiler said."""
        built = status == "built"
        inputs, environment = self.inputs(), self.project.config.environment
        fingerprints = {
            unit.id: fingerprint.document(unit.id, target.version, inputs[unit.id], environment)["fingerprint"]
            for unit in self.units
            if unit.package == target.package
        }
        record = {
            "schema_version": 3,
            "version": target.version.exact,
            "package": target.package,
            "inputs": inputs_of(target, self.project.config.environment),
            "status": status,
            "fingerprints": fingerprints,
            "units": [unit.id for unit in self.units if unit.package == target.package and built],
            "modules": {"golang.org/x/crypto": "v0.27.0"} if built else {},
            "link_arguments": ["-buildmode=exe"] if built else [],
            "binary_sha256": "1" * 64 if built else "",
            "output": output,
        }
        schema.write("build", target.record, record)

    def system(self, processes: FakeProcesses) -> System:
        """The world of a session: invented but for the disk."""
        return System(processes, self.clock, self.root / "lock", self.readings)

    def run(self, cells: list[Cell] | None = None, behaviour: Behaviour = steady) -> FakeProcesses:
        """One `doit`: a session of the stale cells among ``cells`` (default: all), whose receipts are then written."""
        processes = FakeProcesses(behaviour)
        chosen = self.cells() if cells is None else cells
        run_session(self.project, self.state, chosen, self.system(processes))
        self.adopt(chosen)
        return processes

    def retry(self, version: str = "go1.24.0", failed: str = "", behaviour: Behaviour = steady) -> FakeProcesses:
        """One `doit retry:VERSION`."""
        processes = FakeProcesses(behaviour)
        retries = on_demand(self.project, version, failed, [unit.id for unit in self.units])
        run_retries(self.project, self.state, retries, self.system(processes))
        return processes

    def adopt(self, cells: list[Cell] | None = None) -> None:
        """What the cells' own tasks do after a session."""
        state = self.state()
        for cell in self.cells() if cells is None else cells:
            if not state.is_up_to_date(cell):
                state.adopt(cell)


@pytest.fixture
def make_bed(tmp_path: Path) -> Callable[..., Bed]:
    """Makes a test bed with a configuration of one's own."""

    def make(config_text: str = CONFIG, machine: Machine = MACHINE) -> Bed:
        benchmarks = tmp_path / "benchmarks"
        for package, first, second in (("alpha", "One", "Two"), ("beta", "Three", "Four")):
            folder = benchmarks / package
            folder.mkdir(parents=True, exist_ok=True)
            source = SOURCE.format(package=package, first=first, second=second)
            (folder / f"{package}_test.go").write_text(source)
        (benchmarks / "go.mod.template").write_text("module example.test/suite\n\ngo 1.23\n")
        (benchmarks / "go.sum.template").write_text("")
        (tmp_path / "config.yaml").write_text(config_text)
        paths = Paths(tmp_path)
        configured = config.load(paths, lambda minor: f"{minor}.0")
        bed = Bed(tmp_path, Project(paths, configured, configured.settings("default", {}), machine))
        bed.refresh()
        return bed

    return make


@pytest.fixture
def bed(make_bed: Callable[..., Bed]) -> Bed:
    """Two packages of two units, three versions, three rounds."""
    return make_bed()


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """A copy of the checkout in which nothing was run, under a user without Go."""
    env = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path_factory.mktemp("home")), "LANG": "C.UTF-8"}
    return copy_checkout(tmp_path_factory.mktemp("checkout") / "clone", env)
