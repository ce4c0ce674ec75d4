"""Findings as JSON, text and Markdown: JSON is the truth, the others are made from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tasks.compare.claim_view import HEADS, TITLES, about, by_outcome, cells, in_sum, shown, source, told
from tasks.compare.formats import aligned
from tasks.compare.markdown import escaped, table_lines
from tasks.shared import schema
from tasks.shared.files import to_json, write_atomic

Document = Mapping[str, Any]


def as_text(findings: Document) -> str:
    """Plain text: what holds first, each with its source, condition and numbers."""
    lines = [in_sum(findings), f"results of {findings['platform']}"]
    for outcome, group in by_outcome(findings):
        lines += ["", f"{TITLES[outcome]} ({len(group)})"]
        for its in group:
            lines += ["", told(its), f"  {its['id']}: {about(its)}", f"  source: {source(its)}", f"  {its['why']}"]
            if its["rows"]:
                lines += [f"  {line}" for line in aligned([HEADS, *map(cells, shown(its))])]
    return "\n".join(lines) + "\n"


def as_markdown(findings: Document) -> str:
    """The same as GitHub shows it."""
    lines = ["# Findings", "", f"{escaped(in_sum(findings))}; results of {escaped(findings['platform'])}."]
    for outcome, group in by_outcome(findings):
        lines += ["", f"## {TITLES[outcome]}"]
        for its in group:
            lines += ["", f"### {escaped(its['id'])}", "", escaped(told(its)), ""]
            lines += [f"* {escaped(line)}" for line in (about(its), f"source: {source(its)}", its["why"])]
            if its["rows"]:
                lines += ["", *table_lines(HEADS, list(map(cells, shown(its))), left=("verdict", "as claimed"))]
    return "\n".join(lines) + "\n"


def as_json(findings: Document) -> str:
    """The document itself."""
    return to_json(findings).decode()


FORMS: Mapping[str, Callable[[Document], str]] = {"txt": as_text, "md": as_markdown, "json": as_json}


def write_forms(findings: Document, paths: Mapping[str, Path]) -> None:
    """Write findings, valid by their schema, each form to its path."""
    schema.check("findings", findings, "findings")
    for form, path in paths.items():
        write_atomic(path, FORMS[form](findings))
