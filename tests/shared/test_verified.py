"""The cache of what was validated before."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tasks.shared.verified import Verified


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file that is in order."""
    path = tmp_path / "a.json"
    path.write_text("{}")
    return path


def _saved(file: Path) -> Path:
    """A cache that knows the file, on disk."""
    cache = file.with_name("verified.json")
    verified = Verified(cache)
    verified.remember(file)
    verified.save()
    return cache


def test_knows_what_it_was_told(file: Path) -> None:
    """What was found in order is known, also in the next process; anything else is not."""
    assert not Verified(file.with_name("none.json")).knows(file)
    assert Verified(_saved(file)).knows(file)


def _longer(path: Path) -> None:
    path.write_text("{}\n")


def _later(path: Path) -> None:
    os.utime(path, ns=(0, path.stat().st_mtime_ns + 1))


def _another(path: Path) -> None:
    status = path.stat()
    twin = path.with_name("twin")
    twin.write_text(path.read_text())
    os.utime(twin, ns=(status.st_atime_ns, status.st_mtime_ns))
    os.replace(twin, path)


def _gone(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("change", [_longer, _later, _another, _gone])
def test_changes_are_noticed(file: Path, change: object) -> None:
    """Another size, time or inode makes the file unknown."""
    cache = _saved(file)
    assert callable(change)
    change(file)
    assert not Verified(cache).knows(file)


def test_files_that_are_gone_are_dropped(file: Path) -> None:
    """The cache does not grow for ever."""
    other = file.with_name("b.json")
    other.write_text("{}")
    cache = _saved(file)
    file.unlink()
    verified = Verified(cache)
    verified.remember(other)
    verified.save()
    assert str(other) in cache.read_text()
    assert str(file) not in cache.read_text()


def test_saving_nothing_new_writes_nothing(file: Path) -> None:
    """A `doit` with nothing to do leaves the cache alone."""
    cache = _saved(file)
    cache.unlink()
    verified = Verified(cache)
    verified.save()
    assert not cache.exists()


@pytest.mark.parametrize("text", ["", "{", "\x00"])
def test_broken_cache_costs_time_only(file: Path, text: str) -> None:
    """A cache that can't be read knows nothing and is replaced."""
    cache = _saved(file)
    cache.write_text(text)
    verified = Verified(cache)
    assert not verified.knows(file)
    verified.remember(file)
    verified.save()
    assert Verified(cache).knows(file)
