"""Installing an exact toolchain: downloaded and checksum-verified by go, moved into place in one step."""

from __future__ import annotations

import json
import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tasks.shared import schema
from tasks.shared.clock import iso
from tasks.shared.errors import PerfError
from tasks.shared.files import make_writable, remove_tree
from tasks.shared.locks import hold
from tasks.shared.machine import Machine
from tasks.shared.paths import Paths
from tasks.shared.versions import Version
from tasks.toolchains.available import MODULE, list_available, run_go, unknown
from tasks.toolchains.bootstrap import find_go

Say = Callable[[str], None]


def record_path(paths: Paths, version: Version) -> Path:
    """The small file that says what is installed and where it came from."""
    return paths.toolchains / f"{version.exact}.json"


def is_installed(paths: Paths, version: Version) -> bool:
    """Whether the GOROOT is there, from where config.yaml says, and is that version by its own VERSION file."""
    target = paths.toolchain(version.exact)
    linked_to = target.resolve() if target.is_symlink() else None
    if linked_to != (version.goroot.resolve() if version.goroot else None):
        return False
    return _version_of(target) == version.exact and record_path(paths, version).exists()


def install(paths: Paths, version: Version, machine: Machine, now: Callable[[], float], say: Say) -> None:
    """Install a version unless it is there; PerfError names the nearest versions, or what was tried."""
    for folder in (paths.toolchains, paths.build):
        folder.mkdir(parents=True, exist_ok=True)
    with hold(paths.build / f"{version.exact}.flock", exclusive=True, waiting=say):
        if not is_installed(paths, version):
            _install(paths, version, machine, now, say)


def _install(paths: Paths, version: Version, machine: Machine, now: Callable[[], float], say: Say) -> None:
    target = paths.toolchain(version.exact)
    if version.goroot:
        provider, checksum = _link(version, target), "not verified: an installation of the user's"
    else:
        provider, checksum = _download(paths, version, machine, target, say)
    record = {
        "schema_version": schema.SCHEMA_VERSION,
        "version": version.exact,
        "provider": provider,
        "checksum": checksum,
        "installed_at": iso(now()),
    }
    schema.write("toolchain", record_path(paths, version), record)


def _link(version: Version, target: Path) -> str:
    """Make ``target`` point to the user's own GOROOT, which is never written to."""
    assert version.goroot
    there = _version_of(version.goroot)
    if there != version.exact:
        raise PerfError(
            f"goroot {version.goroot} is {there or 'no Go installation'}, but config.yaml says {version.number}."
        )
    if target.is_symlink():
        target.unlink()
    remove_tree(target)
    target.symlink_to(version.goroot.resolve())
    return "goroot"


def _download(paths: Paths, version: Version, machine: Machine, target: Path, say: Say) -> tuple[str, str]:
    """Fetch the toolchain's module; (provider, checksum as in go.sum)."""
    go = find_go(paths, say)
    say(f"{version.exact}: downloading")
    scratch = paths.toolchains / f".{version.exact}.{os.getpid()}"
    remove_tree(scratch)
    try:
        module = f"{MODULE}@v0.0.1-{version.exact}.{machine.goos}-{machine.goarch}"
        done = run_go(go, ["mod", "download", "-json", module], paths, scratch / "mod")
        answer = _parse_answer(done.stdout)
        if done.returncode or "Dir" not in answer:
            available = list_available(go, paths, machine)
            if version.number not in available:
                raise unknown(version.number, available)
            raise PerfError(
                f"{version.exact} can't be downloaded. Tried `{go} mod download {module}`:\n"
                f"  {answer.get('Error') or done.stderr.strip()}"
            )
        fresh = Path(answer["Dir"])
        _make_usable(fresh)
        if target.is_symlink():
            target.unlink()
        remove_tree(target)
        os.replace(fresh, target)
        if run_go(go, ["env", "GOSUMDB"], paths, scratch / "mod").stdout.strip() == "off":
            say(f"{version.exact}: installed, not verified, since GOSUMDB is off (`go env -u GOSUMDB`)")
            return "module proxy", f"not verified, GOSUMDB is off: {answer['Sum']}"
        say(f"{version.exact}: installed")
        return "module proxy", answer["Sum"]
    finally:
        remove_tree(scratch)


def _make_usable(goroot: Path) -> None:
    """Do what `go` does with a downloaded toolchain: executable bits, go.mod files under their names.

    Module zips can hold neither.
    """
    make_writable(goroot)
    for folder in ("bin", "pkg/tool"):
        for path in (goroot / folder).rglob("*"):
            if path.is_file():
                path.chmod(path.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    for hidden in goroot.rglob("_go.mod"):
        shutil.copyfile(hidden, hidden.with_name("go.mod"))


def _version_of(goroot: Path) -> str:
    """``go1.24.0`` of a GOROOT that has a go command; empty if it is none."""
    try:
        name = (goroot / "VERSION").read_text().split()[0]
    except (OSError, IndexError):
        return ""
    return name if (goroot / "bin" / "go").exists() else ""


def _parse_answer(text: str) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = json.loads(text)
    except ValueError:
        return {}
    return answer
