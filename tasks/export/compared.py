"""The comparisons and findings of an export: what was made beside the results, and what adopted columns add."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import permutations
from pathlib import Path
from typing import Any

from tasks.compare import pairs
from tasks.compare.claim_files import forms_of
from tasks.compare.differences import of_versions
from tasks.compare.document import comparison
from tasks.compare.judging import Facts
from tasks.compare.versions import version_side
from tasks.export.columns import adopted_columns, labels_of, own_columns, remove_others
from tasks.results.adopt import PROVENANCE
from tasks.shared import schema
from tasks.shared.project import Project

#: Below a platform's folder.
FOLDER, FINDINGS = "comparisons", "findings.json"


def sources(project: Project) -> list[Path]:
    """The files beside this machine's results that are exported as they are: every pair, and findings."""
    every = pairs.every_pair(project.config.versions)
    return [*(project.tree.comparison(pairs.name_of(pair), "json") for pair in every), forms_of(project)["json"]]


def name_of(old: str, new: str) -> str:
    """The file of a comparison of two labels, below the platform's folder."""
    return f"{FOLDER}/{old}-{new}.json"


def comparison_paths(project: Project, folder: Path) -> list[Path]:
    """The files that an export of comparisons to ``folder`` writes."""
    paths = [folder / project.machine.platform / FINDINGS]
    for platform, labels in labels_of(project).items():
        paths += [folder / platform / name_of(old, new) for old, new in permutations(labels, 2)]
    return paths


def export_comparisons(project: Project, folder: Path) -> list[Path]:
    """Write them, and remove those of versions that are no longer configured; the paths that were written."""
    mine = folder / project.machine.platform
    *compared, findings = sources(project)
    for path in compared:
        schema.write("comparison", mine / FOLDER / path.name, schema.read("comparison", path))
    schema.write("findings", mine / FINDINGS, schema.read("findings", findings))
    for path, document in _with_adopted(project, folder):
        schema.write("comparison", path, document)
    written = comparison_paths(project, folder)
    remove_others([path for path in written if path.parent.name == FOLDER])
    return written


def _with_adopted(project: Project, folder: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Each pair with an adopted column: it shares no block with any, so benchstat's columns and no verdict."""
    for platform, adopted in adopted_columns(project).items():
        mine = list(own_columns(project)) if platform == project.machine.platform else []
        for old, new in permutations([*mine, *adopted], 2):
            if old in adopted or new in adopted:
                facts = Facts(differences=[PROVENANCE, *of_versions(old, new)])
                made = comparison(version_side(old), version_side(new), facts, project.config.rules)
                yield folder / platform / name_of(old["label"], new["label"]), made
