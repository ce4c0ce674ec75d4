"""All samples that count today for one version, leaf by leaf, as their receipts name them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tasks.measure.archive import Archive
from tasks.measure.sample_file import Head, Sample, SampleFile
from tasks.shared.benchfmt import Result
from tasks.shared.errors import PerfError
from tasks.shared.paths import Tree


@dataclass(frozen=True)
class Pooled:
    """One counting sample with its results, and the head of the file in which it stands."""

    head: Head
    sample: Sample
    results: tuple[Result, ...]


def pool(tree: Tree, archive: Archive, receipts: Sequence[Mapping[str, Any]]) -> list[Pooled]:
    """The counting samples of the receipts, in the order in which they were taken.

    PerfError if a receipt names a sample that its file does not hold.
    """
    pooled = []
    files: dict[str, SampleFile] = {}
    for receipt in receipts:
        for entry in receipt["samples"]:
            file = files.get(entry["file"])
            if file is None:
                file = files[entry["file"]] = archive.read(tree.folder / entry["file"])
            sample = file.by_hash.get(entry["sha256"])
            if sample is None:
                raise PerfError(
                    f"{entry['file']} no longer holds a sample of {receipt['unit']} that its receipt counts. "
                    "Run doit again: the receipt is made anew, and what is missing is measured."
                )
            pooled.append(Pooled(file.head, sample, sample.results))
    return sorted(pooled, key=lambda item: (item.sample.started, item.sample.unit))
