"""What a session runs and says about it: the binaries of its rounds, and the heads of its files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tasks.measure.rounds import Binary
from tasks.measure.sample_file import Head
from tasks.measure.schedule import Need
from tasks.measure.state import State
from tasks.shared import schema
from tasks.shared.cell import Cell
from tasks.shared.clock import iso
from tasks.shared.errors import PerfError
from tasks.shared.process import Processes
from tasks.shared.project import Project
from tasks.suite.build import Target, read_record
from tasks.suite.linking import linker_of
from tasks.suite.templates import module_path
from tasks.toolchains.environment import for_compiling, for_samples

PROGRAM = "go-perf-tracking 1"

#: The record of each build that a session may need, by (version, package).
Records = Mapping[tuple[str, str], dict[str, Any]]


def scratch_folder(project: Project) -> Path:
    """Where rounds keep their binaries; emptied at the start of each session."""
    return project.paths.build / "rounds"


def read_records(project: Project, needs: Sequence[Need]) -> Records:
    """The builds of all versions and references that the needs name."""
    pairs = set()
    for need in needs:
        for version in (*need.rounds, *([need.reference] if need.reference else [])):
            pairs.add((version, need.unit.split(".", 1)[0]))
    records = {pair: read_record(_target(project, *pair)) for pair in pairs}
    for need in needs:
        for version in need.rounds:
            _check_same_code(project, Cell(version, need.unit), records[version, need.unit.split(".", 1)[0]])
    return records


def _check_same_code(project: Project, cell: Cell, record: Mapping[str, Any]) -> None:
    """A sample must never be filed under the fingerprint of other code than its binary's."""
    fingerprint = schema.read_unchecked(project.paths.fingerprint(cell.version, cell.unit))
    if fingerprint["sources"] != record["sources"]:
        raise PerfError(f"the sources of {cell.package} changed while they were compiled; run doit again")


def binaries_of(project: Project, records: Records) -> dict[tuple[str, str], Binary]:
    """The binaries of the packages that compiled."""
    scratch = scratch_folder(project)
    environment = project.config.environment
    binaries = {}
    for (version, package), record in records.items():
        if record["status"] != "built":
            continue
        target = _target(project, version, package)
        binaries[version, package] = Binary(
            default=target.binary,
            link_folder=target.link_folder,
            linker=linker_of(target.goroot),
            link_arguments=tuple(record["link_arguments"]),
            link_environment=for_compiling(target.goroot, scratch, environment),
            environment=for_samples(scratch, environment),
            working_folder=project.paths.benchmarks / package,
            package_path=package_path(project, version, package),
        )
    return binaries


def timeout(project: Project) -> float:
    """Seconds after which a sample counts as hung; long samples get longer."""
    return project.config.unit_timeout + 20 * project.settings.benchtime


def package_path(project: Project, version: str, package: str) -> str:
    """The import path of a package, as `go test` prints it after ``pkg:``."""
    go_mod = project.paths.build_of(version) / "go.mod"
    return f"{module_path(go_mod.read_text())}/{package}"


def go_version(project: Project, version: str, processes: Processes) -> str:
    """What the toolchain itself says, ``go version go1.24.0 linux/amd64``."""
    goroot = project.paths.toolchain(version)
    env = for_compiling(goroot, scratch_folder(project), {})
    done = processes.run([str(goroot / "bin/go"), "version"], env=env, cwd=goroot, timeout=60)
    return done.stdout.decode(errors="replace").strip()


def make_head(
    session: str, seed: int, started: float, version: str, kind: str, state: State, records: Records, said: str
) -> Head:
    """The head of one file; ``said`` is what `go version` says."""
    project = state.project
    units = sorted({path.stem for path in project.paths.fingerprint(version, "x").parent.glob("*.json")})
    fingerprints = {unit: fp for unit in units if (fp := state.fingerprint(Cell(version, unit)))}
    packages = {package for v, package in records if v == version}
    provenance = {
        "program": PROGRAM,
        "started_at": iso(started),
        "seed": seed,
        "settings": project.settings.document(),
        "environment": dict(project.config.environment),
        "machine": project.machine.document(),
        "go_version": said,
        "modules": {package: records[version, package]["modules"] for package in sorted(packages)},
    }
    measured = {unit: fp for unit, fp in fingerprints.items() if unit.split(".", 1)[0] in packages}
    return Head(session, kind, version, project.conditions, measured, provenance)


def _target(project: Project, version: str, package: str) -> Target:
    return Target(project.paths, project.version(version), package)
