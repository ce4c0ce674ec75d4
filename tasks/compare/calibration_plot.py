"""A calibration as a picture: SVG written by hand, a column of dots for each design.

On the left what each benchmark seems to have changed by, though nothing did; on the right how large a change would have
had to be, to be found.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

Document = Mapping[str, Any]

_WIDTH, _HEIGHT = 960, 420
_TOP, _BOTTOM = 60, 60
_FONT = 'font-family="sans-serif" font-size="12"'
_CALM, _BY_P, _BY_Q = "#4878a8", "#e0a030", "#c03028"


def plot(document: Document) -> str:
    """The picture; the same document gives the same bytes."""
    half = _WIDTH // 2
    changes = [abs(math.expm1(row["shift"])) for row in document["benchmarks"]]
    top = max([*changes, 0.01])
    effects = [row["smallest_effect"] for row in document["benchmarks"] if row["smallest_effect"]]
    low, high = min([*effects, 0.01]), max([*effects, 0.1])
    title = f"{document['version']} against itself, {document['benchtime']} samples"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" {_FONT}>',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
        f'<text x="16" y="22" font-size="15">{escape(title)}</text>',
        *_panel(
            document, 0, half, "change (%), orange: p, red: q below alpha", [-top, -top / 2, 0.0, top / 2, top],
            lambda fraction: (top - fraction) / (2 * top), lambda row: math.expm1(row["shift"]),
        ),
        *_panel(
            document, half, half, "smallest change that would be found (%)", _decades(low, high),
            lambda fraction: (math.log(high) - math.log(fraction)) / (math.log(high) - math.log(low)),
            lambda row: row["smallest_effect"],
        ),
        "</svg>",
    ]  # fmt: skip
    return "\n".join(parts) + "\n"


def _decades(low: float, high: float) -> list[float]:
    """Round numbers between two fractions."""
    steps = [digit * 10.0**exponent for exponent in range(-4, 2) for digit in (1, 2, 5)]
    return [step for step in steps if low <= step <= high]


def _panel(
    document: Document,
    left: int,
    width: int,
    title: str,
    ticks: Sequence[float],
    place: Callable[[float], float],
    value: Callable[[Document], float | None],
) -> list[str]:
    """One panel: ``place`` gives the height of a fraction, 0 at the top and 1 at the bottom."""
    designs = [design["design"] for design in document["designs"]]
    inner_left, inner_width = left + 60, width - 80
    inner_height = _HEIGHT - _TOP - _BOTTOM
    step = inner_width / len(designs)
    parts = [f'<text x="{left + 16}" y="46">{escape(title)}</text>']
    for tick in ticks:
        y = _TOP + place(tick) * inner_height
        parts.append(
            f'<line x1="{inner_left}" x2="{inner_left + inner_width}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>'
        )
        parts.append(f'<text x="{inner_left - 6}" y="{y + 4:.1f}" text-anchor="end">{tick * 100:.3g}</text>')
    for column, design in enumerate(designs):
        middle = inner_left + (column + 0.5) * step
        rows = [row for row in document["benchmarks"] if row["design"] == design and value(row) is not None]
        for number, row in enumerate(rows):
            # Spread over the column, the same each time.
            x = middle + (number * 0.618 % 1 - 0.5) * step * 0.7
            y = _TOP + place(float(value(row) or 0.0)) * inner_height
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{_colour(document, row)}" fill-opacity="0.7">')
            parts.append(f"<title>{escape(row['package'])}.{escape(row['name'])}</title></circle>")
        parts.append(f'<text x="{middle:.1f}" y="{_HEIGHT - 36}" text-anchor="middle">{escape(design)}</text>')
        parts.append(
            f'<text x="{middle:.1f}" y="{_HEIGHT - 18}" text-anchor="middle">{_counted(document, design)}</text>'
        )
    return parts


def _colour(document: Document, row: Document) -> str:
    alpha = document["rules"]["alpha"]
    return _BY_Q if row["q"] < alpha else _BY_P if row["p"] < alpha else _CALM


def _counted(document: Document, name: str) -> str:
    """How many of a design's benchmarks were called different."""
    (design,) = (design for design in document["designs"] if design["design"] == name)
    return f"{design['different_by_q']} of {design['benchmarks']}"
