"""Everything that may go wrong in a run, done for real: one clear message each, and nothing lost."""

from __future__ import annotations

import functools
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks.measure.names import session_of
from tasks.measure.reader import read_file
from tasks.shared import schema
from tests.checkout import ROOT, Checkout, copy_checkout

#: Seconds that the child of BenchmarkForks would live: a number that no other process of this machine sleeps for.
CHILD_SECONDS = "61.377"
QUICK = ("benchtime=1ms", "max_reruns=0", "skip_system_check=1")
#: A unit's status, by unit.
ODD = {
    "odd.Panics": "panic",
    "odd.Hangs": "timeout",
    "odd.Garbage": "garbage",
    "odd.TenMegabytes": "output",
    "odd.Forks": "left-children",
    "odd.Exits": "failed",
    "odd.Leaks": "failed",
}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """A project with one version and one package, in which all but one benchmark misbehave."""
    env = {**os.environ, "HOME": str(tmp_path_factory.mktemp("home"))}
    copied = copy_checkout(tmp_path_factory.mktemp("checkout") / "clone", env)
    source = (ROOT / "tests" / "data" / "odd_test.go.txt").read_text().replace("CHILD_SECONDS", CHILD_SECONDS)
    (copied.root / "benchmarks" / "odd").mkdir()
    (copied.root / "benchmarks" / "odd" / "odd_test.go").write_text(source)
    config = copied.root / "config.yaml"
    text = config.read_text().replace('  - "1.23.0"\n', "").replace('  - "1.25.0"\n', "")
    text = text.replace("packages: [runtime, stdlib, networking]", "packages: [odd]")
    config.write_text(text.replace("unit_timeout: 30", "unit_timeout: 5"))
    yield copied
    shutil.rmtree(copied.root.parent, ignore_errors=True)


@pytest.fixture
def waiting(checkout: Checkout) -> Iterator[list[subprocess.Popen[str]]]:
    """Processes that a test starts; none of them outlives it."""
    started: list[subprocess.Popen[str]] = []
    yield started
    for process in started:
        process.kill()
        process.communicate()


def start(checkout: Checkout, waiting: list[subprocess.Popen[str]], *arguments: str) -> subprocess.Popen[str]:
    """A doit in the background."""
    process = subprocess.Popen(
        [sys.executable, "-m", "doit", *arguments],
        cwd=checkout.root, env=dict(checkout.env), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True,
        # Under nohup or behind a shell's & the tests may have inherited that Ctrl-C is ignored.
        preexec_fn=functools.partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - it takes no lock
    )  # fmt: skip
    waiting.append(process)
    return process


def samples(checkout: Checkout, tree: str = "1ms") -> Counter[str]:
    """How many good samples there are, by unit."""
    found: Counter[str] = Counter()
    for path in (checkout.root / "results" / tree).glob("*/go*/*.txt"):
        if session_of(path):
            found.update(sample.unit for sample in read_file(path).samples if sample.status == "ok")
    return found


def until(condition: object, seconds: float = 60.0) -> None:
    """Wait until something is so."""
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def sleeping_children() -> list[str]:
    """Command lines of the children that BenchmarkForks leaves behind."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = path.read_bytes().split(b"\0")
        except OSError:
            continue
        if CHILD_SECONDS.encode() in command:
            found.append(str(command))
    return found


def test_units_that_misbehave_cost_themselves_alone(checkout: Checkout) -> None:
    """Each is named with what it said, has a status in every document, and the others are measured."""
    said = checkout.doit("count=4", *QUICK)
    merged = schema.read("merged", next((checkout.root / "results" / "1ms").glob("*/go1.24/merged.json")))
    assert {row["unit"]: row["status"] for row in merged["benchmarks"]} == {**ODD, "odd.Fine": "ok"}
    for unit, status in ODD.items():
        assert f"{unit} failed in go1.24 ({status}) and is given up" in said
    assert "out of luck" in said
    assert samples(checkout)["odd.Fine"] == 4
    assert sleeping_children() == []
    exported = schema.read("export-version", next((checkout.root / "data" / "1ms").glob("*/go1.24.json")))
    assert {name: row["status"] for name, row in exported["benchmarks"].items()} == {
        unit.removeprefix("odd."): status for unit, status in {**ODD, "odd.Fine": "ok"}.items()
    }
    assert checkout.doit("count=4", *QUICK) == "everything is up to date\n"


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_a_run_and_loses_nothing(
    checkout: Checkout, waiting: list[subprocess.Popen[str]], number: signal.Signals, status: int
) -> None:
    """A summary, the exit status of the signal, no child left; the next doit measures only what is missing."""
    tree = f"{number.value}ms"
    arguments = ("collect:go1.24:odd.Fine", "count=400", f"benchtime={tree}", *QUICK[1:])
    process = start(checkout, waiting, *arguments)
    until(lambda: samples(checkout, tree)["odd.Fine"] >= 5)
    process.send_signal(number)
    said = process.communicate(timeout=120)[0]
    assert process.returncode == status, said
    assert "was ended in round" in said
    assert "samples are kept and count" in said
    assert "Traceback" not in said
    kept = samples(checkout, tree)["odd.Fine"]
    assert kept >= 5
    progress = schema.read("progress", checkout.root / "results" / "collection_progress.json")
    assert progress["state"] == "interrupted"
    assert subprocess.run(["pgrep", "-f", f"{checkout.root}.*[.]test"], check=False).returncode == 1
    checkout.doit("collect:go1.24:odd.Fine", f"count={kept + 2}", f"benchtime={tree}", *QUICK[1:])
    assert samples(checkout, tree)["odd.Fine"] == kept + 2


def test_two_at_once_take_turns(checkout: Checkout, waiting: list[subprocess.Popen[str]]) -> None:
    """The second waits, says for whom, and then finds nothing left to do."""
    arguments = ("collect:go1.24:odd.Fine", "count=40", "benchtime=3ms", *QUICK[1:])
    first = start(checkout, waiting, *arguments)
    until(lambda: samples(checkout, "3ms")["odd.Fine"] >= 1)
    second = start(checkout, waiting, *arguments)
    said = second.communicate(timeout=120)[0]
    assert first.wait(timeout=120) == 0
    assert second.returncode == 0, said
    assert f"waiting for doit (process {first.pid})" in said
    assert samples(checkout, "3ms")["odd.Fine"] == 40


def small_disk(folder: Path) -> bool:
    """Put a file system of 48 KB at ``folder``, where that is permitted."""
    folder.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", "size=48k", "tmpfs", str(folder)]
    return os.geteuid() == 0 and subprocess.run(command, check=False, capture_output=True).returncode == 0


def test_a_full_disk_ends_a_run_and_keeps_what_was_measured(checkout: Checkout) -> None:
    """The message names the reason, every whole sample stays valid, and with room again doit goes on."""
    folder = checkout.root / "results" / "4ms"
    if not small_disk(folder):
        pytest.skip("no small file system can be mounted here: it takes root and the right to mount")
    settings = ("collect:go1.24:odd.Fine", "benchtime=4ms", *QUICK[1:])
    try:
        said = checkout.doit("count=500", *settings, status=1)
        assert "a sample can't be written" in said
        assert "No space left on device" in said
        assert "kept" in said
        assert "Traceback" not in said
        kept = samples(checkout, "4ms")["odd.Fine"]
        assert kept > 10
        subprocess.run(["mount", "-o", "remount,size=4m", str(folder)], check=True)
        checkout.doit(f"count={kept + 2}", *settings)
        assert samples(checkout, "4ms")["odd.Fine"] == kept + 2
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_read_only_results_are_named(checkout: Checkout, tmp_path: Path) -> None:
    """What can't be written is named with its path, before anything is measured for nothing."""
    results = checkout.root / "results"
    mode = results.stat().st_mode
    command = [sys.executable, "-m", "doit", "collect:go1.24:odd.Fine", "count=3", "benchtime=5ms", *QUICK[1:]]
    read_only = subprocess.run(["mount", "--bind", results, results], check=False, capture_output=True).returncode == 0
    progress = results / "collection_progress.json"
    if read_only:
        subprocess.run(["mount", "-o", "remount,ro,bind", results], check=True)
    elif os.geteuid() == 0:
        # Root may write anywhere, but not over a folder.
        progress.unlink()
        progress.mkdir()
    else:
        results.chmod(0o555)
    try:
        done = subprocess.run(
            command, cwd=checkout.root, env=dict(checkout.env), capture_output=True, text=True, check=False, timeout=120
        )
    finally:
        if read_only:
            subprocess.run(["umount", results], check=True)
        if progress.is_dir():
            progress.rmdir()
        results.chmod(mode)
    said = done.stdout + done.stderr
    assert done.returncode != 0, said
    assert re.search(r"results/\S+ can't be written: (Read-only file system|Permission denied|Is a directory)", said), (
        said
    )
    assert "Traceback" not in said
    assert samples(checkout, "5ms") == Counter()


def test_a_package_that_does_not_compile_is_shown_with_file_and_line(checkout: Checkout) -> None:
    """The cells of that version say so; with the code mended they are measured."""
    path = checkout.root / "benchmarks" / "odd" / "broken_test.go"
    path.write_text("package odd\n\nfunc broken() int { return undefinedName }\n")
    said = checkout.doit("collect:go1.24:odd.Fine", "count=2", "benchtime=6ms", *QUICK[1:])
    assert "odd does not compile for go1.24" in said
    assert "broken_test.go:3:28: undefined: undefinedName" in said
    path.unlink()
    checkout.doit("collect:go1.24:odd.Fine", "count=2", "benchtime=6ms", *QUICK[1:])
    assert samples(checkout, "6ms")["odd.Fine"] == 2


@pytest.mark.parametrize(
    ("failed", "said"),
    [
        ("nosuch.txt", "failed=nosuch.txt can't be read: No such file"),
        ("benchmarks/go.mod.1.24.0", "go.mod.1.24.0:1: there is no benchmark module"),
        ("wrong.txt", "wrong.txt:1: there is no benchmark odd.Fin/x; did you mean odd.Fine"),
    ],
)
def test_a_list_that_names_nothing(checkout: Checkout, failed: str, said: str) -> None:
    """A missing file, one that is no list, and a benchmark that is not there."""
    (checkout.root / "wrong.txt").write_text("odd.Fin/x\n")
    assert said in checkout.doit("retry:go1.24", f"failed={failed}", *QUICK, status=2)


def test_a_list_without_a_retry(checkout: Checkout) -> None:
    """failed= is for retries: it is not passed over in silence elsewhere."""
    said = checkout.doit("collect:go1.24", "failed=some.txt", *QUICK, status=2)
    assert "is for `doit retry:VERSION failed=...`" in said


FINE = "collect:go1.24:odd.Fine"
#: Limits that no benchmark can meet.
IMPOSSIBLE = ("variance_threshold=0", "interval_target=0", "count=5", "benchtime=2ms", *QUICK[1:])


def test_strict_fails_for_what_is_too_noisy(checkout: Checkout) -> None:
    """With strict=1 the exit status is 1, with all the rest done; without, a warning. A lone cell is judged, too."""
    assert "1 of 1 benchmarks are too noisy" in checkout.doit(*IMPOSSIBLE)
    said = checkout.doit("strict=1", *IMPOSSIBLE, status=1)
    assert "odd.Fine is too noisy: CV" in said
    # What was given up is no result that a strict run may pass over.
    assert "go1.24: odd.Hangs was given up (timeout)" in said
    assert "strict=0 makes this a warning" in said
    assert (checkout.root / "data" / "2ms" / "platforms.json").exists()
    assert "too noisy" in checkout.doit("strict=1", FINE, *IMPOSSIBLE, status=1)
    assert "too noisy" in checkout.doit("strict=1", "merge:go1.24", *IMPOSSIBLE, status=1)
    assert "median CV" in checkout.doit("strict=1", "variance", *IMPOSSIBLE, status=1)
    checkout.doit("strict=1", FINE, "variance_threshold=1000", *IMPOSSIBLE[1:])


def test_a_retry_is_judged_as_well(checkout: Checkout) -> None:
    """It says what still fails and where that is listed; with strict=1 it fails."""
    checkout.doit(FINE, *IMPOSSIBLE)
    before = samples(checkout, "2ms")["odd.Fine"]
    said = checkout.doit("retry:go1.24", *IMPOSSIBLE[:-2], "max_reruns=2", "rerun_count=2", "skip_system_check=1")
    assert "what is still too noisy is listed in results/2ms/" in said
    assert samples(checkout, "2ms")["odd.Fine"] == before + 4
    said = checkout.doit("strict=1", "retry:go1.24", *IMPOSSIBLE, "rerun_count=1", status=1)
    assert "odd.Fine is too noisy: CV" in said


def test_a_retry_with_nothing_to_do_says_why(checkout: Checkout) -> None:
    """Nothing fails; a list of benchmarks without results here; an ignored one."""
    calm = ("variance_threshold=1000", "count=5", "benchtime=2ms", *QUICK[1:])
    assert "nothing of go1.24 is too noisy in results/2ms/" in checkout.doit("retry:go1.24", *calm)
    (checkout.root / "right.txt").write_text("odd.Fine\n")
    elsewhere = ("failed=right.txt", "benchtime=9ms", *QUICK[1:])
    said = checkout.doit("retry:go1.24", *elsewhere, status=1)
    assert "odd.Fine: no version has all its results of this in results/9ms/" in said
    assert "`doit benchtime=9ms collect:go1.24`" in said
    checkout.doit("ignore", FINE, *calm)
    before = samples(checkout, "2ms")
    assert "or it is ignored" in checkout.doit("retry:go1.24", "failed=right.txt", *calm, status=1)
    checkout.doit("ignore", "--undo", FINE, *calm)
    assert samples(checkout, "2ms") == before


def test_a_retry_builds_what_is_not_there(checkout: Checkout) -> None:
    """.build may be deleted at any time, also before a retry."""
    shutil.rmtree(checkout.root / ".build")
    (checkout.root / "right.txt").write_text("odd.Fine\n")
    before = samples(checkout, "2ms")["odd.Fine"]
    checkout.doit("retry:go1.24", "failed=right.txt", *IMPOSSIBLE, "rerun_count=3")
    assert samples(checkout, "2ms")["odd.Fine"] == before + 3
