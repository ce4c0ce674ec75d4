"""The experiment on what a budget saves, on invented calibrations whose noise is known."""

from __future__ import annotations

import random
import subprocess
import sys
from dataclasses import replace

import pytest

from tasks.measure.calibration import calibrate
from tasks.shared.process import Finished
from tests.builders import ROOT
from tests.conftest import Bed
from tests.fakes import FakeProcesses, prints

UNITS = ["alpha.One", "alpha.Two", "beta.Three", "beta.Four"]
DEVIATIONS = {"One": 0.002, "Two": 0.01, "Three": 0.03, "Four": 0.12}


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """The script, run as by hand."""
    command = [sys.executable, str(ROOT / "experiments" / "budget_saving.py"), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def recorded(bed: Bed) -> Bed:
    """Sixty blocks of four units that are not equally noisy."""
    draw = random.Random(7)

    def behave(version: str, unit: str, number: int) -> Finished:
        name = unit.split(".")[1]
        time = 100 * (1 + draw.gauss(0, DEVIATIONS[name]))
        return replace(prints(f"Benchmark{name}-2 1000 {time:.4f} ns/op"), seconds=0.1)

    version = bed.project.version("go1.24.0")
    calibrate(bed.project, version, UNITS, 60, bed.system(FakeProcesses(behave)))
    return bed


def test_a_budget_saves_time_where_noise_differs(recorded: Bed) -> None:
    """It leaves the quiet ones alone: the same floor in less time."""
    folder = recorded.project.paths.calibration(recorded.project.machine.platform).folder
    done = run("--count", "20", "--replays", "40", "--link", "0.01", str(folder))
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "4 units, 60 to 60 recorded blocks each, 40 replays"
    assert lines[2].split()[:5] == ["fixed", "20", "17", "100%", "80"]
    words = lines[-1].split()
    assert lines[-1].startswith("at an equal noise floor a budget takes ")
    assert int(words[-1].rstrip("%")) >= 10


def test_what_was_not_recorded_is_said(recorded: Bed, bed: Bed) -> None:
    """More than there is, and nothing at all."""
    folder = recorded.project.paths.calibration(recorded.project.machine.platform).folder
    assert "more than was recorded" in run("--count", "61", str(folder)).stderr
    assert "no blocks of fresh arms" in run(str(bed.root / "nowhere")).stderr
