"""kill -9 at any moment: what was acknowledged is merged afterwards, once, and at most a block is measured again.

Real doit and real processes; only the benchmarks are invented, for speed.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tasks.shared import schema
from tests import fake_go
from tests.checkout import Checkout
from tests.survival import acknowledged, assert_nothing_is_half_written, killed_after, killed_at, merged, start

#: Kills at random times, in two checkouts at once, besides those at named moments.
RANDOM_KILLS = 2 * 90

#: What is killed, and just before what: (event, what it is about, for the how manyth time).
MOMENTS = {
    "a toolchain asks for its name": "subprocess.Popen|bin/go|1",
    "the inputs are kept": r"os.rename|_inputs\.json|2",
    "the first link": "subprocess.Popen|-randlayout|1",
    "a later link": "subprocess.Popen|-randlayout|9",
    "the first sample": "subprocess.Popen|-test.bench=|1",
    "a sample in the middle of a block": "subprocess.Popen|-test.bench=|14",
    "the last sample of the main rounds": "subprocess.Popen|-test.bench=|26",
    "the text of the controls is made": r"open|_control\.txt None|1",
    "the first text is made": r"open|go1\.2\d/[-_\d]+\.txt None|1",
    "the last text is made": r"open|go1\.2\d/[-_\d]+\.txt None|3",
    "progress is noted at the end": "os.rename|collection_progress|2",
    "the blocks are written": r"os.rename|_blocks\.json|1",
    "the first receipt gets its name": "os.rename|receipts/|1",
    "after the first receipt, before doit's record of the second": "os.rename|receipts/|2",
    "the last receipt": "os.rename|receipts/|12",
    "what was verified is noted": r"os.rename|verified\.json|1",
    "the analysis": r"os.rename|variance\.json|2",
    "what controls tell is written": r"os.rename|noise\.json|1",
    "the first merged text": r"os.rename|merged\.txt|1",
    "the first merged document": r"os.rename|merged\.json|1",
    "the last merged document": r"os.rename|merged\.json|3",
    "one form of a comparison": r"os.rename|comparisons/go1[^/]*\.csv|2",
    "what a comparison rests on is noted": r"os.rename|comparisons/stable/go1|1",
    "an exported version": r"os.rename|data/linux-\w+/go1|2",
    "the exported index": r"os.rename|index\.json|1",
    "the exported platforms": r"os.rename|platforms\.json|1",
}


def arguments(count: int, *more: str) -> tuple[str, ...]:
    """No retries unless a test wants them."""
    return (f"count={count}", "skip_system_check=1", *(more or ("max_reruns=0",)))


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """Measured once, so that each test begins with results to lose."""
    made = fake_go.fake_checkout(tmp_path_factory.mktemp("kills") / "clone", {**os.environ})
    made.doit(*arguments(3))
    return made


def tree(checkout: Checkout) -> Path:
    """Where its results lie."""
    return fake_go.bed_of(checkout).project.tree.folder


def counted(checkout: Checkout) -> int:
    """The fewest samples that a cell has."""
    paths = tree(checkout).glob("go*/receipts/*.json")
    return min(int(schema.read("receipt", path)["samples"]) for path in paths)


def assert_all_is_there(checkout: Checkout, before: Counter[tuple[str, str, float]]) -> None:
    """Every sample on the disk is merged, once, those of before among them, and no two benchmarks ran at a time."""
    there = acknowledged(tree(checkout))
    assert set(there.values()) == {1}
    assert before <= there
    assert merged(tree(checkout)) == there
    assert fake_go.overlaps(checkout) == 0
    checkout.doit("validate", "max_reruns=0")


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS)
def test_a_kill_at_a_named_moment(checkout: Checkout, moment: str, tmp_path: Path) -> None:
    """Two rounds more were asked for; whatever of them was acknowledged counts, and the next doit takes the rest."""
    count = counted(checkout) + 2
    killed_at(checkout, moment, *arguments(count), tmp=tmp_path)
    assert_nothing_is_half_written(checkout.root)
    before = acknowledged(tree(checkout))
    checkout.doit(*arguments(count))
    assert_all_is_there(checkout, before)
    # At most the block that was being measured is measured again.
    assert 0 <= len(acknowledged(tree(checkout))) - 12 * count <= 3
    assert "everything is up to date" in checkout.doit(*arguments(count))


@pytest.mark.parametrize(("reruns", "number"), [(1, 1), (2, 5), (3, 6)])
def test_a_kill_in_a_retry(checkout: Checkout, reruns: int, number: int, tmp_path: Path) -> None:
    """Of the two rounds of one more retry, what is missing is taken."""
    retries = (f"max_reruns={reruns}", "rerun_count=2", "interval_target=0", "variance_threshold=0.0001")
    once = arguments(counted(checkout), *retries)
    killed_at(checkout, f"subprocess.Popen|-test.bench=|{number}", *once, tmp=tmp_path)
    before = acknowledged(tree(checkout))
    checkout.doit(*once)
    assert_all_is_there(checkout, before)
    had = [schema.read("receipt", path)["retry_rounds"] for path in tree(checkout).glob("go*/receipts/*.json")]
    # Of three versions, each of the kills so far has cut at most two off from the third: they have a round more, which
    # the next retry makes use of when it falls to the third again.
    assert min(had) == 2 * reruns
    assert sum(had) <= (12 + 1) * 2 * reruns


@pytest.mark.parametrize(
    "moment", [r"os.rename|merged\.json|2", r"os.rename|comparisons/go1[^/]*\.md|3", r"os.rename|index\.json|1"]
)
def test_a_kill_while_derived_files_are_made(checkout: Checkout, moment: str, tmp_path: Path) -> None:
    """With nothing to measure: the next doit makes the rest."""
    count = counted(checkout)
    checkout.doit(*arguments(count))
    paths = [*tree(checkout).glob("go*/merged.*"), *checkout.root.glob("data/**/*.json")]
    paths += tree(checkout).glob("comparisons/*")
    files = {path: path.read_bytes() for path in paths}
    checkout.doit("clean", *arguments(count))
    killed_at(checkout, moment, *arguments(count), tmp=tmp_path)
    assert_nothing_is_half_written(checkout.root)
    checkout.doit(*arguments(count))
    assert {path: path.read_bytes() for path in files} == files


def test_a_kill_while_forgetting(checkout: Checkout, tmp_path: Path) -> None:
    """Either all is forgotten, or nothing."""
    count = counted(checkout)
    killed_at(checkout, r"os.rename|forgotten\.json|1", "forget", "collect:go1.24", *arguments(count), tmp=tmp_path)
    assert "everything is up to date" in checkout.doit(*arguments(count))


def test_an_orphan_disturbs_no_measurement(checkout: Checkout) -> None:
    """A benchmark whose doit was killed goes on for a while; the next one waits for it, and says for whom."""
    count = counted(checkout) + 1
    fake_go.pause(checkout, 10.0)
    try:
        process = start(checkout, arguments(count), dict(checkout.env))
        while not fake_go.running(checkout):
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        fake_go.pause(checkout, 0.0)
        said = checkout.doit(*arguments(count))
    finally:
        fake_go.pause(checkout, 0.0)
    assert "waiting for" in said
    assert fake_go.overlaps(checkout) == 0


def test_kills_at_random_moments(tmp_path: Path) -> None:
    """Whenever a doit gets to its end, two rounds more are asked for, until there were enough kills."""
    with ThreadPoolExecutor(2) as pool:
        kills = list(pool.map(_kill_at_random, (tmp_path / "one", tmp_path / "two"), (1, 2)))
    assert sum(kills) >= RANDOM_KILLS


def _kill_at_random(folder: Path, seed: int) -> int:
    folder.mkdir()
    checkout = fake_go.fake_checkout(folder / "clone", {**os.environ})
    chance = random.Random(seed)
    count, kills = 2, 0
    before: Counter[tuple[str, str, float]] = Counter()
    while kills < RANDOM_KILLS / 2:
        if killed_after(checkout, chance.uniform(0.1, 1.6), *arguments(count)):
            kills += 1
        else:
            count += 2
        assert_nothing_is_half_written(checkout.root)
        there = acknowledged(tree(checkout))
        assert before <= there
        before = there
    checkout.doit(*arguments(count))
    assert_all_is_there(checkout, before)
    assert 0 <= len(acknowledged(tree(checkout))) - 12 * count <= 3 * kills
    return kills
