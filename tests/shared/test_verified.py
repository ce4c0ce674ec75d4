"""The cache of what was validated before."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tasks.shared.verified import Verified, verified_for


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
    assert Verified(cache).knows(other)
    assert [Path(name).name for name in json.loads(cache.read_text())] == ["b.json"]


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


def test_checkout_can_be_moved(file: Path) -> None:
    """Files below the root are remembered by where they are in it."""
    root = file.parent
    verified = Verified(root / "verified.json", root)
    verified.remember(file)
    verified.save()
    moved = root.rename(root.with_name("moved"))
    assert Verified(moved / "verified.json", moved).knows(moved / file.name)


def test_one_memory_in_a_process(tmp_path: Path) -> None:
    """Tasks of one process share what they have found in order, even before it is saved."""
    file = tmp_path / "a.json"
    file.write_text("{}")
    path = tmp_path / ".cache" / "verified.json"
    verified_for(path).remember(file)
    assert verified_for(path).knows(file)
    assert not path.exists()


def test_a_file_that_never_was_is_not_known(tmp_path: Path) -> None:
    """Nothing is in order about what is not there."""
    assert not Verified(tmp_path / "cache.json").knows(tmp_path / "missing")


def test_two_processes_do_not_undo_each_other(file: Path) -> None:
    """What one has only read does not replace what the other has noted since."""
    cache = _saved(file)
    first = Verified(cache)
    second = Verified(cache)
    _longer(file)
    second.remember(file)
    second.save()
    other = file.with_name("other.json")
    other.write_text("{}")
    first.remember(other)
    first.save()
    assert Verified(cache).knows(file)
    assert Verified(cache).knows(other)


def test_savers_at_once_lose_nothing_of_each_other(tmp_path: Path) -> None:
    """What several processes note at the same time is known afterwards, all of it."""
    cache = tmp_path / "verified.json"
    names = [f"{number}.json" for number in range(200)]
    for name in names:
        (tmp_path / name).write_text("{}")

    def note(name: str) -> None:
        verified = Verified(cache)
        verified.remember(tmp_path / name)
        verified.save()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(note, names))
    assert [name for name in names if not Verified(cache).knows(tmp_path / name)] == []
