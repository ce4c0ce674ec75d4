"""The folder in which a version's packages are compiled: a copy of the sources beside its go.mod, and what they import.

benchmarks/ is never written to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from tasks.shared.errors import PerfError
from tasks.shared.files import write_atomic
from tasks.shared.paths import Paths
from tasks.shared.process import Processes
from tasks.shared.versions import Version
from tasks.suite.packages import Graph, list_command, read_graph
from tasks.suite.scan import package_sources
from tasks.toolchains.environment import for_downloads

_TIMEOUT = 1800.0


def source_folder(paths: Paths, version: Version) -> Path:
    """Where the copy lies."""
    return paths.build_of(version.exact) / "src"


def copy_sources(paths: Paths, version: Version, package: str) -> Path:
    """Make the copy hold the package, internal/ and the version's go.mod, and nothing older of them."""
    suite, build, folder = paths.benchmarks, paths.build_of(version.exact), source_folder(paths, version)
    wanted = {path.relative_to(suite) for path in package_sources(suite, package)}
    for relative in wanted:
        write_atomic(folder / relative, (suite / relative).read_bytes())
    for name in ("go.mod", "go.sum"):
        write_atomic(folder / name, (build / name).read_bytes())
    for part in (package, "internal"):
        for path in (folder / part).rglob("*"):
            # Names with a dot are files that another build is just writing.
            if path.is_file() and not path.name.startswith(".") and path.relative_to(folder) not in wanted:
                path.unlink(missing_ok=True)
    return folder


def list_packages(
    paths: Paths, version: Version, packages: Iterable[str], extra: Mapping[str, str], processes: Processes
) -> Graph:
    """The packages and all that they import; modules that are not there are fetched, exactly as pinned."""
    goroot = paths.toolchain(version.exact)
    environment = for_downloads(paths.build / "gomodcache", paths.build / "gocache")
    # What is configured may be a build constraint of some file.
    environment |= {**extra, "GOROOT": str(goroot), "GOFLAGS": "-modcacherw -mod=readonly", "CGO_ENABLED": "0"}
    names = list(packages)
    command = list_command(goroot / "bin" / "go", names)
    done = processes.run(command, env=environment, cwd=source_folder(paths, version), timeout=_TIMEOUT)
    if done.status != 0:
        raise PerfError(
            f"{version.exact}: the modules of {', '.join(names)} can't be fetched:\n"
            f"{done.stderr.decode(errors='replace').strip()[:2000]}\n"
            "Check the network and Go's proxy settings, or the go.mod template."
        )
    return read_graph(done.stdout.decode())
