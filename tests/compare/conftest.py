"""The real benchstat, at the version that the project pins."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.shared.paths import Paths
from tasks.shared.process import SystemProcesses
from tasks.toolchains.tools import install_tool
from tests.builders import ROOT


@pytest.fixture(scope="session")
def benchstat() -> Path:
    """The program, installed where `doit tools` installs it. Without Go or a network this fails, it does not skip."""
    return install_tool(Paths(ROOT), "benchstat", SystemProcesses(), lambda _: None)
