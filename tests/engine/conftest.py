"""A checkout for tests that need no Go."""

from __future__ import annotations

import pytest

from tests.checkout import Checkout, copy_checkout


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """A copy of the project in which nothing was run, under a user without Go."""
    env = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path_factory.mktemp("home")), "LANG": "C.UTF-8"}
    return copy_checkout(tmp_path_factory.mktemp("checkout") / "clone", env)
