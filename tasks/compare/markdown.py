"""Tables of Markdown, as GitHub shows them."""

from __future__ import annotations

from collections.abc import Sequence


def escaped(text: str) -> str:
    """Text in which Markdown finds no table, emphasis, link or tag."""
    return "".join(f"\\{char}" if char in "|*_`[]<~\\" else char for char in text)


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], words: int = 1) -> str:
    """A table with a line for each row; the first columns, of ``words``, to the left, the others to the right."""
    lines = [f"| {' | '.join(escaped(cell) for cell in line)} |" for line in (columns, *rows)]
    rule = "|" + "---|" * words + "---:|" * (len(columns) - words)
    return "\n".join([lines[0], rule, *lines[1:]]) + "\n"
