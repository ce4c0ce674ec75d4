"""doit tasks of the compare stage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tasks.compare import pairs
from tasks.compare.claim_files import pairs_of
from tasks.compare.claims import Claim
from tasks.compare.one_off import compare_once
from tasks.compare.pairs import Pair
from tasks.compare.request import Named, choice_of, sides_of
from tasks.compare.show import show
from tasks.compare.view import Choice
from tasks.measure.state_cache import state_for
from tasks.shared.doit_actions import Action, Check, on_request
from tasks.shared.plan_file import read_plan
from tasks.shared.project import Project
from tasks.shared.verified import verified_for

_JSON = ("json",)
_DOC = "compare the configured pairs, or any two versions or texts: old=go1.23 new=go1.25 (rows=all: every row)"


def compare_tasks(
    project: Project, variables: Mapping[str, str], claims: Sequence[Claim] = ()
) -> Iterator[dict[str, Any]]:
    """``compare:go1.24-go1.25`` compares a pair, ``compare`` all that are configured; asked for, they are shown.

    With ``old=`` and ``new=`` it is a comparison for once of these two. Pairs of which only claims speak have tasks,
    too.
    """
    claimed = pairs_of(project, claims)
    choice = choice_of(variables)
    once = sides_of(project, variables)
    configured = project.config.pairs
    if once:
        yield _once_task(project, *once, choice, variables.get("out", ""))
    else:
        yield {
            "basename": "compare",
            "doc": _DOC,
            "actions": None,
            "task_dep": [f"compare:{pairs.name_of(pair)}" for pair in configured],
        }
    # Findings rest on pairs that need not be configured; `compare` leaves those alone.
    told = dict.fromkeys([*configured, *claimed])
    for pair in told:
        old, new = pair
        basename = f"compare:{pairs.name_of(pair)}"
        yield {
            "basename": basename,
            "doc": f"compare {new.exact} with {old.exact}: text, Markdown, CSV and JSON",
            "actions": [Action(_make, project, pair, choice)],
            **_rests_on(project, pair),
            "targets": [project.relative(path) for path in pairs.forms_of(project, pair).values()],
            "uptodate": [Check(_is_current, project, pair)],
            "verbosity": 2,
            "meta": {"why": "it is shown, since it is asked for"},
        }
        exact = f"compare:{old.exact}-{new.exact}"
        if exact != basename:
            yield {"basename": exact, "doc": f"the same as {basename}", "actions": None, "task_dep": [basename]}

    yield {"basename": "pairs", "name": None, "doc": "compare any two versions, either way round, for the page"}
    for pair in pairs.every_pair(project.config.versions):
        if pair not in told:
            yield {
                "basename": "pairs",
                "name": pairs.name_of(pair),
                "doc": f"compare {pair[1].exact} with {pair[0].exact}: JSON",
                "actions": [Action(_make_json, project, pair)],
                **_rests_on(project, pair),
                "targets": [project.relative(path) for path in pairs.forms_of(project, pair, _JSON).values()],
                "uptodate": [Check(_is_json_current, project, pair)],
            }


def _rests_on(project: Project, pair: Pair) -> dict[str, Any]:
    """The files by which a comparison is stale."""
    files = [
        pairs.rules_file(project),
        project.tree.noise,
        *(project.tree.merged_json(version.label) for version in pair),
    ]
    return {"file_dep": [project.relative(path) for path in files]}


def _once_task(project: Project, old: Named, new: Named, choice: Choice, out: str) -> dict[str, Any]:
    """Configured versions are brought up to date before, like everything else."""
    merged = [f"merge:{its.label}" for its in (old, new) if its.version]
    return on_request("compare", _DOC, Action(_once, project, old, new, choice, out), task_dep=merged)


def _once(project: Project, old: Named, new: Named, choice: Choice, out: str) -> None:
    compare_once(project, old, new, choice, out, state_for(project).archive, verified_for(project.paths.verified))


def _make(project: Project, pair: Pair, choice: Choice) -> None:
    verified = verified_for(project.paths.verified)
    comparison = pairs.make(project, pair, state_for(project).archive, verified)
    if _is_asked_for():
        show(comparison, choice)
    else:
        pairs.say_sum(comparison)


def _make_json(project: Project, pair: Pair) -> None:
    pairs.make(project, pair, state_for(project).archive, verified_for(project.paths.verified), _JSON)


def _is_json_current(project: Project, pair: Pair) -> bool:
    return pairs.is_current(project, pair, verified_for(project.paths.verified), _JSON)


def _is_asked_for() -> bool:
    """Whether this is a run of comparisons alone; a plain `doit` has but a line on each pair that is new."""
    names = read_plan().named
    return bool(names) and all(name.partition(":")[0] == "compare" for name in names)


def _is_current(project: Project, pair: Pair) -> bool:
    # Making a comparison again takes no longer than reading it.
    return not _is_asked_for() and pairs.is_current(project, pair, verified_for(project.paths.verified))
