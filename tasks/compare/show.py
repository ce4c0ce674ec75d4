"""A comparison on the terminal: what changed first, the rest when asked for."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.compare.verdict import CHANGED, IMPROVED, REGRESSED
from tasks.compare.view import (
    Choice,
    Document,
    Notes,
    cells,
    columns,
    has_pairs,
    heading,
    important_first,
    in_sum,
    sections,
)
from tasks.shared import console

_STYLES = {IMPROVED: "green", REGRESSED: "red", CHANGED: "yellow"}


def show(comparison: Document, choice: Choice) -> None:
    """Say what is compared, and for each unit of measure what it comes to, with a table of the chosen rows."""
    for line in heading(comparison):
        console.say(line)
    hidden = 0
    for section in sections(comparison, choice):
        rows = important_first(section.rows)
        console.say(f"\n{in_sum(comparison, section.summary)}")
        hidden += section.hidden
        if rows:
            _table(comparison, rows)
    if hidden:
        console.say(f"\n{hidden} more rows without a change: rows=all shows them; package=, name=, measure= choose")


def _table(comparison: Document, rows: list[Document]) -> None:
    notes = Notes()
    pairs = has_pairs(comparison)
    heads = columns(comparison)
    grid = [cells(row, notes, pairs) for row in rows]
    names = [f"{row['package'].rpartition('/')[2]}.{row['name']}".lstrip(".") for row in rows]
    lines = [(name, *line[1:]) for name, line in zip(names, grid, strict=True)]
    # Words to the left, numbers beside each other.
    order = [0, 6, 1, 2, 3, 4, 5] if pairs else [0, 1, 2, 3]
    used = _that_fit([[line[place] for place in order] for line in (heads, *lines)], console.width())
    titles, *body = ([line[order[place]] for place in used] for line in (heads, *lines))
    styles = ["dim" if pairs and not row["counted"] else _STYLES.get(row["verdict"], "") for row in rows]
    console.table("", titles, body, words=1 + pairs, styles=styles)
    for note in notes.in_words():
        console.say(note)


def _that_fit(grid: Sequence[Sequence[str]], width: int) -> list[int]:
    """The columns but the least important ones, where a line has no room for all."""
    used = list(range(len(grid[0])))
    room = [max(len(line[place]) for line in grid) + 2 for place in used]
    # benchmark, verdict, old, new, vs base, paired, q: first q goes, then what benchstat says, which the files have.
    for places in ((6,), (4,), (2, 3)) if len(used) > 4 else ():
        if sum(room[place] for place in used) + 2 > width:
            used = [place for place in used if place not in places]
    return used
