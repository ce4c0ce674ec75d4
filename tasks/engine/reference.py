"""docs/reference.md: all tasks, variables, settings and exit statuses, made from the code and the schema."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from doit.loader import load_tasks

from tasks.engine import variables
from tasks.engine.exit_status import MEANINGS
from tasks.shared import console, schema
from tasks.shared.files import write_atomic
from tasks.shared.project import Project

HEAD = """# Reference

Made by `doit reference` from the code and [schemas/config.schema.json](../schemas/config.schema.json); don't edit it.
VERSION is a label (`go1.24`), PACKAGE a folder below benchmarks/, UNIT a function in it. After `collect:`, `retry:`,
`variance:`, `merge:`, `compare:`, `toolchain:` and `purge:` exact names (`go1.24.0`) will do as well.
"""

COMMANDS = {
    "doit [TASK ...] [NAME=VALUE ...]": "run tasks; without any: collect, merge, compare, findings, export, summary",
    "doit list [--all] [-s]": "tasks; with the cells; with their state (R: to run, U: up to date, I: ignored)",
    "doit info TASK": "what a task depends on, and why it would run",
    "doit forget TASK ... [--dry-run]": "measure the cells among them anew; samples from before now no longer count",
    "doit clean [TASK ...] [--dry-run]": "remove derived files, never a sample",
    "doit ignore TASK ... [--dry-run] [--undo]": "leave tasks out of every run, or take them in again",
    "doit purge:VERSION [--dry-run]": "move a version's samples to results/.trash/",
}


def write_reference(project: Project) -> None:
    """Write the page anew."""
    path = project.paths.root / "docs" / "reference.md"
    write_atomic(path, reference(project, tasks_of(sys.modules["dodo"])))
    console.say(f"wrote {project.relative(path)}")


def tasks_of(dodo: Any) -> dict[str, str]:
    """The doc of each task that dodo.py makes, by name."""
    return {task.name: task.doc or "" for task in load_tasks(vars(dodo))}


def reference(project: Project, tasks: Mapping[str, str]) -> str:
    """The page, for a configuration: what is particular to it is left out."""
    config = json.loads((schema.FOLDER / "config.schema.json").read_text())
    settings = config["properties"]["profiles"]["additionalProperties"]["properties"]
    comparing = config["properties"]["compare"]["properties"]
    keys = {name: part.get("title", str(part.get("const"))) for name, part in config["properties"].items()}
    parts = [
        HEAD,
        _table("Commands", ("command", "what it does"), COMMANDS),
        _table("Tasks", ("task", "what it does"), _general(project, tasks)),
        _table("Variables", ("variable", "meaning"), variables.OTHERS),
        _table("Settings", ("setting", "meaning"), {name: part["title"] for name, part in settings.items()}),
        "They stand in the profiles of config.yaml; each is a variable, too, for one run: `doit count=60`.\n",
        _profiles(project, list(settings)),
        _table("config.yaml", ("key", "meaning"), keys),
        _table("compare", ("key", "meaning"), {name: part["title"] for name, part in comparing.items()}),
        "They stand under `compare` in config.yaml.\n",
        _table("Exit status", ("status", "meaning"), {str(status): words for status, words in MEANINGS.items()}),
    ]
    return "\n".join(parts)


def _general(project: Project, tasks: Mapping[str, str]) -> dict[str, str]:
    """Tasks without the names of this configuration's versions, packages and units, each kind once."""
    found: dict[str, str] = {}
    for name, doc in tasks.items():
        kind, words = _without_names(project, name), _without_names(project, doc)
        if "UNIT" in kind:
            words = "samples of one benchmark function"
        if not words.startswith("the same as"):
            found.setdefault(kind, words)
    return dict(sorted(found.items()))


def _without_names(project: Project, text: str) -> str:
    for version in project.config.versions:
        for name in (version.exact, version.label):
            text = re.sub(rf"\b{re.escape(name)}(?![.\d])", "VERSION", text)
    for package in project.config.packages:
        text = re.sub(rf"(?<=VERSION:){package}\.\w+", "PACKAGE.UNIT", text)
        text = re.sub(rf"(?<=VERSION:){package}$|(?<=compile ){package}\b", "PACKAGE", text)
    return re.sub(r"go\.mod\.1\.[\d.]+\d", "the nearest template", text)


def _profiles(project: Project, names: Iterable[str]) -> str:
    """The shipped profiles side by side."""
    profiles = project.config.profiles
    head = f"| setting | {' | '.join(profiles)} |\n|---|{'---|' * len(profiles)}\n"
    rows = (f"| `{name}` | {' | '.join(_shown(profiles[p][name]) for p in profiles)} |\n" for name in names)
    return f"## Profiles\n\n{head}{''.join(rows)}"


def _shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _table(title: str, columns: tuple[str, str], rows: Mapping[str, str]) -> str:
    lines = [f"| `{name}` | {' '.join(words.split())} |\n" for name, words in rows.items()]
    return f"## {title}\n\n| {columns[0]} | {columns[1]} |\n|---|---|\n{''.join(lines)}"
