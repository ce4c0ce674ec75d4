"""Writing the exported JSON of this platform, and what it says of others left as it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tasks.export import compared
from tasks.export.compared import FINDINGS, Merged, adopted_merged, name_of, platform_of_adopted
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
    """The files that an export to ``folder`` writes for this machine and for what was adopted."""
    mine = project.machine.platform
    labels = {mine: [version.label for version in project.config.versions]}
    for path in adopted_merged(project):
        labels.setdefault(platform_of_adopted(project, path), []).append(path.parent.name)
    paths = [folder / "platforms.json", folder / mine / _NOISE, folder / mine / FINDINGS]
    for platform, its in labels.items():
        names = ["index.json", *(f"{label}.json" for label in its)]
        names += [name_of(old, new) for old in its for new in its if old != new]
        paths += [folder / platform / name for name in names]
    return paths


def export(project: Project, folder: Path) -> list[Path]:
    """Write what each platform has, and platforms.json; the paths that were written.

    The same results give the same bytes. Files of versions of these platforms that are no longer configured are
    removed, so that the index names all there is. What others have exported stays as it is.
    """
    platforms = _read_platforms(folder / "platforms.json")
    adopted = compared.read_columns(project)
    for platform in _platforms(project, adopted):
        index = _write(platform, folder, project.config.repository)
        platforms = platforms_document(platforms, platform.name, platform.display, index["last_updated"])
    schema.write("export-platforms", folder / "platforms.json", platforms)
    own = folder / project.machine.platform
    schema.write("noise", own / _NOISE, schema.read("noise", project.tree.noise), rows="sessions")
    for name, kind, document in compared.own(project):
        schema.write(kind, own / name, document)
    for platform_name, columns in adopted.items():
        beside = list(_own(project)) if platform_name == project.machine.platform else []
        for name, kind, document in compared.with_adopted(project, beside, columns):
            schema.write(kind, folder / platform_name / name, document)
    written = export_paths(project, folder)
    _remove_others(folder, written)
    return written


def _own(project: Project) -> Iterator[Merged]:
    for version in project.config.versions:
        yield schema.read("merged", project.tree.merged_json(version.label))


def _platforms(project: Project, adopted: Mapping[str, Sequence[Merged]]) -> list[Platform]:
    """This machine's, with what was adopted of its platform; then those of which all is adopted."""
    machine = project.machine
    columns = {name: tuple(_column(merged, PROVENANCE) for merged in its) for name, its in adopted.items()}
    own = tuple(_column(merged, "") for merged in _own(project))
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
    fill_missing(documents, rows)
    for column, document in zip(platform.columns, documents, strict=True):
        schema.write("export-version", folder / platform.name / f"{column.label}.json", document)
    index = index_document(documents, rows, repository)
    schema.write("export-index", folder / platform.name / "index.json", index)
    return index


def _remove_others(folder: Path, written: Sequence[Path]) -> None:
    """Remove what an earlier export left in the folders of these platforms."""
    for parent in {path.parent for path in written} - {folder}:
        for path in parent.glob("*.json"):
            if path not in written:
                path.unlink()


def _read_platforms(path: Path) -> dict[str, Any] | None:
    if not path.exists():
        return None
    document: dict[str, Any] = schema.read("export-platforms", path)
    return document
