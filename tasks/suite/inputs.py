"""From sources to the inputs of each unit: declarations, modules, embedded files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tasks.shared import schema
from tasks.shared.errors import PerfError
from tasks.shared.files import digest_of, sha256, write_atomic
from tasks.shared.paths import Paths
from tasks.shared.process import Processes
from tasks.shared.project import Project
from tasks.shared.versions import Version
from tasks.suite.declarations import SOURCE, Declarations, build_program, read_declarations
from tasks.suite.fingerprint import BUILD_RECIPE, Inputs, goroot_digest, write_all
from tasks.suite.packages import Graph, Package, module_packages, own_packages_of
from tasks.suite.scan import Unit, package_sources
from tasks.suite.sources import copy_sources, list_packages, source_folder
from tasks.suite.templates import directives_of, module_path
from tasks.toolchains.environment import for_compiling


def take_fingerprints(project: Project, version: Version, units: Sequence[Unit], processes: Processes) -> None:
    """Write the fingerprint of each unit under a version, from its sources and go.mod as they are now."""
    if are_taken(project, version, units):
        return
    paths, environment = project.paths, project.config.environment
    taken_from = sources_digest(project, version, units)
    for package in project.config.packages:
        copy_sources(paths, version, package)
    graph = list_packages(paths, version, project.config.packages, environment, processes)
    reader = Reader(paths, version, graph, processes)
    inputs: dict[str, Inputs] = {}
    for package in project.config.packages:
        inputs |= reader.inputs(package, [unit for unit in units if unit.package == package])
    keep_fingerprints(project, version, inputs, taken_from)


def keep_fingerprints(project: Project, version: Version, inputs: Mapping[str, Inputs], taken_from: str) -> None:
    """Write the fingerprints of a version's units, and the digest of what they were taken from."""
    note = _note(project, version)
    note.unlink(missing_ok=True)
    write_all(project.paths, version, inputs, project.config.environment)
    write_atomic(note, taken_from)


def are_taken(project: Project, version: Version, units: Sequence[Unit]) -> bool:
    """Whether the fingerprints on disk were taken from just what is there now: that needs no toolchain to tell."""
    try:
        if _note(project, version).read_text() != sources_digest(project, version, units):
            return False
        for unit in units:
            schema.read("fingerprint", project.paths.fingerprint(version.exact, unit.id))
    except (OSError, PerfError):
        return False
    return True


def _note(project: Project, version: Version) -> Path:
    return project.paths.build_of(version.exact) / "fingerprints.taken_from"


def sources_digest(project: Project, version: Version, units: Sequence[Unit]) -> str:
    """Hash of the bytes of all that fingerprints are taken from."""
    suite, build = project.paths.benchmarks, project.paths.build_of(version.exact)
    sources = {path for package in project.config.packages for path in package_sources(suite, package)}
    files = {str(path.relative_to(suite)): sha256(path.read_bytes()) for path in sorted(sources)}
    others = [sha256(path.read_bytes()) for path in (build / "go.mod", build / "go.sum", SOURCE)]
    how = [schema.SCHEMA_VERSION, BUILD_RECIPE, version.exact, goroot_digest(version), dict(project.config.environment)]
    return digest_of([how, files, others, sorted(unit.id for unit in units)])


class Reader:
    """Reads the declarations of a version's packages; the Go program that does it is built once."""

    def __init__(self, paths: Paths, version: Version, graph: Graph, processes: Processes) -> None:
        self._source = source_folder(paths, version).resolve()
        self._module = module_path((self._source / "go.mod").read_text())
        self._directives = directives_of((self._source / "go.mod").read_text())
        self._own: dict[str, str] = {}
        self._graph = graph
        self._processes = processes
        goroot, build = paths.toolchain(version.exact), paths.build_of(version.exact)
        scratch = build / "units.home"
        scratch.mkdir(parents=True, exist_ok=True)
        self._env = {**for_compiling(goroot, scratch, {}), "GOCACHE": str(paths.build / "gocache")}
        self._program = build_program(goroot / "bin" / "go", build, self._env, processes)
        self._names = build / "names.json"
        write_atomic(self._names, json.dumps({path: package.name for path, package in sorted(graph.items())}))
        self._sums = _sums((self._source / "go.sum").read_text())

    def inputs(self, package: str, units: Iterable[Unit]) -> dict[str, Inputs]:
        """The inputs of a package's units."""
        found = self._graph[f"{self._module}/{package}"]
        declared = read_declarations(self._program, self._names, found.files, self._env, self._processes)
        embedded = _matching(found.folder, [pattern for patterns in declared.embeds.values() for pattern in patterns])
        others = [path for path in _not_go(found.folder) if path not in embedded]
        whole = bool(declared.unresolved)
        return {
            unit.id: self._of_whole(found)
            if whole or unit.name not in declared.units
            else self._of(found, declared, unit, others)
            for unit in units
        }

    def _of(self, package: Package, declared: Declarations, unit: Unit, others: Sequence[Path]) -> Inputs:
        used = declared.used_by(unit.name)
        imports = declared.imports_of(used)
        patterns = [pattern for name in used for pattern in declared.embeds.get(name, ())]
        return Inputs(
            declarations={name: declared.hashes[name] for name in used},
            imports=imports,
            packages=self._own_packages(imports),
            files=self._files([*others, *_matching(package.folder, patterns)]),
            modules=self._modules(imports),
            directives=self._directives,
        )

    def _of_whole(self, package: Package) -> Inputs:
        """Everything, where nothing can be told apart: code that does not parse, or imports into its own names."""
        imports = sorted({*package.deps, *package.test_imports})
        everything = [*package.folder.glob("*.go"), *_not_go(package.folder)]
        own, modules = self._own_packages(imports), self._modules(imports)
        return Inputs({}, imports, own, self._files(everything), modules, self._directives)

    def _own_packages(self, imports: Sequence[str]) -> dict[str, str]:
        """The suite's own packages among these, each as a hash of its declarations (unordered) and other files."""
        return {path: self._own_package(path) for path in own_packages_of(self._graph, imports)}

    def _own_package(self, path: str) -> str:
        if path not in self._own:
            package = self._graph[path]
            files = [file for file in package.files if not file.name.endswith("_test.go")]
            declared = read_declarations(self._program, self._names, files, self._env, self._processes)
            others = self._files([*_not_go(package.folder), *(files if declared.unresolved else [])])
            parts = [dict(declared.hashes), dict(declared.imports), sorted(declared.always_imports), others]
            self._own[path] = digest_of(parts)
        return self._own[path]

    def _modules(self, imports: Sequence[str]) -> dict[str, str]:
        found = module_packages(self._graph, imports)
        return {name: f"{m.version} {self._sums.get((m.sums_as, m.version), '')}" for name, m in sorted(found.items())}

    def _files(self, paths: Iterable[Path]) -> dict[str, str]:
        return {str(path.relative_to(self._source)): sha256(path.read_bytes()) for path in sorted(set(paths))}


def _sums(go_sum: str) -> Mapping[tuple[str, str], str]:
    """The hash of each module in a go.sum, by path and version."""
    rows = (line.split() for line in go_sum.splitlines() if line.strip())
    return {(name, version): digest for name, version, digest in rows if not version.endswith("/go.mod")}


def _not_go(folder: Path) -> list[Path]:
    """What is compiled besides, and what a benchmark may read when it runs: assembly, headers, testdata."""
    return [
        path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".") and path.suffix != ".go"
    ]


def _matching(folder: Path, patterns: Iterable[str]) -> list[Path]:
    """The files that go:embed patterns mean; of a folder, all that are below it."""
    found: list[Path] = []
    for pattern in patterns:
        for path in folder.glob(pattern.removeprefix("all:").strip('"`')):
            found += [p for p in path.rglob("*") if p.is_file()] if path.is_dir() else [path]
    return found
