"""What is up to date and what is missing, decided by files alone: texts, receipts, fingerprints."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import takewhile
from typing import Any

from tasks.measure.archive import Archive, Terms, counting, read_forgotten
from tasks.measure.receipts import is_current, make_receipt, rounds_missing
from tasks.measure.schedule import Need, choose_reference
from tasks.shared import schema
from tasks.shared.cell import Cell
from tasks.shared.errors import PerfError
from tasks.shared.project import Project
from tasks.shared.verified import Verified


class State:
    """The cells of one project as its files have them now."""

    def __init__(self, project: Project, verified: Verified) -> None:
        self.project = project
        self.verified = verified
        self.archive = Archive(project.tree)
        self._forgotten = read_forgotten(project.tree)

    def fingerprint(self, cell: Cell) -> str | None:
        """Today's fingerprint of a cell; None if it has not been taken yet."""
        path = self.project.paths.fingerprint(cell.version, cell.unit)
        if not path.exists():
            return None
        try:
            document = schema.read_unchecked(path)
            if not self.verified.knows(path):
                schema.check("fingerprint", document, str(path))
                self.verified.remember(path)
        except PerfError:
            # A damaged one, or one of an older program, is about to be taken anew.
            return None
        value: str = document["fingerprint"]
        return value

    def terms(self, cell: Cell) -> Terms | None:
        """What the cell's samples must fulfil to count today; None without a fingerprint."""
        fingerprint = self.fingerprint(cell)
        if fingerprint is None:
            return None
        not_before = self._forgotten.get(cell.version, {}).get(cell.unit, "")
        return Terms(fingerprint, self.project.conditions, not_before)

    def receipt(self, cell: Cell) -> dict[str, Any] | None:
        """The cell's receipt on disk, if it is valid and of today."""
        terms = self.terms(cell)
        if terms is None:
            return None
        path = self.project.tree.receipt(self._label(cell), cell.unit)
        try:
            return is_current(self.project.tree, path, terms, self.verified, self.archive)
        except PerfError:
            # An unreadable receipt is made again from the texts.
            return None

    def derive(self, cell: Cell) -> dict[str, Any] | None:
        """The receipt that the texts give today; None without a fingerprint."""
        terms = self.terms(cell)
        if terms is None:
            return None
        return make_receipt(self.project.tree, cell, self.archive.samples(cell.version, cell.unit), terms)

    def missing(self, cell: Cell) -> int:
        """How many more rounds a cell needs."""
        receipt = self.receipt(cell) or self.derive(cell)
        count = self.project.settings.count
        return count if receipt is None else rounds_missing(receipt, count)

    def failures_in_a_row(self, cell: Cell) -> int:
        """How many of the cell's newest samples of today's code have failed one after the other."""
        terms = self.terms(cell)
        located = self.archive.samples(cell.version, cell.unit) if terms else []
        newest = [item.sample.status for item in counting(located, terms)] if terms else []
        return len(list(takewhile(lambda status: status != "ok", reversed(newest))))

    def is_up_to_date(self, cell: Cell) -> bool:
        """Whether the receipt on disk is valid, of today, and has enough samples."""
        receipt = self.receipt(cell)
        return receipt is not None and rounds_missing(receipt, self.project.settings.count) == 0

    def adopt(self, cell: Cell) -> dict[str, Any]:
        """Write the receipt that the texts give, and return it."""
        receipt = self.derive(cell)
        if receipt is None:
            raise PerfError(f"{cell.unit} has no fingerprint for {cell.version}; run `doit collect`")
        path = self.project.tree.receipt(self._label(cell), cell.unit)
        schema.write("receipt", path, receipt, rows="samples")
        for known in (path, *{self.project.tree.folder / sample["file"] for sample in receipt["samples"]}):
            self.verified.remember(known)
        return receipt

    def needs(self, cells: Iterable[Cell]) -> list[Need]:
        """What the selected cells still need, unit by unit, with references for versions that stand alone."""
        ordered = [version.exact for version in self.project.config.versions]
        by_unit: dict[str, dict[str, int]] = {}
        for cell in cells:
            rounds = self.missing(cell)
            if rounds:
                by_unit.setdefault(cell.unit, {})[cell.version] = rounds
        needs = []
        for unit, rounds_of in sorted(by_unit.items()):
            reference = None
            if len(rounds_of) == 1:
                (alone,) = rounds_of
                fresh = [v for v in ordered if v != alone and self.can_be_reference(Cell(v, unit))]
                reference = choose_reference(alone, ordered, fresh)
            in_order = {version: rounds_of[version] for version in ordered if version in rounds_of}
            needs.append(Need(unit, in_order, reference))
        return needs

    def can_be_reference(self, cell: Cell) -> bool:
        """Whether a cell has all its samples of today's code, whatever has become of its receipt."""
        receipt = self.receipt(cell) or self.derive(cell)
        return bool(receipt and receipt["status"] == "ok") and self.missing(cell) == 0

    def _label(self, cell: Cell) -> str:
        return self.project.version(cell.version).label
