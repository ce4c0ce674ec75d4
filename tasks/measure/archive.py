"""The samples on disk, as a whole: which there are for a cell, and which of them count today."""

from __future__ import annotations

import functools
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tasks.measure import names
from tasks.measure.disturbed import Key, excluded_blocks
from tasks.measure.forgotten import Mark
from tasks.measure.part import Part
from tasks.measure.reader import SampleFile, read_file
from tasks.measure.sample_file import NOT_BUILT, SUSPENDED, Head, read_head
from tasks.shared.errors import NewerSchema, PerfError
from tasks.shared.paths import Tree
from tasks.shared.versions import minor_of

#: A cell is given up after this many samples in a row of its history have failed: once may be bad luck.
GIVE_UP_AFTER = 3

#: Main files that are read to see how long samples take: the newest, of whichever versions.
_LOOKED_BACK = 9


FileState = tuple[int, int]
#: All texts of a session, and how they look.
Listing = tuple[tuple[Path, FileState], ...]


def _file_state(path: Path) -> FileState:
    status = path.stat()
    return status.st_size, status.st_mtime_ns


def _entries(folder: Path | str) -> list[os.DirEntry[str]]:
    """What is in a folder; nothing if there is none."""
    try:
        return list(os.scandir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return []


class Archive:
    """The sample files of one tree, each read at most once as long as it does not change."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self._files: dict[Path, tuple[FileState, SampleFile]] = {}
        self._heads: dict[Path, tuple[FileState, Head | None]] = {}
        self._foreign: dict[Path, str] = {}
        self._excluded: dict[str, tuple[Listing, Mapping[Key, str]]] = {}
        self._sessions: dict[str, tuple[str | None, Path]] = {}

    def paths(self, version: str) -> list[Path]:
        """The main, budget and retry files of an exact version, oldest session first.

        Folders are called go1.24 or go1.24.0, depending on what stood in config.yaml at the time; the head
        says which version a file belongs to.
        """
        wanted = []
        for path in sorted(self.tree.folder.glob(f"go{minor_of(version.removeprefix('go'))}*/*.txt")):
            head = None if names.is_ours_without_samples(path) else self._head(path)
            if head and head.version == version and names.counts(head.kind):
                wanted.append(path)
        return sorted(wanted, key=names.order)

    def names_of(self, version: str) -> list[Path]:
        """The files that may hold main and retry samples of a version, by their names alone."""
        found = self.tree.folder.glob(f"go{minor_of(version.removeprefix('go'))}*/*.txt")
        return sorted(path for path in found if names.session_of(path) and names.counts(names.kind_of(path)))

    def listing(self) -> Mapping[str, Listing]:
        """All texts of the tree by session, and how they look: as long as that is the same, so is what counts."""
        found: dict[str, list[tuple[Path, FileState]]] = {}
        # Asked for once a cell, and Path.glob takes ten times as long.
        for folder in sorted(entry.path for entry in _entries(self.tree.folder) if entry.name.startswith("go")):
            for entry in _entries(folder):
                if entry.path not in self._sessions:
                    path = Path(entry.path)
                    self._sessions[entry.path] = (names.session_of(path), path)
                session, path = self._sessions[entry.path]
                if session:
                    status = entry.stat()
                    found.setdefault(session, []).append((path, (status.st_size, status.st_mtime_ns)))
        return {session: tuple(sorted(texts)) for session, texts in found.items()}

    def excluded(self, session: str, listing: Listing) -> Mapping[Key, str]:
        """The blocks of a session that count nowhere, with the rule of each; ``listing`` has its texts."""
        known = self._excluded.get(session)
        if known is None or known[0] != listing:
            files = [self.read(path) for path, _ in listing if self._head(path)]
            self._excluded[session] = known = (listing, excluded_blocks(files))
        return known[1]

    def texts(self, session: str) -> list[SampleFile]:
        """All texts of a session, those of references and controls too."""
        return [self.read(path) for path, _ in self.listing().get(session, ()) if self._head(path)]

    def read(self, path: Path) -> SampleFile:
        """A file's samples, from memory if it has not changed."""
        state = _file_state(path)
        known = self._files.get(path)
        if known is None or known[0] != state:
            self._files[path] = known = (state, read_file(path))
        return known[1]

    def read_known(self, path: Path) -> SampleFile:
        """A file whose hashes were checked before and need not be there; it is not kept in memory."""
        known = self._files.get(path)
        return known[1] if known and known[0] == _file_state(path) else read_file(path, trusted=True)

    def _head(self, path: Path) -> Head | None:
        """A file's head; None, and a problem noted, if it has none of ours."""
        state = _file_state(path)
        known = self._heads.get(path)
        if known is None or known[0] != state:
            head = None
            try:
                head = read_head(path)
            except NewerSchema:
                raise
            except PerfError as error:
                # An empty one is what a kill leaves that comes just after the file was made.
                if state[0]:
                    self._foreign[path] = str(error)
            self._heads[path] = known = (state, head)
        return known[1]

    def samples(self, version: str, unit: str) -> list[Part]:
        """All valid samples of a cell, failed ones included, in the order in which they were taken."""
        return self._parts(self.paths(version), unit)

    def arms(self, version: str, unit: str) -> list[Part]:
        """The same of the arms of an experiment, in a tree of such."""
        folder = self.tree.folder.glob(f"go{minor_of(version.removeprefix('go'))}*/*.txt")
        paths = (path for path in folder if names.session_of(path) and names.is_arm(names.kind_of(path)))
        ours = [path for path in paths if (head := self._head(path)) and head.version == version]
        return self._parts(sorted(ours, key=names.order), unit)

    def _parts(self, paths: Iterable[Path], unit: str) -> list[Part]:
        found: list[Part] = []
        listing = self.listing()
        for path in paths:
            file = self.read(path)
            if unit in file.series:
                session = names.session_of(path) or ""
                excluded = self.excluded(session, listing.get(session, ()))
                rules = {number: rule for (number, its_unit), rule in excluded.items() if its_unit == unit}
                part = Part(file, str(path.relative_to(self.tree.folder)), unit, rules)
                # A text that lies there twice, under two names of its version, counts once.
                twins = [other for other in found if other.file.path.name == path.name]
                found.append(part.without(twins) if twins else part)
        return [part for part in found if part.chosen]

    def control_samples(self) -> Counter[str]:
        """How many samples each unit has had as a control."""
        paths = [path for path in self.tree.folder.glob("go*/*.txt") if names.session_of(path)]
        controls = [path for path in paths if names.kind_of(path) == names.CONTROL and self._head(path)]
        found: Counter[str] = Counter()
        for path in controls:
            found.update({unit: len(series.rounds) for unit, series in self.read(path).series.items()})
        return found

    def usual_seconds(self, conditions: str) -> dict[str, float]:
        """Median wall seconds of a sample by unit, from the newest files under the same conditions."""
        texts = [path for path in self.tree.folder.glob("go*/*.txt") if names.session_of(path)]
        mains = [path for path in texts if names.kind_of(path) in (names.MAIN, names.BUDGET)]
        usual: dict[str, float] = {}
        for path in sorted(mains, key=names.order, reverse=True)[:_LOOKED_BACK]:
            head = self._head(path)
            if head and head.conditions == conditions:
                seconds: dict[str, list[float]] = {}
                for sample in self.read(path).samples:
                    seconds.setdefault(sample.unit, []).append(sample.seconds)
                usual = {unit: median(values) for unit, values in seconds.items()} | usual
        return usual

    def problems(self) -> list[str]:
        """What can't be trusted in the files read so far, a line each."""
        return [*self._foreign.values(), *(p for _, file in self._files.values() for p in file.problems)]


@functools.cache
def archive_of(tree: Tree) -> Archive:
    """The one archive of a tree in this process, so that each text is read once; what changes is read again."""
    return Archive(tree)


@dataclass(frozen=True)
class Terms:
    """What a cell's samples must fulfil to count today.

    They measured this code (``fingerprint``), under these ``conditions``, and were not forgotten since (``mark``).
    """

    fingerprint: str
    conditions: str
    mark: Mark

    def document(self) -> dict[str, str]:
        """What a receipt says of them."""
        return {"fingerprint": self.fingerprint, "conditions": self.conditions, "not_before": self.mark.before}


def of_today(parts: Iterable[Part], terms: Terms) -> list[Part]:
    """Those of today's code and conditions; they count unless they were disturbed."""
    found = []
    for part in parts:
        head, mark = part.head, terms.mark
        if head.fingerprints.get(part.unit) == terms.fingerprint and head.conditions == terms.conditions:
            kept = part.after(mark.last_round(head.session))
            found += [kept] if kept.chosen else []
    return found


def counting(parts: Iterable[Part], terms: Terms) -> list[Part]:
    """Those that count today."""
    undisturbed = (part.undisturbed().where(lambda status: status != SUSPENDED) for part in of_today(parts, terms))
    return [part for part in undisturbed if part.chosen]


def verdict_of(statuses: Sequence[str]) -> str:
    """What becomes of a cell with such a history of samples: ``ok``, or why it was given up.

    A cell that was not built once, or failed GIVE_UP_AFTER times in a row, is given up until its inputs
    change or it is forgotten.
    """
    row = 0
    verdict = "ok"
    for status in statuses:
        row = 0 if status == "ok" else row + 1
        if status == NOT_BUILT or row >= GIVE_UP_AFTER:
            verdict = status
    return verdict
