"""Two doit at the same time, in any combination: one measures, the other waits and says for whom; nothing twice."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from itertools import combinations_with_replacement

import pytest

from tasks.measure.forgotten import forget
from tests import fake_go
from tests.checkout import Checkout
from tests.survival import acknowledged, assert_nothing_is_half_written, merged

COMMANDS = {
    "all": ["max_reruns=0"],
    "two processes": ["-n", "2", "max_reruns=0"],
    "one version": ["max_reruns=0", "collect:go1.24"],
    "export": ["max_reruns=0", "export"],
    "retry": ["max_reruns=1", "rerun_count=1", "retry:go1.24"],
    "validate": ["max_reruns=0", "validate"],
    "clean": ["clean", "max_reruns=0"],
    "why": ["why", "max_reruns=0"],
    "dry run": ["--dry-run", "max_reruns=0"],
    "forget": ["forget", "collect:go1.25:alpha.One", "max_reruns=0"],
}
PAIRS = list(combinations_with_replacement(COMMANDS, 2))


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """Measured once; each benchmark takes a while, so that two sessions would meet."""
    made = fake_go.fake_checkout(tmp_path_factory.mktemp("two") / "clone", {**os.environ})
    made.doit("max_reruns=0")
    fake_go.pause(made, 0.02)
    return made


@pytest.mark.parametrize("pair", PAIRS, ids=["+".join(pair) for pair in PAIRS])
def test_two_at_a_time(checkout: Checkout, pair: tuple[str, str]) -> None:
    """Both end well, and what comes out is what one after the other would have made."""
    bed = fake_go.bed_of(checkout)
    tree = bed.project.tree.folder
    forget(bed.project.tree, bed.cells("go1.24.0"), time.time())
    before = acknowledged(tree)
    running = [_start(checkout, COMMANDS[name]) for name in pair]
    ended = [(process.communicate(timeout=120)[0].decode(), process.returncode) for process in running]
    # Validating and looking may meet a file that is just being made anew, and say so; nothing else may fail.
    for name, (said, status) in zip(pair, ended, strict=True):
        # What is forgotten between its receipt and its merge can't be merged, and is said.
        forgotten = "forget" in pair and "has no valid receipt" in said
        assert status == 0 or name == "validate" or forgotten, f"{name} ended with {status}:\n{said}"
        assert "Traceback" not in said, said
        assert "database" not in said, said
    assert_nothing_is_half_written(checkout.root)
    checkout.doit("max_reruns=0")
    forgotten = "forget" in pair
    taken = acknowledged(tree) - before
    assert set(taken.values()) == {1}
    # go1.24 anew, 4 units 3 times, and what another of the two had forgotten, with references that don't count here.
    assert len(taken) == 12 + 3 * forgotten
    assert merged(tree) <= acknowledged(tree)
    assert fake_go.overlaps(checkout) == 0
    assert "everything is up to date" in checkout.doit("max_reruns=0")


def test_the_one_that_waits_says_for_whom(checkout: Checkout) -> None:
    """By process and folder."""
    checkout.doit("forget", "collect", "max_reruns=0")
    # Long enough for the other one to come.
    fake_go.pause(checkout, 0.1)
    first, second = (_start(checkout, COMMANDS["all"]) for _ in range(2))
    said = [process.communicate(timeout=120)[0].decode() for process in (first, second)]
    fake_go.pause(checkout, 0.02)
    waiting = [text for text in said if "waiting for doit (process" in text]
    assert len(waiting) == 1
    assert str(first.pid) in waiting[0] or str(second.pid) in waiting[0]


def test_clean_waits_for_a_run_that_is_under_way(checkout: Checkout) -> None:
    """Else it would take away a receipt between its sample and its merge, and the run would fail for nothing."""
    checkout.doit("forget", "collect", "max_reruns=0")
    # Long enough for the other one to come.
    fake_go.pause(checkout, 0.1)
    run = _start(checkout, COMMANDS["all"])
    while not fake_go.running(checkout):
        assert run.poll() is None
        time.sleep(0.01)
    cleaned = checkout.doit(*COMMANDS["clean"])
    fake_go.pause(checkout, 0.02)
    # It had to wait, so by now the run has ended, and ended well.
    assert "waiting for another doit: a run that is under way needs what would go" in cleaned
    assert run.wait(timeout=120) == 0
    assert "removed" in cleaned
    assert not list(fake_go.bed_of(checkout).project.tree.folder.glob("go*/merged.json"))


def test_clean_does_not_wait_for_a_page_that_is_shown(checkout: Checkout) -> None:
    """That one may run for days."""
    checkout.doit("max_reruns=0")
    shown = _start(checkout, ["serve", "port=0", "max_reruns=0"])
    try:
        assert shown.stdout is not None
        assert any(b"http://localhost:" in line for line in shown.stdout)
        assert "waiting" not in checkout.doit(*COMMANDS["clean"], timeout=120)
        assert shown.poll() is None
    finally:
        shown.terminate()
        shown.communicate(timeout=120)


def _start(checkout: Checkout, arguments: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "doit", *arguments], cwd=checkout.root, env=dict(checkout.env),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
