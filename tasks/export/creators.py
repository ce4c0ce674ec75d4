"""doit tasks of the export stage."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tasks.export import compared
from tasks.export.compared import adopted_merged
from tasks.export.export import export, export_paths
from tasks.export.validate import validate
from tasks.shared import console, schema
from tasks.shared.doit_actions import Action, Check
from tasks.shared.project import Project
from tasks.shared.verified import verified_for


def export_tasks(project: Project, out: str) -> Iterator[dict[str, Any]]:
    """``export`` writes the JSON that pages read, ``doit export out=DIR`` elsewhere for once."""
    folder = Path(out).expanduser().absolute() if out else project.export_folder
    targets = export_paths(project, folder)
    yield {
        "basename": "export",
        "doc": "JSON per platform and version, as pages read it (out=DIR: elsewhere, for once)",
        "actions": [Action(_export, project, folder)],
        "file_dep": [
            *(project.relative(project.tree.merged_json(version.label)) for version in project.config.versions),
            *(project.relative(path.with_name("adopted.json")) for path in adopted_merged(project)),
            project.relative(project.tree.noise),
            *(project.relative(path) for path in compared.sources(project)),
        ],
        "targets": [project.relative(path) for path in targets],
        "uptodate": [Check(_is_current, project, folder, targets)],
        "verbosity": 2,
    }
    yield {
        "basename": "validate",
        "doc": "validate every artefact against its schema and every sample against its hash",
        "actions": [Action(validate, project, folder)],
        "verbosity": 2,
    }


def _export(project: Project, folder: Path) -> None:
    verified = verified_for(project.paths.verified)
    for path in (*export(project, folder), *adopted_merged(project)):
        verified.remember(path)
    verified.save()
    console.say(f"exported to {project.relative(folder)}/")


def _is_current(project: Project, folder: Path, targets: list[Path]) -> bool:
    """Whether nobody has touched the files since they were made, and they name today's repository."""
    verified = verified_for(project.paths.verified)
    index = folder / project.machine.platform / "index.json"
    if not all(verified.knows(path) for path in (*targets, *adopted_merged(project))):
        return False
    return bool(schema.read_unchecked(index)["repository"]["url"] == project.config.repository)
