"""Go tools that the project uses, at pinned versions: installed by go, verified by its checksum database."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from tasks.shared.errors import PerfError
from tasks.shared.paths import Paths
from tasks.shared.process import Processes
from tasks.toolchains.bootstrap import find_go
from tasks.toolchains.environment import for_downloads

#: Import path and version of each tool.
TOOLS = {
    "benchstat": ("golang.org/x/perf/cmd/benchstat", "v0.0.0-20250305200902-02a15fd477ba"),
    "staticcheck": ("honnef.co/go/tools/cmd/staticcheck", "v0.7.0"),
}

_TIMEOUT = 1800.0


def tool_path(paths: Paths, name: str) -> Path:
    """Where a tool is installed; the version is in the name, so that another one is another file."""
    return paths.build / "tools" / f"{name}@{TOOLS[name][1]}"


def install_tool(paths: Paths, name: str, processes: Processes, say: Callable[[str], None]) -> Path:
    """Install a tool unless it is there. go fetches the toolchain that the tool itself asks for."""
    target = tool_path(paths, name)
    if target.exists():
        return target
    go = find_go(paths, say)
    package, version = TOOLS[name]
    fresh = target.parent / f".{name}.{os.getpid()}"
    fresh.mkdir(parents=True, exist_ok=True)
    environment = for_downloads(paths.build / "gomodcache", paths.build / "gocache")
    environment |= {"GOTOOLCHAIN": "auto", "GOBIN": str(fresh), "CGO_ENABLED": "0"}
    command = [str(go), "install", f"{package}@{version}"]
    done = processes.run(command, env=environment, cwd=fresh, timeout=_TIMEOUT)
    if done.status != 0:
        words = done.stderr.decode(errors="replace").strip()[-2000:]
        raise PerfError(f"{name} {version} can't be installed. Tried `{' '.join(command)}`:\n{words}")
    os.replace(fresh / name, target)
    fresh.rmdir()
    return target
