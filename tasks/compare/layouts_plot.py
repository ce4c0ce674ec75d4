"""The change of each benchmark between releases, as one binary per version has it and with fresh layouts.

A panel for each pair, a line for each benchmark that is called changed by either: what vanishes runs into the middle.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from tasks.compare import svg
from tasks.compare.layouts import APPEARS, NONE, STAYS, TURNS, VANISHES
from tasks.compare.svg import Frame

Document = Mapping[str, Any]

_PANEL, _HEIGHT = 320, 460
_TOP, _BOTTOM = 70, 60

#: What becomes of a claim, by colour, and in words.
_COLOURS = {STAYS: svg.CALM, VANISHES: svg.ALERT, APPEARS: "#389048", TURNS: "#8040a0", NONE: "#cccccc"}


def plot(document: Document) -> str:
    """The picture; the same document gives the same bytes."""
    rows = document["benchmarks"]
    top = max([0.02, *(abs(_beyond(row[arm]["shift"])) for row in rows for arm in ("default", "fresh"))])
    parts = []
    for place, pair in enumerate(document["pairs"]):
        # A symmetric scale of roots: small changes are where most of them are.
        frame = Frame(60 + _PANEL * place, _TOP, _PANEL - 80, _HEIGHT - _TOP - _BOTTOM, lambda v: _root(v, top))
        ticks = [sign * tick for tick in (0.01, 0.05, 0.2, 0.5, 1.0) if tick <= top for sign in (1, -1)]
        parts += frame.scale(f"{pair['old']} -> {pair['new']} (%)", [0.0, *ticks])
        parts += _lines(frame, [row for row in rows if row["pair"] == pair["name"]])
        for column, words in enumerate(("one binary", "fresh layouts")):
            parts.append(svg.text(frame.middle(column, 2), _HEIGHT - 36, words, "middle"))
            called = pair[("default", "fresh")[column]]["different_by_q"]
            parts.append(svg.text(frame.middle(column, 2), _HEIGHT - 18, f"{called} of {pair['benchmarks']}", "middle"))
    for place, (fate, colour) in enumerate(_COLOURS.items()):
        parts.append(svg.dot(20 + 80 * place, 38, colour, fate))
        parts.append(svg.text(28 + 80 * place, 42, "no claim" if fate == NONE else fate))
    title = f"Called changed between releases, {document['benchtime']} samples"
    return svg.picture(max(480, _PANEL * len(document["pairs"])), _HEIGHT, title, parts)


def _lines(frame: Frame, rows: list[Document]) -> Iterator[str]:
    left, right = frame.middle(0, 2), frame.middle(1, 2)
    # What is claimed is drawn over what is not.
    for row in sorted(rows, key=lambda row: row["fate"] != NONE):
        colour = _COLOURS[row["fate"]]
        before, after = (frame.y(_beyond(row[arm]["shift"])) for arm in ("default", "fresh"))
        name = f"{row['package']}.{row['name']}"
        yield svg.line(left, before, right, after, colour)
        yield svg.dot(left, before, colour, name)
        yield svg.dot(right, after, colour, name)


def _beyond(shift: float) -> float:
    """A change as a fraction; what is more than doubled is at the edge."""
    return min(1.0, math.expm1(shift))


def _root(value: float, top: float) -> float:
    return 0.5 - math.copysign(math.sqrt(abs(value) / top), value) / 2
