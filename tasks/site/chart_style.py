"""What all charts of the page have in common: colours by theme, and marks that follow verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Spec = dict[str, Any]

_SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"

#: Colours by theme. Each verdict has a shape of its own as well.
PALETTES: Mapping[str, Mapping[str, str]] = {
    "light": {
        "text": "#1b1f24",
        "quiet": "#57606a",
        "line": "#d0d7de",
        "back": "#ffffff",
        "better": "#0b6bcb",
        "worse": "#b3401a",
        "other": "#6e40c9",
        "none": "#6e7781",
        "middle": "#f3f4f6",
    },
    "dark": {
        "text": "#e6edf3",
        "quiet": "#9da7b3",
        "line": "#3d444d",
        "back": "#0d1117",
        "better": "#58a6ff",
        "worse": "#f0883e",
        "other": "#bc8cff",
        "none": "#9198a1",
        "middle": "#21262d",
    },
}

#: Shapes of marks: triangles point to where the change goes, whichever way is better.
_SHAPES = {"down": "triangle-down", "up": "triangle-up", "changed": "diamond", "equivalent": "square", "open": "cross"}
_VERDICTS = ("improved", "regressed", "changed", "equivalent", "inconclusive", "cannot decide", "not by Go alone")
ROW = 16

#: An axis that says 0.4ms: a prefix, and the unit that scripts fill in; without one 0.04, as the table has it.
#: Ticks that are too close to others have an empty label.
IN_UNITS: Mapping[str, Any] = {
    "format": "~s",
    "labelExpr": "datum.label && (unit || abs(datum.value) >= 1 || !datum.value"
    " ? format(datum.value, '~s') + unit : format(datum.value, '~g'))",
}


def chart(palette: Mapping[str, str], description: str, **parts: Any) -> Spec:
    """A specification without data, as wide as its place."""
    axis = {
        "labelColor": palette["text"],
        "titleColor": palette["quiet"],
        "gridColor": palette["line"],
        "domainColor": palette["line"],
        "tickColor": palette["line"],
        "labelLimit": 260,
    }
    return {
        "$schema": _SCHEMA,
        "description": description,
        "data": {"name": "rows"},
        "params": [{"name": "unit", "value": "s"}],
        "background": palette["back"],
        "width": "container",
        "autosize": {"type": "fit-x", "contains": "padding"},
        **parts,
        "config": {
            # The page says in words what a chart shows; marks by the hundred would drown a screen reader.
            "aria": False,
            "font": "system-ui, sans-serif",
            "axis": axis,
            "legend": {"labelColor": palette["text"], "titleColor": palette["quiet"], "orient": "top"},
            "view": {"stroke": palette["line"]},
        },
    }


def by_verdict(palette: Mapping[str, str]) -> dict[str, Any]:
    """Colour of a mark, from its row's verdict, and shape, which says which way it goes."""
    named = {"improved": "better", "regressed": "worse", "changed": "other"}
    colours = [palette[named.get(verdict, "none")] for verdict in _VERDICTS]
    return {
        "color": {
            "field": "verdict",
            "type": "nominal",
            "title": None,
            "scale": {"domain": _VERDICTS, "range": colours},
        },
        "shape": {
            "field": "shape",
            "type": "nominal",
            "legend": None,
            "scale": {"domain": [*_SHAPES], "range": [*_SHAPES.values()]},
        },
    }


def names(title: str | None = None) -> dict[str, Any]:
    """One line for each benchmark, in the order of the rows."""
    return {"field": "name", "type": "nominal", "sort": None, "title": title, "axis": {"labelFontSize": 11}}
