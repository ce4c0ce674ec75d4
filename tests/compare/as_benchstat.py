"""Tables of ours, written as benchstat would print them, word by word: so that the two can be compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tasks.compare.measures import common_scale
from tasks.compare.tables import Row, Table

_DIGITS = "⁰¹²³⁴⁵⁶⁷⁸⁹"

Words = list[str]


def lines_of(tables: Sequence[Table], old: str, new: str) -> list[Words]:
    """The lines that benchstat prints of two files with these labels, each as its words; empty lines left out."""
    lines: list[Words] = []
    shown: dict[str, str] = {}
    for number, table in enumerate(tables):
        for field, value in table.config.items():
            if number == 0 or shown.get(field) != value:
                lines.append([f"{field}:", *value.split()])
        shown = dict(table.config)
        lines += _Table(table, old, new).lines()
    return lines


class _Table:
    """One table on its way to words, with the footnotes that it has so far."""

    def __init__(self, table: Table, old: str, new: str) -> None:
        self.table = table
        self.notes: list[str] = []
        self.labels = [
            label for label, side in ((old, "old"), (new, "new")) if any(getattr(r, side) for r in table.rows)
        ]

    def lines(self) -> list[Words]:
        unit = self.table.measure
        heads: list[Words] = [["│"], ["│"]]
        for number, label in enumerate(self.labels):
            heads[0] += [label, "│"]
            heads[1] += [unit, *(["vs", "base"] if number else []), "│"]
        body = [self._row(row) for row in self.table.rows]
        last = [self._geomeans()] if len(self.table.rows) > 1 else []
        return [*heads, *body, *last, *([_superscript(i), *note.split()] for i, note in enumerate(self.notes, start=1))]

    def _row(self, row: Row) -> Words:
        sides = [side for side in (row.old, row.new) if side]
        scale = common_scale([side.value for side in sides], self.table.measure)
        words = [row.key.name]
        for side in sides:
            words += [scale.show(side.value), "±", side.spread, *self._footnotes(side.notes)]
        if row.test:
            words += [row.delta, *f"({row.test.words})".split(), *self._footnotes(row.test.notes)]
        return words

    def _geomeans(self) -> Words:
        found = self.table.geomeans
        unit = self.table.measure
        words = ["geomean"]
        for value, notes, last in ((found.old, found.old_notes, ""), (found.new, found.new_notes, found.delta)):
            words += [common_scale([value], unit).show(value)] if value is not None else []
            words += [last] if last else []
            words += self._footnotes(notes)
        return words

    def _footnotes(self, notes: Iterable[str]) -> Words:
        marks = []
        for note in notes:
            if note not in self.notes:
                self.notes.append(note)
            marks.append(_superscript(self.notes.index(note) + 1))
        return marks


def _superscript(number: int) -> str:
    return "".join(_DIGITS[int(digit)] for digit in str(number))
