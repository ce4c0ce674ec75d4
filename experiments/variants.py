"""Builds of an edited copy of the suite, for experiments: sources and build folder of the project stay as they are."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tasks.measure.rounds import Binary  # noqa: E402
from tasks.shared.paths import Paths  # noqa: E402
from tasks.shared.process import SystemProcesses  # noqa: E402
from tasks.shared.versions import Version  # noqa: E402
from tasks.suite import templates  # noqa: E402
from tasks.suite.build import Target, build, read_record  # noqa: E402
from tasks.suite.linking import linker_of  # noqa: E402
from tasks.suite.scan import scan_package  # noqa: E402
from tasks.toolchains.environment import for_compiling, for_samples  # noqa: E402


def build_variant(
    folder: Path,
    version: Version,
    packages: Sequence[str],
    edit: Callable[[Path], None],
    environment: Mapping[str, str],
    cores: int = 2,
) -> dict[str, Binary]:
    """The binaries, by package, of a copy of the suite in ``folder`` that ``edit`` has changed."""
    benchmarks = folder / "benchmarks"
    shutil.copytree(ROOT / "benchmarks", benchmarks)
    edit(benchmarks)
    (folder / ".go-versions").symlink_to(ROOT / ".go-versions")
    (folder / ".build").mkdir()
    for cache in ("gocache", "gomodcache"):
        (folder / ".build" / cache).symlink_to(ROOT / ".build" / cache)
    paths = Paths(folder)
    templates.instantiate(templates.choose(benchmarks, version), version, paths.build_of(version.exact))
    found = {}
    scratch = folder / "scratch"
    scratch.mkdir()
    for package in packages:
        target = Target(paths, version, package)
        build(target, scan_package(benchmarks, package), environment, SystemProcesses())
        record = read_record(target)
        if record["status"] != "built":
            raise SystemExit(f"{folder.name} does not compile:\n{record['output']}")
        found[package] = Binary(
            default=target.binary,
            link_folder=target.link_folder,
            linker=linker_of(target.goroot),
            link_arguments=tuple(record["link_arguments"]),
            link_environment=for_compiling(target.goroot, scratch, environment),
            environment={**for_samples(scratch, environment), "GOMAXPROCS": str(cores)},
            working_folder=target.folder / "src" / package,
            package_path=package,
        )
    return found
