"""doit tasks for those who work on the project itself."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from tasks.engine.reference import write_reference
from tasks.shared import console
from tasks.shared.doit_actions import Action, on_request
from tasks.shared.errors import PerfError
from tasks.shared.locks import LOCK_FILE, hold
from tasks.shared.project import Project


def developer_tasks(project: Project) -> Iterator[dict[str, Any]]:
    """``test`` runs formatter, linter, strict type checker and tests; ``reference`` writes the reference page."""
    doc = "make docs/reference.md anew from the code and the schemas"
    yield on_request("reference", doc, Action(write_reference, project))
    yield {
        "basename": "test",
        "doc": "formatter, linter, strict type checker and all tests (needs requirements-dev.lock)",
        "actions": [
            [sys.executable, "-m", "ruff", "format", "--check", "."],
            [sys.executable, "-m", "ruff", "check", "."],
            [sys.executable, "-m", "mypy"],
            Action(_run_tests),
        ],
        "verbosity": 2,
        # Half an hour in which nothing of this checkout's results is needed.
        "meta": {"quiet": True, "apart": True},
    }


def _run_tests() -> None:
    """Two processes, as most machines can; some files of tests follow one checkout from test to test."""
    command = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
    # Their checkouts have locks of their own: this one keeps all of them off somebody who measures.
    with hold(LOCK_FILE, exclusive=False, waiting=console.say):
        done = subprocess.run(command, check=False)
    if done.returncode:
        raise PerfError(f"`{' '.join(command[1:])}` ended with {done.returncode}")
