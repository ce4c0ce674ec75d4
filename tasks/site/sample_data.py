"""All samples of one benchmark as the page's scripts hold them, and the command that takes one of them again."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Any

from tasks.measure.names import is_retry
from tasks.site.exported import Document, Platform
from tasks.site.packed import numbers

#: How `doit` compiles and samples, besides what a version's own environment says.
_BUILD = {"GOTOOLCHAIN": "local", "GOENV": "off", "GOFLAGS": "", "CGO_ENABLED": "0"}


def sample_data(platform: Platform, place: int) -> dict[str, Any]:
    """The samples of the benchmark at a place of the index, version by version."""
    entry = platform.index["benchmarks"][place]
    return {"benchmark": place, "versions": list(_versions(platform, entry))}


def _versions(platform: Platform, entry: Document) -> Iterator[dict[str, Any]]:
    for label, document in platform.versions.items():
        row = document["benchmarks"].get(entry["name"])
        if row is None:
            yield {"label": label, "output": "", "samples": [], "parts": [], "layouts": 0, "command": ""}
            continue
        yield {
            "label": label,
            "output": row["output"],
            # Seconds, as everything on the page is in base units.
            "samples": numbers(value * 1e-9 for value in row["ns_per_op_samples"]),
            "parts": [
                {
                    "session": its["session"],
                    "kind": its["kind"],
                    "samples": its["samples"],
                    "retry": is_retry(its["kind"]),
                }
                for its in row["origins"]
            ],
            "layouts": row["layouts"],
            "command": command(document, row),
        }


def command(document: Document, row: Document) -> str:
    """What takes one of these samples again, in the layout of the first of them; empty where nobody knows how."""
    metadata = document["metadata"]
    if not row["origins"]:
        return ""
    exact = metadata["go_version_full"].split()[2]
    layout = row["origins"][0]["layout"]
    package, _, function = row["unit"].partition(".")
    settings = metadata["benchmark_config"]
    environment = {**_BUILD, "GOMAXPROCS": str(metadata["system"]["cores"]), **settings["environment"]}
    words = [
        *(f"{name}={shlex.quote(value) if value else ''}" for name, value in environment.items()),
        f"../.go-versions/{exact}/bin/go",
        "test",
        "-trimpath",
        "-buildvcs=false",
        "-vet=off",
        *([f"-ldflags=-randlayout={layout}"] if layout else []),
        "-run='^$'",
        f"-bench={shlex.quote(f'^Benchmark{function}$')}",
        f"-benchtime={settings['benchtime']}",
        "-count=1",
        "-benchmem",
        f"./{package}/",
    ]
    return f"cd benchmarks && cp ../.build/{exact}/go.mod ../.build/{exact}/go.sum . && {' '.join(words)}"
