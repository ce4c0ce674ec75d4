"""What is up to date and what is missing, decided by files alone: texts, receipts, fingerprints."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import takewhile
from typing import Any

from tasks.measure.archive import Terms, archive_of, counting
from tasks.measure.build_failures import still_fails
from tasks.measure.forgotten import Mark, read_marks
from tasks.measure.part import Part, is_ok
from tasks.measure.precision import Interval, is_converged, of_receipt, shared_intervals
from tasks.measure.receipts import is_current, make_receipt, rounds_missing
from tasks.measure.sample_file import NOT_BUILT
from tasks.measure.schedule import Need, choose_reference
from tasks.measure.variance import Leaf, leaves_of
from tasks.shared import schema
from tasks.shared.cell import Cell, versions_by_unit
from tasks.shared.errors import NewerSchema, PerfError
from tasks.shared.project import Project
from tasks.shared.verified import Verified
from tasks.shared.versions import Version


class State:
    """The cells of one project as its files have them now."""

    def __init__(self, project: Project, verified: Verified, outdated: Collection[str] = ()) -> None:
        """``outdated`` versions have fingerprints of other code than today's: nothing of theirs is up to date."""
        self.project = project
        self.verified = verified
        self.outdated = frozenset(outdated)
        self.archive = archive_of(project.tree)
        self._marks = read_marks(project.tree)
        self._ordered = [version.exact for version in project.config.versions]
        self._fingerprints: dict[Cell, str] = {}
        self._derived: dict[Cell, tuple[tuple[object, ...], dict[str, Any]]] = {}
        #: What `retry_rounds_left` has found, until a receipt changes.
        self._retries: dict[tuple[str, ...], int] = {}
        #: What `converged` has found, until the cell's receipt changes.
        self._settled: dict[Cell, bool] = {}

    def fingerprint(self, cell: Cell) -> str | None:
        """Today's fingerprint of a cell; None if it has not been taken yet."""
        path = self.project.paths.fingerprint(cell.version, cell.unit)
        if cell.version in self.outdated or not path.exists():
            return None
        known = self._fingerprints.get(cell)
        if known and self.verified.knows(path):
            return known
        try:
            document = schema.read_unchecked(path)
            if not self.verified.knows(path):
                schema.check("fingerprint", document, str(path))
                self.verified.remember(path)
        except PerfError:
            # A damaged one, or one of an older program, is about to be taken anew.
            return None
        self._fingerprints[cell] = document["fingerprint"]
        return self._fingerprints[cell]

    def terms(self, cell: Cell) -> Terms | None:
        """What the cell's samples must fulfil to count today; None without a fingerprint."""
        fingerprint = self.fingerprint(cell)
        if fingerprint is None:
            return None
        return Terms(fingerprint, self.project.conditions, self._marks.get(cell, Mark()))

    def receipt(self, cell: Cell) -> dict[str, Any] | None:
        """The cell's receipt on disk, if it is valid and of today."""
        terms = self.terms(cell)
        if terms is None:
            return None
        path = self.project.tree.receipt(self._label(cell), cell.unit)
        try:
            receipt = is_current(self.project.tree, path, terms, self.verified, self.archive)
            if receipt and receipt["status"] == NOT_BUILT and not still_fails(self.project, cell):
                return None
            return receipt
        except NewerSchema:
            raise
        except PerfError:
            # An unreadable receipt is made again from the texts.
            return None

    def _parts(self, cell: Cell) -> list[Part]:
        """All samples of a cell, but for what a build that is not today's could not give."""
        parts = self.archive.samples(cell.version, cell.unit)
        if any(NOT_BUILT in part.statuses for part in parts) and not still_fails(self.project, cell):
            return [part.where(lambda status: status != NOT_BUILT) for part in parts]
        return parts

    def derive(self, cell: Cell) -> dict[str, Any] | None:
        """The receipt that the texts give today; None without a fingerprint."""
        terms = self.terms(cell)
        if terms is None:
            return None
        parts = self._parts(cell)
        made_from = (terms, self.archive.listing(), sum(len(part.chosen) for part in parts))
        known = self._derived.get(cell)
        if known is None or known[0] != made_from:
            self._derived[cell] = known = (made_from, make_receipt(cell, parts, terms, self.archive.texts))
        return known[1]

    def known(self, cell: Cell) -> dict[str, Any] | None:
        """The receipt on disk, else the one that the texts give; None without a fingerprint."""
        return self.receipt(cell) or self.derive(cell)

    def receipts(self, version: Version, units: Iterable[str]) -> list[dict[str, Any]]:
        """The receipts on disk of these units under a version; PerfError if one is missing."""
        found = []
        for unit in units:
            receipt = self.receipt(Cell(version.exact, unit))
            if receipt is None:
                raise PerfError(f"{unit} has no valid receipt for {version.label}; run `doit collect:{version.label}`")
            found.append(receipt)
        return found

    def missing(self, cell: Cell) -> int:
        """How many more rounds a cell needs."""
        receipt = self.known(cell)
        return self.project.settings.count if receipt is None else self._missing(receipt)

    def _missing(self, receipt: dict[str, Any]) -> int:
        """How many more rounds the cell of a receipt needs: none if a budget has left it known well enough."""
        missing = rounds_missing(receipt, self.project.settings.count)
        return 0 if missing and receipt["budget_rounds"] and self._is_converged(receipt) else missing

    def _is_converged(self, receipt: dict[str, Any]) -> bool:
        shared = self.shared_intervals(receipt)
        return is_converged(self.project.config, self.project.settings, receipt, shared, self._ordered)

    def shared_intervals(self, receipt: dict[str, Any]) -> list[Interval]:
        """How well a cell is known against those in its blocks: by its receipt, or else by the texts."""
        if receipt["budget_rounds"]:
            return of_receipt(receipt)
        cell = Cell(receipt["version"], receipt["unit"])
        terms = self.terms(cell)
        if terms is None:
            return []
        good = [kept for part in counting(self._parts(cell), terms) if (kept := part.where(is_ok)).chosen]
        return shared_intervals(cell.version, cell.unit, good, self.archive.texts)

    def converged(self, cell: Cell) -> bool:
        """Whether a cell is known well enough that no budget need be spent on it; one that was given up is a result."""
        receipt = self.known(cell)
        if receipt is not None and cell not in self._settled:
            self._settled[cell] = receipt["status"] != "ok" or self._is_converged(receipt)
        return receipt is not None and self._settled[cell]

    def is_given_up(self, cell: Cell) -> bool:
        """Whether a cell has failed for good, which is a result."""
        receipt = self.known(cell)
        return receipt is not None and receipt["status"] != "ok"

    def failures_in_a_row(self, cell: Cell) -> int:
        """How many of the cell's newest samples of today's code have failed one after the other."""
        terms = self.terms(cell)
        parts = counting(self._parts(cell), terms) if terms else []
        newest = [status for part in parts for status in part.statuses]
        return len(list(takewhile(lambda status: status != "ok", reversed(newest))))

    def is_up_to_date(self, cell: Cell, versions: Collection[str] = ()) -> bool:
        """Whether the receipt on disk is valid, of today, has enough samples, and its unit needs no retry.

        ``versions`` are those of which the unit's cells are looked at together (default: all that are configured).
        """
        receipt = self.receipt(cell)
        together = tuple(versions or self._ordered)
        if receipt is not None and self.project.settings.budget:
            return not self.needs_work(cell, together)
        if receipt is None or self._missing(receipt):
            return False
        return receipt["status"] != "ok" or not self.retry_rounds_left(cell.unit, together)

    def needs_work(self, cell: Cell, versions: Collection[str]) -> bool:
        """Whether a session has something to measure for a cell; a lost receipt alone is no reason."""
        if self.project.settings.budget:
            return any(cell.version in need.rounds for need in self._needs_of_budget({cell.unit: list(versions)}))
        if self.missing(cell):
            return True
        return self.takes_part(cell) and bool(self.retry_rounds_left(cell.unit, versions))

    def takes_part(self, cell: Cell) -> bool:
        """Whether a cell has all its samples of today's code, whatever has become of its receipt."""
        receipt = self.known(cell)
        if receipt is None or receipt["status"] != "ok":
            return False
        return self._missing(receipt) == 0

    def noisy(self, cell: Cell) -> list[Leaf]:
        """The benchmarks of a cell that are too noisy by today's limits."""
        receipt = self.known(cell)
        leaves = leaves_of(self.project.config, self.project.settings, receipt) if receipt else []
        return [leaf for leaf in leaves if leaf.noisy]

    def retry_rounds_left(self, unit: str, versions: Collection[str]) -> int:
        """How many more retry rounds a unit may have in these versions; 0 if it does not fail in any."""
        key = (unit, *versions)
        if key not in self._retries:
            limit, count = self.project.settings.retry_rounds, self.project.settings.count
            known = [(cell, receipt) for version in versions if (receipt := self.known(cell := Cell(version, unit)))]
            # Those with all their rounds: what a budget has left known well enough, with fewer, is up to date as it is.
            failing = [cell for cell, receipt in known if not rounds_missing(receipt, count) and self.noisy(cell)]
            left = [limit - self.retry_rounds(cell) for cell in failing]
            self._retries[key] = max(0, *left) if left else 0
        return self._retries[key]

    def retry_rounds(self, cell: Cell) -> int:
        """How many retry rounds a cell has had."""
        receipt = self.known(cell)
        return int(receipt["retry_rounds"]) if receipt else 0

    def adopt(self, cell: Cell) -> dict[str, Any]:
        """Write the receipt that the texts give, and return it."""
        receipt = self.derive(cell)
        if receipt is None:
            raise PerfError(f"{cell.unit} has no fingerprint for {cell.version}; run `doit collect`")
        path = self.project.tree.receipt(self._label(cell), cell.unit)
        schema.write("receipt", path, receipt)
        self._retries.clear()
        self._settled.pop(cell, None)
        for known in (path, *(self.project.tree.folder / entry["file"] for entry in receipt["texts"])):
            self.verified.remember(known)
        return receipt

    def catch_up(self, cells: Iterable[Cell]) -> None:
        """Write the receipts anew that know less than the texts hold."""
        for cell in cells:
            receipt = self.receipt(cell)
            if receipt is not None and receipt != self.derive(cell):
                self.adopt(cell)

    def notice_texts(self, units: Iterable[str]) -> None:
        """Let receipts know of texts that came, changed or came back since they were written.

        ``units`` are all that are configured; a text that nobody has touched since costs one look at its size and time.
        """
        everything = list(units)
        for version in self._ordered:
            changed = [path for path in self.archive.names_of(version) if not self.verified.knows(path)]
            if changed:
                self.catch_up(Cell(version, unit) for unit in everything)
                for path in changed:
                    self.verified.remember(path)

    def needs(self, cells: Iterable[Cell]) -> list[Need]:
        """What the selected cells still need, unit by unit, with references for versions that stand alone."""
        versions = versions_by_unit(cells)
        if self.project.settings.budget:
            return self._needs_of_budget(versions)
        missing = {unit: {v: n for v in its if (n := self.missing(Cell(v, unit)))} for unit, its in versions.items()}
        return [self.with_reference(unit, rounds) for unit, rounds in sorted(missing.items()) if rounds]

    def _needs_of_budget(self, versions: Mapping[str, Sequence[str]]) -> list[Need]:
        """The blocks that a budget may be spent on, one of each: units that are not known well enough in all versions.

        All selected versions are in them, so that they can be compared, but for a single one that is not known yet.
        """
        needs = []
        for unit, its in sorted(versions.items()):
            together = [version for version in its if not self.converged(Cell(version, unit))]
            if len(together) > 1:
                together = [version for version in its if not self.is_given_up(Cell(version, unit))]
            if together:
                needs.append(self.with_reference(unit, dict.fromkeys(together, 1)))
        return needs

    def whole(self, need: Need) -> bool:
        """Whether a unit lacks all its rounds in some version, not just those that a kill has cost."""
        return max(need.rounds.values()) == self.project.settings.count

    def companions(self, cells: Iterable[Cell], needs: Iterable[Need]) -> list[Cell]:
        """The cells that have what their unit lacks a part of in other versions: they join its retries."""
        partial = {need.unit for need in needs if not self.whole(need)}
        return [cell for cell in cells if cell.unit in partial and self.takes_part(cell)]

    def retries(self, cells: Iterable[Cell]) -> list[Need]:
        """The next retry of the units that fail in the selected cells and have retries left."""
        needs = []
        for unit, versions in sorted(versions_by_unit(cells).items()):
            left = min(self.retry_rounds_left(unit, versions), self.project.settings.rerun_count)
            if left:
                together = [version for version in versions if self.takes_part(Cell(version, unit))]
                needs.append(self.with_reference(unit, dict.fromkeys(together, left)))
        return needs

    def with_reference(self, unit: str, rounds: Mapping[str, int]) -> Need:
        """The need of a unit in these versions; an up-to-date one joins a version that stands alone."""
        reference = None
        if len(rounds) == 1:
            (alone,) = rounds
            fresh = [v for v in self._ordered if v != alone and self.takes_part(Cell(v, unit))]
            reference = choose_reference(alone, self._ordered, fresh)
        return Need(unit, {version: rounds[version] for version in self._ordered if version in rounds}, reference)

    def _label(self, cell: Cell) -> str:
        return self.project.version(cell.version).label
