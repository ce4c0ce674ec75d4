"""Findings on the terminal: a line for each, and below the numbers of what is decided."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tasks.compare.claim_judging import CONTRADICTED, HOLDS, NOT_ENOUGH
from tasks.compare.claim_view import HEADS, TITLES, about, by_outcome, cells, in_sum, source, told
from tasks.shared import console

_STYLES = {HOLDS: "green", CONTRADICTED: "red", NOT_ENOUGH: "dim"}


def show(findings: Mapping[str, Any], where: str) -> None:
    """Say what became of each claim; ``where`` all numbers lie."""
    for outcome, group in by_outcome(findings):
        console.say(f"\n{TITLES[outcome]} ({len(group)})")
        if outcome == NOT_ENOUGH:
            heads = ("claim", "versions", "why")
            rows = [(its["id"], " -> ".join(its["pair"]), its["why"]) for its in group]
            console.table("", heads, rows, words=3, styles=[_STYLES[outcome]] * len(rows))
            continue
        for its in group:
            console.say(f"\n{told(its)}")
            console.say(f"  {its['id']}: {about(its)}")
            console.say(f"  source: {source(its)}")
            console.say(f"  {its['why']}")
            if its["rows"]:
                grid = [cells(row) for row in its["rows"]]
                console.table("", HEADS, grid, words=1, styles=[_style(row) for row in its["rows"]])
    console.say(f"\n{in_sum(findings)}; all numbers: {where}")


def _style(row: Mapping[str, Any]) -> str:
    return {"yes": "green", "no": "red"}.get(row["meets"], "dim")
