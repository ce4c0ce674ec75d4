"""Real programs that end, hang, shout, die or leave children behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tasks.shared.process import OUTPUT_LIMIT, Finished, SystemProcesses

ENV = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}


def _run(folder: Path, script: str, timeout: float = 20) -> Finished:
    command = ["/bin/sh", "-c", script]
    return SystemProcesses().run(command, env=ENV, cwd=folder, timeout=timeout)


def _is_running(process: int) -> bool:
    """Whether a process runs; one that is dead but not yet waited for does not."""
    done = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False)
    return done.stdout.strip()[:1] not in ("", "Z")


def _gone(process: int) -> bool:
    """Whether a killed process is gone, after a moment for the kernel."""
    deadline = time.monotonic() + 5
    while _is_running(process) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not _is_running(process)


def test_output_and_status(tmp_path: Path) -> None:
    """Both streams are kept apart, and a program with nothing to read and no children simply ends."""
    done = _run(tmp_path, "echo out; echo err >&2; exit 3")
    assert (done.status, done.stdout, done.stderr) == (3, b"out\n", b"err\n")
    assert (done.stopped, done.survivors) == ("", False)
    assert 0 < done.seconds < 10


@pytest.mark.parametrize(("script", "status"), [("true", 0), ("exit 2", 2), ("kill -9 $$", -9), ("kill -SEGV $$", -11)])
def test_status(tmp_path: Path, script: str, status: int) -> None:
    """A signal is minus its number."""
    done = _run(tmp_path, script)
    assert (done.status, done.stopped) == (status, "")


def test_nothing_is_inherited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment is what was given and nothing more, the folder too, and there is nothing to read."""
    monkeypatch.setenv("SECRET", "1")
    (tmp_path / "here").touch()
    done = _run(tmp_path, "env; ls; cat")
    lines = done.stdout.decode().splitlines()
    assert "here" in lines
    assert not [line for line in lines if line.startswith("SECRET")]
    assert set(ENV) <= {line.split("=")[0] for line in lines}


def test_program_that_is_not_there(tmp_path: Path) -> None:
    """Nothing to run is an error of the caller, not a result."""
    with pytest.raises(FileNotFoundError):
        SystemProcesses().run([str(tmp_path / "nothing")], env=ENV, cwd=tmp_path, timeout=5)


def test_timeout_kills_the_whole_group(tmp_path: Path) -> None:
    """A program that hangs is killed with its children; what it said until then is kept."""
    done = _run(tmp_path, "sleep 60 & echo $!; wait", timeout=0.3)
    assert (done.status, done.stopped, done.survivors) == (-signal.SIGKILL, "timeout", False)
    assert done.seconds < 5
    assert _gone(int(done.stdout))


def test_timeout_of_a_silent_program(tmp_path: Path) -> None:
    """Closing its streams does not let a program run on."""
    done = _run(tmp_path, "exec >&- 2>&-; sleep 60", timeout=0.3)
    assert (done.status, done.stopped) == (-signal.SIGKILL, "timeout")
    assert done.seconds < 5


@pytest.mark.parametrize("stream", ["1", "2"])
def test_endless_output_is_stopped(tmp_path: Path, stream: str) -> None:
    """A program that never stops talking is stopped, long before its time is up."""
    done = _run(tmp_path, f"yes >&{stream}", timeout=60)
    assert done.stopped == "output"
    assert done.status == -signal.SIGKILL
    assert OUTPUT_LIMIT < len(done.stdout) + len(done.stderr) < 2 * OUTPUT_LIMIT
    assert done.seconds < 30


def test_much_output_is_kept(tmp_path: Path) -> None:
    """More than a pipe holds, on both streams at once, neither blocks nor gets lost."""
    done = _run(tmp_path, "head -c 1000000 /dev/zero >&2; head -c 2000000 /dev/zero; echo end")
    assert (len(done.stdout), len(done.stderr), done.stopped) == (2_000_004, 1_000_000, "")


def test_surviving_child_is_killed_and_told(tmp_path: Path) -> None:
    """A child that would disturb the next sample is killed, and the sample says so."""
    done = _run(tmp_path, "sleep 60 >/dev/null 2>&1 & echo $!")
    assert (done.status, done.stopped, done.survivors) == (0, "", True)
    assert done.seconds < 5
    assert _gone(int(done.stdout))


def test_child_that_holds_the_pipes(tmp_path: Path) -> None:
    """The program's end is its end, even if a child keeps its output open."""
    done = _run(tmp_path, "sleep 60 & echo $!", timeout=60)
    assert (done.status, done.stopped, done.survivors) == (0, "", True)
    assert done.seconds < 5
    assert _gone(int(done.stdout))


@pytest.mark.parametrize("kept", [True, False])
def test_descriptors(tmp_path: Path, kept: bool) -> None:
    """A program inherits the descriptors that it is given and no others."""
    reading, writing = os.pipe()
    os.set_inheritable(writing, True)
    try:
        command = [sys.executable, "-c", f"import os; os.write({writing}, b'hi')"]
        keep = (writing,) if kept else ()
        done = SystemProcesses().run(command, env=ENV, cwd=tmp_path, timeout=20, keep=keep)
    finally:
        os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        assert pipe.read() == (b"hi" if kept else b"")
    assert (done.status == 0) is kept


def test_interrupt_kills_the_program(tmp_path: Path) -> None:
    """Ctrl-C does not leave a benchmark running, although it is in a group of its own."""
    code = (
        "import signal, sys; from pathlib import Path; from tasks.shared.process import SystemProcesses\n"
        # A shell's background jobs, such as a CI run, may have inherited that SIGINT is ignored.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "SystemProcesses().run(['/bin/sh', '-c', 'echo $$ >pid.new; mv pid.new pid; sleep 60'],"
        " env={'PATH': '/usr/bin:/bin'}, cwd=Path(sys.argv[1]), timeout=60)\n"
    )
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command, cwd=root, stderr=subprocess.PIPE) as process:
        try:
            deadline = time.monotonic() + 20
            while not (tmp_path / "pid").exists() and time.monotonic() < deadline:
                time.sleep(0.01)
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=20)
        finally:
            process.kill()
    assert b"KeyboardInterrupt" in said
    assert _gone(int((tmp_path / "pid").read_text()))


@pytest.mark.parametrize("script", ["true & true", "(exit 0) & exec sleep 0.02"])
def test_children_that_have_ended_are_no_survivors(tmp_path: Path, script: str) -> None:
    """A child that only waits to be reaped disturbs nobody."""
    assert [_run(tmp_path, script).survivors for _ in range(10)] == [False] * 10
