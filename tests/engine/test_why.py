"""`doit why` and `doit --dry-run`: what is stale, which input changed, and what would run."""

from __future__ import annotations

import os
import re

import pytest

from tests import fake_go
from tests.checkout import Checkout, snapshot

NOW = ("max_reruns=0",)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """Everything up to date."""
    made = fake_go.fake_checkout(tmp_path_factory.mktemp("why") / "clone", {**os.environ})
    made.doit(*NOW)
    return made


def test_nothing_is_stale(checkout: Checkout) -> None:
    """Both say so."""
    assert "nothing is stale" in checkout.doit("why", *NOW)
    assert "nothing would run" in checkout.doit("--dry-run", *NOW)


def test_neither_changes_anything(checkout: Checkout) -> None:
    """No result, no record of doit's; what was looked at is remembered."""
    before = {name: data for name, data in snapshot(checkout.root).items() if not name.startswith(".cache/")}
    checkout.doit("why", "count=9", "profile=fixed")
    checkout.doit("--dry-run", "count=9", "profile=fixed")
    after = {name: data for name, data in snapshot(checkout.root).items() if not name.startswith(".cache/")}
    assert after == before


def test_a_higher_count(checkout: Checkout) -> None:
    """How many samples are there and wanted, in one line for all units, and what it will cost."""
    said = checkout.doit("why", "count=5", *NOW)
    assert "alpha.One, alpha.Two, beta.Four, beta.Three in go1.23, go1.24, go1.25: 2 rounds" in said
    assert "it has 3 of 5 samples" in said
    assert re.search(r"to be measured, about \d+ s:", said)
    listed = checkout.doit("--dry-run", "count=5", *NOW)
    assert "session\ncollect:go1.23: 4 cells\n" in listed
    assert "and measure 12 cells" in listed


def test_one_cell(checkout: Checkout) -> None:
    """Only what was asked for is looked at."""
    said = checkout.doit("why", "count=5", *NOW, "collect:go1.24:alpha.One")
    assert "alpha.One in go1.24: 2 rounds" in said
    assert "beta" not in said


def test_other_settings_have_a_tree_of_their_own(checkout: Checkout) -> None:
    """Where there is nothing yet: from which to which."""
    said = checkout.doit("why", "benchtime=1s", *NOW)
    assert "benchtime or layouts: stable -> 1s (1s in fresh layouts)" in said


def test_what_was_forgotten(checkout: Checkout) -> None:
    """With the moment; then it is measured, and that was that."""
    checkout.doit("forget", "collect:go1.24:alpha.One", *NOW)
    assert re.search(r"its samples were forgotten at 20\d\d-\d\d-", checkout.doit("why", *NOW))
    checkout.doit(*NOW)
    assert "nothing is stale" in checkout.doit("why", *NOW)


def test_another_environment(checkout: Checkout) -> None:
    """Old and new value. (There is no Go here to take the fingerprints anew, but they can be taken back.)"""
    config = checkout.root / "config.yaml"
    text = config.read_text()
    config.write_text(text.replace("{GOAMD64: v1}", "{GOAMD64: v1, GOGC: '200'}"))
    try:
        fake_go.bed_of(checkout).refresh()
        said = checkout.doit("why", *NOW)
    finally:
        config.write_text(text)
        fake_go.bed_of(checkout).refresh()
    assert "environment GOGC: none -> 200" in said
    assert "nothing is stale" in checkout.doit("why", *NOW)


def test_a_receipt_that_is_gone(checkout: Checkout) -> None:
    """It is made again from the texts."""
    path = fake_go.bed_of(checkout).project.tree.receipt("go1.24", "alpha.One")
    path.unlink()
    said = checkout.doit("why", *NOW)
    assert "1 receipts: made again from the texts" in said
    assert "to be measured" not in said
    checkout.doit(*NOW)
    assert path.exists()


def test_a_session_that_fails_leaves_what_needs_it_as_it_is(checkout: Checkout) -> None:
    """No merge of what is not there, no export, one message."""
    linkers = list(checkout.root.glob(".go-versions/*/pkg/tool/*/link"))
    scripts = {path: path.read_text() for path in linkers}
    for path in linkers:
        path.write_text("#!/bin/sh\necho 'no space left on device' >&2\nexit 1\n")
    before = {n: d for n, d in snapshot(checkout.root).items() if n.startswith(("results/stable", "data/"))}
    try:
        said = checkout.doit("count=7", *NOW, status=1)
    finally:
        for path, script in scripts.items():
            path.write_text(script)
    assert said.count("no space left on device") == 1
    assert "12 cells are not up to date, and what needs them was left as it is" in said
    after = {n: d for n, d in snapshot(checkout.root).items() if n.startswith(("results/stable", "data/"))}
    assert {name: data for name, data in after.items() if name in before} == before
    assert {name for name in after if name not in before and "_inputs" not in name} == set()
