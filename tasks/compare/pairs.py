"""The configured pairs: comparisons in all forms beside the results, made again when what they rest on changes."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from itertools import permutations
from pathlib import Path
from typing import Any

from tasks.compare.between_versions import compare_versions, labels
from tasks.compare.formats import FORMS, write_forms
from tasks.compare.measures import TIME
from tasks.compare.view import Document, in_sum
from tasks.measure.archive import Archive
from tasks.shared import console, schema
from tasks.shared.files import to_json, write_atomic
from tasks.shared.project import Project
from tasks.shared.verified import Verified
from tasks.shared.versions import Version

Pair = tuple[Version, Version]


def name_of(pair: Pair) -> str:
    """``go1.24-go1.25``: how files and tasks call a pair."""
    return f"{pair[0].label}-{pair[1].label}"


def forms_of(project: Project, pair: Pair, forms: Collection[str] = FORMS) -> dict[str, Path]:
    """The files of a pair, by form."""
    return {form: project.tree.comparison(name_of(pair), form) for form in forms}


def every_pair(versions: Sequence[Version]) -> list[Pair]:
    """Any two of these versions, either way round: what pages let people choose."""
    return list(permutations(versions, 2))


def rules_file(project: Project) -> Path:
    """What verdicts on pairs depend on besides samples, as a file: so a changed margin makes them stale."""
    return project.paths.cache / "comparisons" / f"{project.settings.tree}.json"


def write_rules(project: Project) -> None:
    """Write that file, if it differs, before tasks are made."""
    rules = project.config.rules
    document = {
        "schema_version": schema.SCHEMA_VERSION,
        **rules.document(),
        "better": dict(rules.better),
        "count": project.settings.count,
    }
    write_atomic(rules_file(project), to_json(document))


def make(
    project: Project, pair: Pair, archive: Archive, verified: Verified, forms: Collection[str] = FORMS
) -> Document:
    """Compare a pair and write it, in all forms unless fewer are asked for."""
    old, new = (version.label for version in pair)
    comparison, looked_further = compare_versions(project, old, new, project.config.rules, archive, verified)
    paths = forms_of(project, pair, forms)
    write_forms(comparison, paths)
    _note_sources(project, pair, looked_further)
    for path in paths.values():
        verified.remember(path)
    verified.save()
    return comparison


def say_sum(comparison: Document) -> None:
    """One line on a pair: what became of times, or else of the measure that comes first."""
    by_time = sorted(comparison["summary"], key=lambda summary: summary["measure"] != TIME)
    for summary in by_time[:1]:
        console.say(f"{comparison['old']['label']} -> {comparison['new']['label']}, {in_sum(comparison, summary)}")


def is_current(project: Project, pair: Pair, verified: Verified, forms: Collection[str] = FORMS) -> bool:
    """Whether nobody has touched the files of a pair, and it rests on today's blocks."""
    if not all(verified.knows(path) for path in forms_of(project, pair, forms).values()):
        return False
    noted = json.loads(_sources_file(project, pair).read_text())
    return bool(noted == _sources(project, pair, noted["looked_further"]))


# Merged results of both versions are dependencies that doit knows. Blocks, and other versions through which the two
# were compared, come and go while tasks run, so that what there was is noted beside doit's record.


def _sources_file(project: Project, pair: Pair) -> Path:
    return project.paths.cache / "comparisons" / project.settings.tree / f"{name_of(pair)}.json"


def _note_sources(project: Project, pair: Pair, looked_further: bool) -> None:
    write_atomic(_sources_file(project, pair), to_json(_sources(project, pair, looked_further)))


def _sources(project: Project, pair: Pair, looked_further: bool) -> dict[str, Any]:
    tree = project.tree
    files = sorted(tree.folder.glob(f"*{tree.blocks('').name}"))
    if looked_further:
        mine = [version.label for version in pair]
        files += [tree.merged_json(label) for label in labels(project) if label not in mine]
    states = {project.relative(path): [(state := path.stat()).st_size, state.st_mtime_ns] for path in files}
    return {"looked_further": looked_further, "files": states}
