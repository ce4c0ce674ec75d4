"""A calibration as text, and its files: JSON, text, Markdown and plot beside the samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tasks.compare import markdown
from tasks.compare.calibration_plot import plot
from tasks.compare.formats import aligned
from tasks.measure.calibration import SET
from tasks.shared import console, schema
from tasks.shared.files import write_atomic
from tasks.shared.project import Project
from tasks.shared.versions import Version

Document = Mapping[str, Any]
Table = tuple[str, Sequence[str], Sequence[Sequence[str]]]

#: What the page of the docs and its picture are called.
PAGE = "aa"


def files_of(project: Project, version: Version) -> dict[str, Path]:
    """Where the report of a version lies, by form: ``go1.24.0_25ms.json``, .txt, .md and .svg."""
    folder = project.paths.calibration(project.machine.platform).folder
    stem = f"{version.exact}_{project.settings.benchtime_text}"
    return {form: folder / f"{stem}.{form}" for form in ("json", "txt", "md", "svg")}


def pages_in(folder: Path) -> dict[str, Path]:
    """Where ``out=FOLDER`` writes what people read, ``aa.md`` with its picture, and what both are made of."""
    return {form: folder / f"{PAGE}.{form}" for form in ("json", "md", "svg")}


def write_report(document: Document, paths: Mapping[str, Path]) -> None:
    """Write a calibration in all the forms that are wanted."""
    schema.write("calibration", paths["json"], document, rows="benchmarks")
    if "txt" in paths:
        write_atomic(paths["txt"], as_text(document))
    write_atomic(paths["svg"], plot(document))
    write_atomic(paths["md"], as_markdown(document, paths["svg"].name))


def show(document: Document) -> None:
    """Tell what came of each design, and of each set of it."""
    for title, columns, rows in (_designs(document), _sets(document)):
        console.table(title, columns, rows)
    for design in document["designs"]:
        console.say(f"{design['design']}: {design['words']}")


def as_text(document: Document) -> str:
    """The designs, their sets, then every benchmark, in columns."""
    parts = [_columns(*_designs(document)), _columns(*_sets(document))]
    parts.append("".join(f"{design['design']}: {design['words']}\n" for design in document["designs"]))
    parts.append(_columns(*_benchmarks(document)))
    return "\n".join(parts)


def as_markdown(document: Document, picture: str) -> str:
    """A page for people, with its picture."""
    machine = document["machine"]
    parts = [
        f"# {document['version']} against itself\n",
        f"Made by `doit calibrate:{document['label']} rounds={_rounds(document)} out=docs` from its texts; don't edit "
        f"it. {document['benchtime']} samples on {machine['cpu']}, {machine['cores']} cores, {machine['os']}, kernel "
        f"{machine['kernel']}; sessions {', '.join(document['sessions'])}. "
        "[statistics.md](statistics.md#calibration) says how it is done.\n",
        "".join(f"* `{design['design']}`: {design['words']}\n" for design in document["designs"]),
    ]
    tables = {
        f"Each set of {SET} by itself, in order of time": _sets(document),
        "All samples together": _designs(document),
        "Every benchmark": _benchmarks(document),
    }
    for heading, (title, columns, rows) in tables.items():
        parts += [f"## {heading}\n", f"{markdown.escaped(title)}.\n", markdown.table(columns, rows)]
    parts.insert(3, f"![what each design calls different, what it would find, and geometric means]({picture})\n")
    return "\n".join(parts)


def _designs(document: Document) -> Table:
    alpha = document["rules"]["alpha"]
    title = (
        f"{document['version']} against itself, {document['benchtime']} samples, {document['machine']['cpu']}: "
        "called different though identical, and what would have been found"
    )
    columns = (
        "design", "samples", f"p <= {alpha:g}", f"q <= {alpha:g}", "median change", "largest", "factor", "noise floor",
        "smallest effect", "geomean",
    )  # fmt: skip
    rows = [
        (
            d["design"],
            str(d["n"]),
            f"{d['different_by_p']} of {d['benchmarks']}",
            f"{d['different_by_q']} of {d['benchmarks']}",
            _percent(d["median_change"]),
            _percent(d["largest_change"]),
            f"{d['factor']:.2f}",
            _percent(d["median_noise_floor"]),
            _percent(d["median_smallest_effect"]),
            _interval(d["geomean"]),
        )
        for d in document["designs"]
    ]
    return title, columns, rows


def _sets(document: Document) -> Table:
    alpha = document["rules"]["alpha"]
    title = f"each set of {SET} by itself, in order of time: called different though identical"
    columns = ("design", "set", "samples", f"p <= {alpha:g}", f"q <= {alpha:g}", "geomean, 95 % interval")
    rows = [
        (
            its["design"],
            str(its["set"]),
            str(its["n"]),
            f"{its['different_by_p']} of {its['benchmarks']}",
            f"{its['different_by_q']} of {its['benchmarks']}",
            _interval(its["geomean"]),
        )
        for its in document["sets"]
    ]
    return title, columns, rows


def _benchmarks(document: Document) -> Table:
    """A row for each benchmark: its change and the smallest effect in each design."""
    designs = [design["design"] for design in document["designs"]]
    found: dict[str, dict[str, Document]] = {}
    for row in document["benchmarks"]:
        found.setdefault(f"{row['package']}.{row['name']}", {})[row["design"]] = row
    columns = ["benchmark", *(f"{design} {what}" for design in designs for what in ("change", "smallest"))]
    rows = [
        [name, *(cell for design in designs for cell in _cells(by_design.get(design), document["rules"]["alpha"]))]
        for name, by_design in sorted(found.items())
    ]
    title = (
        "change of a benchmark against itself (* q at most alpha), and the smallest effect that "
        f"{_rounds(document)} samples a side would find"
    )
    return title, columns, rows


def _rounds(document: Document) -> int:
    """The samples a side of all sets together."""
    return max((row["n"] for row in document["benchmarks"]), default=0)


def _cells(row: Document | None, alpha: float) -> tuple[str, str]:
    if row is None:
        return "", ""
    mark = "*" if row["q"] <= alpha else ""
    return f"{row['shift'] * 100:+.1f} %{mark}", _percent(row["smallest_effect"])


def _percent(fraction: float | None) -> str:
    return "" if fraction is None else f"{fraction * 100:.1f} %"


def _interval(geomean: Document | None) -> str:
    """``+0.12 % (-0.30 ... +0.55)``."""
    if geomean is None:
        return ""
    ratio, low, high = ((geomean[key] - 1) * 100 for key in ("ratio", "low", "high"))
    return f"{ratio:+.2f} % ({low:+.2f} ... {high:+.2f})"


def _columns(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of plain text; the first column to the left, the others to the right."""
    return "\n".join([title, *aligned([columns, *rows], left=columns[:1])]) + "\n"
