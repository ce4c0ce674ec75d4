"""Appending samples: each with one write, so that a kill loses at most the one being written."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

from tasks.measure import names
from tasks.measure.sample_file import Head, Sample, head_digest, render_head, render_sample
from tasks.shared.clock import file_stamp
from tasks.shared.errors import PerfError
from tasks.shared.machine import Machine
from tasks.shared.paths import Tree


def new_session(tree: Tree, started: float) -> str:
    """The name of a session that begins now (seconds since 1970); no other of the tree has it."""
    stamp = file_stamp(started)
    name, number = stamp, 1
    while list(tree.folder.glob(f"*/{name}*.txt")):
        number += 1
        name = f"{stamp}-{number}"
    return name


class SessionWriter:
    """The open sample files of one session; a file is made when its first sample is there."""

    def __init__(
        self, session: str, folder_of: Callable[[str], Path], head_of: Callable[[str, str], Head], machine: Machine
    ) -> None:
        self._session = session
        self._folder_of = folder_of
        self._head_of = head_of
        self._machine = machine
        self._open: dict[tuple[str, str], tuple[int, str]] = {}
        self.paths: list[Path] = []

    def append(self, version: str, kind: str, sample: Sample) -> None:
        """Write a finished sample. It is safe from a killed process at once, from a power cut after `sync`."""
        opened = self._open.get((version, kind))
        if opened is None:
            opened = self._open[version, kind] = self._create(version, kind)
        descriptor, head = opened
        _write_whole(descriptor, render_sample(sample, head))

    def sync(self) -> None:
        """Bring everything to the disk."""
        for descriptor, _ in self._open.values():
            os.fsync(descriptor)

    def close(self) -> None:
        """Sync and close all files."""
        try:
            self.sync()
        finally:
            for descriptor, _ in self._open.values():
                os.close(descriptor)
            self._open.clear()

    def _create(self, version: str, kind: str) -> tuple[int, str]:
        path = self._folder_of(version) / names.sample_file(self._session, kind)
        head = self._head_of(version, kind)
        text = render_head(head, self._machine.goos, self._machine.goarch, self._machine.cpu)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o644)
        except OSError as error:
            raise PerfError(f"{path} can't be made: {error.strerror}. Samples taken so far are kept.") from error
        try:
            _write_whole(descriptor, text)
        except PerfError:
            # A text without a head is nobody's.
            os.close(descriptor)
            path.unlink(missing_ok=True)
            raise
        self.paths.append(path)
        return descriptor, head_digest(head)


def _write_whole(descriptor: int, text: str) -> None:
    """Append all of the text or none of it."""
    data = text.encode()
    size = os.fstat(descriptor).st_size
    try:
        written = os.write(descriptor, data)
        # A disk that has just become full takes a part of it, and says why only when the rest is to be written.
        while written < len(data):
            more = os.write(descriptor, data[written:])
            if not more:
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            written += more
    except OSError as error:
        os.ftruncate(descriptor, size)
        raise PerfError(
            f"a sample can't be written: {error.strerror}. Samples taken so far are kept; run doit to go on."
        ) from error
