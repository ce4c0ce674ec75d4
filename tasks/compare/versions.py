"""A version's merged results as a side of a comparison."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tasks.compare.measures import tidy
from tasks.compare.sides import About, Key, Side


def version_side(merged: Mapping[str, Any]) -> Side:
    """The side that a merged document gives; its configuration is the package."""
    samples: dict[Key, list[float]] = {}
    about: dict[tuple[str, str], About] = {}
    units: dict[str, str] = {}
    for row in merged["benchmarks"]:
        package, name = row["package"], row["name"]
        about[package, name] = About(row["unit"], row["description"], row["status"], row["fingerprint"])
        for unit, measured in row["measures"].items():
            for printed in measured["samples"]:
                value, measure = tidy(printed, unit)
                samples.setdefault(Key((("pkg", package),), name, measure), []).append(value)
                units[measure] = unit
    document = {
        "kind": "version",
        "label": merged["label"],
        "file": "",
        "version": merged["version"],
        "go_version": merged["go_version"],
        "first_sample_at": merged["first_sample_at"],
        "collected_at": merged["collected_at"],
        "settings": merged["settings"],
        "environment": merged["environment"],
        "machine": merged["machine"],
        "sessions": merged["sessions"],
    }
    return Side(merged["label"], samples, ("pkg",), document, about, printed=units)
