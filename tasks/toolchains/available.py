"""Which Go versions can be had, as the module proxy lists them."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from tasks.shared.errors import PerfError
from tasks.shared.machine import Machine
from tasks.shared.paths import Paths
from tasks.shared.versions import is_exact, minor_of, nearest, newest_patch, sort_key
from tasks.toolchains.environment import for_downloads

MODULE = "golang.org/toolchain"


def run_go(go: Path, arguments: list[str], paths: Paths, module_cache: Path) -> subprocess.CompletedProcess[str]:
    """Run a `go` command that may reach the network, away from any module."""
    cwd = paths.build / "empty"
    cwd.mkdir(parents=True, exist_ok=True)
    environment = for_downloads(module_cache, paths.build / "gocache")
    return subprocess.run([str(go), *arguments], capture_output=True, text=True, check=False, env=environment, cwd=cwd)


def list_available(go: Path, paths: Paths, machine: Machine) -> list[str]:
    """All exact version numbers for this platform, in release order; PerfError if the proxy can't be asked."""
    done = run_go(go, ["list", "-m", "-versions", MODULE], paths, paths.build / "gomodcache")
    pattern = re.compile(rf"v0\.0\.1-go(\S+)\.{machine.goos}-{machine.goarch}(?:\s|$)")
    found = [number for number in pattern.findall(done.stdout) if is_exact(number)]
    if not found:
        raise PerfError(
            f"The list of Go versions can't be fetched. Tried `{go} list -m -versions {MODULE}`:\n"
            f"{_indented(done.stderr)}\nCheck the network and Go's proxy settings (`go env GOPROXY`)."
        )
    return sorted(found, key=sort_key)


def newest(minor: str, available: list[str]) -> str:
    """The newest patch of ``1.24``; PerfError names the nearest that exist."""
    patch = newest_patch(minor, available)
    if patch is None:
        raise unknown(minor, available)
    return patch


def unknown(number: str, available: list[str]) -> PerfError:
    """The error for a version that nobody has, naming what the user may have meant."""
    same = [n for n in available if minor_of(n) == minor_of(number)]
    names = ", ".join(nearest(number, same or available))
    return PerfError(f"There is no Go {number} for this platform. The nearest are {names}: change config.yaml.")


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.strip().splitlines()[-6:])
