"""What one binary per version reports between releases, beside what fresh layouts report, from the same rounds.

A claim is a benchmark that is called changed after correction. A claim of one binary that vanishes with fresh layouts
was where the linker put a function, not Go; one that appears was hidden by it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from tasks.compare.against_itself import Compared, geomean_of, in_rounds
from tasks.compare.differences import of_inputs
from tasks.compare.false_discovery import q_values
from tasks.measure.experiment import Taken
from tasks.measure.layouts import ARMS
from tasks.shared import schema
from tasks.shared.cell import package_of
from tasks.shared.project import Project
from tasks.shared.rules import Rules
from tasks.shared.verified import read_known, verified_for
from tasks.shared.versions import Version, usual_pairs

Document = dict[str, Any]
Key = tuple[str, str]

STAYS, TURNS, VANISHES, APPEARS, NONE = "stays", "turns", "vanishes", "appears", "none"
#: What becomes of what one binary per version says, once layouts are drawn anew.
FATES = (STAYS, TURNS, VANISHES, APPEARS, NONE)


def layouts_document(project: Project, units: Sequence[str], taken: Taken) -> Document:
    """All pairs, benchmark by benchmark, in both ways to link, from the texts."""
    versions, rules = project.config.versions, project.config.rules
    samples = {
        (version.exact, arm.name, unit): taken.samples(version.exact, arm, unit)
        for version in versions
        for arm in ARMS
        for unit in units
    }
    pairs, rows = [], []
    for old, new in usual_pairs(versions):
        name = f"{old.label}-{new.label}"
        flags = _not_by_go_alone(project, old, new, units)
        compared = {
            arm.name: [
                its
                for unit in units
                if unit not in flags
                for its in in_rounds(unit, samples[old.exact, arm.name, unit], samples[new.exact, arm.name, unit])
            ]
            for arm in ARMS
        }
        made, kept = _rows(name, compared, rules)
        rows += made
        left_out = [{"unit": unit, "flags": lines} for unit, lines in flags.items()]
        its = {"name": name, "old": old.exact, "new": new.exact, "left_out": left_out}
        pairs.append({**its, **_summary(name, made, kept, rules)})
    return {
        "schema_version": schema.SCHEMA_VERSION,
        "versions": [version.exact for version in versions],
        "machine": project.machine.document(),
        "benchtime": project.settings.benchtime_text,
        "rules": rules.document(),
        "sessions": sorted({sample.session for found in samples.values() for sample in found}),
        "pairs": pairs,
        "benchmarks": rows,
    }


def _not_by_go_alone(project: Project, old: Version, new: Version, units: Sequence[str]) -> dict[str, list[str]]:
    """The units that are made of more than another Go in the two versions, such as another module, and of what."""
    verified = verified_for(project.paths.verified)
    found = {}
    for unit in units:
        paths = (project.paths.fingerprint(version.exact, unit) for version in (old, new))
        lines = of_inputs(*(read_known("fingerprint", path, verified) for path in paths))
        if lines:
            found[unit] = lines
    return found


def _rows(
    pair: str, compared: Mapping[str, Sequence[Compared]], rules: Rules
) -> tuple[list[Document], Mapping[str, list[Compared]]]:
    """A row for each benchmark that has an interval in both ways to link: so both are corrected for as many."""
    by_arm = {arm: {(its.unit, its.name): its for its in found} for arm, found in compared.items()}
    keys = sorted(set.intersection(*(set(found) for found in by_arm.values())))
    kept = {arm: [found[key] for key in keys] for arm, found in by_arm.items()}
    sides = {arm: _sides(found) for arm, found in kept.items()}
    rows = []
    for place, (unit, name) in enumerate(keys):
        default, fresh = (sides[arm.name][place] for arm in ARMS)
        fate = _fate(default, fresh, rules.alpha)
        named = {"pair": pair, "package": package_of(unit), "unit": unit, "name": name}
        rows.append({**named, "default": default, "fresh": fresh, "fate": fate})
    return rows, kept


def _sides(compared: Sequence[Compared]) -> list[Document]:
    found = []
    for its, q in zip(compared, q_values([its.p for its in compared]), strict=True):
        assert its.paired
        assert its.paired.interval95
        low, high = its.paired.interval95
        found.append({"blocks": its.n, "shift": its.shift, "low": low, "high": high, "p": its.p, "q": q})
    return found


def _fate(default: Mapping[str, Any], fresh: Mapping[str, Any], alpha: float) -> str:
    claimed, there = (side["q"] <= alpha for side in (default, fresh))
    if claimed and there:
        return STAYS if default["shift"] * fresh["shift"] > 0 else TURNS
    return VANISHES if claimed else APPEARS if there else NONE


def _summary(pair: str, rows: Sequence[Document], compared: Mapping[str, Sequence[Compared]], rules: Rules) -> Document:
    fates = Counter(row["fate"] for row in rows)
    return {
        "benchmarks": len(rows),
        "blocks": min((row[arm.name]["blocks"] for row in rows for arm in ARMS), default=0),
        **{
            arm.name: {
                "different_by_p": sum(row[arm.name]["p"] <= rules.alpha for row in rows),
                "different_by_q": sum(row[arm.name]["q"] <= rules.alpha for row in rows),
                "median_width": median(row[arm.name]["high"] - row[arm.name]["low"] for row in rows) if rows else None,
                "geomean": geomean_of(compared[arm.name], f"{pair}/{arm.name}"),
            }
            for arm in ARMS
        },
        "fates": {fate: fates[fate] for fate in FATES},
    }
