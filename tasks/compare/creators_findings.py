"""doit tasks of findings: ``findings`` says which claims of findings.yaml hold, and compares what they speak of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tasks.compare import claim_files
from tasks.compare.claim_show import show
from tasks.compare.claim_view import in_sum
from tasks.compare.claims import Claim
from tasks.compare.pairs import name_of
from tasks.measure.state_cache import state_for
from tasks.shared import console
from tasks.shared.doit_actions import Action, Check
from tasks.shared.plan_file import read_plan
from tasks.shared.project import Project
from tasks.shared.verified import verified_for


def findings_tasks(project: Project, claims: tuple[Claim, ...]) -> Iterator[dict[str, Any]]:
    """``findings`` checks claims against comparisons, whose tasks ``compare_tasks`` makes; asked for, it is shown."""
    pairs = claim_files.pairs_of(project, claims)
    yield {
        "basename": "findings",
        "doc": "which claims of findings.yaml hold here: text, Markdown and JSON",
        "actions": [Action(_make, project, claims)],
        "file_dep": [
            project.relative(project.paths.findings),
            *(project.relative(project.tree.comparison(name_of(pair), "json")) for pair in pairs),
        ],
        "targets": [project.relative(path) for path in claim_files.forms_of(project).values()],
        "uptodate": [Check(_is_current, project)],
        "verbosity": 2,
        "meta": {"why": "it is shown, since it is asked for"},
    }


def _make(project: Project, claims: tuple[Claim, ...]) -> None:
    findings = claim_files.make(project, claims, state_for(project).archive, verified_for(project.paths.verified))
    where = project.relative(project.tree.findings("md"))
    if _is_asked_for():
        show(findings, where)
    else:
        console.say(f"{in_sum(findings)}: {where}")


def _is_asked_for() -> bool:
    """Whether this is a run of findings alone; a plain `doit` has but a line."""
    return set(read_plan().named) == {"findings"}


def _is_current(project: Project) -> bool:
    # Making them again takes no longer than reading them.
    return not _is_asked_for() and claim_files.is_current(project, verified_for(project.paths.verified))
