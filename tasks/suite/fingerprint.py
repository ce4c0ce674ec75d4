"""What a cell measures, as a hash: everything in sources, modules and toolchain that can change it.

One small file per unit and version. An identical rewrite changes nothing, so only what really changed
makes cells stale. What a *sample* depends on besides (benchtime, layouts, the machine) is bound to the
sample by the receipt, not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tasks.shared import schema
from tasks.shared.files import digest_of, sha256
from tasks.shared.paths import Paths
from tasks.shared.versions import Version
from tasks.suite.scan import Unit, imported_paths, package_sources
from tasks.suite.templates import module_path

#: Raised when the way of compiling changes so that older samples can't be compared with newer ones.
BUILD_RECIPE = 1


@dataclass(frozen=True)
class PackageInputs:
    """Hashes of what all units of one package have in common."""

    sources: Mapping[str, str]
    modules: Mapping[str, str]


def package_inputs(suite: Path, package: str, go_mod: Path, go_sum: Path) -> PackageInputs:
    """Hash a package's files; the module files count only if it imports anything from another module."""
    sources = package_sources(suite, package)
    own = module_path(go_mod.read_text())
    foreign = any(
        "." in name.split("/", 1)[0] and not f"{name}/".startswith(f"{own}/") for name in imported_paths(sources)
    )
    modules = {"go.mod": sha256(go_mod.read_bytes()), "go.sum": sha256(go_sum.read_bytes())} if foreign else {}
    return PackageInputs(source_hashes(suite, package), modules)


def source_hashes(suite: Path, package: str) -> dict[str, str]:
    """The hash of each file that compiles into a package's test binary, by its path below the suite."""
    return {str(path.relative_to(suite)): sha256(path.read_bytes()) for path in package_sources(suite, package)}


def build_inputs(
    suite: Path, package: str, version: Version, build_folder: Path, environment: Mapping[str, str]
) -> str:
    """Hash of everything that a package's binary is made from. Records of builds and fingerprints both have it,
    so that a sample is never filed under other code than its binary's.
    """
    modules = {name: sha256((build_folder / name).read_bytes()) for name in ("go.mod", "go.sum")}
    sources = source_hashes(suite, package)
    return digest_of([version.exact, goroot_digest(version), BUILD_RECIPE, sources, modules, dict(environment)])


def goroot_digest(version: Version) -> str:
    """Hash of a toolchain of the user's own, which may be any; empty for a release, which is what its name says."""
    if version.goroot is None:
        return ""
    tools = sorted(p for name in ("compile", "link", "asm") for p in version.goroot.glob(f"pkg/tool/*/{name}"))
    return digest_of([sha256(path.read_bytes()) for path in (version.goroot / "VERSION", *tools) if path.exists()])


def document(
    unit: Unit, version: Version, inputs: PackageInputs, environment: Mapping[str, str], build: str
) -> dict[str, Any]:
    """The fingerprint file of one cell: each input by name, and the hash over all.

    ``build`` is the hash of what the whole package is built from; it is not part of the fingerprint.
    """
    body = {
        "unit": unit.id,
        "toolchain": version.exact,
        "goroot": goroot_digest(version),
        "build_recipe": BUILD_RECIPE,
        "environment": dict(environment),
        "sources": dict(inputs.sources),
        "modules": dict(inputs.modules),
    }
    return {"schema_version": schema.SCHEMA_VERSION, **body, "fingerprint": digest_of(body), "build_inputs": build}


def write_all(paths: Paths, version: Version, units: tuple[Unit, ...], environment: Mapping[str, str]) -> None:
    """Write the fingerprint files of one version; those of units that are gone are removed."""
    build = paths.build_of(version.exact)
    inputs: dict[str, PackageInputs] = {}
    built_from: dict[str, str] = {}
    for unit in units:
        package = unit.package
        if package not in inputs:
            inputs[package] = package_inputs(paths.benchmarks, package, build / "go.mod", build / "go.sum")
            built_from[package] = build_inputs(paths.benchmarks, package, version, build, environment)
        target = paths.fingerprint(version.exact, unit.id)
        schema.write("fingerprint", target, document(unit, version, inputs[package], environment, built_from[package]))
    wanted = {f"{unit.id}.json" for unit in units}
    for path in paths.fingerprint(version.exact, "x").parent.glob("*.json"):
        if path.name not in wanted:
            path.unlink()
