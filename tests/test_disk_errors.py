"""A full disk or an I/O error at every single write of a run: nothing acknowledged is lost, nothing is half-written."""

from __future__ import annotations

import builtins
import errno
import io
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tasks.compare import noise_file
from tasks.export.export import export
from tasks.measure.analysis import analyse
from tasks.measure.session import run_session
from tasks.results.merge import merge
from tasks.shared.errors import PerfError
from tests.conftest import CONFIG, Bed
from tests.fakes import FakeProcesses, prints
from tests.survival import acknowledged, assert_nothing_is_half_written, merged

#: What a write does that fails: nothing, with an error, or half of it, as on a disk that has just filled up.
FAULTS = {"no space": errno.ENOSPC, "I/O error": errno.EIO, "half": 0}


@contextmanager
def failing(at: int, fault: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Let the operation number ``at`` (from 1; 0: none) that writes fail; yields what was written, in order."""
    seen: list[str] = []

    def wrap(name: str, function: Callable[..., Any], writes: Callable[..., bool]) -> Callable[..., Any]:
        def wrapped(*arguments: Any, **options: Any) -> Any:
            if writes(*arguments, **options):
                seen.append(name)
                if len(seen) == at:
                    if fault:
                        raise OSError(fault, os.strerror(fault))
                    if name == "os.write":
                        descriptor, data = arguments
                        return function(descriptor, data[: len(data) // 2])
            return function(*arguments, **options)

        return wrapped

    def always(*_: Any, **__: Any) -> bool:
        return True

    def opens_to_write(_: Any, flags: int, *__: Any, **___: Any) -> bool:
        return bool(flags & (os.O_WRONLY | os.O_RDWR))

    def opens_file_to_write(_: Any, mode: str = "r", *__: Any, **___: Any) -> bool:
        return any(letter in mode for letter in "wax+")

    with monkeypatch.context() as patch:
        for name, writes in (
            ("write", always), ("fsync", always), ("replace", always), ("mkdir", always), ("ftruncate", always),
            ("unlink", always), ("open", opens_to_write),
        ):  # fmt: skip
            patch.setattr(os, name, wrap(f"os.{name}", getattr(os, name), writes))
        wrapped = wrap("open", io.open, opens_file_to_write)
        patch.setattr(io, "open", wrapped)
        patch.setattr(builtins, "open", wrapped)
        yield seen


class Run:
    """One `doit` of two units under two versions, in this process: measured, merged, exported."""

    def __init__(self, bed: Bed) -> None:
        self.bed = bed
        self.taken = 0

    def __call__(self) -> None:
        project, state = self.bed.project, self.bed.state()
        cells = [cell for cell in self.bed.cells("go1.24.0", "go1.25.0") if cell.unit in ("alpha.One", "beta.Three")]
        system = self.bed.system(FakeProcesses(self.sample))
        run_session(project, self.bed.state, cells, system)
        self.bed.adopt(cells)
        units = [unit for unit in self.bed.units if unit.id in ("alpha.One", "beta.Three")]
        for version in project.config.versions:
            analyse(project, version, [unit.id for unit in units], state)
            merge(project, version, units, self.bed.state())
        noise_file.make(project, self.bed.state().archive, state.verified)
        export(project, project.export_folder)

    def sample(self, version: str, unit: str, number: int) -> Any:
        """A number that no other sample has."""
        self.taken += 1
        return prints(f"Benchmark{unit.split('.')[1]}-2 \t 1000\t {1000 + self.taken} ns/op")


@pytest.fixture
def run(make_bed: Callable[..., Bed]) -> Run:
    """Two versions in all."""
    return Run(make_bed(CONFIG.replace('"1.23.0", ', "")).with_settings(count="2"))


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_at_each_write(run: Run, fault: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run says what is wrong; the next one, with room again, has every sample once and measures a block at most."""
    bed = run.bed
    tree = bed.project.tree.folder
    with failing(0, fault, monkeypatch) as operations:
        run()
    assert len(operations) > 60
    for at in range(1, len(operations) + 1):
        if fault == 0 and operations[at - 1] != "os.write":
            continue
        shutil.rmtree(bed.project.paths.results)
        shutil.rmtree(bed.project.paths.root / "data")
        shutil.rmtree(bed.project.paths.cache)
        run.taken = 0
        with failing(at, fault, monkeypatch):
            try:
                run()
            except (PerfError, OSError) as error:
                assert str(error)
        taken = run.taken
        assert_nothing_is_half_written(bed.root)
        before = acknowledged(tree)
        # All but the sample that could not be written is there.
        assert len(before) >= taken - 1, (at, operations[at - 1])
        run()
        there = acknowledged(tree)
        assert set(there.values()) == {1}, (at, operations[at - 1])
        assert before <= there
        assert merged(tree) == there
        assert 8 <= len(there) <= 8 + 2
