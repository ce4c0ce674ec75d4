"""Compiling a package's test binary once per version, and keeping what linking it anew needs.

Sources are copied into the build folder, beside the version's go.mod: benchmarks/ is never written to.
Code that does not compile is a result (a record with the compiler's words), not an error.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tasks.shared import schema
from tasks.shared.errors import MachineFault, PerfError
from tasks.shared.files import remove_tree, sha256
from tasks.shared.paths import Paths
from tasks.shared.process import Finished, Processes, machine_is_at_fault
from tasks.shared.versions import Version
from tasks.suite.fingerprint import build_inputs, document
from tasks.suite.inputs import Reader
from tasks.suite.linking import LINK_FOLDER, keep_link_inputs
from tasks.suite.packages import Graph, modules_of
from tasks.suite.scan import Unit
from tasks.suite.sources import copy_sources, list_packages
from tasks.suite.templates import module_path
from tasks.toolchains.environment import for_building, for_samples

_COMPILE_TIMEOUT = 1800.0

#: What go says when modules that were to be fetched before are not there: compiling reaches no network.
_NOT_FETCHED = "module lookup disabled by GOPROXY=off"


@dataclass(frozen=True)
class Target:
    """One package under one version: where its build lies."""

    paths: Paths
    version: Version
    package: str

    @property
    def folder(self) -> Path:
        return self.paths.build_of(self.version.exact)

    @property
    def binary(self) -> Path:
        """The test binary in Go's default layout."""
        return self.folder / f"{self.package}.test"

    @property
    def record(self) -> Path:
        """What became of the build: a JSON document, the target of the doit task."""
        return self.folder / f"{self.package}.build.json"

    @property
    def link_folder(self) -> Path:
        return self.folder / f"{self.package}.{LINK_FOLDER}"

    @property
    def goroot(self) -> Path:
        return self.paths.toolchain(self.version.exact)

    @property
    def go(self) -> Path:
        return self.goroot / "bin" / "go"


def build(target: Target, units: tuple[Unit, ...], environment: Mapping[str, str], processes: Processes) -> None:
    """Compile a package and write its record; PerfError if the machine, not the code, is at fault."""
    source = target.folder / "src"
    inputs = inputs_of(target, environment)
    if is_built(target, inputs):
        return
    # From here on what lies in the folder is not what the record says.
    target.record.unlink(missing_ok=True)
    copy_sources(target.paths, target.version, target.package)
    graph = list_packages(target.paths, target.version, [target.package], environment, processes)
    mine = [unit for unit in units if unit.package == target.package]
    taken = Reader(target.paths, target.version, graph, processes).inputs(target.package, mine)
    # Of just these sources, so that no sample is ever filed under other code than its binary's.
    fingerprints = {
        unit: document(unit, target.version, its, environment)["fingerprint"] for unit, its in taken.items()
    }
    scratch = target.folder / f"{target.package}.scratch.{os.getpid()}"
    remove_tree(scratch)
    scratch.mkdir(parents=True)
    try:
        fresh = scratch / target.binary.name
        done = _compile(target, source, scratch, fresh, environment, processes, ["-x", "-work"])
        if done.status != 0:
            # Once more without the trace, for the compiler's words alone.
            done = _compile(target, source, scratch, fresh, environment, processes, [])
            _check_it_is_the_code(target, done)
            _write_failure(target, inputs, fingerprints, done.stderr.decode(errors="replace").replace(f"{source}/", ""))
            return
        try:
            listed = list_units(fresh, target.package, for_samples(scratch, environment), scratch, processes)
        except PerfError as error:
            _write_failure(target, inputs, fingerprints, f"it compiles, but its test binary does not start:\n{error}")
            return
        _check_units(target, units, listed)
        link_arguments = keep_link_inputs(done.stderr.decode(), target.link_folder)
        fresh.replace(target.binary)
        record = {
            "inputs": inputs,
            "status": "built",
            "units": sorted(listed),
            "fingerprints": fingerprints,
            "modules": _modules(target, graph),
            "link_arguments": link_arguments,
            "binary_sha256": sha256(target.binary.read_bytes()),
            "output": "",
        }
        _write_record(target, record)
    finally:
        remove_tree(scratch)


def list_units(binary: Path, package: str, env: Mapping[str, str], cwd: Path, processes: Processes) -> list[str]:
    """The units that a test binary itself names; this also reads it into memory for the first time."""
    done = processes.run([str(binary), "-test.list=^Benchmark"], env=env, cwd=cwd, timeout=60)
    if done.status != 0:
        raise PerfError(f"{binary} does not start: {(done.stderr or done.stdout).decode(errors='replace')[:2000]}")
    lines = done.stdout.decode().splitlines()
    return [f"{package}.{line.removeprefix('Benchmark')}" for line in lines if line.startswith("Benchmark")]


def read_record(target: Target) -> dict[str, Any]:
    """The build's record; PerfError if there is none."""
    record: dict[str, Any] = schema.read("build", target.record)
    return record


def inputs_of(target: Target, environment: Mapping[str, str]) -> str:
    """Hash of everything that the build depends on, as it is now."""
    return build_inputs(target.paths.benchmarks, target.package, target.version, target.folder, environment)


def is_built(target: Target, inputs: str) -> bool:
    """Whether just this was built before and is all there, even if doit has forgotten about it."""
    try:
        record = read_record(target)
    except PerfError:
        return False
    if record["inputs"] != inputs or record["status"] != "built" or not is_told_apart_as_today(target, record):
        return False
    linkable = (target.link_folder / "main.a").exists()
    return linkable and target.binary.exists() and sha256(target.binary.read_bytes()) == record["binary_sha256"]


def is_told_apart_as_today(target: Target, record: Mapping[str, Any]) -> bool:
    """Whether a record has the units' fingerprints as they are taken now: another program may take others."""
    for unit, known in record["fingerprints"].items():
        path = target.paths.fingerprint(target.version.exact, unit)
        if path.exists() and schema.read_unchecked(path).get("fingerprint") != known:
            return False
    return True


def _compile(
    target: Target,
    source: Path,
    scratch: Path,
    output: Path,
    environment: Mapping[str, str],
    processes: Processes,
    trace: Sequence[str],
) -> Finished:
    command = [str(target.go), "test", "-c", *trace, "-trimpath", "-buildvcs=false", "-vet=off"]
    command += ["-mod=readonly", "-o", str(output), f"./{target.package}"]
    env = for_building(target.paths, target.goroot, scratch, environment)
    return processes.run(command, env=env, cwd=source, timeout=_COMPILE_TIMEOUT)


def _modules(target: Target, graph: Graph) -> dict[str, str]:
    """The modules, with versions, of all that a package and its tests import."""
    package = graph[f"{module_path((target.folder / 'go.mod').read_text())}/{target.package}"]
    return dict(sorted(modules_of(graph, [*package.deps, *package.test_imports]).items()))


def _check_units(target: Target, units: tuple[Unit, ...], listed: list[str]) -> None:
    """The quick scan named the tasks; it must agree with the compiler."""
    scanned = {unit.id for unit in units if unit.package == target.package}
    if scanned != set(listed):
        only_text = ", ".join(sorted(scanned - set(listed))) or "none"
        only_binary = ", ".join(sorted(set(listed) - scanned)) or "none"
        raise PerfError(
            f"{target.package}: the benchmarks in the sources and in the test binary of {target.version.exact} differ. "
            f"Only in the text: {only_text}; only in the binary: {only_binary}. Write each as "
            "`func BenchmarkName(b *testing.B)` at the start of a line, without build constraints."
        )


def _check_it_is_the_code(target: Target, done: Finished) -> None:
    """MachineFault if the compiler did not fail for what it was given: that is no result."""
    words = done.stderr.decode(errors="replace")
    if machine_is_at_fault(done) or _NOT_FETCHED in words:
        reason = done.stopped or words.strip()[-500:] or f"status {done.status}, without a word"
        raise MachineFault(
            f"compiling {target.package} with {target.version.exact} was cut short: {reason}. Run doit again."
        )


def _write_failure(target: Target, inputs: str, fingerprints: Mapping[str, str], words: str) -> None:
    """Keep what was said of code that can't be measured."""
    output = words.strip()[-4000:]
    shutil.rmtree(target.link_folder, ignore_errors=True)
    target.binary.unlink(missing_ok=True)
    nothing: dict[str, Any] = {"units": [], "modules": {}, "link_arguments": [], "binary_sha256": ""}
    record = {"inputs": inputs, "status": "failed", "fingerprints": fingerprints, **nothing, "output": output}
    _write_record(target, record)


def _write_record(target: Target, record: dict[str, Any]) -> None:
    head = {"schema_version": schema.SCHEMA_VERSION, "version": target.version.exact, "package": target.package}
    schema.write("build", target.record, {**head, **record})
