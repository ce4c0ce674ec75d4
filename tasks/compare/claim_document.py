"""findings.json: what became of every claim in one tree, from which text, Markdown and the terminal's view are made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from tasks.compare.claim_judging import NOT_ENOUGH, OUTCOMES, Blocks, Judgement, judge
from tasks.compare.claim_rows import Reading
from tasks.compare.claims import ANY, EQUIVALENT, EVERY, Claim, Condition
from tasks.shared import schema

Document = dict[str, Any]

#: What a claim's two versions were compared in, or in words why they were not.
Compared = Mapping[str, Any] | str


def document(
    claims: Sequence[tuple[Claim, Compared]], platform: str, blocks: Mapping[str, Blocks] | None = None
) -> Document:
    """All claims, in the order in which they stand in findings.yaml; ``blocks`` are those of comparisons, by name."""
    findings = [finding(claim, compared, blocks) for claim, compared in claims]
    counts = Counter(its["outcome"] for its in findings)
    return {
        "schema_version": schema.SCHEMA_VERSION,
        "platform": platform,
        "counts": {outcome: counts[outcome] for outcome in OUTCOMES},
        "findings": findings,
    }


def finding(claim: Claim, compared: Compared, blocks: Mapping[str, Blocks] | None = None) -> Document:
    """What became of one claim."""
    if isinstance(compared, str):
        judged = Judgement(NOT_ENOUGH, compared)
    else:
        judged = judge(claim, compared, (blocks or {}).get(compared["name"]))
    return {
        **claim.document(),
        "condition": in_words(claim.condition),
        "outcome": judged.outcome,
        "why": judged.why,
        "compared": None if isinstance(compared, str) else _sides(compared),
        "geomean": asdict(judged.mean) if judged.mean else None,
        "rows": [_row(reading, reading.row) for reading in judged.readings if reading.row],
    }


def in_words(condition: Condition) -> str:
    """``each improved by at least 50 %``."""
    group = {EVERY: "each", ANY: "at least one"}.get(condition.of, "geometric mean")
    percent = f"{condition.by * 100:.4g} %"
    if condition.word == EQUIVALENT:
        return f"{group} within +-{percent}"
    if condition.negated:
        return f"{group} {condition.word}" + (f" by more than {percent}" if condition.by else "")
    return f"{group} {condition.word}" + (f" by at least {percent}" if condition.by else "")


def _sides(comparison: Mapping[str, Any]) -> Document:
    old, new = comparison["old"], comparison["new"]
    machine, settings = new["machine"], new["settings"]
    return {
        "name": comparison["name"],
        "old": old["version"],
        "new": new["version"],
        "cpu": machine["cpu"],
        "benchtime": settings["benchtime"],
    }


def _row(reading: Reading, row: Mapping[str, Any]) -> Document:
    paired = row["paired"] or {}
    return {
        **{key: row[key] for key in ("package", "name", "measure")},
        **{key: paired.get(key) for key in ("ratio", "low", "high", "low90", "high90")},
        "q": row["q"],
        "blocks": paired.get("blocks", 0),
        "blocks_needed": paired.get("blocks_needed", 0),
        "through": paired.get("through", ""),
        "verdict": row["verdict"],
        "words": row["words"],
        "flags": list(row["flags"]),
        "meets": reading.meets,
        "why": reading.why,
    }
