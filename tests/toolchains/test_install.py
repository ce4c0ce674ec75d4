"""Installing toolchains: the user's own as a link, others moved into place as a whole."""

from __future__ import annotations

import json
import os
import stat
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tasks.shared import schema
from tasks.shared.errors import PerfError
from tasks.shared.files import remove_tree
from tasks.shared.paths import Paths
from tasks.shared.versions import Version
from tasks.toolchains.install import install, is_installed, record_path
from tests.builders import GO_1_24, MACHINE
from tests.toolchains.fakes import downloader, goroot

NOW = 1_795_507_200.0


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """A checkout without any toolchain."""
    return Paths(tmp_path / "checkout")


@pytest.fixture
def own(tmp_path: Path) -> Version:
    """go1.24.0 as an installation of the user's."""
    return replace(GO_1_24, goroot=goroot(tmp_path / "users go"))


@pytest.fixture
def downloads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A `go` on PATH that downloads invented toolchains."""
    downloader(tmp_path / "bin" / "go")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")


def _install(paths: Paths, version: Version) -> list[str]:
    said: list[str] = []
    install(paths, version, MACHINE, lambda: NOW, said.append)
    return said


def _files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_goroot_is_linked(paths: Paths, own: Version) -> None:
    """The user's installation is pointed to, never copied or changed."""
    assert own.goroot
    before = _files(own.goroot)
    assert not is_installed(paths, own)
    _install(paths, own)
    assert is_installed(paths, own)
    assert paths.toolchain("go1.24.0").resolve() == own.goroot
    assert _files(own.goroot) == before
    record = schema.read("toolchain", record_path(paths, own))
    assert record["provider"] == "goroot"
    assert record["checksum"].startswith("not verified")


@pytest.mark.parametrize("version", ["go1.24.1", ""])
def test_goroot_of_another_version(paths: Paths, own: Version, version: str) -> None:
    """What is there must be what config.yaml says."""
    assert own.goroot
    (own.goroot / "VERSION").write_text(version)
    with pytest.raises(PerfError, match=rf"is {version or 'no Go installation'}, but config.yaml says 1\.24\.0"):
        _install(paths, own)
    assert not is_installed(paths, own)
    assert not record_path(paths, own).exists()


def test_goroot_without_a_command(paths: Paths, own: Version) -> None:
    """A folder with a VERSION file and no `go` is no installation."""
    assert own.goroot
    (own.goroot / "bin" / "go").unlink()
    with pytest.raises(PerfError, match="is no Go installation"):
        _install(paths, own)


@pytest.mark.parametrize("how", ["rm -rf", "remove_tree"])
def test_removing_leaves_the_users_own(paths: Paths, own: Version, how: str) -> None:
    """Removing .go-versions/ removes the link and nothing behind it."""
    assert own.goroot
    before = _files(own.goroot)
    _install(paths, own)
    if how == "rm -rf":
        subprocess.run(["rm", "-rf", str(paths.toolchains)], check=True)
    else:
        remove_tree(paths.toolchains)
    assert not paths.toolchains.exists()
    assert _files(own.goroot) == before


def test_link_to_what_is_gone_is_renewed(paths: Paths, own: Version, tmp_path: Path) -> None:
    """An installation that moved is linked anew."""
    assert own.goroot
    _install(paths, own)
    moved = replace(own, goroot=own.goroot.rename(tmp_path / "moved"))
    assert not is_installed(paths, moved)
    _install(paths, moved)
    assert paths.toolchain("go1.24.0").resolve() == tmp_path / "moved"


@pytest.mark.usefixtures("downloads")
def test_download(paths: Paths) -> None:
    """A toolchain is there as a whole, can be run and removed, and its record says where it came from."""
    said = _install(paths, GO_1_24)
    target = paths.toolchain("go1.24.0")
    assert is_installed(paths, GO_1_24)
    assert not target.is_symlink()
    for name in ("bin/go", "pkg/tool/linux_amd64/link"):
        assert os.access(target / name, os.X_OK)
    assert (target / "src" / "go.mod").read_text() == "x\n"
    assert all(path.stat().st_mode & stat.S_IWUSR for path in (target, *target.rglob("*")))
    record = json.loads(record_path(paths, GO_1_24).read_text())
    assert (record["provider"], record["checksum"]) == ("module proxy", "h1:abc=")
    assert record["installed_at"] == "2026-11-24T08:00:00.000Z"
    assert said == ["go1.24.0: downloading", "go1.24.0: installed"]
    assert {path.name for path in paths.toolchains.iterdir()} == {"go1.24.0", "go1.24.0.json"}


@pytest.mark.usefixtures("downloads")
def test_installed_once(paths: Paths) -> None:
    """What is there is not fetched again; a broken installation is."""
    _install(paths, GO_1_24)
    assert _install(paths, GO_1_24) == []
    (paths.toolchain("go1.24.0") / "VERSION").unlink()
    assert _install(paths, GO_1_24) == ["go1.24.0: downloading", "go1.24.0: installed"]
    assert is_installed(paths, GO_1_24)


@pytest.mark.usefixtures("downloads")
def test_unknown_version(paths: Paths) -> None:
    """A version that nobody has leads to those around it, and leaves nothing behind."""
    with pytest.raises(PerfError, match=r"There is no Go 1\.24\.99 .*1\.24rc1, 1\.24\.0, 1\.24\.9, 1\.24\.10: change"):
        _install(paths, Version("go1.24.99", "go1.24"))
    assert list(paths.toolchains.iterdir()) == []


@pytest.mark.usefixtures("downloads")
def test_download_that_fails(paths: Paths) -> None:
    """Go's own words are handed on for a version that exists, and nothing half is left."""
    with pytest.raises(PerfError, match=r"go1\.25\.0 can't be downloaded. Tried `.*\n  checksum mismatch"):
        _install(paths, Version("go1.25.0", "go1.25"))
    assert list(paths.toolchains.iterdir()) == []


def test_a_goroot_that_joins_or_leaves_the_configuration_counts(paths: Paths, own: Version, tmp_path: Path) -> None:
    """What is installed must come from where config.yaml says now."""
    _install(paths, own)
    assert is_installed(paths, own)
    assert not is_installed(paths, replace(own, goroot=None))
    other = replace(own, goroot=goroot(tmp_path / "other", own.exact))
    assert not is_installed(paths, other)
    _install(paths, other)
    assert is_installed(paths, other)


@pytest.mark.usefixtures("downloads")
def test_a_download_that_nobody_verified_says_so(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has switched the checksum database off is told, and the record does not claim more."""
    monkeypatch.setenv("GOSUMDB", "off")
    said = _install(paths, GO_1_24)
    assert "not verified" in said[-1]
    assert schema.read("toolchain", record_path(paths, GO_1_24))["checksum"].startswith("not verified, GOSUMDB is off")
