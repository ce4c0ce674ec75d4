"""Writing the exported JSON of this platform, and what it says of others left as it is."""

from __future__ import annotations

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
from tasks.shared import schema
from tasks.shared.project import Project


def export_paths(project: Project, folder: Path) -> list[Path]:
    """The files that an export to ``folder`` writes."""
    platform = folder / project.machine.platform
    versions = [platform / f"{version.label}.json" for version in project.config.versions]
    return [folder / "platforms.json", platform / "index.json", *versions]


def export(project: Project, folder: Path) -> list[Path]:
    """Write version files, index.json and platforms.json; the paths that were written.

    The same results give the same bytes. Version files of this platform that are no longer configured are
    removed, so that the index names all there is.
    """
    platform = folder / project.machine.platform
    documents, rows = [], []
    for version in project.config.versions:
        merged = schema.read("merged", project.tree.merged_json(version.label))
        document = version_document(merged)
        documents.append(document)
        rows += [{**row, "name": name} for name, row in zip(exported_names(merged), merged["benchmarks"], strict=True)]
    fill_missing(documents, rows)
    for version, document in zip(project.config.versions, documents, strict=True):
        schema.write("export-version", platform / f"{version.label}.json", document)
    index = index_document(documents, rows, project.config.repository)
    schema.write("export-index", platform / "index.json", index)
    wanted = {f"{version.label}.json" for version in project.config.versions} | {"index.json"}
    for path in platform.glob("*.json"):
        if path.name not in wanted:
            path.unlink()
    old = _read_platforms(folder / "platforms.json")
    machine = project.machine
    display = platform_display(machine.goos, machine.goarch, machine.cpu)
    platforms = platforms_document(old, machine.platform, display, index["last_updated"])
    schema.write("export-platforms", folder / "platforms.json", platforms)
    return export_paths(project, folder)


def _read_platforms(path: Path) -> dict[str, Any] | None:
    if not path.exists():
        return None
    document: dict[str, Any] = schema.read("export-platforms", path)
    return document
