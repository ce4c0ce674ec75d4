"""A calibration as a picture, a column for each design.

On the left what each benchmark seems to have changed by, though nothing did; in the middle how large a change would
have had to be, to be found; on the right what each set of 40 makes of all benchmarks together.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tasks.compare import svg
from tasks.compare.svg import Frame

Document = Mapping[str, Any]

_PANEL, _HEIGHT = 440, 420
_TOP, _BOTTOM = 60, 60


def plot(document: Document) -> str:
    """The picture; the same document gives the same bytes."""
    changes = [abs(math.expm1(row["shift"])) for row in document["benchmarks"]]
    straight, ticks = svg.about_zero(max([*changes, 0.01]))
    effects = [row["smallest_effect"] for row in document["benchmarks"] if row["smallest_effect"]]
    low, high = min([*effects, 0.01]), max([*effects, 0.1])
    means = [its["geomean"] for its in document["sets"] if its["geomean"]]
    narrow, fine = svg.about_zero(max([0.002, *(abs(mean[end] - 1) for mean in means for end in ("low", "high"))]))

    def in_decades(fraction: float) -> float:
        return (math.log(high) - math.log(fraction)) / (math.log(high) - math.log(low))

    left, middle, right = (
        Frame(60 + _PANEL * place, _TOP, _PANEL - 80, _HEIGHT - _TOP - _BOTTOM, scale)
        for place, scale in enumerate((straight, in_decades, narrow))
    )
    parts = [
        *left.scale("change (%), orange: p, red: q below alpha", ticks),
        *_dots(document, left, lambda row: math.expm1(row["shift"])),
        *middle.scale("smallest change that would be found (%)", _decades(low, high)),
        *_dots(document, middle, lambda row: row["smallest_effect"]),
        *right.scale("geometric mean of each set, with its 95 % interval (%)", fine),
        *_means(document, right),
    ]
    title = f"{document['version']} against itself, {document['benchtime']} samples"
    return svg.picture(3 * _PANEL, _HEIGHT, title, parts)


def _decades(low: float, high: float) -> list[float]:
    """Round numbers between two fractions."""
    steps = [digit * 10.0**exponent for exponent in range(-4, 2) for digit in (1, 2, 5)]
    return [step for step in steps if low <= step <= high]


def _dots(document: Document, frame: Frame, value: Callable[[Document], float | None]) -> Iterator[str]:
    """A dot for each benchmark."""
    designs = document["designs"]
    for column, design in enumerate(designs):
        middle, spread = frame.middle(column, len(designs)), frame.width / len(designs) * 0.7
        rows = [row for row in document["benchmarks"] if row["design"] == design["design"] and value(row) is not None]
        for number, row in enumerate(rows):
            # Spread over the column, the same each time.
            x = middle + (number * 0.618 % 1 - 0.5) * spread
            name = f"{row['package']}.{row['name']}"
            yield svg.dot(x, frame.y(float(value(row) or 0.0)), _colour(document, row), name)
        yield svg.text(middle, _HEIGHT - 36, design["design"], "middle")
        yield svg.text(middle, _HEIGHT - 18, f"{design['different_by_q']} of {design['benchmarks']}", "middle")


def _means(document: Document, frame: Frame) -> Iterator[str]:
    """An upright line with a bar across for each set."""
    designs = [design["design"] for design in document["designs"]]
    for column, design in enumerate(designs):
        sets = [its for its in document["sets"] if its["design"] == design]
        middle, step = frame.middle(column, len(designs)), frame.width / len(designs) * 0.7 / len(sets)
        for place, its in enumerate(sets):
            x, mean = middle + (place + 0.5 - len(sets) / 2) * step, its["geomean"]
            if mean:
                colour = svg.CALM if mean["low"] <= 1 <= mean["high"] else svg.ALERT
                yield svg.line(x, frame.y(mean["low"] - 1), x, frame.y(mean["high"] - 1), colour, 2)
                yield svg.line(x - 5, frame.y(mean["ratio"] - 1), x + 5, frame.y(mean["ratio"] - 1), colour, 2)
        yield svg.text(middle, _HEIGHT - 36, design, "middle")
        counts = ", ".join(str(its["different_by_q"]) for its in sets)
        yield svg.text(middle, _HEIGHT - 18, counts, "middle")


def _colour(document: Document, row: Document) -> str:
    alpha = document["rules"]["alpha"]
    return svg.ALERT if row["q"] <= alpha else svg.WARNING if row["p"] <= alpha else svg.CALM
