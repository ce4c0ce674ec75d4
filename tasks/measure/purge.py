"""`doit purge:go1.24`: a version's samples out of the way, into results/.trash/, from where they can be copied back.

Nothing is deleted. The texts decide what belongs to a version, by their heads: folders are called go1.24 or
go1.24.0, depending on what stood in config.yaml, and may hold samples of two patches.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tasks.measure import names
from tasks.measure.reader import read_file
from tasks.measure.sample_file import read_head
from tasks.shared import schema
from tasks.shared.clock import file_stamp
from tasks.shared.errors import PerfError
from tasks.shared.paths import Tree
from tasks.shared.project import Project
from tasks.shared.versions import Version, minor_of

#: Below results/, where neither sessions nor `doit validate` look.
_TRASH = ".trash"


@dataclass(frozen=True)
class Belongings:
    """All that belongs to one version in one tree.

    ``texts`` are its sample files with the number of samples in each, ``others`` its derived files and lists, and
    what its sessions have as a whole: their blocks, which are written anew from the texts that remain.
    """

    texts: Mapping[Path, int]
    others: tuple[Path, ...]

    @property
    def samples(self) -> int:
        return sum(self.texts.values())

    @property
    def files(self) -> int:
        return len(self.texts) + len(self.others)


def belongings(tree: Tree, version: Version) -> Belongings:
    """What `purge` moves; of folders and sessions that another version shares, only what is this one's."""
    texts: list[Path] = []
    others: list[Path] = []
    for folder in sorted(tree.folder.glob(f"go{minor_of(version.number)}*")):
        mine, foreign = _texts(folder, version)
        texts += mine
        others += _derived(folder, version, is_own=folder == tree.version(version.label))
        others += _failed_lists(folder, mine, foreign, is_own=folder == tree.version(version.label))
    others += _of_sessions(tree, texts)
    return Belongings({path: read_file(path).count for path in texts}, tuple(others))


def move(project: Project, found: Belongings, now: float) -> Path:
    """Move it all into a new folder of the trash, under its path below results/; that folder."""
    trash = new_trash(project, now)
    for path in (*found.others, *found.texts):
        target = trash / path.relative_to(project.paths.results)
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(path, target)
    return trash


def new_trash(project: Project, now: float) -> Path:
    """The folder that a purge at this moment moves to; no other has used it."""
    first = trash = project.paths.results / _TRASH / file_stamp(now)
    number = 1
    while trash.exists():
        number += 1
        trash = first.with_name(f"{first.name}-{number}")
    return trash


def _texts(folder: Path, version: Version) -> tuple[list[Path], list[Path]]:
    """(those of the version, those of others) among a folder's sample files; texts without our head are nobody's."""
    mine: list[Path] = []
    foreign: list[Path] = []
    for path in sorted(folder.glob("*.txt")):
        if names.session_of(path):
            try:
                head = read_head(path)
            except PerfError:
                continue
            (mine if head.version == version.exact else foreign).append(path)
    return mine, foreign


def _derived(folder: Path, version: Version, is_own: bool) -> Iterator[Path]:
    """Receipts, analysis, inputs and merged results that say to be of the version."""
    inputs = sorted(folder.glob(names.inputs_file("*")))
    for path in (*sorted(folder.glob("receipts/*.json")), folder / "variance.json", *inputs):
        if path.exists() and _version_in(path) == version.exact:
            yield path
    document, text = folder / "merged.json", folder / "merged.txt"
    if document.exists() and _version_in(document) == version.exact:
        yield document
        is_own = True
    if text.exists() and is_own:
        yield text


def _version_in(path: Path) -> str:
    """What a JSON file says that it is of; empty if it can't be read."""
    try:
        return str(schema.read_unchecked(path)["version"])
    except (PerfError, KeyError, TypeError):
        return ""


def _failed_lists(folder: Path, mine: list[Path], foreign: list[Path], is_own: bool) -> Iterator[Path]:
    """Lists of benchmarks that failed in sessions of the version; in its own folder also those of sessions unknown."""
    sessions, others = ({names.session_of(path) for path in paths} for paths in (mine, foreign))
    for path in sorted(folder.glob(names.failed_file("*"))):
        session = path.name.removesuffix(names.failed_file(""))
        if session in sessions or (is_own and session not in others):
            yield path


def _of_sessions(tree: Tree, texts: list[Path]) -> Iterator[Path]:
    """The blocks of the sessions of these texts, and all else of sessions that have no other text."""
    for session in sorted({session for path in texts if (session := names.session_of(path))}):
        rest = [p for p in tree.folder.glob(f"go*/{session}*.txt") if names.session_of(p) == session and p not in texts]
        for path in sorted(tree.folder.glob(f"{session}_*")):
            if path == tree.blocks(session) or not rest:
                yield path
