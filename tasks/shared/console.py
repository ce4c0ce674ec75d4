"""All that is said to the user. Nothing else prints.

Messages go to standard error, so that they show while doit captures standard output. rich is imported
when something is said: a `doit` with nothing to do says nothing.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

#: Lines that are shown of what another program said.
_QUOTED = 12

_warned: set[str] = set()


@functools.cache
def _console() -> Any:
    from rich.console import Console

    # Off a terminal, lines are as long as they are: logs are read by programs, too.
    console = Console(stderr=True, highlight=False)
    return console if console.is_terminal else Console(stderr=True, highlight=False, width=200)


def say(message: str) -> None:
    """A line of plain text (nothing in it is taken for markup)."""
    _console().print(message, markup=False, soft_wrap=True)


def warn(message: str) -> None:
    """A warning: what is wrong and what to do about it."""
    _console().print(f"warning: {message}", style="yellow", markup=False, soft_wrap=True)


def warn_once(message: str) -> None:
    """Say it the first time that this process has it to say."""
    if message not in _warned:
        _warned.add(message)
        warn(message)


def quoted(lines: Sequence[str]) -> str:
    """The first lines of what a program said, indented, to stand in a message."""
    return "\n".join(f"    {line}" for line in lines[:_QUOTED])


def is_terminal() -> bool:
    """Whether somebody watches."""
    return bool(_console().is_terminal)


def width() -> int:
    """Characters in a line."""
    return int(_console().width)


def table(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], words: int = 1, styles: Sequence[str] = ()
) -> None:
    """A table; the first columns, of ``words``, are left-aligned, the others to the right. ``styles`` are by row."""
    _console().print(grid(title, columns, rows, words, styles))


def grid(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], words: int = 1, styles: Sequence[str] = ()
) -> Any:
    """The same as something that can be drawn as a part of a live view."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    made = Table(title=title or None, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for index, column in enumerate(columns):
        made.add_column(column, justify="left" if index < words else "right", overflow="fold")
    for number, row in enumerate(rows):
        made.add_row(*(Text(cell) for cell in row), style=styles[number] if styles else None)
    return made


@contextmanager
def live() -> Iterator[Any]:
    """A view that is drawn anew when told to, while the block runs (on a terminal)."""
    from rich.live import Live

    with Live(console=_console(), auto_refresh=False, transient=True) as view:
        yield view
