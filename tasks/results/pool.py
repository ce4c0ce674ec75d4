"""All samples that count today for one version, unit by unit, as their receipts name them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tasks.measure.archive import Archive
from tasks.measure.part import Part, part_of
from tasks.measure.reader import SampleFile
from tasks.shared.errors import PerfError
from tasks.shared.verified import Verified


def pool(archive: Archive, verified: Verified, receipts: Sequence[Mapping[str, Any]]) -> dict[str, list[Part]]:
    """The counting samples of each receipt's unit, in the order in which they were taken.

    PerfError if a receipt names a sample that its file does not hold.
    """
    pooled: dict[str, list[Part]] = {}
    files: dict[str, SampleFile] = {}
    for receipt in receipts:
        parts = pooled[receipt["unit"]] = []
        for entry in receipt["texts"]:
            name = entry["file"]
            if name not in files:
                path = archive.tree.folder / name
                files[name] = archive.read_known(path) if verified.knows(path) else archive.read(path)
            part = part_of(files[name], receipt["unit"], entry)
            if part is None:
                raise PerfError(
                    f"{entry['file']} no longer holds the samples of {receipt['unit']} that its receipt counts. "
                    "Run doit again: the receipt is made anew, and what is missing is measured."
                )
            parts.append(part)
    return pooled
