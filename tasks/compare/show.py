"""A comparison on the terminal: what changed first, the rest when asked for."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.compare.verdict import CHANGED, IMPROVED, REGRESSED
from tasks.compare.view import Choice, Document, Notes, cells, columns, heading, important_first, in_sum, sections
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
    heads = columns(comparison)
    grid = [cells(row, notes) for row in rows]
    names = [f"{row['package'].rpartition('/')[2]}.{row['name']}".lstrip(".") for row in rows]
    # Words to the left, numbers beside each other; no column for what no row has.
    body = [(name, line[-1], *line[1:-1]) for name, line in zip(names, grid, strict=True)]
    titles = (heads[0], heads[-1], *heads[1:-1])
    used = _that_fit(titles, body, console.width())
    styles = ["dim" if not row["counted"] else _STYLES.get(row["verdict"], "") for row in rows]
    console.table("", [titles[p] for p in used], [[line[p] for p in used] for line in body], words=2, styles=styles)
    for note in notes.in_words():
        console.say(note)


def _that_fit(titles: Sequence[str], body: Sequence[Sequence[str]], width: int) -> list[int]:
    """The columns that have something to say, without the least important ones where a line has no room for all."""
    used = [place for place in range(len(titles)) if place == 0 or any(line[place] for line in body)]
    room = {place: max(len(line[place]) for line in [titles, *body]) + 2 for place in used}
    # benchmark, verdict, old, new, vs base, paired, q: first q goes, then what benchstat says, which the files have.
    for places in ((6,), (4,), (2, 3)):
        if sum(room[p] for p in used) + 2 > width and 5 in used:
            used = [place for place in used if place not in places]
    return used
