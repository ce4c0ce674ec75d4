"""Installing and removing a toolchain as a user who is not root, whom read-only folders would stop."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks.shared import schema
from tasks.shared.machine import read_machine
from tasks.shared.paths import Paths
from tasks.shared.versions import Version
from tasks.toolchains.bootstrap import find_go
from tasks.toolchains.install import install, is_installed

NOBODY = 65534
VERSION = Version("go1.24.0", "go1.24")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that everybody can reach, with a Go to download with, and a home that an ordinary user owns."""
    root = Path(tempfile.mkdtemp(prefix="go-perf-user-"))
    root.chmod(0o755)
    go = find_go(Paths(root / "bootstrap"), lambda _: None)
    goroot = subprocess.run([go, "env", "GOROOT"], capture_output=True, text=True, check=True, cwd="/").stdout.strip()
    shutil.copytree(goroot, root / "go", symlinks=True)
    (root / "home").mkdir()
    if os.geteuid() == 0:
        os.chown(root / "home", NOBODY, NOBODY)
    yield root
    subprocess.run(["rm", "-rf", root], check=True)


def install_and_remove(folder: Path) -> None:
    """What the child does, as an ordinary user."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    os.environ.update(PATH=f"{folder / 'go' / 'bin'}:/usr/bin:/bin", HOME=str(folder / "home"))
    paths = Paths(folder / "home" / "clone")
    os.chdir(folder / "home")
    install(paths, VERSION, read_machine(), time.time, lambda _: None)
    assert is_installed(paths, VERSION)
    go = paths.toolchain("go1.24.0") / "bin" / "go"
    said = subprocess.run([go, "version"], env={"GOTOOLCHAIN": "local"}, capture_output=True, text=True, check=True)
    assert "go1.24.0" in said.stdout
    assert list(paths.toolchains.glob(".*")) == []
    subprocess.run(["rm", "-rf", folder / "home" / "clone"], check=True)
    assert os.geteuid() != 0


def test_an_ordinary_user_installs_and_removes_a_toolchain(folder: Path) -> None:
    """The download is moved into place and can be removed by `rm -rf`; root would hide both problems."""
    # The child may not be able to read this checkout: what it needs is loaded before.
    schema.problems("toolchain", {})
    child = multiprocessing.get_context("fork").Process(target=install_and_remove, args=(folder,))
    child.start()
    child.join(300)
    assert child.exitcode == 0
