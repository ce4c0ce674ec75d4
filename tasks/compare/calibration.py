"""What a calibration shows: how often each way to sample calls identical code different, and what it could find.

Of all samples together, and of each set of 40 by itself: 120 rounds are three experiments, one after the other.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Any

from tasks.compare.against_itself import ALL, Compared, geomean_of, in_rounds, in_sequence
from tasks.compare.false_discovery import q_values
from tasks.compare.noise_file import factor_of
from tasks.compare.paired import log_ratios
from tasks.compare.power import smallest_effect, smallest_effect_of_medians
from tasks.measure.calibration import SET, Taken
from tasks.measure.designs import DESIGNS, SEQUENTIAL, Design
from tasks.measure.sample_file import Sample
from tasks.shared import schema
from tasks.shared.cell import package_of
from tasks.shared.project import Project
from tasks.shared.rules import Rules
from tasks.shared.versions import Version

Document = dict[str, Any]

#: Both arms of each unit in one design.
Sides = Mapping[str, tuple[Sequence[Sample], Sequence[Sample]]]


def calibration_document(project: Project, version: Version, units: Sequence[str], taken: Taken) -> Document:
    """All designs of a version, benchmark by benchmark, from the texts."""
    rules = project.config.rules
    designs: list[Document] = []
    sets: list[Document] = []
    rows: list[Document] = []
    sessions: set[str] = set()
    for design in DESIGNS:
        sides = {unit: taken.samples(design, unit) for unit in units}
        sessions |= {sample.session for arms in sides.values() for arm in arms for sample in arm}
        compared = _compare(design, sides)
        made = _rows(design, compared, rules)
        rows += made
        designs.append(_summary(design, design.conditions(project), made, compared, rules))
        sets += _sets(design, sides, rules)
    return {
        "schema_version": schema.SCHEMA_VERSION,
        "version": version.exact,
        "label": version.label,
        "machine": project.machine.document(),
        "benchtime": project.settings.benchtime_text,
        "rules": rules.document(),
        "sessions": sorted(sessions),
        "designs": designs,
        "sets": sets,
        "benchmarks": rows,
    }


def _compare(design: Design, sides: Sides, part: slice = ALL) -> list[Compared]:
    """Every benchmark in one design, from all of its samples or a part of them."""
    compare = in_sequence if design is SEQUENTIAL else in_rounds
    found = [its for unit, arms in sides.items() for its in compare(unit, *arms, part)]
    return sorted(found, key=lambda its: (its.unit, its.name))


def _sets(design: Design, sides: Sides, rules: Rules) -> Iterator[Document]:
    """The experiments of 40 that a design holds, in order of time; what is left over is in none, unless it is all."""
    number = max((len(arm) for arms in sides.values() for arm in arms), default=0) // SET
    for place in range(max(1, number)):
        compared = _compare(design, sides, slice(place * SET, (place + 1) * SET))
        yield {
            "design": design.name,
            "set": place + 1,
            **_counts(compared, rules),
            "geomean": geomean_of(compared, f"{design.name}/{place + 1}"),
        }


def _counts(compared: Sequence[Compared], rules: Rules) -> Document:
    """How many there are, of how many samples a side at least, and how many are called different."""
    ps = [its.p for its in compared]
    return {
        "benchmarks": len(compared),
        "n": min((its.n for its in compared), default=0),
        "different_by_p": sum(p <= rules.alpha for p in ps),
        "different_by_q": sum(q <= rules.alpha for q in q_values(ps)),
    }


def _rows(design: Design, compared: Sequence[Compared], rules: Rules) -> list[Document]:
    """Every benchmark in one design, with what there being so many makes of its p, and what could be found in it."""
    factor = factor_of([abs(its.shift) / its.standard_error for its in compared])
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
            "smallest_effect": _smallest_effect(its, factor, len(compared), rules),
        }
        for its, q in zip(compared, q_values([its.p for its in compared]), strict=True)
    ]


def _smallest_effect(its: Compared, factor: float, benchmarks: int, rules: Rules) -> float | None:
    if its.pairs:
        return smallest_effect(log_ratios(its.pairs), its.n, factor, benchmarks, rules)
    return smallest_effect_of_medians(its.standard_error, its.n, factor, benchmarks, rules)


def _summary(
    design: Design, conditions: str, rows: Sequence[Mapping[str, Any]], compared: Sequence[Compared], rules: Rules
) -> Document:
    changes = [abs(math.expm1(row["shift"])) for row in rows]
    effects = [row["smallest_effect"] for row in rows if row["smallest_effect"] is not None]
    return {
        "design": design.name,
        "words": design.words,
        "conditions": conditions,
        **_counts(compared, rules),
        "factor": factor_of([abs(row["shift"]) / row["standard_error"] for row in rows]),
        "median_change": median(changes) if changes else None,
        "largest_change": max(changes, default=None),
        "median_noise_floor": median(row["noise_floor"] for row in rows) if rows else None,
        "median_smallest_effect": median(effects) if effects else None,
        "geomean": geomean_of(compared, design.name),
    }
