"""`doit budget=`, with real doit and invented toolchains: what it says, what it leaves, and what is a mistake."""

from __future__ import annotations

import os

import pytest

from tests import fake_go
from tests.checkout import Checkout

NOW = ("max_reruns=0",)


@pytest.fixture
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """Nothing is measured yet."""
    return fake_go.fake_checkout(tmp_path_factory.mktemp("budget") / "clone", {**os.environ})


def test_from_nothing_to_all_that_is_known(checkout: Checkout) -> None:
    """It ends early; then nothing is stale, neither for a budget nor for a plain doit with a higher count."""
    said = checkout.doit("why", "budget=1h", *NOW)
    assert "to be measured, as far as it goes in 1 h 00 min:" in said
    assert "alpha.One, alpha.Two, beta.Four, beta.Three in go1.23, go1.24, go1.25\n" in said
    assert "and measure 12 cells, about 1 h 0" in checkout.doit("--dry-run", "budget=1h", *NOW)
    said = checkout.doit("budget=1h", *NOW)
    assert "spending 1 h 00 min on 4 benchmark functions in go1.23, go1.24, go1.25" in said
    assert "95 % intervals achieved: 8 of 8 within their target" in said
    assert "unfinished" not in said
    assert "nothing is stale" in checkout.doit("why", "budget=20m", *NOW)
    assert "to be measured" not in checkout.doit("why", "count=40", *NOW)
    assert "everything is up to date" in checkout.doit("budget=20m", *NOW)
    assert "session" not in checkout.doit("--dry-run", "count=40", *NOW).split()
    said = checkout.doit("why", "count=40", "budget_target=0.00000001", *NOW)
    assert "it has 12 of 40 samples" in said
    assert "left unfinished by a budget: " in said
    assert "target +-0.0% from 12 on" in said


def test_what_is_unfinished_is_said_and_completed(checkout: Checkout) -> None:
    """By the session, the summary and why; the next doit brings it to its count."""
    fake_go.pause(checkout, 0.2)
    said = checkout.doit("budget=5s", "count=6", *NOW)
    assert "too short for 12 rounds of each" in said
    assert "unfinished: the next `doit` completes them" in said
    assert "benchmark functions that a budget left unfinished: go1.23 " in said
    assert "left unfinished by a budget: " in checkout.doit("why", "count=6", *NOW)
    fake_go.pause(checkout, 0)
    said = checkout.doit("count=6", *NOW)
    assert "unfinished" not in said
    assert "nothing is stale" in checkout.doit("why", "count=6", *NOW)
    assert checkout.doit("validate")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["budget=20"], "budget=20: expected a time from 1s to 168h, as in 20m, 90s or 1h30m"),
        (["budget="], "budget=: expected a time"),
        (["budget_target=wide"], "budget_target=wide: expected a number of percent, 0 or more"),
        (["calibrate", "rounds=many"], "rounds=many: expected a whole number from"),
    ],
)
def test_mistakes(checkout: Checkout, words: list[str], expected: str) -> None:
    """Each with what is expected."""
    assert expected in checkout.doit(*words, status=3)


@pytest.mark.parametrize("task", ["retry:go1.24", "versions"])
def test_a_budget_for_what_measures_nothing_with_it(checkout: Checkout, task: str) -> None:
    """It is said, and nothing is begun."""
    assert "budget= is for what collects samples" in checkout.doit("budget=20m", task, status=2)


def test_rounds_of_no_experiment(checkout: Checkout) -> None:
    """They are the samples of an experiment; a run of results is told what it has in their place."""
    assert "for all others it is count=120" in checkout.doit("rounds=120", status=2)
