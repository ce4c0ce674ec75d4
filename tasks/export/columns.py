"""Which columns an export has: this machine's versions, and what was adopted, each under a platform's name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tasks.results.adopt import adopted_documents, read_adopted
from tasks.shared import schema
from tasks.shared.project import Project

Merged = Mapping[str, Any]


def own_columns(project: Project) -> Iterator[Merged]:
    """The merged results of this machine's versions, one after the other: each may be large."""
    for version in project.config.versions:
        yield schema.read("merged", project.tree.merged_json(version.label))


def adopted_merged(project: Project) -> list[Path]:
    """Adopted results belong to the tree that pages show first."""
    return adopted_documents(project.paths) if project.settings.tree == "stable" else []


def adopted_columns(project: Project) -> dict[str, list[Merged]]:
    """The adopted columns of each platform under which any are shown."""
    found: dict[str, list[Merged]] = {}
    for path in adopted_merged(project):
        found.setdefault(_platform_of(project, path), []).append(read_adopted(project, path))
    return found


def labels_of(project: Project) -> dict[str, list[str]]:
    """The columns of each platform by label, this machine's first."""
    labels = {project.machine.platform: [version.label for version in project.config.versions]}
    for path in adopted_merged(project):
        labels.setdefault(_platform_of(project, path), []).append(path.parent.name)
    return labels


def _platform_of(project: Project, path: Path) -> str:
    """The platform under which an adopted column is shown: never another machine's own."""
    platform = path.parent.parent.name
    return platform if platform == project.machine.platform else f"{platform}-adopted"


def remove_others(written: Sequence[Path]) -> None:
    """Remove the JSON that an earlier export left in the folders of these files."""
    for parent in {path.parent for path in written}:
        for path in parent.glob("*.json"):
            if path not in written:
                path.unlink()
