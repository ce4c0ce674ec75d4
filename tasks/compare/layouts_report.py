"""What layouts invent and hide, as tables; its files: JSON, Markdown and plot beside the samples."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tasks.compare import markdown
from tasks.compare.layouts import APPEARS, STAYS, TURNS, VANISHES
from tasks.compare.layouts_plot import plot
from tasks.shared import console, schema
from tasks.shared.files import write_atomic
from tasks.shared.project import Project

Document = Mapping[str, Any]

PAGE = "layouts"

_COLUMNS = (
    "pair", "blocks", "benchmarks", "one binary", "fresh", "both", "vanish", "appear", "turn", "geomean, one binary",
    "geomean, fresh",
)  # fmt: skip

#: Each list of claims with its title.
_LISTS = {
    VANISHES: "Claims of one binary per version that vanish",
    APPEARS: "Changes that one binary per version hides",
    TURNS: "Claims that change their sign",
    STAYS: "Claims that stay",
}


def files_of(project: Project) -> dict[str, Path]:
    """Where the report lies, by form: ``layouts_25ms.json``, .md and .svg."""
    folder = project.paths.layouts(project.machine.platform).folder
    return {form: folder / f"{PAGE}_{project.settings.benchtime_text}.{form}" for form in ("json", "md", "svg")}


def pages_in(folder: Path) -> dict[str, Path]:
    """Where ``out=FOLDER`` writes what people read, ``layouts.md`` with its picture ``layouts.svg``, and the JSON."""
    return {form: folder / f"{PAGE}.{form}" for form in ("json", "md", "svg")}


def write_report(document: Document, paths: Mapping[str, Path]) -> None:
    """Write it in all its forms."""
    schema.write("layouts", paths["json"], document, rows="benchmarks")
    write_atomic(paths["svg"], plot(document))
    write_atomic(paths["md"], as_markdown(document, paths["svg"].name))


def show(document: Document) -> None:
    """Tell the counts of each pair."""
    title = f"called changed after correction, {document['benchtime']} samples, {document['machine']['cpu']}"
    console.table(title, _COLUMNS, _counts(document))


def as_markdown(document: Document, picture: str) -> str:
    """A page for people: counts, the picture, then every claim with its sizes."""
    machine = document["machine"]
    parts = [
        "# What layout invents, and hides\n",
        "Made by `doit layouts out=docs` from its texts; don't edit it. For each pair of releases, in the same "
        "rounds: what one binary per version reports, linked once in Go's own order as nearly every tool has it, and "
        "what versions linked anew in a random order in every round report. "
        f"{document['benchtime']} samples on {machine['cpu']}, {machine['cores']} cores, {machine['os']}, kernel "
        f"{machine['kernel']}; sessions {', '.join(document['sessions'])}. "
        f"Called changed: q <= {document['rules']['alpha']:g}, after correction over the benchmarks of the pair. "
        "Benchmarks that import another version of a module in the other release are left out. "
        "[statistics.md](statistics.md#layouts) says how it is done.\n",
        markdown.table(_COLUMNS, _counts(document)),
        f"![the change of each benchmark with one binary per version and with fresh layouts]({picture})\n",
    ]
    for pair in document["pairs"]:
        parts.append(f"## {pair['old']} -> {pair['new']}\n")
        widths = [f"{_percent(pair[arm]['median_width'])} {words}" for arm, words in _ARMS.items()]
        parts.append(f"Median width of the 95 % intervals: {', '.join(widths)}.\n")
        if pair["left_out"]:
            told = (f"{its['unit']} ({'; '.join(its['flags'])})" for its in pair["left_out"])
            parts.append(f"Left out, as more than Go differs: {', '.join(told)}.\n")
        for fate, title in _LISTS.items():
            rows = [row for row in document["benchmarks"] if (row["pair"], row["fate"]) == (pair["name"], fate)]
            if rows:
                parts += [f"{title} ({len(rows)}):\n", markdown.table(_CLAIM, _claims(rows))]
    return "\n".join(parts)


_ARMS = {"default": "with one binary", "fresh": "with fresh layouts"}
_CLAIM = ("benchmark", "one binary", "95 %", "fresh", "95 %")


def _counts(document: Document) -> list[Sequence[str]]:
    return [
        (
            f"{pair['old']} -> {pair['new']}",
            str(pair["blocks"]),
            str(pair["benchmarks"]),
            str(pair["default"]["different_by_q"]),
            str(pair["fresh"]["different_by_q"]),
            str(pair["fates"][STAYS] + pair["fates"][TURNS]),
            str(pair["fates"][VANISHES]),
            str(pair["fates"][APPEARS]),
            str(pair["fates"][TURNS]),
            _mean(pair["default"]["geomean"]),
            _mean(pair["fresh"]["geomean"]),
        )
        for pair in document["pairs"]
    ]


def _claims(rows: Sequence[Document]) -> list[Sequence[str]]:
    """The largest first, by what is claimed: by one binary, or by fresh layouts where that claims nothing."""
    told = {row["name"]: row["fresh" if row["fate"] == APPEARS else "default"]["shift"] for row in rows}
    ordered = sorted(rows, key=lambda row: (-abs(told[row["name"]]), row["package"], row["name"]))
    return [(f"{row['package']}.{row['name']}", *_change(row["default"]), *_change(row["fresh"])) for row in ordered]


def _change(side: Document) -> tuple[str, str]:
    change, low, high = (math.expm1(side[key]) * 100 for key in ("shift", "low", "high"))
    return f"{change:+.1f} %", f"{low:+.1f} ... {high:+.1f}"


def _mean(geomean: Document | None) -> str:
    if geomean is None:
        return ""
    ratio, low, high = ((geomean[key] - 1) * 100 for key in ("ratio", "low", "high"))
    return f"{ratio:+.2f} % ({low:+.2f} ... {high:+.2f})"


def _percent(fraction: float | None) -> str:
    return "" if fraction is None else f"{fraction * 100:.1f} %"
