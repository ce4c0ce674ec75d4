"""Pieces of pictures, SVG written by hand: the same document gives the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape

CALM, ALERT, WARNING = "#4878a8", "#c03028", "#e0a030"
_FONT = 'font-family="sans-serif" font-size="12"'


def picture(width: int, height: int, title: str, parts: Iterable[str]) -> str:
    """A whole picture on white, with a title."""
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" {_FONT}>',
        f'<rect width="{width}" height="{height}" fill="white"/>',
        text(16, 22, title, size=15),
        *parts,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def text(x: float, y: float, words: str, anchor: str = "start", size: int = 12) -> str:
    """Words in one line."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}">{escape(words)}</text>'


def line(x1: float, y1: float, x2: float, y2: float, colour: str = "#ddd", width: float = 1) -> str:
    """A straight line."""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{width:g}"/>'


def dot(x: float, y: float, colour: str, name: str) -> str:
    """A dot that says its name where a pointer rests on it."""
    shape = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}" fill-opacity="0.7">'
    return f"{shape}<title>{escape(name)}</title></circle>"


@dataclass(frozen=True)
class Frame:
    """A panel with an upright scale; ``place`` gives the height of a value, 0 at the top and 1 at the bottom."""

    left: float
    top: float
    width: float
    height: float
    place: Callable[[float], float]

    def y(self, value: float) -> float:
        """Where a value stands."""
        return self.top + self.place(value) * self.height

    def scale(self, title: str, ticks: Sequence[float]) -> list[str]:
        """Its title and its lines; ``ticks`` are fractions, shown in percent."""
        parts = [text(self.left - 44, self.top - 14, title)]
        for tick in ticks:
            parts.append(line(self.left, self.y(tick), self.left + self.width, self.y(tick)))
            parts.append(text(self.left - 6, self.y(tick) + 4, f"{tick * 100:.3g}", "end"))
        return parts

    def middle(self, column: int, columns: int) -> float:
        """The middle of one of so many columns, from 0."""
        return self.left + (column + 0.5) * self.width / columns


def about_zero(top: float) -> tuple[Callable[[float], float], list[float]]:
    """A straight scale from -top to top, and its ticks."""
    return lambda value: (top - value) / (2 * top), [-top, -top / 2, 0.0, top / 2, top]
