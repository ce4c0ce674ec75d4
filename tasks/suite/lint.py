"""go vet and the pinned staticcheck on the suite, with the newest configured toolchain."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tasks.shared import console
from tasks.shared.errors import PerfError
from tasks.shared.process import Processes
from tasks.shared.project import Project
from tasks.shared.versions import Version
from tasks.toolchains.environment import for_building
from tasks.toolchains.tools import install_tool

_TIMEOUT = 900.0


def lint(project: Project, version: Version, processes: Processes) -> None:
    """Check the sources that the version's builds were made of; PerfError with all that the tools have to say."""
    staticcheck = install_tool(project.paths, "staticcheck", processes, console.say)
    source = project.paths.build_of(version.exact) / "src"
    goroot = project.paths.toolchain(version.exact)
    scratch = project.paths.build / "lint"
    scratch.mkdir(parents=True, exist_ok=True)
    environment = {
        **for_building(project.paths, goroot, scratch, project.config.environment),
        # staticcheck asks the go on PATH what there is.
        "PATH": f"{goroot}/bin:/usr/bin:/bin",
        "GOFLAGS": "-mod=readonly",
    }
    said = []
    for name, command in (("go vet", [str(goroot / "bin/go"), "vet"]), ("staticcheck", [str(staticcheck)])):
        packages = [f"./{package}" for package in project.config.packages]
        done = processes.run([*command, *packages], env=environment, cwd=source, timeout=_TIMEOUT)
        if done.status != 0:
            words = (done.stdout + done.stderr).decode(errors="replace").replace(f"{source}/", "").strip()
            said.append(f"{name}:\n{_as_in_the_checkout(words, project.config.packages)}")
    if said:
        raise PerfError("\n".join(said))
    console.say(f"go vet and staticcheck ({version.exact}) have nothing to say of {', '.join(project.config.packages)}")


def _as_in_the_checkout(words: str, packages: Sequence[str]) -> str:
    """The tools looked at a copy; what they name lies in benchmarks/."""
    return re.sub(rf"^((?:vet: )?)(?:\./)?({'|'.join(packages)})/", r"\1benchmarks/\2/", words, flags=re.MULTILINE)
