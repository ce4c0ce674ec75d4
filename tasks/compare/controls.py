"""What controls tell: comparisons of a version with itself, each as any other would be made, by session.

A control is the base version of a block a second time, in a layout of its own; what it differs by is noise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tasks.compare.false_discovery import q_values
from tasks.compare.neighbours import Pair
from tasks.compare.paired import Paired, paired
from tasks.measure import names
from tasks.measure.disturbed import excluded_blocks
from tasks.measure.forgotten import Mark
from tasks.measure.reader import SampleFile
from tasks.measure.sample_file import Sample
from tasks.shared.cell import Cell


@dataclass(frozen=True)
class Control:
    """One benchmark of a version against itself: the shift of ln(time) in so many blocks, its standard error, and p."""

    unit: str
    name: str
    blocks: int
    shift: float
    standard_error: float
    p: float

    @property
    def ratio(self) -> float:
        """By how many of its standard errors it seems to differ."""
        return abs(self.shift) / self.standard_error


def controls_of(files: Sequence[SampleFile], conditions: str, marks: Mapping[Cell, Mark]) -> list[Control]:
    """The controls of one session, of which ``files`` are all texts, sampled under these conditions.

    Only those with an interval that has a width: from 6 blocks on.
    """
    excluded = excluded_blocks(files)
    found = []
    for file in files:
        if file.head.kind == names.CONTROL and file.head.conditions == conditions:
            others = [f for f in files if f.head.version == file.head.version and f.head.kind != names.CONTROL]
            for (unit, name), pairs in _pairs(file, others, marks).items():
                kept = [pair for key, pair in pairs if key not in excluded]
                control = control_of(unit, name, paired(kept)) if kept else None
                found += [control] if control else []
    return found


def control_of(unit: str, name: str, compared: Paired) -> Control | None:
    """A comparison of like with like as a control; None if it has no interval, or one without a width."""
    if compared.shift is None or not compared.standard_error:
        return None
    return Control(unit, name, compared.blocks, compared.shift, compared.standard_error, compared.p)


def _pairs(
    file: SampleFile, others: Sequence[SampleFile], marks: Mapping[Cell, Mark]
) -> dict[tuple[str, str], list[tuple[tuple[int, str], Pair]]]:
    """The times of each benchmark and of its control, by (unit, benchmark), each with its block."""
    bases = {(sample.round, sample.unit): sample for other in others for sample in other.samples}
    found: dict[tuple[str, str], list[tuple[tuple[int, str], Pair]]] = {}
    for sample in file.samples:
        key = (sample.round, sample.unit)
        base = bases.get(key)
        mark = marks.get(Cell(file.head.version, sample.unit), Mark())
        if base is None or mark.covers(sample.session, sample.round):
            continue
        for name, old, new in _times(base, sample):
            found.setdefault((sample.unit, name), []).append((key, Pair(f"{sample.session}/{key[0]}", old, new)))
    return found


def _times(base: Sample, control: Sample) -> Iterator[tuple[str, float, float]]:
    """The benchmarks that both have a time of; none if one has failed."""
    if base.status == control.status == "ok":
        before = base.times
        for name, time in control.times.items():
            if name in before:
                yield name, before[name], time


def different(controls: Sequence[Control], alpha: float) -> set[str]:
    """The units of these controls that a comparison of theirs would call different, by q-values among them all."""
    qs = q_values([control.p for control in controls])
    return {control.unit for control, q in zip(controls, qs, strict=True) if q <= alpha}
