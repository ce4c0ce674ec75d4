"""Claims and the comparisons that they need: from findings.yaml to findings.json and its other forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tasks.compare.claim_document import Compared, document
from tasks.compare.claim_formats import FORMS, write_forms
from tasks.compare.claim_reading import missing_versions, pair_of
from tasks.compare.claims import Claim
from tasks.compare.pairs import Pair, name_of
from tasks.shared.project import Project
from tasks.shared.verified import Verified, read_known


def pairs_of(project: Project, claims: Sequence[Claim]) -> tuple[Pair, ...]:
    """The pairs of configured versions that claims are about, each once."""
    return tuple(dict.fromkeys(pair for claim in claims if (pair := pair_of(claim, project))))


def forms_of(project: Project) -> dict[str, Path]:
    """The files of findings, by form."""
    return {form: project.tree.findings(form) for form in FORMS}


def make(project: Project, claims: Sequence[Claim], verified: Verified) -> Mapping[str, Any]:
    """Check every claim against the comparison of its versions, and write what became of all in all forms."""
    compared = [(claim, _compared(project, claim, verified)) for claim in claims]
    findings = document(compared, project.machine.platform)
    paths = forms_of(project)
    write_forms(findings, paths)
    for path in paths.values():
        verified.remember(path)
    verified.save()
    return findings


def is_current(project: Project, verified: Verified) -> bool:
    """Whether nobody has touched the files since they were made."""
    return all(verified.knows(path) for path in forms_of(project).values())


def _compared(project: Project, claim: Claim, verified: Verified) -> Compared:
    """The comparison of a claim's versions, or why there is none."""
    pair = pair_of(claim, project)
    if pair is None:
        missing = " and ".join(f"Go {name}" for name in missing_versions(claim, project))
        are = "are" if " and " in missing else "is"
        return f"not measured: {missing} {are} not among the versions of config.yaml"
    comparison: Compared = read_known("comparison", project.tree.comparison(name_of(pair), "json"), verified)
    return comparison
