"""What a session runs and says about it: the binaries of its rounds, and the heads of its files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from tasks.measure.rounds import Binary
from tasks.measure.schedule import Need
from tasks.measure.state import State
from tasks.shared import schema
from tasks.shared.cell import Cell, package_of
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


def read_records(project: Project, needs: Sequence[Need]) -> tuple[list[Need], Records]:
    """The needs, and the builds of all versions and references that they name.

    A reference whose binary is not there, or is not of today's code, is left out: better none than a wrong one.
    """
    records: dict[tuple[str, str], dict[str, Any]] = {}
    kept = []
    for need in needs:
        package = package_of(need.unit)
        for version in need.rounds:
            record = records[version, package] = read_record(_target(project, version, package))
            if not _is_of_same_code(project, Cell(version, need.unit), record):
                raise PerfError(f"the sources of {package} changed while they were compiled; run doit again")
        reference = need.reference
        if reference:
            try:
                record = read_record(_target(project, reference, package))
            except PerfError:
                record = {}
            if record.get("status") == "built" and _is_of_same_code(project, Cell(reference, need.unit), record):
                records[reference, package] = record
            else:
                reference = None
        kept.append(replace(need, reference=reference))
    return kept, records


def _is_of_same_code(project: Project, cell: Cell, record: Mapping[str, Any]) -> bool:
    """Whether a binary was made from what the cell's fingerprint speaks of."""
    fingerprint = schema.read_unchecked(project.paths.fingerprint(cell.version, cell.unit))["fingerprint"]
    return bool(record["fingerprints"].get(cell.unit) == fingerprint)


def read_fingerprints(state: State, versions: Iterable[str]) -> dict[str, dict[str, str]]:
    """The fingerprint of every unit, by version: read once, before the first sample is taken."""
    found: dict[str, dict[str, str]] = {}
    for version in versions:
        files = sorted(state.project.paths.fingerprint(version, "x").parent.glob("*.json"))
        cells = [Cell(version, path.stem) for path in files]
        found[version] = {cell.unit: value for cell in cells if (value := state.fingerprint(cell))}
    return found


def binaries_of(project: Project, records: Records) -> dict[tuple[str, str], Binary]:
    """The binaries of the packages that compiled."""
    scratch = scratch_folder(project)
    # Set for all alike: Go 1.25 and on would else take a container's quota into account, and older ones not.
    environment = {"GOMAXPROCS": str(project.machine.cores), **project.config.environment}
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
            working_folder=target.folder / "src" / package,
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


def provenance_of(
    project: Project, version: str, records: Records, seed: int, started: float, said: str
) -> dict[str, Any]:
    """Everything about a version's samples that they have in common; ``said`` is what `go version` says."""
    packages = sorted(package for v, package in records if v == version)
    return {
        "program": PROGRAM,
        "started_at": iso(started),
        "seed": seed,
        "settings": project.settings.document(),
        "environment": dict(project.config.environment),
        "machine": project.machine.document(),
        "go_version": said,
        "modules": {package: records[version, package]["modules"] for package in packages},
    }


def _target(project: Project, version: str, package: str) -> Target:
    return Target(project.paths, project.version(version), package)
