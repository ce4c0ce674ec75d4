"""The project in this checkout, as experiments use it: with what config.yaml says, and nothing of a command line."""

from __future__ import annotations

from pathlib import Path

from tasks.shared import config
from tasks.shared.errors import PerfError
from tasks.shared.machine import read_machine
from tasks.shared.paths import Paths
from tasks.shared.project import Project


def project_of(root: Path) -> Project:
    """The project in a checkout; PerfError if a version in its config.yaml is not pinned yet."""
    paths = Paths(root)

    def pinned(minor: str) -> str:
        raise PerfError(f"{minor} is not pinned yet; run doit first")

    configured = config.load(paths, pinned)
    return Project(paths, configured, configured.settings("default", {}), read_machine())
