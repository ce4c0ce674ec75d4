"""What a comparison's tables show, as words: cells, notes and summaries. Text, Markdown and terminal lay them out."""

from __future__ import annotations

import fnmatch
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tasks.compare.verdict import (
    CHANGED,
    EQUIVALENT,
    IMPROVED,
    INCONCLUSIVE,
    ONLY_NEW,
    ONLY_OLD,
    REGRESSED,
    SIGNIFICANT,
    UNDECIDED,
)
from tasks.compare.words import percent, rounds
from tasks.shared.clock import for_people
from tasks.shared.errors import PerfError

Document = Mapping[str, Any]
Cells = tuple[str, ...]

#: Verdicts in summaries: how many there are of each, in words.
_COUNTED = {
    IMPROVED: "improved",
    REGRESSED: "regressed",
    CHANGED: "changed",
    EQUIVALENT: "equivalent",
    INCONCLUSIVE: "with no change found",
    UNDECIDED: "that can't be decided",
    ONLY_OLD: "only in {old}",
    ONLY_NEW: "only in {new}",
}
_DIGITS = "⁰¹²³⁴⁵⁶⁷⁸⁹"


@dataclass(frozen=True)
class Choice:
    """Which rows to show: by package, benchmark and unit of measure (names or patterns with *), empty for all.

    Without ``everything``, only those that improved, regressed or changed.
    """

    package: str = ""
    name: str = ""
    measure: str = ""
    everything: bool = True

    def takes(self, row: Document) -> bool:
        """Whether a row is to be shown, whatever its verdict."""
        short = row["package"].rpartition("/")[2]
        return (
            _fits(self.package, row["package"], short)
            and _fits(self.name, row["name"])
            and _fits(self.measure, row["measure"], row["printed"])
        )


def _fits(pattern: str, *texts: str) -> bool:
    return not pattern or any(fnmatch.fnmatchcase(text, pattern) for text in texts)


@dataclass
class Notes:
    """Footnotes, each said once."""

    lines: list[str] = field(default_factory=list)

    def marks(self, notes: Sequence[str]) -> str:
        """What refers to these notes, with a blank before it."""
        self.lines += [note for note in notes if note not in self.lines]
        return "".join(f" {_superscript(self.lines.index(note) + 1)}" for note in dict.fromkeys(notes))

    def in_words(self) -> list[str]:
        """A line for each."""
        return [f"{_superscript(number)} {note}" for number, note in enumerate(self.lines, start=1)]


def _superscript(number: int) -> str:
    return "".join(_DIGITS[int(digit)] for digit in str(number))


@dataclass(frozen=True)
class Section:
    """The rows of one unit of measure, package by package, and what they come to; how many more were not asked for."""

    summary: Document
    groups: Sequence[tuple[Document, Sequence[Document]]]
    hidden: int

    @property
    def rows(self) -> list[Document]:
        return [row for _, rows in self.groups for row in rows]


def sections(comparison: Document, choice: Choice) -> list[Section]:
    """The chosen rows; PerfError if a filter fits nothing."""
    chosen = [row for row in comparison["rows"] if choice.takes(row)]
    if not chosen and comparison["rows"]:
        raise PerfError(_fits_nothing(comparison, choice))
    found = []
    for summary in comparison["summary"]:
        those = [row for row in chosen if row["measure"] == summary["measure"]]
        if those:
            shown = [row for row in those if choice.everything or is_change(row)]
            groups = [(table, list(_rows_of(table, shown))) for table in comparison["tables"]]
            found.append(Section(summary, [(table, rows) for table, rows in groups if rows], len(those) - len(shown)))
    return found


def is_change(row: Document) -> bool:
    """Whether something is called different: by the verdict, or where there are no pairs, by benchstat's test."""
    if row["paired"] is None and row["benchstat"]:
        return bool(row["benchstat"]["significant"])
    return row["verdict"] in SIGNIFICANT


def _rows_of(table: Document, rows: Sequence[Document]) -> Iterator[Document]:
    for row in rows:
        if all(row[key] == table[key] for key in ("package", "config", "measure")):
            yield row


def _fits_nothing(comparison: Document, choice: Choice) -> str:
    filters = [
        f"{name}={value}"
        for name, value in (("package", choice.package), ("name", choice.name), ("measure", choice.measure))
        if value
    ]
    packages = dict.fromkeys(row["package"].rpartition("/")[2] or "none" for row in comparison["rows"])
    measures = dict.fromkeys(row["measure"] for row in comparison["rows"])
    return (
        f"{' '.join(filters)} fits no benchmark of {comparison['name']}. Packages: {', '.join(packages)}; "
        f"measures: {', '.join(measures)}; a name may have a *: name='Sync*'"
    )


def has_pairs(comparison: Document) -> bool:
    """Whether any benchmark was compared in pairs; texts never are."""
    return any(row["paired"] for row in comparison["rows"])


def columns(comparison: Document) -> Cells:
    """The heads of a table: benchstat's columns, then those of the pairs, if there are any."""
    heads = ("benchmark", comparison["old"]["label"], comparison["new"]["label"], "vs base")
    return (*heads, "paired", "q", "verdict") if has_pairs(comparison) else heads


def cells(row: Document, notes: Notes, pairs: bool = True) -> Cells:
    """One benchmark, in these columns."""
    old, new = (_middle(row[side], notes) for side in ("old", "new"))
    test, q = row["benchstat"], row["q"]
    delta = f"{test['delta']} ({test['words']}){notes.marks(test['notes'])}" if test else ""
    if not pairs:
        return row["name"], old, new, delta
    return (
        row["name"],
        old,
        new,
        delta,
        _change(row["paired"]),
        "" if q is None else f"{q:.3f}",
        _verdict(row) + notes.marks(["; ".join(row["flags"])] if row["flags"] else []),
    )


def _middle(side: Document | None, notes: Notes) -> str:
    return f"{side['shown']} ± {side['spread']}{notes.marks(side['notes'])}" if side else ""


def _change(paired: Document | None) -> str:
    """The change that pairs tell, with its 95 % interval."""
    if paired is None:
        return ""
    if paired["ratio"] is None:
        return "from or to zero"
    way = f" via {paired['through']}" if paired["through"] else ""
    around = f" ({_between(paired)})" if paired["low"] is not None else ""
    return f"{percent(paired['ratio'] - 1)} %{around}{way}"


def _between(found: Document) -> str:
    return f"{percent(found['low'] - 1)} ... {percent(found['high'] - 1)} %"


def _verdict(row: Document) -> str:
    """The verdict in few words, since the interval stands beside it; what would decide it, if it is open."""
    if row["verdict"] in (ONLY_OLD, ONLY_NEW):
        return str(row["words"])
    words = "no change found" if row["verdict"] == INCONCLUSIVE else str(row["verdict"])
    if row["verdict"] == UNDECIDED and row["paired"]:
        words += f": {row['paired']['blocks']} of {row['paired']['blocks_needed']} blocks"
    ahead = row["outlook"]
    if ahead is None:
        return words
    if not ahead["worth_it"]:
        return f"{words}; not worth it"
    minutes = "" if ahead["minutes"] is None else f", {for_people(ahead['minutes'] * 60)}"
    return f"{words}; {rounds(ahead['rounds'])}{minutes}"


def last_line(table: Document, notes: Notes, pairs: bool = True) -> Cells:
    """The geometric means of a table, as benchstat gives them."""
    marks = notes.marks([*table["old_notes"], *table["new_notes"]])
    line = ("geomean", table["old_shown"], table["new_shown"], f"{table['delta']}{marks}".strip())
    return (*line, "", "", "") if pairs else line


def in_sum(comparison: Document, summary: Document) -> str:
    """One line on one unit of measure: ``sec/op: 11 improved, 3 regressed, ...; geomean -1.2 % (-1.8 ... -0.6 %)``."""
    labels = {side: comparison[side]["label"] for side in ("old", "new")}
    counts = [f"{n} {_COUNTED[verdict].format(**labels)}" for verdict, n in summary["verdicts"].items() if n]
    counts += [f"{summary['flagged']} not by Go alone"] if summary["flagged"] else []
    if not has_pairs(comparison):
        differ = sum(is_change(row) for row in comparison["rows"] if row["measure"] == summary["measure"])
        return (
            f"{summary['measure']}: {differ} of {summary['in_both']} differ by benchstat's test; "
            "without shared blocks that may be the machine's doing"
        )
    line = f"{summary['measure']}: {', '.join(counts)}"
    mean = summary["geomean"]
    if mean is None or mean["benchmarks"] == 1:
        return line
    return (
        f"{line}; geomean {percent(mean['ratio'] - 1)} % ({_between(mean)}) "
        f"over {mean['benchmarks']} of {summary['benchmarks']}"
    )


def heading(comparison: Document) -> list[str]:
    """What is compared, by which rules, and what differs besides Go: a line each."""
    old, new, rules = comparison["old"], comparison["new"], comparison["rules"]
    lines = [f"{_called(old)} -> {_called(new)}"]
    lines.append(
        f"alpha {rules['alpha']:g}, margin {rules['margin'] * 100:g} %, "
        f"equivalence margin {rules['equivalence_margin'] * 100:g} %"
    )
    lines += [f"differs besides Go: {line}" for line in comparison["differences"]]
    lines += [f"no result in {its['label']}: {its['unit']} ({its['status']})" for its in comparison["without_result"]]
    return lines + [str(note) for note in comparison["notes"]]


def _called(side: Document) -> str:
    if side["kind"] == "text":
        return str(side["label"])
    machine, settings = side["machine"], side["settings"]
    where = f"{machine['goos']}/{machine['goarch']}, {machine['cpu']}"
    return f"{side['version']} ({where}, {settings['benchtime']} samples)"


def important_first(rows: Sequence[Document]) -> list[Document]:
    """Rows by weight: what changed and counts, the largest change first; what changed and does not; then the rest."""
    order = (*SIGNIFICANT, UNDECIDED, INCONCLUSIVE, EQUIVALENT, ONLY_OLD, ONLY_NEW)

    def weight(row: Document) -> tuple[bool, bool, float, int]:
        changed = is_change(row)
        return not changed, not row["counted"], -_size(row) if changed else 0.0, order.index(row["verdict"])

    return sorted(rows, key=weight)


def _size(row: Document) -> float:
    """How large a change is, up or down, as pairs or else medians tell; from zero, larger than any."""
    if row["paired"]:
        ratio = row["paired"]["ratio"]
    else:
        ratio = row["new"]["median"] / row["old"]["median"] if row["old"]["median"] else None
    return float("inf") if not ratio or ratio < 0 else abs(math.log(ratio))
