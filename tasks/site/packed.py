"""Numbers and rows as the page's scripts hold them: short, and named by a list of fields that comes with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

#: Significant digits of a number on the page: more than any interval here supports.
_DIGITS = 8


def rows(fields: Sequence[str], values: Iterable[Sequence[Any]]) -> dict[str, Any]:
    """Rows of these fields, without their names in each."""
    made = [list(row) for row in values]
    assert all(len(row) == len(fields) for row in made)
    return {"fields": list(fields), "rows": made}


def number(value: float | None) -> float | int | None:
    """A number with as many digits as a page needs; whole ones without a point."""
    if value is None:
        return None
    short = float(f"{value:.{_DIGITS}g}")
    return int(short) if short.is_integer() and abs(short) < 2**53 else short


def numbers(values: Iterable[float]) -> list[float | int | None]:
    """The same of many."""
    return [number(value) for value in values]
