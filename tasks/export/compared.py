"""The comparisons and findings of an export: what was made beside the results, and what only columns of others need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tasks.compare import pairs
from tasks.compare.claim_files import forms_of
from tasks.compare.differences import of_versions
from tasks.compare.document import comparison
from tasks.compare.judging import Facts
from tasks.compare.versions import version_side
from tasks.results.adopt import PROVENANCE, adopted_documents, read_adopted
from tasks.shared import schema
from tasks.shared.project import Project

Merged = Mapping[str, Any]

#: Below a platform's folder.
FOLDER, FINDINGS = "comparisons", "findings.json"


def sources(project: Project) -> list[Path]:
    """The files beside this machine's results that are exported as they are: every pair, and findings."""
    every = pairs.every_pair(project.config.versions)
    return [*(project.tree.comparison(pairs.name_of(pair), "json") for pair in every), forms_of(project)["json"]]


def name_of(old: str, new: str) -> str:
    """The file of a comparison of two labels, below the platform's folder."""
    return f"{FOLDER}/{old}-{new}.json"


def own(project: Project) -> Iterator[tuple[str, str, Any]]:
    """(name, schema, document) of what this machine's versions were compared in."""
    *compared, findings = sources(project)
    for path in compared:
        yield f"{FOLDER}/{path.name}", "comparison", schema.read("comparison", path)
    yield FINDINGS, "findings", schema.read("findings", findings)


def with_adopted(project: Project, mine: Sequence[Merged], adopted: Sequence[Merged]) -> Iterator[tuple[str, str, Any]]:
    """The same of each pair with an adopted column: no blocks, so benchstat's columns and no verdict."""
    rules = project.config.rules
    for old in (*mine, *adopted):
        for new in (*mine, *adopted):
            if old is not new and (old in adopted or new in adopted):
                facts = Facts(differences=[PROVENANCE, *of_versions(old, new)])
                made = comparison(version_side(old), version_side(new), facts, rules)
                yield name_of(old["label"], new["label"]), "comparison", made


def adopted_merged(project: Project) -> list[Path]:
    """Adopted results belong to the tree that pages show first."""
    return adopted_documents(project.paths) if project.settings.tree == "stable" else []


def platform_of_adopted(project: Project, path: Path) -> str:
    """The platform under which an adopted column is shown: never another machine's own."""
    platform = path.parent.parent.name
    return platform if platform == project.machine.platform else f"{platform}-adopted"


def read_columns(project: Project) -> dict[str, list[Merged]]:
    """The adopted columns of each platform under which any are shown."""
    found: dict[str, list[Merged]] = {}
    for path in adopted_merged(project):
        found.setdefault(platform_of_adopted(project, path), []).append(read_adopted(project, path))
    return found
