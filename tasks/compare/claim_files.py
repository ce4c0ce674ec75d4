"""Claims and the comparisons that they need: from findings.yaml to findings.json and its other forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tasks.compare.between_versions import read_merged
from tasks.compare.claim_document import Compared, document
from tasks.compare.claim_formats import FORMS, write_forms
from tasks.compare.claim_judging import Blocks
from tasks.compare.claim_reading import missing_versions, pair_of
from tasks.compare.claims import GEOMEAN, Claim
from tasks.compare.neighbours import Neighbours
from tasks.compare.pairs import Pair, name_of
from tasks.measure.archive import Archive
from tasks.shared.project import Project
from tasks.shared.verified import Verified, read_known


def pairs_of(project: Project, claims: Sequence[Claim]) -> tuple[Pair, ...]:
    """The pairs of configured versions that claims are about, each once."""
    return tuple(dict.fromkeys(pair for claim in claims if (pair := pair_of(claim, project))))


def forms_of(project: Project) -> dict[str, Path]:
    """The files of findings, by form."""
    return {form: project.tree.findings(form) for form in FORMS}


def make(project: Project, claims: Sequence[Claim], archive: Archive, verified: Verified) -> Mapping[str, Any]:
    """Check every claim against the comparison of its versions, and write what became of all in all forms."""
    compared = [(claim, _compared(project, claim, verified)) for claim in claims]
    # Means of several benchmarks take their blocks; all else stands in the comparisons.
    of_means = {pair for claim in claims if claim.condition.of == GEOMEAN and (pair := pair_of(claim, project))}
    blocks = {name_of(pair): _blocks(project, pair, archive, verified) for pair in of_means}
    findings = document(compared, project.machine.platform, blocks)
    paths = forms_of(project)
    write_forms(findings, paths)
    for path in paths.values():
        verified.remember(path)
    verified.save()
    return findings


def is_current(project: Project, verified: Verified) -> bool:
    """Whether nobody has touched the files since they were made."""
    return all(verified.knows(path) for path in forms_of(project).values())


def _blocks(project: Project, pair: Pair, archive: Archive, verified: Verified) -> Blocks:
    before, after = (read_merged(project, version.label, verified) for version in pair)
    neighbours = Neighbours(project.tree, archive, verified, before, after)
    return neighbours.between(before["version"], after["version"])


def _compared(project: Project, claim: Claim, verified: Verified) -> Compared:
    """The comparison of a claim's versions, or why there is none."""
    pair = pair_of(claim, project)
    if pair is None:
        missing = " and ".join(f"Go {name}" for name in missing_versions(claim, project))
        are = "are" if " and " in missing else "is"
        return f"not measured: {missing} {are} not among the versions of config.yaml"
    comparison: Compared = read_known("comparison", project.tree.comparison(name_of(pair), "json"), verified)
    return comparison
