"""A comparison in all its forms: JSON is the truth; text, Markdown and CSV are made from it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from tasks.compare.markdown import escaped, table_lines
from tasks.compare.view import (
    Cells,
    Choice,
    Notes,
    Section,
    cells,
    columns,
    has_pairs,
    heading,
    in_sum,
    is_change,
    last_line,
    sections,
)
from tasks.shared import schema
from tasks.shared.files import to_json, write_atomic

Document = Mapping[str, Any]

ALL = Choice()
#: Columns of words; all others have numbers.
_WORDS = ("benchmark", "verdict")


def as_text(comparison: Document, choice: Choice = ALL) -> str:
    """Plain text with aligned columns."""
    lines = heading(comparison)
    for section in sections(comparison, choice):
        lines += ["", in_sum(comparison, section.summary)]
        for table, grid, notes in _grids(comparison, section):
            lines += ["", f"{_title(table)}{table['measure']}", *aligned(grid), *notes]
    return "\n".join(lines) + "\n"


def as_markdown(comparison: Document, choice: Choice = ALL) -> str:
    """Tables as GitHub shows them."""
    lines = [f"# {comparison['name']}", "", *(f"* {escaped(line)}" for line in heading(comparison))]
    for section in sections(comparison, choice):
        lines += ["", f"## {section.summary['measure']}", "", escaped(in_sum(comparison, section.summary))]
        for table, grid, notes in _grids(comparison, section):
            title = _title(table).rstrip(" ,:")
            lines += ["", *([f"### {title}", ""] if title else [])]
            lines += table_lines(grid[0], grid[1:], left=_WORDS)
            lines += ["", *(f"{escaped(note)}  " for note in notes)] if notes else []
    return "\n".join(lines) + "\n"


def as_csv(comparison: Document, choice: Choice = ALL) -> str:
    """A line for each row, with every number in base units and full precision; fractions, not percent."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_CSV)
    for row in comparison["rows"]:
        if choice.takes(row) and (choice.everything or is_change(row)):
            writer.writerow(_plain(value(row)) for value in _CSV.values())
    return out.getvalue()


def as_json(comparison: Document, _choice: Choice = ALL) -> str:
    """The document itself, whole whatever is chosen: its summaries speak of all rows."""
    return to_json(comparison, rows="rows").decode()


FORMS: Mapping[str, Callable[[Document, Choice], str]] = {
    "txt": as_text,
    "md": as_markdown,
    "csv": as_csv,
    "json": as_json,
}


def write_forms(comparison: Document, paths: Mapping[str, Path], choice: Choice = ALL) -> None:
    """Write a comparison, valid by its schema, in some forms, each to its path."""
    schema.check("comparison", comparison, str(comparison["name"]))
    for form, path in paths.items():
        write_atomic(path, FORMS[form](comparison, choice))


def _grids(comparison: Document, section: Section) -> list[tuple[Document, list[Cells], list[str]]]:
    """(table, its lines with heads and geometric means, its notes) for each package or other configuration."""
    found = []
    pairs = has_pairs(comparison)
    for table, rows in section.groups:
        notes = Notes()
        grid = [columns(comparison), *(cells(row, notes, pairs) for row in rows)]
        grid += [last_line(table, notes, pairs)] if len(rows) > 1 else []
        found.append((table, grid, notes.in_words()))
    return found


def _title(table: Document) -> str:
    said = [f"{name}: {value}" for name, value in table["config"].items()]
    said += [f"pkg: {table['package']}"] if table["package"] else []
    return ", ".join(said) + (", " if said else "")


def aligned(grid: Sequence[Sequence[str]], left: Collection[str] = _WORDS) -> list[str]:
    """The lines of a table, its first one the heads, as columns of equal width; those called ``left`` to the left."""
    widths = [max(len(line[place]) for line in grid) for place in range(len(grid[0]))]
    lines = []
    for line in grid:
        padded = [
            cell.ljust(width) if head in left else cell.rjust(width)
            for head, cell, width in zip(grid[0], line, widths, strict=True)
        ]
        lines.append("  ".join(padded).rstrip())
    return lines


def _plain(value: Any) -> Any:
    """A cell of a spreadsheet: nothing for what is not there; text that might be taken for a formula is quoted."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f"'{value}" if value[:1] in ("=", "@") else value
    return value


def _of(part: str, key: str) -> Callable[[Document], Any]:
    return lambda row: row[part] and row[part][key]


_CSV: Mapping[str, Callable[[Document], Any]] = {
    "package": lambda row: row["package"],
    "config": lambda row: " ".join(f"{name}={value}" for name, value in row["config"].items()),
    "benchmark": lambda row: row["name"],
    "measure": lambda row: row["measure"],
    "old_n": _of("old", "n"),
    "old_median": _of("old", "median"),
    "old_low": _of("old", "low"),
    "old_high": _of("old", "high"),
    "new_n": _of("new", "n"),
    "new_median": _of("new", "median"),
    "new_low": _of("new", "low"),
    "new_high": _of("new", "high"),
    "delta": _of("benchstat", "delta"),
    "p": _of("benchstat", "p"),
    "ratio": _of("paired", "ratio"),
    "ratio_low": _of("paired", "low"),
    "ratio_high": _of("paired", "high"),
    "ratio_low90": _of("paired", "low90"),
    "ratio_high90": _of("paired", "high90"),
    "blocks": _of("paired", "blocks"),
    "through": _of("paired", "through"),
    "noise_floor": _of("paired", "noise_floor"),
    "q": lambda row: row["q"],
    "verdict": lambda row: row["verdict"],
    "counted": lambda row: row["counted"],
    "words": lambda row: row["words"],
}
