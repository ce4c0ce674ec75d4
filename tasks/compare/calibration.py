"""What a calibration shows: how often each way to sample calls identical code different, and what it could find."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median, variance
from typing import Any

from tasks.compare.controls import control_of
from tasks.compare.false_discovery import q_values
from tasks.compare.neighbours import Pair
from tasks.compare.noise_file import factor_of
from tasks.compare.paired import paired
from tasks.compare.power import smallest_effect
from tasks.compare.utest import u_test
from tasks.measure.calibration import Taken
from tasks.measure.designs import DESIGNS, SEQUENTIAL, Design
from tasks.measure.sample_file import Sample
from tasks.shared import schema
from tasks.shared.benchfmt import TIME
from tasks.shared.cell import package_of
from tasks.shared.project import Project
from tasks.shared.rules import Rules
from tasks.shared.versions import Version

Document = dict[str, Any]


@dataclass(frozen=True)
class Compared:
    """One benchmark against itself in one design: n samples a side, the shift of ln(time), its standard error, p."""

    unit: str
    name: str
    n: int
    shift: float
    standard_error: float
    p: float


def calibration_document(project: Project, version: Version, units: Sequence[str], taken: Taken) -> Document:
    """All designs of a version, benchmark by benchmark, from the texts."""
    rules = project.config.rules
    designs, rows = [], []
    sessions: set[str] = set()
    for design in DESIGNS:
        compared = []
        for unit in units:
            arms = taken.samples(design, unit)
            sessions |= {sample.session for arm in arms for sample in arm}
            compared += list(_sequential(unit, *arms) if design is SEQUENTIAL else _in_rounds(unit, *arms))
        made = _rows(design, compared, rules)
        rows += made
        designs.append(_summary(design, design.conditions(project), made, rules))
    return {
        "schema_version": schema.SCHEMA_VERSION,
        "version": version.exact,
        "label": version.label,
        "machine": project.machine.document(),
        "benchtime": project.settings.benchtime_text,
        "rules": rules.document(),
        "sessions": sorted(sessions),
        "designs": designs,
        "benchmarks": rows,
    }


def _in_rounds(unit: str, first: Sequence[Sample], second: Sequence[Sample]) -> Iterator[Compared]:
    """As versions are compared: in pairs of one block."""
    others = {(sample.session, sample.round): _times(sample) for sample in second}
    pairs: dict[str, list[Pair]] = {}
    for sample in first:
        key = (sample.session, sample.round)
        for name, old in _times(sample).items():
            if name in others.get(key, {}):
                pairs.setdefault(name, []).append(Pair(f"{key[0]}/{key[1]}", old, others[key][name]))
    for name, found in pairs.items():
        control = control_of(unit, name, paired(found))
        if control:
            yield Compared(unit, name, control.blocks, control.shift, control.standard_error, control.p)


def _sequential(unit: str, first: Sequence[Sample], second: Sequence[Sample]) -> Iterator[Compared]:
    """As benchstat does: medians, and a U test."""
    sides = [_by_name(side) for side in (first, second)]
    for name in sides[0].keys() & sides[1].keys():
        old, new = (side[name] for side in sides)
        if min(len(old), len(new)) < 2 or min(*old, *new) <= 0:
            continue
        error = math.sqrt(sum(variance(map(math.log, values)) / len(values) for values in (old, new)))
        if error:
            shift = math.log(median(new) / median(old))
            p = u_test(old, new)
            yield Compared(unit, name, min(len(old), len(new)), shift, error, 1.0 if p is None else min(1.0, p))


def _by_name(side: Sequence[Sample]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for sample in side:
        for name, time in _times(sample).items():
            found.setdefault(name, []).append(time)
    return found


def _times(sample: Sample) -> dict[str, float]:
    return {result.name: result.values[TIME] for result in sample.results if TIME in result.values}


def _rows(design: Design, compared: Sequence[Compared], rules: Rules) -> list[Document]:
    """Every benchmark in one design, with what there being so many makes of its p, and what could be found in it."""
    ordered = sorted(compared, key=lambda its: (its.unit, its.name))
    factor = factor_of([abs(its.shift) / its.standard_error for its in ordered])
    return [
        {
            "design": design.name,
            "package": package_of(its.unit),
            "unit": its.unit,
            "name": its.name,
            "n": its.n,
            "shift": its.shift,
            "standard_error": its.standard_error,
            "p": its.p,
            "q": q,
            "noise_floor": factor * its.standard_error,
            "smallest_effect": smallest_effect(its.standard_error, its.n, factor, len(ordered), rules),
        }
        for its, q in zip(ordered, q_values([its.p for its in ordered]), strict=True)
    ]


def _summary(design: Design, conditions: str, rows: Sequence[Mapping[str, Any]], rules: Rules) -> Document:
    changes = [abs(math.expm1(row["shift"])) for row in rows]
    effects = [row["smallest_effect"] for row in rows if row["smallest_effect"] is not None]
    return {
        "design": design.name,
        "words": design.words,
        "conditions": conditions,
        "benchmarks": len(rows),
        "n": min((row["n"] for row in rows), default=0),
        "different_by_p": sum(row["p"] < rules.alpha for row in rows),
        "different_by_q": sum(row["q"] < rules.alpha for row in rows),
        "factor": factor_of([abs(row["shift"]) / row["standard_error"] for row in rows]),
        "median_change": median(changes) if changes else None,
        "largest_change": max(changes, default=None),
        "median_noise_floor": median(row["noise_floor"] for row in rows) if rows else None,
        "median_smallest_effect": median(effects) if effects else None,
    }
