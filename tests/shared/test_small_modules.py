"""Times for people and files, the plan of a run, room on the disk, doit's actions, paths."""

from __future__ import annotations

import os
import shutil
from collections import namedtuple
from pathlib import Path

import pytest
from doit.exceptions import TaskFailed

from tasks.shared import preflight
from tasks.shared.cell import Cell
from tasks.shared.clock import SystemClock, file_stamp, for_people, iso
from tasks.shared.doit_actions import Action, Check
from tasks.shared.errors import PerfError
from tasks.shared.plan_file import Plan, read_plan, write_plan
from tests.builders import GO_1_24, project

MOMENT = 1_795_507_200.0  # 2026-11-24 08:00 UTC


def test_times() -> None:
    """Records are in UTC to the millisecond, and sort as text as they do as times."""
    assert iso(MOMENT) == "2026-11-24T08:00:00.000Z"
    assert iso(MOMENT + 0.1259) == "2026-11-24T08:00:00.125Z"
    assert file_stamp(MOMENT) == "2026-11-24_08-00-00"
    assert iso(MOMENT) < iso(MOMENT + 0.01) < iso(MOMENT + 86_400)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.4, "0 s"),
        (89.4, "89 s"),
        (90, "1 min 30 s"),
        (250, "4 min 10 s"),
        (3599, "59 min 59 s"),
        (3900, "1 h 05 min"),
    ],
)
def test_durations(seconds: float, text: str) -> None:
    """As people say them."""
    assert for_people(seconds) == text


def test_system_clock() -> None:
    """One clock knows the date, the other only goes forward."""
    clock = SystemClock()
    assert clock.now() > MOMENT - 10**8
    assert 0 <= -clock.monotonic() + clock.monotonic() < 10


@pytest.fixture
def plan_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """No plan of an earlier test, and none left for a later one."""
    monkeypatch.setenv("GO_PERF_PLAN", "")


@pytest.mark.usefixtures("plan_variable")
def test_plan(tmp_path: Path) -> None:
    """What planning writes the tasks read; outside of a run there is nothing to do."""
    assert read_plan() == Plan()
    plan = Plan((Cell("go1.24.0", "runtime.SyncPool"),), ("go1.24.0",))
    write_plan(tmp_path / "plans", plan)
    assert read_plan() == plan


@pytest.mark.usefixtures("plan_variable")
def test_plans_of_runs_that_ended_go(tmp_path: Path) -> None:
    """Only plans of living processes stay."""
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    (tmp_path / f"{child}.x.plan").touch()
    (tmp_path / f"{os.getppid()}.x.plan").touch()
    write_plan(tmp_path, Plan())
    names = {path.name for path in tmp_path.iterdir()}
    assert f"{child}.x.plan" not in names
    assert f"{os.getppid()}.x.plan" in names
    assert len(names) == 2


Usage = namedtuple("Usage", "total used free")


@pytest.mark.parametrize(("free", "fits"), [(1649, False), (1650, True)])
def test_room(monkeypatch: pytest.MonkeyPatch, free: int, fits: bool) -> None:
    """Two toolchains and three packages need their megabytes, and not one less."""
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: Usage(10**12, 0, free * 10**6))
    assert preflight.megabytes_needed(2, 3) == 1650
    if fits:
        preflight.check_disk(Path("here"), 2, 3)
    else:
        with pytest.raises(PerfError, match=r"disk of here: 1650 MB are needed .*2 toolchains .*1649 MB are free"):
            preflight.check_disk(Path("here"), 2, 3)


def test_nothing_to_make_needs_little_room() -> None:
    """Samples are small."""
    assert preflight.megabytes_needed(0, 0) <= 10


def _raise(error: Exception) -> bool:
    raise error


def test_actions() -> None:
    """A mistake that the user can mend fails the task with its message; one of ours shows itself."""
    assert Action(list)() is None
    failed = Action(_raise, PerfError("turn it on"))()
    assert isinstance(failed, TaskFailed)
    assert "turn it on" in failed.get_msg()
    full = Action(_raise, OSError(28, "No space left on device", "a.txt"))()
    assert isinstance(full, TaskFailed)
    assert "a.txt: No space left on device. What was finished is kept." in full.get_msg()
    with pytest.raises(ZeroDivisionError):
        Action(_raise, ZeroDivisionError())()


def test_checks() -> None:
    """A check that fails means "not up to date"."""
    assert Check(bool, 1)() is True
    assert Check(bool, 0)() is False
    for error in (PerfError("x"), OSError("x"), ValueError("x"), KeyError("x"), TypeError("x")):
        assert Check(_raise, error)() is False


def test_project(tmp_path: Path) -> None:
    """Where a run's results lie, what they are bound to, and how versions are named."""
    here = project(tmp_path)
    assert here.tree.folder == tmp_path / "results" / "stable" / "linux-amd64"
    assert here.export_folder == tmp_path / "data"
    assert here.version("go1.24.0") is GO_1_24
    assert here.relative(tmp_path / "a" / "b") == "a/b"
    assert here.relative(Path("/elsewhere")) == "/elsewhere"
    with pytest.raises(PerfError, match=r"go1\.30\.0 is not in config\.yaml, which has go1\.24\.0"):
        here.version("go1.30.0")


def test_package_of_a_cell() -> None:
    """A unit's name starts with its package."""
    assert Cell("go1.24.0", "runtime.SyncPool").package == "runtime"
