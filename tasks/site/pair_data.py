"""A comparison as the page's scripts hold it: rows by unit of measure, and everything that is said of them in words.

No statistics are left to scripts: what they show was computed by `doit compare`, for both ways round of each pair.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tasks.compare.measures import base_unit
from tasks.compare.verdict import (
    CHANGED,
    EQUIVALENT,
    IMPROVED,
    INCONCLUSIVE,
    ONLY_NEW,
    ONLY_OLD,
    REGRESSED,
    UNDECIDED,
)
from tasks.compare.view import is_change
from tasks.compare.words import percent
from tasks.site.exported import Document, Platform
from tasks.site.packed import number, rows

#: How closely an open benchmark may be known nevertheless: half widths of bounds, fractions.
BOUNDS = (0.03, 0.05)

#: Two ratios that differ by less are one, rounded.
_SAME = 1e-6

_FIELDS = (
    "benchmark", "ratio", "low", "high", "p", "q", "blocks", "needed", "through", "verdict", "words", "changed",
    "counted", "flags", "delta", "test", "stray", "zero",
)  # fmt: skip


def pair_data(platform: Platform, old: str, new: str) -> dict[str, Any]:
    """One comparison of a platform, by its labels."""
    comparison = platform.comparisons[old, new]
    measures = dict.fromkeys(base_unit(row["measure"])[0] for row in comparison["rows"])
    return {
        "name": f"{old}-{new}",
        "old": old,
        "new": new,
        "rules": comparison["rules"],
        "banner": banner(comparison),
        "notes": [*comparison["notes"], *_without_result(comparison)],
        "summary": {summary["measure"]: _summary(comparison, summary) for summary in comparison["summary"]},
        "rows": {measure: rows(_FIELDS, _rows(platform, comparison, measure)) for measure in measures},
    }


def banner(comparison: Document) -> list[str]:
    """What a reader must know before any number: differences besides Go, days apart, modules that differ."""
    lines = [f"Not only Go differs: {line}" for line in comparison["differences"]]
    lines += _of_sessions(comparison)
    flagged = sorted({flag for row in comparison["rows"] for flag in row["flags"]} - set(comparison["differences"]))
    modules = [flag for flag in flagged if flag.startswith("module ")]
    if modules:
        lines.append(f"Modules differ for some benchmarks: {'; '.join(modules)}")
    return lines


def _of_sessions(comparison: Document) -> Iterator[str]:
    """What there is to say if the values of both do not come from just the same sessions."""
    old, new = comparison["old"], comparison["new"]
    if not old["sessions"] or not new["sessions"] or set(old["sessions"]) == set(new["sessions"]):
        return
    when = f"{old['label']} from {_days(old)}, {new['label']} from {_days(new)}"
    if any(row["paired"] and not row["paired"]["through"] for row in comparison["rows"]):
        yield f"The values of both are not of the same sessions ({when}); changes are, sample beside sample"
    else:
        yield f"No session measured both ({when}): their values can't be compared with each other"


def _days(side: Document) -> str:
    first, last = (str(side[key] or "")[:10] for key in ("first_sample_at", "collected_at"))
    return first if first == last else f"{first} to {last}"


def _without_result(comparison: Document) -> list[str]:
    return [f"{its['unit']} has no result in {its['label']}: {its['status']}" for its in comparison["without_result"]]


def _summary(comparison: Document, summary: Document) -> dict[str, Any]:
    """Counts in words, with the geometric mean."""
    mean = summary["geomean"]
    return {
        "counts": [
            {"verdict": verdict, "count": n, "words": words} for verdict, n, words in counts(comparison, summary)
        ],
        "benchmarks": summary["benchmarks"],
        "better": next(row["better"] for row in comparison["rows"] if row["measure"] == summary["measure"]),
        "flagged": summary["flagged"],
        "geomean": mean
        and {
            **{key: number(mean[key]) for key in ("ratio", "low", "high")},
            "words": f"geometric mean {percent(mean['ratio'] - 1)} % "
            f"({percent(mean['low'] - 1)} … {percent(mean['high'] - 1)} %) over {mean['benchmarks']} of "
            f"{summary['benchmarks']}",
        },
        "floor": _floor(comparison, summary["measure"]),
    }


def counts(comparison: Document, summary: Document) -> Iterator[tuple[str, int, str]]:
    """(verdict, how many, in words) of each that there is; of open ones also how many are closely bounded."""
    verdicts: Mapping[str, int] = summary["verdicts"]
    equivalence = comparison["rules"]["equivalence_margin"]
    for verdict, words in (
        (IMPROVED, "improved"),
        (REGRESSED, "regressed"),
        (CHANGED, "changed"),
        (EQUIVALENT, f"equivalent within ±{equivalence * 100:g} %"),
        (INCONCLUSIVE, "with no change found"),
        (UNDECIDED, "that can't be decided"),
        (ONLY_OLD, f"only in {comparison['old']['label']}"),
        (ONLY_NEW, f"only in {comparison['new']['label']}"),
    ):
        if verdicts[verdict] or verdict in (IMPROVED, REGRESSED):
            more = _bounded(comparison, summary["measure"], equivalence) if verdict == INCONCLUSIVE else ""
            yield verdict, verdicts[verdict], words + more


def _bounded(comparison: Document, measure: str, equivalence: float) -> str:
    """`` (9 of them bounded by 5 %)``: the 90 % interval lies within. Within the equivalence margin none is open."""
    told = []
    for bound in BOUNDS:
        if bound > equivalence:
            within = sum(
                row["measure"] == measure and row["counted"] and row["verdict"] == INCONCLUSIVE and _lies(row, bound)
                for row in comparison["rows"]
            )
            told.append(f"{within} bounded by ±{bound * 100:g} %")
    return f" (of them {' and '.join(told)})" if told else ""


def _lies(row: Document, bound: float) -> bool:
    paired = row["paired"]
    if paired is None or paired["low90"] is None:
        return False
    return bool(-bound <= paired["low90"] - 1 and paired["high90"] - 1 <= bound)


def _floor(comparison: Document, measure: str) -> str:
    """What a change must exceed here today, over all benchmarks: ``noise floor ±1.2 % (median; 0.4 ... 6.3 %)``."""
    floors = sorted(
        math.expm1(row["paired"]["noise_floor"]) * 100
        for row in comparison["rows"]
        if row["measure"] == measure and row["paired"] and row["paired"]["noise_floor"] is not None
    )
    if not floors:
        return ""
    return f"noise floor ±{floors[len(floors) // 2]:.1f} % (median; {floors[0]:.1f} … {floors[-1]:.1f} %)"


def _rows(platform: Platform, comparison: Document, measure: str) -> Iterator[Sequence[Any]]:
    for row in comparison["rows"]:
        base, _ = base_unit(row["measure"])
        place = platform.place_of(row) if base == measure else None
        if place is None:
            continue
        paired, test = row["paired"] or {}, row["benchstat"] or {}
        yield (
            place,
            *(number(paired.get(key)) for key in ("ratio", "low", "high", "p")),
            number(row["q"]),
            paired.get("blocks", 0),
            paired.get("blocks_needed", 0),
            paired.get("through", ""),
            row["verdict"],
            row["words"],
            is_change(row),
            row["counted"],
            row["flags"],
            test.get("delta", ""),
            test.get("words", ""),
            _stray(platform, comparison, row, place),
            _zero(row),
        )


def _zero(row: Document) -> str:
    """Why a paired change has no ratio: a zero in some block; nothing if it has one, or there are no pairs."""
    if not row["paired"] or row["paired"]["ratio"] is not None:
        return ""
    old, new = (bool(row[side] and row[side]["median"]) for side in ("old", "new"))
    if old and new:
        return "zero in some samples"
    return "to zero" if old else "from zero" if new else "zero in most samples of both"


def _stray(platform: Platform, comparison: Document, row: Document, place: int) -> str:
    """Why the ratio of the two values is not the paired change, where it lies outside of its interval; else nothing."""
    paired, old, new = row["paired"], row["old"], row["new"]
    if not (paired and paired["low"] and old and new and old["median"] > 0):
        return ""
    ratio = new["median"] / old["median"]
    # What never varies has an interval without a width.
    if paired["low"] * (1 - _SAME) <= ratio <= paired["high"] * (1 + _SAME):
        return ""
    name = platform.index["benchmarks"][place]["name"]
    sessions = [
        {origin["session"] for origin in platform.versions[side["label"]]["benchmarks"][name]["origins"]}
        for side in (comparison["old"], comparison["new"])
    ]
    apart = f"{percent(ratio - 1)} % from value to value, but neighbours in time tell otherwise"
    if sessions[0] == sessions[1]:
        return f"{apart}: values are medians of all samples, changes are of pairs"
    days = [{session[:10] for session in its} for its in sessions]
    return f"{apart}: the values come from different {'sessions' if days[0] == days[1] else 'days'}"
