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


def document(unit: Unit, version: Version, inputs: PackageInputs, environment: Mapping[str, str]) -> dict[str, Any]:
    """The fingerprint file of one cell: each input by name, and the hash over all."""
    body = {
        "unit": unit.id,
        "toolchain": version.exact,
        "build_recipe": BUILD_RECIPE,
        "environment": dict(environment),
        "sources": dict(inputs.sources),
        "modules": dict(inputs.modules),
    }
    return {"schema_version": schema.SCHEMA_VERSION, **body, "fingerprint": digest_of(body)}


def write_all(paths: Paths, version: Version, units: tuple[Unit, ...], environment: Mapping[str, str]) -> None:
    """Write the fingerprint files of one version; those of units that are gone are removed."""
    build = paths.build_of(version.exact)
    inputs: dict[str, PackageInputs] = {}
    for unit in units:
        if unit.package not in inputs:
            inputs[unit.package] = package_inputs(paths.benchmarks, unit.package, build / "go.mod", build / "go.sum")
        target = paths.fingerprint(version.exact, unit.id)
        schema.write("fingerprint", target, document(unit, version, inputs[unit.package], environment))
    wanted = {f"{unit.id}.json" for unit in units}
    for path in paths.fingerprint(version.exact, "x").parent.glob("*.json"):
        if path.name not in wanted:
            path.unlink()
