"""The charts of the page as Vega-Lite specifications, without their data.

Scripts fill in the data set ``rows`` and the theme. Specifications say how marks look, never what a change means: colours
and shapes follow the verdicts that come with the rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Spec = dict[str, Any]

_SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"

#: By theme: text, lines, background, then verdicts, versions and heat. Each verdict has a shape of its own as well.
_PALETTES: Mapping[str, Mapping[str, str]] = {
    "light": {
        "text": "#1b1f24", "quiet": "#57606a", "line": "#d0d7de", "back": "#ffffff", "better": "#0b6bcb", "worse": "#b3401a",
        "other": "#6e40c9", "none": "#6e7781", "old": "#6e7781", "new": "#0b6bcb", "middle": "#f3f4f6",
    },
    "dark": {
        "text": "#e6edf3", "quiet": "#9da7b3", "line": "#3d444d", "back": "#0d1117", "better": "#58a6ff", "worse": "#f0883e",
        "other": "#bc8cff", "none": "#9198a1", "old": "#9198a1", "new": "#58a6ff", "middle": "#21262d",
    },
}  # fmt: skip

#: Shapes of marks by verdict; what is not here is a small cross.
_SHAPES = {"improved": "triangle-down", "regressed": "triangle-up", "changed": "diamond", "equivalent": "square"}
_VERDICTS = (*_SHAPES, "inconclusive", "cannot decide", "not by Go alone")
_ROW = 16


def charts() -> dict[str, Any]:
    """Every specification by name, for each theme."""
    return {theme: {name: make(palette) for name, make in _MAKERS.items()} for theme, palette in _PALETTES.items()}


def _chart(palette: Mapping[str, str], description: str, **parts: Any) -> Spec:
    axis = {
        "labelColor": palette["text"], "titleColor": palette["quiet"], "gridColor": palette["line"],
        "domainColor": palette["line"], "tickColor": palette["line"], "labelLimit": 260,
    }  # fmt: skip
    return {
        "$schema": _SCHEMA,
        "description": description,
        "data": {"name": "rows"},
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


def _by_verdict(palette: Mapping[str, str]) -> dict[str, Any]:
    """Colour and shape of a mark, from its row's verdict."""
    named = {"improved": "better", "regressed": "worse", "changed": "other"}
    colours = [palette[named.get(verdict, "none")] for verdict in _VERDICTS]
    shapes = [_SHAPES.get(verdict, "cross") for verdict in _VERDICTS]
    return {
        "color": {"field": "verdict", "type": "nominal", "title": None, "scale": {"domain": _VERDICTS, "range": colours}},
        "shape": {"field": "verdict", "type": "nominal", "title": None, "scale": {"domain": _VERDICTS, "range": shapes}},
    }


def _names(title: str | None = None) -> dict[str, Any]:
    """One line for each benchmark, in the order of the rows."""
    return {"field": "name", "type": "nominal", "sort": None, "title": title, "axis": {"labelFontSize": 11}}


def _values(palette: Mapping[str, str]) -> Spec:
    """Both versions' values of every benchmark with their intervals; the scripts say whether zeros are among them."""
    colour = {
        "field": "version",
        "type": "nominal",
        "sort": None,
        "title": None,
        "scale": {"range": [palette["old"], palette["new"]]},
    }
    x = {"type": "quantitative", "scale": {"type": "log", "nice": False}, "axis": {"tickCount": 8, "format": "~s"}}
    return _chart(
        palette,
        "both values of every benchmark",
        height={"step": _ROW},
        encoding={"y": _names(), "color": colour, "shape": {**colour, "scale": {"range": ["circle", "triangle-right"]}}},
        layer=[
            {"mark": {"type": "rule", "strokeWidth": 2}, "encoding": {"x": {**x, "field": "low"}, "x2": {"field": "high"}}},
            {
                "mark": {"type": "point", "filled": True, "size": 45, "opacity": 1},
                "encoding": {"x": {**x, "field": "value", "title": "in base units"}, "tooltip": {"field": "words"}},
            },
        ],
    )


def _delta(palette: Mapping[str, str]) -> Spec:
    """The paired change of every benchmark with its interval, in percent."""
    x = {"type": "quantitative", "axis": {"format": "+"}}
    return _chart(
        palette,
        "the paired change of every benchmark with its 95 % interval",
        height={"step": _ROW},
        encoding={"y": _names(), **_by_verdict(palette)},
        layer=[
            {"mark": {"type": "rule", "color": palette["quiet"]}, "encoding": {"x": {"datum": 0}, "y": None, "color": None, "shape": None}},
            {
                "mark": {"type": "rule", "strokeWidth": 2},
                "encoding": {"x": {**x, "field": "low"}, "x2": {"field": "high"}, "shape": None},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 55, "opacity": 1},
                "encoding": {"x": {**x, "field": "change", "title": "change (%), 95 % interval"}, "tooltip": {"field": "words"}},
            },
        ],
    )  # fmt: skip


def _heat(palette: Mapping[str, str]) -> Spec:
    """Every version against the oldest: coloured by size only where a change was found."""
    return _chart(
        palette,
        "change of every benchmark in every version against the oldest one",
        height={"step": _ROW + 2},
        encoding={
            "x": {"field": "version", "type": "nominal", "sort": None, "title": None, "axis": {"orient": "top", "labelAngle": 0}},
            "y": _names(),
        },
        layer=[
            {
                "mark": {"type": "rect", "stroke": palette["back"]},
                "encoding": {
                    "color": {
                        "field": "found",
                        "type": "quantitative",
                        "title": "change found (%)",
                        "scale": {"domain": [-20, 0, 20], "clamp": True, "range": [palette["better"], palette["middle"], palette["worse"]]},
                    },
                    "tooltip": {"field": "words"},
                },
            },
            {
                "mark": {"type": "text", "fontSize": 10},
                "encoding": {
                    "text": {"field": "text"},
                    "color": {
                        "condition": {"test": "abs(datum.found) > 9", "value": palette["back"]},
                        "value": palette["text"],
                    },
                },
            },
        ],
    )  # fmt: skip


def _history(palette: Mapping[str, str]) -> Spec:
    """One benchmark's value in every version, with its interval."""
    x = {"field": "version", "type": "nominal", "sort": None, "title": None, "axis": {"labelAngle": 0}}
    y = {"type": "quantitative", "scale": {"zero": False}, "axis": {"format": "~s"}}
    return _chart(
        palette,
        "the value in every version, with its 95 % interval",
        height=180,
        encoding={"x": x},
        layer=[
            {"mark": {"type": "line", "color": palette["line"]}, "encoding": {"y": {**y, "field": "value"}}},
            {"mark": {"type": "rule", "strokeWidth": 2, "color": palette["new"]}, "encoding": {"y": {**y, "field": "low"}, "y2": {"field": "high"}}},
            {
                "mark": {"type": "point", "filled": True, "size": 55, "color": palette["new"], "opacity": 1},
                "encoding": {"y": {**y, "field": "value", "title": "value, 95 % interval"}, "tooltip": {"field": "words"}},
            },
        ],
    )  # fmt: skip


def _samples_x() -> dict[str, Any]:
    return {"field": "value", "type": "quantitative", "title": "seconds of one sample", "scale": {"zero": False}, "axis": {"format": "~s"}}  # fmt: skip


def _strip(palette: Mapping[str, str]) -> Spec:
    """Every sample as a point, those of retries in a shape and colour of their own."""
    kinds = {"field": "kind", "type": "nominal", "title": None}
    return _chart(
        palette,
        "every sample of every version",
        height={"step": 34},
        mark={"type": "point", "filled": True, "size": 22, "opacity": 0.7},
        encoding={
            "x": _samples_x(),
            "y": {"field": "version", "type": "nominal", "sort": None, "title": None},
            # Spread over the line of its version, so that equal ones don't hide each other.
            "yOffset": {"field": "spread", "type": "quantitative", "scale": {"domain": [-0.2, 1.2]}},
            "color": {**kinds, "scale": {"domain": ["sample", "of a retry"], "range": [palette["new"], palette["worse"]]}},
            "shape": {**kinds, "scale": {"domain": ["sample", "of a retry"], "range": ["circle", "triangle-up"]}},
            "tooltip": {"field": "words"},
        },
    )  # fmt: skip


def _box(palette: Mapping[str, str]) -> Spec:
    """Quartiles of the samples; whiskers reach to the farthest ones, since none is an outlier here."""
    return _chart(
        palette,
        "quartiles and range of the samples of every version",
        height={"step": 34},
        mark={"type": "boxplot", "extent": "min-max", "color": palette["new"], "median": {"color": palette["back"]}},
        encoding={"x": _samples_x(), "y": {"field": "version", "type": "nominal", "sort": None, "title": None}},
    )


def _ecdf(palette: Mapping[str, str]) -> Spec:
    """Which share of a version's samples took at most so long."""
    return _chart(
        palette,
        "the share of samples that took at most so long, by version",
        height=220,
        transform=[{"sort": [{"field": "value"}], "window": [{"op": "cume_dist", "as": "share"}], "groupby": ["version"]}],
        mark={"type": "line", "interpolate": "step-after"},
        encoding={
            "x": _samples_x(),
            "y": {"field": "share", "type": "quantitative", "title": "share of samples", "axis": {"format": "%"}},
            "color": {"field": "version", "type": "nominal", "sort": None, "title": None},
            "strokeDash": {"field": "version", "type": "nominal", "sort": None, "title": None},
        },
    )


_MAKERS = {
    "values": _values, "delta": _delta, "heat": _heat, "history": _history, "strip": _strip, "box": _box, "ecdf": _ecdf,
}  # fmt: skip
