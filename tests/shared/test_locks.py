"""The machine's lock, between real processes."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tasks.shared.locks import hold

ROOT = Path(__file__).resolve().parents[2]

#: Holds the lock until its standard input closes; with a third argument, a child of it inherits the lock.
_HOLDER = """
import subprocess, sys
from pathlib import Path
from tasks.shared.locks import hold
with hold(Path(sys.argv[1]), exclusive=sys.argv[2] == "exclusive", waiting=lambda m: print(m, flush=True)) as lock:
    if len(sys.argv) > 3:
        child = subprocess.Popen(["sleep", "60"], pass_fds=(lock,), stdin=subprocess.DEVNULL,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        print(child.pid, flush=True)
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def _holder(path: Path, kind: str, *child: str) -> Iterator[subprocess.Popen[str]]:
    """A process that asks for the lock; it holds it once it has printed ``held``."""
    command = [sys.executable, "-c", _HOLDER, str(path), kind, *child]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            assert stream
            stream.close()


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


@contextmanager
def _taker(path: Path, *, exclusive: bool) -> Iterator[tuple[list[str], threading.Event, threading.Event]]:
    """A thread that takes the lock: what it was told, whether it waits, whether it has got it."""
    said: list[str] = []
    waits, got = threading.Event(), threading.Event()

    def tell(message: str) -> None:
        said.append(message)
        waits.set()

    def take() -> None:
        with hold(path, exclusive=exclusive, waiting=tell):
            got.set()

    thread = threading.Thread(target=take, daemon=True)
    thread.start()
    try:
        yield said, waits, got
    finally:
        thread.join(10)
        assert not thread.is_alive()


@pytest.mark.parametrize(("first", "exclusive"), [("exclusive", True), ("exclusive", False), ("shared", True)])
def test_measuring_excludes(tmp_path: Path, first: str, exclusive: bool) -> None:
    """Nobody measures while another process measures or builds, and nobody builds while one measures."""
    path = tmp_path / "lock"
    with _holder(path, first) as holder:
        assert _line(holder) == "held"
        with _taker(path, exclusive=exclusive) as (said, waits, got):
            assert waits.wait(10)
            assert not got.wait(0.3)
            assert holder.stdin
            holder.stdin.close()
            assert got.wait(10)
            assert len(said) == 1


def test_building_does_not_exclude_building(tmp_path: Path) -> None:
    """Two processes may download and compile at once."""
    path = tmp_path / "lock"
    said: list[str] = []
    with _holder(path, "shared") as holder:
        assert _line(holder) == "held"
        with hold(path, exclusive=False, waiting=said.append):
            assert holder.poll() is None
    assert said == []


def test_message_names_the_holder(tmp_path: Path) -> None:
    """Who waits is told for whom, by process and folder."""
    path = tmp_path / "lock"
    with _holder(path, "exclusive") as holder:
        assert _line(holder) == "held"
        with _taker(path, exclusive=True) as (said, waits, _):
            assert waits.wait(10)
            holder.kill()
    assert f"waiting for doit (process {holder.pid}) in {ROOT}" in said[0]


def test_lock_dies_with_its_holder(tmp_path: Path) -> None:
    """kill -9 leaves no lock behind."""
    path = tmp_path / "lock"
    with _holder(path, "exclusive") as holder:
        assert _line(holder) == "held"
        holder.kill()
        holder.wait()
        said: list[str] = []
        with hold(path, exclusive=True, waiting=said.append):
            assert said == []


def test_inherited_descriptor_keeps_it(tmp_path: Path) -> None:
    """A benchmark that outlives its killed `doit` still keeps others from measuring, until it ends."""
    path = tmp_path / "lock"
    with _holder(path, "exclusive", "child") as holder:
        child = int(_line(holder))
        try:
            assert _line(holder) == "held"
            holder.kill()
            holder.wait()
            with _taker(path, exclusive=True) as (_, waits, got):
                assert waits.wait(10)
                assert not got.wait(0.3)
                os.kill(child, 9)
                child = 0
                assert got.wait(10)
        finally:
            if child:
                os.kill(child, 9)


def test_released_after_an_error(tmp_path: Path) -> None:
    """Whatever happens inside, the lock is free afterwards and can be taken again."""
    path = tmp_path / "lock"
    with pytest.raises(KeyboardInterrupt), hold(path, exclusive=True, waiting=lambda _: None):
        raise KeyboardInterrupt
    said: list[str] = []
    with hold(path, exclusive=True, waiting=said.append):
        assert said == []


def test_anybody_can_use_the_file(tmp_path: Path) -> None:
    """The lock is the machine's, so its file is made for all users, whatever the umask."""
    old = os.umask(0o077)
    try:
        with hold(tmp_path / "lock", exclusive=False, waiting=lambda _: None):
            pass
    finally:
        os.umask(old)
    assert (tmp_path / "lock").stat().st_mode & 0o777 == 0o666


def test_file_of_another_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where another user's file can only be read, that is enough to share the lock."""
    path = tmp_path / "lock"
    path.touch()
    really = os.open

    def no_writing(name: Path, flags: int, mode: int = 0o777) -> int:
        if flags & os.O_RDWR:
            raise PermissionError
        return really(name, flags, mode)

    monkeypatch.setattr(os, "open", no_writing)
    said: list[str] = []
    with hold(path, exclusive=False, waiting=said.append):
        assert said == []


def test_a_lock_file_that_may_only_be_read_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another user's file in a folder like /tmp still keeps two from measuring at once."""
    path = tmp_path / "lock"
    path.touch()
    real = os.open

    def read_only(name: Path, flags: int, mode: int = 0o777) -> int:
        if flags & os.O_RDWR:
            raise PermissionError(13, "Permission denied")
        return real(name, flags, mode)

    monkeypatch.setattr(os, "open", read_only)
    with hold(path, exclusive=True, waiting=lambda _: None):
        pass
    assert path.read_text() == ""


def test_a_holder_that_has_died_is_not_named(tmp_path: Path) -> None:
    """The name in the file is believed only while that process lives."""
    path = tmp_path / "lock"
    said: list[str] = []
    with _holder(path, "shared") as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        path.write_text("doit (process 999999999) in /gone\n")
        release = threading.Timer(0.3, holder.kill)
        release.start()
        with hold(path, exclusive=True, waiting=said.append):
            pass
        release.join()
    assert len(said) == 1
    assert "another doit" in said[0]
    assert "999999999" not in said[0]
