"""What of the user's environment reaches Go: the network settings for downloads, nothing for the rest."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tasks.toolchains.environment import for_compiling, for_downloads, for_samples

NETWORK = ["GOPROXY", "GOSUMDB", "GOPRIVATE", "GONOPROXY", "GONOSUMDB", "GOINSECURE", "GOVCS", "GOAUTH", "GOENV"]
OTHERS = [
    "GOFLAGS", "GOROOT", "GOPATH", "GOTOOLCHAIN", "GOWORK", "GOCACHE", "GOMODCACHE", "GOTMPDIR", "GOOS", "GOARCH",
    "GOAMD64", "GOARM64", "GOEXPERIMENT", "GOGC", "GOMEMLIMIT", "GODEBUG", "GOMAXPROCS", "GO111MODULE", "GOBIN",
    "GOCACHEPROG", "GOTELEMETRY", "GO_PERF_PLAN",
]  # fmt: skip


@pytest.fixture(autouse=True)
def users(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user with settings of every kind."""
    for name in list(os.environ):
        monkeypatch.delenv(name)
    for name in [*NETWORK, *OTHERS, "HTTPS_PROXY", "SSL_CERT_FILE", "HOME", "PATH", "CC", "LD_PRELOAD", "SECRET"]:
        monkeypatch.setenv(name, "theirs")


@pytest.mark.parametrize("name", [*NETWORK, "HTTPS_PROXY", "SSL_CERT_FILE", "HOME", "PATH"])
def test_network_settings_reach_downloads(name: str, tmp_path: Path) -> None:
    """Where modules come from, through which proxy and with which certificates is the user's choice."""
    assert for_downloads(tmp_path / "mod", tmp_path / "build")[name] == "theirs"


@pytest.mark.parametrize("name", OTHERS)
def test_other_settings_of_go_do_not(name: str, tmp_path: Path) -> None:
    """What else Go can be told would change what is downloaded, or where to."""
    assert for_downloads(tmp_path / "mod", tmp_path / "build").get(name) != "theirs"


def test_downloads_stay_in_the_checkout(tmp_path: Path) -> None:
    """All of Go's folders are ours, and what is downloaded can be removed."""
    environment = for_downloads(tmp_path / "mod", tmp_path / "build")
    assert environment["GOMODCACHE"] == str(tmp_path / "mod")
    assert environment["GOCACHE"] == str(tmp_path / "build")
    assert environment["GOPATH"] == str(tmp_path)
    assert environment["GOTOOLCHAIN"] == "local"
    assert "-modcacherw" in environment["GOFLAGS"]


def test_nothing_reaches_samples(tmp_path: Path) -> None:
    """A sample's environment is made from nothing, the same on every machine but for the scratch folder."""
    assert for_samples(tmp_path, {"GOGC": "50"}) == {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "HOME": str(tmp_path),
        "TMPDIR": str(tmp_path),
        "GOGC": "50",
    }


def test_nothing_reaches_compiling(tmp_path: Path) -> None:
    """A build knows the one toolchain, the configured variables and no C compiler."""
    environment = for_compiling(tmp_path / "go", tmp_path, {"GOAMD64": "v3"})
    assert "theirs" not in environment.values()
    own = {name: value for name, value in environment.items() if name not in for_samples(tmp_path, {})}
    assert own == {
        "GOAMD64": "v3",
        "GOTMPDIR": str(tmp_path),
        "GOROOT": str(tmp_path / "go"),
        "GOTOOLCHAIN": "local",
        "GOENV": "off",
        "GOFLAGS": "",
        "GOWORK": "off",
        "CGO_ENABLED": "0",
    }


@pytest.mark.parametrize("name", ["GOROOT", "GOTOOLCHAIN", "GOFLAGS", "CGO_ENABLED"])
def test_configured_variables_can_not_change_the_toolchain(name: str, tmp_path: Path) -> None:
    """What makes builds comparable wins over what is configured."""
    environment = for_compiling(tmp_path / "go", tmp_path, {name: "theirs"})
    assert environment[name] != "theirs"
