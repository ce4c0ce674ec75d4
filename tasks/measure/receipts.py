"""Receipts: per cell, which samples count today. Derived from the texts, so they can be rebuilt at any time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tasks.measure import names
from tasks.measure.archive import Archive, Located, Terms, counting, of_today, verdict_of
from tasks.measure.sample_file import Sample
from tasks.shared import schema
from tasks.shared.benchfmt import TIME
from tasks.shared.cell import Cell
from tasks.shared.paths import Tree
from tasks.shared.statistics import summarize
from tasks.shared.verified import Verified


def make_receipt(cell: Cell, located: Sequence[Located], terms: Terms) -> dict[str, Any]:
    """The receipt of a cell: its counting samples (file, round, hash) and its status.

    ``status`` is ``ok``, or why the cell was given up; then ``output`` is what its last failed sample said.
    ``benchmarks`` has the spread of each leaf's ns/op; ``retry_rounds`` says how many retries it has seen;
    ``excluded`` are samples of disturbed blocks, each with the rule by which it counts nowhere.
    """
    today = counting(located, terms)
    status, good = verdict_of([item.sample for item in today])
    failed = [item.sample for item in today if item.sample.status != "ok"]
    hashes = {sample.sha256 for sample in good}
    counted = {item.sample.sha256: item for item in today if item.sample.sha256 in hashes}
    return {
        "schema_version": schema.SCHEMA_VERSION,
        "version": cell.version,
        "unit": cell.unit,
        **terms.document(),
        "status": status,
        "output": "\n".join(failed[-1].lines) if status != "ok" else "",
        "failures": len(failed),
        "retry_rounds": sum(names.is_retry(item.head.kind) for item in today),
        "benchmarks": _spread([item.sample for item in counted.values()]),
        "samples": [
            {"file": item.file, "round": item.sample.round, "sha256": digest} for digest, item in counted.items()
        ],
        "excluded": [
            {"file": item.file, "round": item.sample.round, "sha256": item.sample.sha256, "rule": item.excluded}
            for item in of_today(located, terms)
            if item.excluded
        ],
    }


def _spread(samples: Sequence[Sample]) -> list[dict[str, Any]]:
    """Number, mean and standard deviation of the times of each leaf."""
    times: dict[str, list[float]] = {}
    for sample in samples:
        for result in sample.results:
            if TIME in result.values:
                times.setdefault(result.name, []).append(result.values[TIME])
    rows = []
    for name, values in times.items():
        found = summarize(values)
        rows.append({"name": name, "n": found.n, "mean": found.mean, "stddev": found.stddev})
    return rows


def rounds_missing(receipt: dict[str, Any], count: int) -> int:
    """How many more samples a cell needs; none if it was given up, which is a result, too."""
    return max(0, count - len(receipt["samples"])) if receipt["status"] == "ok" else 0


def is_current(tree: Tree, path: Path, terms: Terms, verified: Verified, archive: Archive) -> dict[str, Any] | None:
    """The receipt, if it is valid and speaks of today's code, conditions and texts; else None.

    What was validated before and has not changed since (by size, time and inode) is trusted.
    """
    if not path.exists():
        return None
    receipt: dict[str, Any] = schema.read_unchecked(path)
    schema.refuse_newer(receipt, str(path))
    known = verified.knows(path)
    if not known and schema.check_version("receipt", receipt, str(path)):
        return None
    today = {"schema_version": schema.SCHEMA_VERSION, **terms.document()}
    if any(receipt.get(key) != value for key, value in today.items()):
        return None
    texts = {name: tree.folder / name for name in {sample["file"] for sample in receipt["samples"]}}
    if known and all(verified.knows(text) for text in texts.values()):
        return receipt
    if not all(text.exists() for text in texts.values()):
        return None
    there = {name: archive.read(text).by_hash for name, text in texts.items()}
    if not all(sample["sha256"] in there[sample["file"]] for sample in receipt["samples"]):
        return None
    for known in (path, *texts.values()):
        verified.remember(known)
    return receipt
