"""doit tasks for those who work on the project itself."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any


def developer_tasks() -> Iterator[dict[str, Any]]:
    """``test`` runs formatter, linter, strict type checker and tests."""
    yield {
        "basename": "test",
        "doc": "formatter, linter, strict type checker and all tests (needs requirements-dev.lock)",
        "actions": [
            [sys.executable, "-m", "ruff", "format", "--check", "."],
            [sys.executable, "-m", "ruff", "check", "."],
            [sys.executable, "-m", "mypy"],
            [sys.executable, "-m", "pytest"],
        ],
        "verbosity": 2,
        "meta": {"quiet": True},
    }
