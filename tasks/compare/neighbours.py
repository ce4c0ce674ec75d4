"""Which samples of two versions were neighbours in time, and what each of them measured: pairs of values by block.

Blocks are named by each session's ``_blocks.json``, values come from the texts. A sample takes part if it counts today
(it is in merged results), or is a reference of today's code.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any, NamedTuple

from tasks.compare.measures import base_unit
from tasks.measure import names
from tasks.measure.archive import Archive, Terms, counting
from tasks.measure.blocks import blocks_document
from tasks.measure.forgotten import Mark, read_marks
from tasks.measure.part import Part, is_ok
from tasks.measure.reader import SampleFile
from tasks.measure.sample_file import Sample
from tasks.shared.benchfmt import Result, parse
from tasks.shared.cell import Cell, package_of
from tasks.shared.errors import NewerSchema, PerfError
from tasks.shared.machine import Machine
from tasks.shared.paths import Tree
from tasks.shared.project import conditions_of
from tasks.shared.verified import Verified, read_known


class Leaf(NamedTuple):
    """What is measured in pairs: package, benchmark, and unit of measure in base units."""

    package: str
    name: str
    measure: str


class Pair(NamedTuple):
    """The values of one block, and its round: ``2026-11-24_08-00-00/7``."""

    round: str
    old: float
    new: float


@dataclass(frozen=True)
class _Block:
    round: str
    unit: str
    samples: Mapping[str, str]


class Neighbours:
    """The blocks of one tree, of the versions whose merged documents are given."""

    def __init__(self, tree: Tree, archive: Archive, verified: Verified, *merged: Mapping[str, Any]) -> None:
        self._tree = tree
        self._archive = archive
        self._verified = verified
        self._merged = {document["version"]: document for document in merged}
        self._marks = read_marks(tree)
        self._files = list(self._read_texts())
        self._blocks = list(self._read_blocks())
        self._samples: dict[str, dict[str, Sample]] = {}

    def add(self, merged: Mapping[str, Any]) -> None:
        """One more version."""
        self._merged.setdefault(merged["version"], merged)

    def between(self, old: str, new: str) -> dict[Leaf, list[Pair]]:
        """The pairs of two exact versions, by what was measured, in the order of their rounds."""
        before, after = self._taking_part(old), self._taking_part(new)
        found: dict[Leaf, list[Pair]] = {}
        for block in self._blocks:
            one, other = before.get(block.samples.get(old, "")), after.get(block.samples.get(new, ""))
            if one and other:
                package = package_of(block.unit)
                its, others = _values(one.lines), _values(other.lines)
                for (name, measure), value in its.items():
                    if (name, measure) in others:
                        pair = Pair(block.round, value, others[name, measure])
                        found.setdefault(Leaf(package, name, measure), []).append(pair)
        return found

    def seconds(self, version: str) -> dict[str, float]:
        """Median wall seconds of a sample of each unit under an exact version."""
        found: dict[str, list[float]] = {}
        for sample in self._taking_part(version).values():
            found.setdefault(sample.unit, []).append(sample.seconds)
        return {unit: median(values) for unit, values in found.items()}

    def _taking_part(self, version: str) -> dict[str, Sample]:
        """The good samples of a version that may be paired, by their hashes."""
        if version not in self._samples:
            self._samples[version] = {sample.sha256: sample for sample in self._choose(version)}
        return self._samples[version]

    def _choose(self, version: str) -> Iterator[Sample]:
        merged = self._merged[version]
        settings, sessions = merged["settings"], set(merged["sessions"])
        conditions = conditions_of(settings["benchtime"], settings["layouts"], Machine(**merged["machine"]))
        found: dict[str, list[Part]] = {}
        for file in self._files:
            kind, name = file.head.kind, str(file.path.relative_to(self._tree.folder))
            takes_part = kind == names.REFERENCE or (names.counts(kind) and file.head.session in sessions)
            if file.head.version == version and takes_part:
                for unit in file.series:
                    found.setdefault(unit, []).append(Part(file, name, unit))
        for unit, fingerprint in {row["unit"]: row["fingerprint"] for row in merged["benchmarks"]}.items():
            terms = Terms(fingerprint, conditions, self._marks.get(Cell(version, unit), Mark()))
            for part in counting(found.get(unit, ()), terms):
                yield from part.where(is_ok).samples()

    def _read_texts(self) -> Iterator[SampleFile]:
        """All texts of ours, references too; others are left alone."""
        for path in sorted(self._tree.folder.glob("go*/*.txt")):
            if names.session_of(path):
                try:
                    yield self._archive.read(path)
                except NewerSchema:
                    raise
                except PerfError:
                    continue

    def _read_blocks(self) -> Iterator[_Block]:
        """Every session's blocks, from its file, or from its texts if there is none (it was killed, or is running)."""
        sessions: dict[str, list[SampleFile]] = {}
        for file in self._files:
            sessions.setdefault(file.head.session, []).append(file)
        for session, files in sorted(sessions.items()):
            path = self._tree.blocks(session)
            document = read_known("blocks", path, self._verified) if path.exists() else blocks_document(session, files)
            for block in document["blocks"]:
                yield _Block(f"{session}/{block['round']}", block["unit"], block["samples"])


@functools.lru_cache(maxsize=1 << 16)
def _values(lines: tuple[str, ...]) -> dict[tuple[str, str], float]:
    """What a sample measured, in base units, by benchmark and measure. Pairs take ratios, so a zero is a value, too."""
    return {(result.name, base): value for result in parse(lines).results for base, value in _in_base(result)}


def _in_base(result: Result) -> Iterator[tuple[str, float]]:
    for unit, value in result.values.items():
        base, factor = base_unit(unit)
        yield base, value * factor
