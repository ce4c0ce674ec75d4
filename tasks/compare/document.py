"""A comparison of two sides as one document: comparison.json, from which every other form of it is made."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from tasks.compare.benchstat import Center
from tasks.compare.geomean import overall
from tasks.compare.judging import Facts, Judged, judge
from tasks.compare.measures import common_scale
from tasks.compare.sides import Side
from tasks.compare.tables import Row, Table, tables
from tasks.compare.verdict import VERDICTS, Evidence
from tasks.compare.words import flagged, in_words
from tasks.shared import schema
from tasks.shared.rules import Rules

Document = dict[str, Any]


def comparison(old: Side, new: Side, facts: Facts, rules: Rules) -> Document:
    """The comparison of two sides: every row of every unit of measure, and what they come to."""
    made = tables(old, new, rules.alpha)
    judged = judge([row for table in made for row in table.rows], old, new, facts, rules)
    name = f"{old.label}-{new.label}"
    printed = {**new.printed, **old.printed}
    measures = dict.fromkeys(its.row.key.measure for its in judged)
    return {
        "schema_version": schema.SCHEMA_VERSION,
        "name": name,
        "rules": rules.document(),
        "old": dict(old.document),
        "new": dict(new.document),
        "differences": list(facts.differences),
        "summary": [_summary(m, [its for its in judged if its.row.key.measure == m], facts, name) for m in measures],
        "tables": [_table(table) for table in made],
        "rows": [_row(its, printed, _reason(its, old, new), rules) for its in judged],
        "without_result": [*_without_result("old", old), *_without_result("new", new)],
        "notes": [*facts.noise.said, *old.notes, *new.notes],
    }


def _row(its: Judged, printed: Mapping[str, str], reason: str, rules: Rules) -> Document:
    row, key, look = its.row, its.row.key, its.outlook
    scale = common_scale([side.value for side in (row.old, row.new) if side], key.measure)
    said = reason or in_words(its.verdict, its.evidence, rules, look)
    return {
        "package": key.package,
        "config": {name: value for name, value in key.config if name != "pkg"},
        "unit": its.about.unit,
        "name": key.name,
        "description": its.about.description,
        "measure": key.measure,
        "printed": printed.get(key.measure, key.measure),
        "better": its.evidence.better or "unknown",
        "old": _center(row.old, scale.show(row.old.value)) if row.old else None,
        "new": _center(row.new, scale.show(row.new.value)) if row.new else None,
        "benchstat": _benchstat(row),
        "paired": _paired(its.evidence),
        "q": its.evidence.q,
        "verdict": its.verdict,
        "words": flagged(said, its.flags),
        "counted": not its.flags,
        "flags": list(its.flags),
        "outlook": look and {"rounds": look.rounds, "minutes": look.minutes, "worth_it": look.worth_it},
    }


def _reason(its: Judged, old: Side, new: Side) -> str:
    """Which side has the benchmark alone, and why the other has no result; empty if both have it."""
    if its.in_both:
        return ""
    there, missing = (old, new) if its.evidence.in_old else (new, old)
    failed = {about.unit: about.status for about in missing.about.values() if about.status != "ok"}
    why = f"; {its.about.unit} failed in {missing.label} ({failed[its.about.unit]})" if its.about.unit in failed else ""
    return f"only in {there.label}{why}"


def _center(side: Center, shown: str) -> Document:
    return {
        "n": side.n,
        "median": side.value,
        "low": side.low,
        "high": side.high,
        "shown": shown,
        "spread": side.spread,
        "notes": list(side.notes),
    }


def _benchstat(row: Row) -> Document | None:
    test = row.test
    if test is None:
        return None
    return {
        "delta": row.delta,
        "p": test.p,
        "significant": test.significant,
        "words": test.words,
        "notes": list(test.notes),
    }


def _paired(evidence: Evidence) -> Document | None:
    found = evidence.paired
    if found is None:
        return None
    low, high = map(math.exp, found.interval95) if found.interval95 else (None, None)
    low90, high90 = map(math.exp, found.interval90) if found.interval90 else (None, None)
    return {
        "ratio": None if found.shift is None else math.exp(found.shift),
        "low": low,
        "high": high,
        "low90": low90,
        "high90": high90,
        "blocks": found.blocks,
        "blocks_needed": evidence.needed,
        "through": found.through,
        "p": found.p,
        "standard_error": found.standard_error,
        "noise_floor": evidence.floor,
    }


def _table(table: Table) -> Document:
    found = table.geomeans
    return {
        "package": table.config.get("pkg", ""),
        "config": {name: value for name, value in table.config.items() if name != "pkg" and value},
        "measure": table.measure,
        "old": found.old,
        "new": found.new,
        "ratio": found.ratio,
        "old_shown": _shown(found.old, table.measure),
        "new_shown": _shown(found.new, table.measure),
        "delta": found.delta,
        "old_notes": list(found.old_notes),
        "new_notes": list(found.new_notes),
    }


def _shown(value: float | None, measure: str) -> str:
    return "" if value is None else common_scale([value], measure).show(value)


def _summary(measure: str, judged: Sequence[Judged], facts: Facts, name: str) -> Document:
    """How many there are of each verdict, and the geometric mean of the ratios that count."""
    counts = Counter(its.verdict for its in judged if not its.flags)
    compared = {
        its.leaf: (its.evidence.paired, facts.pairs[its.leaf])
        for its in judged
        if its.evidence.paired and its.leaf in facts.pairs and not its.flags
    }
    mean = overall(compared, seed=f"{name} {measure}")
    found = mean and {
        "ratio": mean.ratio,
        "low": mean.low,
        "high": mean.high,
        "benchmarks": mean.benchmarks,
        "rounds": mean.rounds,
    }
    return {
        "measure": measure,
        "benchmarks": len(judged),
        "in_both": sum(its.in_both for its in judged),
        "flagged": sum(bool(its.flags) for its in judged),
        "verdicts": {verdict: counts[verdict] for verdict in VERDICTS},
        "geomean": found,
    }


def _without_result(name: str, side: Side) -> list[Document]:
    """The units that a side has no result of, and why."""
    there = {(key.package, key.name) for key in side.samples}
    return [
        {"side": name, "label": side.label, "unit": about.unit, "status": about.status}
        for where, about in side.about.items()
        if where not in there
    ]
