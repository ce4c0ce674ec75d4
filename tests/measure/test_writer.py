"""Appending samples."""

from __future__ import annotations

import resource
from dataclasses import replace
from pathlib import Path

import pytest

from tasks.measure.reader import read_file
from tasks.measure.sample_file import Head
from tasks.measure.writer import SessionWriter
from tasks.shared.errors import PerfError
from tests.conftest import MACHINE
from tests.measure.test_sample_file import HEAD, SAMPLE


def head_of(version: str, kind: str) -> Head:
    """The test head for any file."""
    return Head(HEAD.session, kind, version, HEAD.conditions, HEAD.fingerprints, HEAD.provenance)


def make_writer(folder: Path) -> SessionWriter:
    """A writer with one folder per version."""
    return SessionWriter(HEAD.session, lambda version: folder / version, head_of, MACHINE)


def test_each_version_and_kind_has_a_file_of_its_own(tmp_path: Path) -> None:
    """Reference samples never stand among those that count."""
    writer = make_writer(tmp_path)
    writer.append("go1.24.0", "main", SAMPLE)
    writer.append("go1.23.0", "reference", SAMPLE)
    writer.close()
    names = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.txt"))
    assert names == [f"go1.23.0/{HEAD.session}_reference.txt", f"go1.24.0/{HEAD.session}.txt"]


def test_a_sample_is_on_disk_before_the_next_is_taken(tmp_path: Path) -> None:
    """Nothing waits in a buffer."""
    writer = make_writer(tmp_path)
    writer.append("go1.24.0", "main", SAMPLE)
    assert len(read_file(writer.paths[0]).samples) == 1
    writer.close()


def test_a_file_that_is_there_is_never_written_to(tmp_path: Path) -> None:
    """A session's name is its own; somebody else's file stays."""
    path = tmp_path / "go1.24.0" / f"{HEAD.session}.txt"
    path.parent.mkdir()
    path.write_text("mine")
    with pytest.raises(PerfError, match="can't be made"):
        make_writer(tmp_path).append("go1.24.0", "main", SAMPLE)
    assert path.read_text() == "mine"


def test_a_full_disk_leaves_whole_samples(tmp_path: Path) -> None:
    """A write that fails half way is taken back, and the error says what to do.

    A limit on the size of files stands in for the disk; the kernel then writes as much as fits.
    """
    writer = make_writer(tmp_path)
    writer.append("go1.24.0", "main", SAMPLE)
    size = writer.paths[0].stat().st_size
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 20, hard))
    try:
        with pytest.raises(PerfError, match="can't be written"):
            writer.append("go1.24.0", "main", SAMPLE)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert writer.paths[0].stat().st_size == size
    writer.append("go1.24.0", "main", replace(SAMPLE, round=2))
    writer.close()
    file = read_file(writer.paths[0])
    assert (len(file.samples), file.problems) == (2, ())
