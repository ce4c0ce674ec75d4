"""What a cell measures, as a hash: every declaration, module and file that can change it, and nothing else.

One small file per unit and version. An identical rewrite changes nothing, so only what really changed makes cells
stale. What a *sample* depends on besides (benchtime, layouts, the machine) is bound to the sample by the receipt.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tasks.shared import schema
from tasks.shared.files import digest_of, sha256
from tasks.shared.paths import Paths
from tasks.shared.versions import Version
from tasks.suite.scan import package_sources

#: Raised when the way of compiling changes so that older samples can't be compared with newer ones.
BUILD_RECIPE = 1


@dataclass(frozen=True)
class Inputs:
    """What bears on one unit. Values are hashes, of tokens for ``declarations``; of modules, version and go.sum hash.

    ``declarations`` are those of its package, by name; ``imports`` the paths that they import; ``packages`` the
    suite's own packages among what these need; ``files`` whatever else is compiled or embedded; ``directives`` the
    lines of go.mod that require nothing: the language version, GODEBUG defaults, replacements.
    """

    declarations: Mapping[str, str]
    imports: Sequence[str]
    packages: Mapping[str, str]
    files: Mapping[str, str]
    modules: Mapping[str, str]
    directives: Sequence[str]


def build_inputs(
    suite: Path, package: str, version: Version, build_folder: Path, environment: Mapping[str, str]
) -> str:
    """Hash of all bytes that a package's binary is made from: another one is compiled anew."""
    modules = {name: sha256((build_folder / name).read_bytes()) for name in ("go.mod", "go.sum")}
    sources = {str(path.relative_to(suite)): sha256(path.read_bytes()) for path in package_sources(suite, package)}
    return digest_of([version.exact, goroot_digest(version), BUILD_RECIPE, sources, modules, dict(environment)])


def goroot_digest(version: Version) -> str:
    """Hash of a toolchain of the user's own, which may be any; empty for a release, which is what its name says."""
    if version.goroot is None:
        return ""
    tools = sorted(p for name in ("compile", "link", "asm") for p in version.goroot.glob(f"pkg/tool/*/{name}"))
    return digest_of([sha256(path.read_bytes()) for path in (version.goroot / "VERSION", *tools) if path.exists()])


def document(unit: str, version: Version, inputs: Inputs, environment: Mapping[str, str]) -> dict[str, Any]:
    """The fingerprint file of one cell: each input by name, and the hash over all."""
    body = {
        "unit": unit,
        "toolchain": version.exact,
        "goroot": goroot_digest(version),
        "build_recipe": BUILD_RECIPE,
        "environment": dict(environment),
        **asdict(inputs),
    }
    return {"schema_version": schema.SCHEMA_VERSION, **body, "fingerprint": digest_of(body)}


def write_all(paths: Paths, version: Version, inputs: Mapping[str, Inputs], environment: Mapping[str, str]) -> None:
    """Write the fingerprint files of one version, by unit; those of units that are gone are removed."""
    for unit, its in inputs.items():
        schema.write("fingerprint", paths.fingerprint(version.exact, unit), document(unit, version, its, environment))
    for path in paths.fingerprint(version.exact, "x").parent.glob("*.json"):
        if path.stem not in inputs:
            path.unlink()
