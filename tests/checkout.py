"""A copy of this checkout, and doit run in it as a user would."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

_BUILD_CACHE = "GO_PERF_TESTS_BUILD_CACHE"


@dataclass
class Checkout:
    """A folder with the project's files and nothing that a run makes."""

    root: Path
    env: Mapping[str, str] = field(default_factory=dict)

    def doit(self, *arguments: str, status: int = 0, timeout: float = 1500) -> str:
        """Run doit, expect an exit status, and return all that it said."""
        command = [sys.executable, "-m", "doit", *arguments]
        done = subprocess.run(
            command, cwd=self.root, env=dict(self.env), capture_output=True, text=True, timeout=timeout, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
        said = done.stdout + done.stderr
        assert done.returncode == status, f"{' '.join(command)} ended with {done.returncode}:\n{said}"
        return said


def copy_checkout(target: Path, env: Mapping[str, str]) -> Checkout:
    """Copy what git tracks or would track, as it is now, with a lock of its own in place of the machine's.

    The machine's would have tests wait for others, and what they measure has nothing to fear from them.
    """
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, check=True
    )
    for name in listed.stdout.decode().split("\0"):
        source = ROOT / name
        if name and source.is_file() and not name.startswith("results/"):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / name)
    # Tests count samples, and whatever else runs on the machine would have blocks measured again.
    _replace(target / "tasks" / "measure" / "disturbed.py", "MOST_EXCLUDED = 0.2", "MOST_EXCLUDED = 0.0")
    _replace(target / "tasks" / "shared" / "locks.py", '"/tmp/go-perf-tracking.lock"', f'"{target}.lock"')
    (target / ".build").mkdir()
    (target / ".build" / "gocache").symlink_to(build_cache())
    # A test starts doit many times: let it keep its byte code.
    return Checkout(target, {name: value for name, value in env.items() if name != "PYTHONDONTWRITEBYTECODE"})


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text, f"{path} does not contain {old!r}"
    path.write_text(text.replace(old, new))


def build_cache() -> str:
    """The folder of Go's build cache for all checkouts of a run of tests, whichever process makes them.

    The first one fills it; each of the others would spend minutes on compiling the same standard libraries again. It
    goes when the process ends that asked first; those that this one has started find it by their environment.
    """
    if _BUILD_CACHE not in os.environ:
        os.environ[_BUILD_CACHE] = tempfile.mkdtemp(prefix="go-perf-build-cache-")
        atexit.register(shutil.rmtree, os.environ[_BUILD_CACHE], ignore_errors=True)
    return os.environ[_BUILD_CACHE]


def without_build_cache(root: Path) -> None:
    """Take Go's build cache away from a checkout."""
    (root / ".build" / "gocache").unlink()


def snapshot(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, with its content."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
