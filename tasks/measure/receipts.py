"""Receipts: per cell, which samples count today. Derived from the texts, so they can be rebuilt at any time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from tasks.measure import names
from tasks.measure.archive import Archive, Terms, counting, of_today, verdict_of
from tasks.measure.part import Part, columns_of, is_ok, part_of
from tasks.measure.precision import shared_intervals
from tasks.measure.reader import SampleFile
from tasks.shared import schema
from tasks.shared.benchfmt import TIME
from tasks.shared.cell import Cell
from tasks.shared.paths import Tree
from tasks.shared.statistics import summarize
from tasks.shared.verified import Verified


def make_receipt(
    cell: Cell, parts: Sequence[Part], terms: Terms, texts_of: Callable[[str], Iterable[SampleFile]]
) -> dict[str, Any]:
    """The receipt of a cell: its counting samples (number; file, rounds and hash) and its status.

    ``status`` is ``ok``, or why the cell was given up; then ``output`` is what its last failed sample said.
    ``benchmarks`` has the spread of each leaf's ns/op; ``retry_rounds`` says how many retries it has seen;
    ``budget_rounds`` is how many of its samples a budget gave, which may have ended too early. If there are any,
    ``intervals`` are how well the cell is known (``texts_of`` gives all texts of a session).
    ``excluded`` are samples of disturbed blocks, each with the rule by which it counts nowhere.
    """
    today = counting(parts, terms)
    status = verdict_of([status for part in today for status in part.statuses])
    good = [kept for part in today if (kept := part.where(is_ok)).chosen]
    failed = [kept for part in today if (kept := part.where(lambda status: not is_ok(status))).chosen]
    under_budget = sum(len(part.chosen) for part in good if part.head.kind == names.BUDGET)
    intervals = shared_intervals(cell.version, cell.unit, good, texts_of) if under_budget else []
    return {
        "schema_version": schema.SCHEMA_VERSION,
        "version": cell.version,
        "unit": cell.unit,
        **terms.document(),
        "status": status,
        "output": "\n".join(failed[-1].sample(-1).lines) if status != "ok" else "",
        "failures": sum(len(part.chosen) for part in failed),
        "retry_rounds": sum(len(part.chosen) for part in today if names.is_retry(part.head.kind)),
        "budget_rounds": under_budget,
        "intervals": [interval.document() for interval in intervals],
        "benchmarks": _spread(good),
        "samples": sum(len(part.chosen) for part in good),
        "texts": [part.document() for part in good],
        "excluded": [row for part in of_today(parts, terms) for row in part.excluded()],
    }


def _spread(parts: Sequence[Part]) -> list[dict[str, Any]]:
    """Number, mean and standard deviation of the times of each leaf."""
    rows = []
    for name, leaf in columns_of(parts).items():
        if TIME in leaf.values:
            found = summarize(leaf.values[TIME])
            rows.append({"name": name, "n": found.n, "mean": found.mean, "stddev": found.stddev})
    return rows


def rounds_missing(receipt: dict[str, Any], count: int) -> int:
    """How many more samples a cell needs; none if it was given up, which is a result, too."""
    return max(0, count - int(receipt["samples"])) if receipt["status"] == "ok" else 0


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
    texts = {entry["file"]: tree.folder / entry["file"] for entry in receipt["texts"]}
    if known and all(verified.knows(text) for text in texts.values()):
        return receipt
    if not all(text.exists() for text in texts.values()):
        return None
    if not all(part_of(archive.read(texts[entry["file"]]), receipt["unit"], entry) for entry in receipt["texts"]):
        return None
    for known in (path, *texts.values()):
        verified.remember(known)
    return receipt
