"""Which Go versions are configured, which are installed and where, and which could be had."""

from __future__ import annotations

from tasks.shared import console
from tasks.shared.errors import PerfError
from tasks.shared.project import Project
from tasks.shared.versions import OLDEST_MINOR, Version, is_version, labelled, minor_of, newest_patch, sort_key
from tasks.toolchains.available import list_available
from tasks.toolchains.bootstrap import find_go
from tasks.toolchains.install import is_installed


def print_versions(project: Project) -> None:
    """A table of all versions, and the newest patches that are not configured."""
    configured = {version.exact: version for version in project.config.versions}
    others = _installed_besides(project, set(configured))
    try:
        available = list_available(find_go(project.paths, console.say), project.paths, project.machine)
        unknown = ""
    except PerfError as error:
        available, unknown = [], str(error)
    rows = [
        [version.label, version.exact, "yes" if version.exact in configured else "no", _where(project, version),
         _newest(version, available)]
        for version in (*configured.values(), *others)
    ]  # fmt: skip
    columns = ["version", "exact", "in config.yaml", "installed", "newest patch"]
    console.table("Go versions", columns, rows, words=5)
    if unknown:
        console.warn(f"what could be had is not known: {unknown}")
    else:
        console.say(f"could be added to config.yaml: {', '.join(_addable(project, available)) or 'no other release'}")


def _where(project: Project, version: Version) -> str:
    """The path of a toolchain's go command, from the project's root."""
    if not is_installed(project.paths, version):
        return f"no (doit toolchain:{version.label})"
    return project.relative(project.paths.toolchain(version.exact) / "bin" / "go")


def _installed_besides(project: Project, configured: set[str]) -> tuple[Version, ...]:
    """Toolchains that are there but in no configuration; `rm -rf` removes them."""
    names = [path.stem for path in project.paths.toolchains.glob("go*.json")]
    numbers = [name.removeprefix("go") for name in names if name not in configured]
    found = labelled([(number, None) for number in numbers if is_version(number)])
    return tuple(version for version in found if is_installed(project.paths, version))


def _newest(version: Version, available: list[str]) -> str:
    return newest_patch(minor_of(version.number), available) or "unknown"


def _addable(project: Project, available: list[str]) -> list[str]:
    """The newest patch of each minor release that the suite runs on and nobody has configured."""
    there = {minor_of(version.number) for version in project.config.versions}
    minors = sorted({minor_of(n) for n in available if sort_key(n)[0] >= OLDEST_MINOR} - there, key=sort_key)
    return [patch for minor in minors if (patch := newest_patch(minor, available))]
