"""Findings on the terminal: a line for each, and below the numbers of what is decided."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tasks.compare.claim_judging import CONTRADICTED, HOLDS, NOT_ENOUGH
from tasks.compare.claim_view import HEADS, TITLES, about, by_outcome, cells, in_sum, shown, source, told
from tasks.shared import console

_STYLES = {HOLDS: "green", CONTRADICTED: "red", NOT_ENOUGH: "dim"}


def show(findings: Mapping[str, Any], where: str) -> None:
    """Say what became of each claim; ``where`` all numbers lie."""
    for outcome, group in by_outcome(findings):
        console.say(f"\n{TITLES[outcome]} ({len(group)})")
        if outcome == NOT_ENOUGH:
            heads = ("claim", "versions", "why")
            lines = [(its["id"], " -> ".join(its["pair"]), its["why"]) for its in group]
            console.table("", heads, lines, words=3, styles=[_STYLES[outcome]] * len(lines))
            continue
        for its in group:
            console.say(f"\n{told(its)}")
            console.say(f"  {its['id']}: {about(its)}")
            console.say(f"  source: {source(its)}")
            console.say(f"  {its['why']}")
            if its["rows"]:
                rows = shown(its)
                console.table("", HEADS, list(map(cells, rows)), words=1, styles=list(map(_style, rows)))
    console.say(f"\n{in_sum(findings)}; all numbers: {where}")


def _style(row: Mapping[str, Any]) -> str:
    return {"yes": "green", "no": "red"}.get(row["meets"], "dim")
