"""The charts of the page as Vega-Lite specifications, without their data.

Scripts fill in the data set ``rows``. Specifications say how marks look, never what a change means: colours and shapes
follow the verdicts that come with the rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tasks.site.chart_style import IN_UNITS, PALETTES, ROW, Spec, by_verdict, chart, names


def charts() -> dict[str, Any]:
    """Every specification by name, for each theme."""
    return {theme: {name: make(palette) for name, make in _MAKERS.items()} for theme, palette in PALETTES.items()}


def _values(palette: Mapping[str, str]) -> Spec:
    """Both versions' values of every benchmark with their intervals; the scripts say whether zeros are among them."""
    colour = {
        "field": "version",
        "type": "nominal",
        "sort": None,
        "title": None,
        "scale": {"range": [palette["none"], palette["better"]]},
    }
    x = {"type": "quantitative", "scale": {"type": "log", "nice": False}, "axis": {"tickCount": 8, **IN_UNITS}}
    return chart(
        palette,
        "both values of every benchmark",
        height={"step": ROW},
        encoding={
            "y": names(),
            "color": colour,
            "shape": {**colour, "scale": {"range": ["circle", "triangle-right"]}},
        },
        layer=[
            {
                "mark": {"type": "rule", "strokeWidth": 2},
                "encoding": {"x": {**x, "field": "low"}, "x2": {"field": "high"}, "shape": None},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 45, "opacity": 1},
                "encoding": {"x": {**x, "field": "value", "title": None}, "tooltip": {"field": "words"}},
            },
        ],
    )


def _delta(palette: Mapping[str, str]) -> Spec:
    """The paired change of every benchmark with its interval, in percent."""
    x = {"type": "quantitative", "axis": {"format": "+~f"}}
    return chart(
        palette,
        "the paired change of every benchmark with its 95 % interval",
        height={"step": ROW},
        encoding={"y": names(), **by_verdict(palette)},
        layer=[
            {
                "mark": {"type": "rule", "color": palette["quiet"]},
                "encoding": {"x": {"datum": 0}, "y": None, "color": None, "shape": None},
            },
            {
                "mark": {"type": "rule", "strokeWidth": 2},
                "encoding": {"x": {**x, "field": "low"}, "x2": {"field": "high"}, "shape": None},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 55, "opacity": 1},
                "encoding": {
                    "x": {**x, "field": "change", "title": "change (%), 95 % interval"},
                    "tooltip": {"field": "words"},
                },
            },
        ],
    )


def _heat(palette: Mapping[str, str]) -> Spec:
    """Every version against the oldest: coloured by how much better or worse, only where a change was found."""
    return chart(
        palette,
        "change of every benchmark in every version against the oldest one",
        height={"step": ROW + 2},
        encoding={
            "x": {
                "field": "version",
                "type": "nominal",
                "sort": None,
                "title": None,
                "axis": {"orient": "top", "labelAngle": 0},
            },
            "y": names(),
        },
        layer=[
            {
                "mark": {"type": "rect", "stroke": palette["back"]},
                "encoding": {
                    "color": {
                        # Which way is better, nobody knows.
                        "condition": {"test": "datum.verdict === 'changed'", "value": palette["other"]},
                        "field": "found",
                        "type": "quantitative",
                        "title": "found: better, worse (%)",
                        "scale": {
                            "domain": [-20, 0, 20],
                            "clamp": True,
                            "range": [palette["better"], palette["middle"], palette["worse"]],
                            # Between red and blue no other hue.
                            "interpolate": "rgb",
                        },
                    },
                    "tooltip": {"field": "words"},
                },
            },
            {
                "mark": {"type": "text", "fontSize": 10},
                "encoding": {
                    "text": {"field": "text"},
                    "color": {
                        "condition": {
                            "test": "abs(datum.found) > 13 || datum.verdict === 'changed'",
                            "value": palette["back"],
                        },
                        "value": palette["text"],
                    },
                },
            },
        ],
    )


def _history(palette: Mapping[str, str]) -> Spec:
    """One benchmark's value in every version, with its interval."""
    x = {"field": "version", "type": "nominal", "sort": None, "title": None, "axis": {"labelAngle": 0}}
    y = {"type": "quantitative", "scale": {"zero": False}, "axis": IN_UNITS}
    return chart(
        palette,
        "the value in every version, with its 95 % interval",
        height=180,
        encoding={"x": x},
        layer=[
            {"mark": {"type": "line", "color": palette["line"]}, "encoding": {"y": {**y, "field": "value"}}},
            {
                "mark": {"type": "rule", "strokeWidth": 2, "color": palette["better"]},
                "encoding": {"y": {**y, "field": "low"}, "y2": {"field": "high"}},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 55, "color": palette["better"], "opacity": 1},
                "encoding": {
                    "y": {**y, "field": "value", "title": "value, 95 % interval"},
                    "tooltip": {"field": "words"},
                },
            },
        ],
    )


def _samples_x() -> dict[str, Any]:
    return {
        "field": "value",
        "type": "quantitative",
        "title": "sec/op of one sample",
        "scale": {"zero": False},
        "axis": {"tickCount": 10, **IN_UNITS},
    }


def _strip(palette: Mapping[str, str]) -> Spec:
    """Every sample as a point, those of retries in a shape and colour of their own."""
    kinds = {"field": "kind", "type": "nominal", "title": None}
    return chart(
        palette,
        "every sample of every version",
        height={"step": 34},
        mark={"type": "point", "filled": True, "size": 22, "opacity": 0.7},
        encoding={
            "x": _samples_x(),
            "y": {"field": "version", "type": "nominal", "sort": None, "title": None},
            # Spread over the line of its version, so that equal ones don't hide each other.
            "yOffset": {"field": "spread", "type": "quantitative", "scale": {"domain": [-0.7, 1.7]}},
            "color": {
                **kinds,
                "scale": {"domain": ["sample", "of a retry"], "range": [palette["better"], palette["worse"]]},
            },
            "shape": {**kinds, "scale": {"domain": ["sample", "of a retry"], "range": ["circle", "triangle-up"]}},
            "tooltip": {"field": "words"},
        },
    )


def _box(palette: Mapping[str, str]) -> Spec:
    """Quartiles of the samples; whiskers reach to the farthest ones, since none is an outlier here."""
    return chart(
        palette,
        "quartiles and range of the samples of every version",
        height={"step": 34},
        encoding={"x": _samples_x(), "y": {"field": "version", "type": "nominal", "sort": None, "title": None}},
        # A layer, since what is made of several marks takes no parameters.
        layer=[
            {
                "mark": {
                    "type": "boxplot",
                    "extent": "min-max",
                    "color": palette["better"],
                    "median": {"color": palette["back"]},
                }
            }
        ],
    )


def _ecdf(palette: Mapping[str, str]) -> Spec:
    """Which share of a version's samples took at most so long."""
    return chart(
        palette,
        "the share of samples that took at most so long, by version",
        height=220,
        transform=[
            {"sort": [{"field": "value"}], "window": [{"op": "cume_dist", "as": "share"}], "groupby": ["version"]}
        ],
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
