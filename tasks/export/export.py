"""Writing the exported JSON of this platform, and what it says of others left as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tasks.export.columns import Merged, adopted_columns, labels_of, own_columns, remove_others
from tasks.export.compared import FINDINGS
from tasks.export.documents import (
    exported_names,
    fill_missing,
    index_document,
    platform_display,
    platforms_document,
    version_document,
)
from tasks.results.adopt import PROVENANCE
from tasks.shared import schema
from tasks.shared.project import Project

#: Exported as it is: what controls have told of a platform's noise.
_NOISE = "noise.json"


@dataclass(frozen=True)
class Column:
    """A version as it is exported, and its merged rows without the numbers, which there may be millions of."""

    label: str
    document: dict[str, Any]
    rows: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Platform:
    """What is exported under one name: its columns, oldest version first."""

    name: str
    display: str
    columns: tuple[Column, ...]


def export_paths(project: Project, folder: Path) -> list[Path]:
    """The files that an export of results to ``folder`` writes for this machine and for what was adopted."""
    paths = [folder / "platforms.json", folder / project.machine.platform / _NOISE]
    for platform, labels in labels_of(project).items():
        paths += [folder / platform / "index.json", *(folder / platform / f"{label}.json" for label in labels)]
    return paths


def export(project: Project, folder: Path) -> list[Path]:
    """Write version files, index.json and noise.json of each platform, and platforms.json; the paths that were written.

    The same results give the same bytes. Version files of these platforms that are no longer configured are
    removed, so that the index names all there is. What others have exported stays as it is.
    """
    platforms = _read_platforms(folder / "platforms.json")
    for platform in _platforms(project):
        index = _write(platform, folder, project.config.repository)
        platforms = platforms_document(platforms, platform.name, platform.display, index["last_updated"])
    schema.write("export-platforms", folder / "platforms.json", platforms)
    noise = schema.read("noise", project.tree.noise)
    schema.write("noise", folder / project.machine.platform / _NOISE, noise, rows="sessions")
    written = export_paths(project, folder)
    # Findings are written with the comparisons.
    findings = folder / project.machine.platform / FINDINGS
    remove_others([findings, *(path for path in written if path.parent != folder)])
    return written


def _platforms(project: Project) -> list[Platform]:
    """This machine's, with what was adopted of its platform; then those of which all is adopted."""
    machine = project.machine
    adopted = adopted_columns(project)
    columns = {name: tuple(_column(merged, PROVENANCE) for merged in its) for name, its in adopted.items()}
    own = tuple(_column(merged, "") for merged in own_columns(project))
    display = platform_display(machine.goos, machine.goarch, machine.cpu)
    found = [Platform(machine.platform, display, (*own, *columns.pop(machine.platform, ())))]
    for name, its_columns in sorted(columns.items()):
        its = its_columns[0].document["metadata"]["system"]
        display = platform_display(its["os"], its["arch"], its["cpu"])
        found.append(Platform(name, f"{display}, adopted", its_columns))
    return found


def _column(merged: Merged, provenance: str) -> Column:
    names = exported_names(merged)
    rows = tuple(
        {key: value for key, value in row.items() if key not in ("measures", "iterations")} | {"name": name}
        for name, row in zip(names, merged["benchmarks"], strict=True)
    )
    return Column(merged["label"], version_document(merged, provenance), rows)


def _write(platform: Platform, folder: Path, repository: str) -> dict[str, Any]:
    """Write the version files and the index of one platform; the index."""
    documents = [column.document for column in platform.columns]
    # Ours describe a benchmark; of what was adopted nobody knows more than its name.
    rows = sorted((row for column in platform.columns for row in column.rows), key=lambda row: bool(row["description"]))
    rows = fill_missing(documents, rows)
    for column, document in zip(platform.columns, documents, strict=True):
        schema.write("export-version", folder / platform.name / f"{column.label}.json", document)
    index = index_document(documents, rows, repository)
    schema.write("export-index", folder / platform.name / "index.json", index)
    return index


def _read_platforms(path: Path) -> dict[str, Any] | None:
    if not path.exists():
        return None
    document: dict[str, Any] = schema.read("export-platforms", path)
    return document
