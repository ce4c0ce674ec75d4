"""Tables of Markdown, as GitHub shows them."""

from __future__ import annotations

from collections.abc import Collection, Sequence


def escaped(text: str) -> str:
    """Text in which Markdown finds no table, emphasis, link or tag."""
    return "".join(f"\\{char}" if char in "|*_`[]<~\\" else char for char in text)


def table_lines(columns: Sequence[str], rows: Sequence[Sequence[str]], left: Collection[str] = ()) -> list[str]:
    """A table, a line for each row; the first column and those called ``left`` to the left, the others to the right."""
    lines = [f"| {' | '.join(map(escaped, line))} |" for line in (columns, *rows)]
    rules = ("---|" if place == 0 or head in left else "---:|" for place, head in enumerate(columns))
    return [lines[0], "|" + "".join(rules), *lines[1:]]


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The same as text, with words in the first column alone."""
    return "\n".join(table_lines(columns, rows)) + "\n"
