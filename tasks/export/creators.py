"""doit tasks of the export stage."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tasks.compare.pairs import rules_file
from tasks.export import compared
from tasks.export.columns import adopted_merged
from tasks.export.export import export, export_paths
from tasks.export.validate import validate
from tasks.shared import console, schema
from tasks.shared.doit_actions import Action, Check
from tasks.shared.project import Project
from tasks.shared.verified import verified_for


def export_tasks(project: Project, out: str) -> Iterator[dict[str, Any]]:
    """``export`` writes the JSON that pages read, ``doit export out=DIR`` elsewhere for once."""
    folder = Path(out).expanduser().absolute() if out else project.export_folder
    adopted = [path.with_name("adopted.json") for path in adopted_merged(project)]
    merged = [project.tree.merged_json(version.label) for version in project.config.versions]
    # Pairs with an adopted column are compared here, so that they rest on merged results and today's rules.
    of_adopted = [*adopted, *merged, rules_file(project)] if adopted else []
    results, comparisons = export_paths(project, folder), compared.comparison_paths(project, folder)
    yield {"basename": "export", "name": None, "doc": "JSON as pages read it (out=DIR: elsewhere, for once)"}
    yield {
        "basename": "export",
        "name": "results",
        "doc": "JSON per platform and version",
        "actions": [Action(_export, project, folder)],
        "file_dep": [project.relative(path) for path in (*merged, *adopted, project.tree.noise)],
        "targets": [project.relative(path) for path in results],
        "uptodate": [Check(_is_current, project, folder, results)],
        "verbosity": 2,
    }
    yield {
        "basename": "export",
        "name": "comparisons",
        "doc": "comparisons of any two columns, and findings",
        "actions": [Action(_export_comparisons, project, folder)],
        "file_dep": [project.relative(path) for path in (*compared.sources(project), *of_adopted)],
        "targets": [project.relative(path) for path in comparisons],
        "uptodate": [Check(_are_known, project, comparisons)],
        "verbosity": 2,
    }
    yield {
        "basename": "validate",
        "doc": "validate every artefact against its schema and every sample against its hash",
        "actions": [Action(validate, project, folder)],
        "verbosity": 2,
    }


def _export(project: Project, folder: Path) -> None:
    _remember(project, [*export(project, folder), *adopted_merged(project)])
    console.say(f"exported to {project.relative(folder)}/")


def _export_comparisons(project: Project, folder: Path) -> None:
    _remember(project, compared.export_comparisons(project, folder))


def _remember(project: Project, paths: list[Path]) -> None:
    verified = verified_for(project.paths.verified)
    for path in paths:
        verified.remember(path)
    verified.save()


def _are_known(project: Project, targets: list[Path]) -> bool:
    """Whether nobody has touched the files since they were made."""
    return all(map(verified_for(project.paths.verified).knows, targets))


def _is_current(project: Project, folder: Path, targets: list[Path]) -> bool:
    """The same of results, and whether the index names today's repository."""
    index = folder / project.machine.platform / "index.json"
    if not _are_known(project, [*targets, *adopted_merged(project)]):
        return False
    return bool(schema.read_unchecked(index)["repository"]["url"] == project.config.repository)
