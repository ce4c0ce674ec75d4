"""What the packages of a suite are made of, as `go list` tells: files, names and modules of all that they import."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tasks.shared.errors import PerfError

_FIELDS = "ImportPath,Name,Standard,Module,Deps,Dir,GoFiles,TestGoFiles,XTestGoFiles,TestImports,XTestImports"


@dataclass(frozen=True)
class Package:
    """One package. ``module`` is its module's path, empty for the standard library and for the suite itself;
    ``sums_as`` the path under which go.sum has it, another one if go.mod replaces it.

    ``files`` are its Go files, tests included, of packages of the suite alone. ``deps`` are all packages that it
    needs, directly or not; ``test_imports`` what its tests import besides.
    """

    path: str
    name: str
    module: str
    version: str
    sums_as: str
    is_own: bool
    folder: Path
    files: tuple[Path, ...]
    deps: frozenset[str]
    test_imports: frozenset[str]


Graph = Mapping[str, Package]


def list_command(go: Path, packages: Iterable[str]) -> list[str]:
    """The command that lists packages with their tests and all that they import; it fetches what is missing."""
    return [str(go), "list", "-e", "-deps", "-test", f"-json={_FIELDS}", *(f"./{name}" for name in packages)]


def read_graph(text: str) -> Graph:
    """The packages by import path; variants that go makes up for tests are left out."""
    found = {}
    decoder = json.JSONDecoder()
    at = 0
    while at < len(text):
        document, at = decoder.raw_decode(text, at)
        at += len(text[at:]) - len(text[at:].lstrip())
        if " [" not in document["ImportPath"] and not document["ImportPath"].endswith(".test"):
            found[document["ImportPath"]] = _package(document)
    return found


def _package(document: Mapping[str, Any]) -> Package:
    module = document.get("Module") or {}
    own = bool(module.get("Main"))
    replaced = module.get("Replace") or {}
    if replaced and not replaced.get("Version"):
        raise PerfError(
            f"go.mod replaces {module['Path']} by the folder {replaced.get('Path')}, whose content nothing pins. "
            "Replace it by a version of a module, or put the code into benchmarks/internal/."
        )
    folder = Path(document.get("Dir", "."))

    files = [folder / name for key in ("GoFiles", "TestGoFiles", "XTestGoFiles") for name in document.get(key) or ()]
    return Package(
        path=document["ImportPath"],
        name=document.get("Name", ""),
        module="" if own else module.get("Path", ""),
        version=replaced.get("Version") or module.get("Version", ""),
        sums_as=replaced.get("Path") or module.get("Path", ""),
        is_own=own,
        folder=folder,
        files=tuple(sorted(files)) if own else (),
        deps=frozenset(path for path in document.get("Deps") or () if " [" not in path),
        test_imports=frozenset(path for key in ("TestImports", "XTestImports") for path in document.get(key) or ()),
    )


def modules_of(graph: Graph, imports: Iterable[str]) -> dict[str, str]:
    """The modules, with their versions, that some imported packages and all that these need come from."""
    return {name: package.version for name, package in module_packages(graph, imports).items()}


def module_packages(graph: Graph, imports: Iterable[str]) -> dict[str, Package]:
    """One package of each of these modules, by the module's path."""
    needed = {path for name in imports if name in graph for path in (name, *graph[name].deps)}
    found = (graph[path] for path in sorted(needed) if path in graph)
    return {package.module: package for package in found if package.module}


def own_packages_of(graph: Graph, imports: Iterable[str]) -> list[str]:
    """The suite's own packages among what some imports need."""
    needed = {path for name in imports if name in graph for path in (name, *graph[name].deps)}
    return sorted(path for path in needed if path in graph and graph[path].is_own)
