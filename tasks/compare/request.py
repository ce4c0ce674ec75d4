"""What a command line asks of a comparison: which two sides, and which rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tasks.compare.between_versions import labels
from tasks.compare.view import Choice
from tasks.shared.config import find_version
from tasks.shared.errors import PerfError
from tasks.shared.project import Project
from tasks.shared.versions import Version

#: The variables of `doit compare`, with what they are for.
VARIABLES = {
    "old": "with `new`, what `doit compare` compares for once: a version (`go1.23`), or a text of benchmark results",
    "new": "the other side",
    "alpha": "the level of tests in comparisons, for one run",
    "rows": "which rows `doit compare` shows: `changed` (the default) or `all` (the default with `out`)",
    "package": "only rows of this package (or pattern with *)",
    "name": "only rows of this benchmark (or pattern with *): `name='JSON*'`",
    "measure": "only rows of this unit of measure: `sec/op`, `B/op`, `allocs/op`, `B/s`, or a benchmark's own",
}


@dataclass(frozen=True)
class Named:
    """What old= or new= names: a version with results (``version`` if it is configured), or a text."""

    label: str
    version: Version | None = None
    text: Path | None = None


def named(project: Project, variable: str, text: str) -> Named:
    """What a command line means; PerfError lists what there is."""
    try:
        version = find_version(text, project.config.versions)
        return Named(version.label, version)
    except PerfError:
        pass
    path = Path(text).expanduser()
    there = labels(project)
    for label in (text, f"go{text}"):
        if label in there:
            return Named(label)
    if path.is_file():
        return Named(text, text=path)
    known = dict.fromkeys([*(version.label for version in project.config.versions), *there])
    raise PerfError(f"{variable}={text}: no version and no file of this name; there are {', '.join(known)}")


def choice_of(variables: Mapping[str, str]) -> Choice:
    """The rows that a command line chooses; PerfError for a mistake."""
    # A terminal has room for what matters, a file for everything.
    rows = variables.get("rows", "all" if variables.get("out") else "changed")
    if rows not in ("changed", "all"):
        raise PerfError(f"rows={rows}: expected changed or all")
    chosen = {key: variables.get(key, "") for key in ("package", "name", "measure")}
    return Choice(**chosen, everything=rows == "all")


def sides_of(project: Project, variables: Mapping[str, str]) -> tuple[Named, Named] | None:
    """What old= and new= name; None if there is neither. PerfError for a mistake."""
    given = [variables.get(key) for key in ("old", "new")]
    if given == [None, None]:
        return None
    if not all(given):
        raise PerfError("old= and new= go together: doit compare old=go1.23 new=go1.25")
    old, new = (named(project, key, variables[key]) for key in ("old", "new"))
    if old == new:
        raise PerfError(f"old= and new= both name {old.label}; name two to compare")
    return old, new
