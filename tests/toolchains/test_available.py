"""Which versions can be had, from what `go list` prints."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tasks.shared.errors import PerfError
from tasks.shared.paths import Paths
from tasks.toolchains.available import list_available, newest, run_go, unknown
from tests.builders import MACHINE
from tests.toolchains.fakes import downloader, fake_go

AVAILABLE = ["1.23.4", "1.24rc1", "1.24.0", "1.24.1", "1.24.9", "1.24.10", "1.25rc2"]


def test_list(tmp_path: Path) -> None:
    """Exact versions of this platform in release order; other names and platforms are passed over."""
    go = downloader(tmp_path / "go")
    found = list_available(go, Paths(tmp_path), MACHINE)
    assert found == ["1.9.2rc2", "1.24rc1", "1.24.0", "1.24.9", "1.24.10", "1.25.0"]
    assert list_available(go, Paths(tmp_path), replace(MACHINE, goarch="arm64")) == ["1.24.0"]


def test_list_that_fails(tmp_path: Path) -> None:
    """Without a network, what was tried and what Go said are named."""
    go = fake_go(tmp_path / "go", "for i in 1 2 3 4 5 6 7 8; do echo line $i >&2; done; exit 1")
    with pytest.raises(PerfError) as caught:
        list_available(go, Paths(tmp_path), MACHINE)
    message = str(caught.value)
    assert f"Tried `{go} list -m -versions golang.org/toolchain`" in message
    assert "  line 8\n" in message
    assert "line 2" not in message
    assert "GOPROXY" in message


def test_newest() -> None:
    """The newest patch of a minor release."""
    assert newest("1.24", AVAILABLE) == "1.24.10"


@pytest.mark.parametrize("minor", ["1.25", "1.99"])
def test_newest_of_nothing(minor: str) -> None:
    """A minor release without a patch is an error; a release candidate is not taken for it."""
    with pytest.raises(
        PerfError, match=rf"There is no Go {minor} for this platform. The nearest are .*change config.yaml"
    ):
        newest(minor, AVAILABLE)


@pytest.mark.parametrize(
    ("number", "names"),
    [
        ("1.24.5", "1.24.0, 1.24.1, 1.24.9, 1.24.10"),
        ("1.23.9", "1.23.4"),
        ("1.26.0", "1.24.0, 1.24.1, 1.24.9, 1.25rc2"),
    ],
)
def test_unknown(number: str, names: str) -> None:
    """Patches of the same minor release if there are any, else the nearest minor releases."""
    message = str(unknown(number, AVAILABLE))
    assert message.startswith(f"There is no Go {number} for this platform. The nearest are ")
    listed = message.split("nearest are ", 1)[1].split(":", 1)[0].split(", ")
    assert set(listed) == set(names.split(", "))


def test_go_runs_away_from_any_module(tmp_path: Path) -> None:
    """A go.mod of the user's above the checkout does not take part, nor does their GOFLAGS."""
    go = fake_go(tmp_path / "go", "pwd; ls; env")
    done = run_go(go, ["x"], Paths(tmp_path / "checkout"), tmp_path / "cache" / "mod")
    lines = done.stdout.splitlines()
    assert lines[0] == str(tmp_path / "checkout" / ".build" / "empty")
    assert "GOWORK=off" in lines
    assert f"GOMODCACHE={tmp_path / 'cache' / 'mod'}" in lines
