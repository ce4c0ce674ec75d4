"""Writing the exported JSON of this platform, and what it says of others left as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tasks.export.documents import (
    exported_names,
    fill_missing,
    index_document,
    platform_display,
    platforms_document,
    version_document,
)
from tasks.results.adopt import PROVENANCE, adopted_documents, read_adopted
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

    def paths(self, folder: Path) -> list[Path]:
        """The files that its export writes below a folder."""
        versions = (folder / self.name / f"{column.label}.json" for column in self.columns)
        return [folder / self.name / "index.json", *versions]


def export_paths(project: Project, folder: Path) -> list[Path]:
    """The files that an export to ``folder`` writes for this machine and for what was adopted."""
    platform = folder / project.machine.platform
    versions = [platform / f"{version.label}.json" for version in project.config.versions]
    adopted = [
        folder / _name_of_adopted(project, path) / f"{path.parent.name}.json" for path in adopted_merged(project)
    ]
    indexes = sorted({platform / "index.json", *(path.parent / "index.json" for path in adopted)})
    return [folder / "platforms.json", *indexes, platform / _NOISE, *versions, *adopted]


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
    return export_paths(project, folder)


def _platforms(project: Project) -> list[Platform]:
    """This machine's, with what was adopted of its platform; then those of which all is adopted."""
    machine = project.machine
    own = [_column(schema.read("merged", project.tree.merged_json(v.label)), "") for v in project.config.versions]
    adopted: dict[str, list[Column]] = {}
    for path in adopted_merged(project):
        column = _column(read_adopted(project, path), PROVENANCE)
        adopted.setdefault(_name_of_adopted(project, path), []).append(column)
    display = platform_display(machine.goos, machine.goarch, machine.cpu)
    found = [Platform(machine.platform, display, (*own, *adopted.pop(machine.platform, [])))]
    for name, columns in sorted(adopted.items()):
        its = columns[0].document["metadata"]["system"]
        display = platform_display(its["os"], its["arch"], its["cpu"])
        found.append(Platform(name, f"{display}, adopted", tuple(columns)))
    return found


def _column(merged: Mapping[str, Any], provenance: str) -> Column:
    names = exported_names(merged)
    rows = tuple(
        {key: value for key, value in row.items() if key not in ("measures", "iterations")} | {"name": name}
        for name, row in zip(names, merged["benchmarks"], strict=True)
    )
    return Column(merged["label"], version_document(merged, provenance), rows)


def adopted_merged(project: Project) -> list[Path]:
    """Adopted results belong to the tree that pages show first."""
    return adopted_documents(project.paths) if project.settings.tree == "stable" else []


def _name_of_adopted(project: Project, path: Path) -> str:
    """The platform under which an adopted column is shown: never another machine's own."""
    platform = path.parent.parent.name
    return platform if platform == project.machine.platform else f"{platform}-adopted"


def _write(platform: Platform, folder: Path, repository: str) -> dict[str, Any]:
    """Write the files of one platform; its index."""
    documents = [column.document for column in platform.columns]
    # Ours describe a benchmark; of what was adopted nobody knows more than its name.
    rows = sorted((row for column in platform.columns for row in column.rows), key=lambda row: bool(row["description"]))
    fill_missing(documents, rows)
    index_path, *paths = platform.paths(folder)
    for path, document in zip(paths, documents, strict=True):
        schema.write("export-version", path, document)
    index = index_document(documents, rows, repository)
    schema.write("export-index", index_path, index)
    for path in index_path.parent.glob("*.json"):
        if path not in (index_path, *paths) and path.name != _NOISE:
            path.unlink()
    return index


def _read_platforms(path: Path) -> dict[str, Any] | None:
    if not path.exists():
        return None
    document: dict[str, Any] = schema.read("export-platforms", path)
    return document
