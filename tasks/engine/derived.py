"""What `doit clean` may remove: files that a task makes and can make again, and never a sample."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tasks.measure import names
from tasks.shared import schema
from tasks.shared.errors import PerfError
from tasks.shared.files import remove_tree
from tasks.shared.project import Project
from tasks.site.page import files_of
from tasks.suite.build import Target


@dataclass(frozen=True)
class Amount:
    """How much there is to remove."""

    files: int = 0
    size: int = 0

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.files + other.files, self.size + other.size)

    def __str__(self) -> str:
        return f"{self.files} files, {_bytes_for_people(self.size)}"


def derived_paths(project: Project, task: Any) -> list[Path]:
    """The files and folders that a task has made: its targets and what belongs to them.

    Only those that are there. PerfError if a sample is among them, or a folder that no run makes.
    """
    root = project.paths.root
    paths = [*(root / path for path in task.targets), *_kept_beside(project, task.name)]
    there = [p for p in dict.fromkeys(paths) if os.path.lexists(p) and not _speaks_of_other_platforms(project, p)]
    for path in there:
        _refuse_what_is_not_derived(project, path)
    return there


def amount_of(paths: Iterable[Path]) -> Amount:
    """Files and bytes of these files and folders; a link counts as a file, whatever it leads to."""
    files = [file for path in paths for file in _files_of(path)]
    return Amount(len(files), sum(map(_size, files)))


def _size(file: Path) -> int:
    """Bytes of a file; none if another doit has just removed it."""
    try:
        return file.lstat().st_size
    except FileNotFoundError:
        return 0


def remove(paths: Iterable[Path]) -> None:
    """Remove files, folders with all they hold, and links, but not what these lead to; then folders left empty.

    What is gone already, by another doit, is no mistake.
    """
    for path in paths:
        with contextlib.suppress(FileNotFoundError):
            if path.is_dir() and not path.is_symlink():
                remove_tree(path)
            else:
                path.unlink(missing_ok=True)
            if path.parent.is_dir() and not any(path.parent.iterdir()):
                path.parent.rmdir()


def _kept_beside(project: Project, name: str) -> Iterator[Path]:
    """What tasks make besides their targets: a toolchain beside its record, a build's binary, sources and archives."""
    basename, *rest = name.split(":")
    if basename == "site":
        yield from files_of(project.paths.site)
    version = next((v for v in project.config.versions if rest and v.label == rest[0]), None)
    if version and basename == "toolchain":
        yield project.paths.toolchain(version.exact)
    elif version and basename == "build" and len(rest) == 2:
        target = Target(project.paths, version, rest[1])
        yield from (target.binary, target.link_folder, target.folder / "src" / target.package)


def _refuse_what_is_not_derived(project: Project, path: Path) -> None:
    ends = (project.tree.forgotten.name, project.tree.blocks("").name, names.inputs_file(""))
    if path.name.endswith(ends) or any(names.session_of(file) for file in _files_of(path)):
        raise PerfError(f"{path} holds what can't be made again, so `doit clean` leaves everything as it is")
    made = (project.paths.build, project.paths.toolchains)
    if path.is_dir() and not any(folder in path.parents for folder in made):
        raise PerfError(f"{path} is a folder that no task makes, so `doit clean` leaves everything as it is")


def _speaks_of_other_platforms(project: Project, path: Path) -> bool:
    """Whether this is a platforms.json that names exports of other machines, which this one can't make again."""
    if path.name != "platforms.json":
        return False
    try:
        listed = schema.read("export-platforms", path)["platforms"]
    except PerfError:
        return False
    return any(entry["name"] != project.machine.platform for entry in listed)


def _files_of(path: Path) -> Iterator[Path]:
    if path.is_symlink() or not path.is_dir():
        yield path
        return
    for folder, _, found in os.walk(path):
        yield from (Path(folder, name) for name in found)


def _bytes_for_people(size: int) -> str:
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= factor:
            return f"{size / factor:.1f} {unit}"
    return f"{size} bytes"
