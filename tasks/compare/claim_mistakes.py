"""Mistakes in findings.yaml that its schema can't express: unknown benchmarks, versions in the wrong order."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tasks.compare.claims import EQUIVALENT, NOT, sign_of
from tasks.compare.judging import BETTER
from tasks.compare.measures import base_unit
from tasks.shared.errors import Problem
from tasks.shared.project import Project
from tasks.shared.versions import OLDEST_MINOR, is_exact, minor_of, sort_key
from tasks.suite.scan import scan_package

Document = Mapping[str, Any]


def other_mistakes(document: Document, mistakes: Sequence[Problem], project: Project) -> list[Problem]:
    """Those that a schema can't express, of the claims that their schema found in order."""
    if any(not problem.path.startswith("$.claims[") for problem in mistakes):
        return []
    wrong = {int(problem.path.removeprefix("$.claims[").split("]", 1)[0]) for problem in mistakes}
    right = {i: claim for i, claim in enumerate(document["claims"]) if i not in wrong}
    suite = _suite(project)
    return [mistake for i, claim in right.items() for mistake in _mistakes(i, claim, suite)] + _stand_twice(right)


def _stand_twice(claims: Mapping[int, Document]) -> list[Problem]:
    first: dict[str, int] = {}
    found = []
    for index, claim in claims.items():
        place = first.setdefault(claim["id"], index)
        if place != index:
            words = f"{claim['id']} stands at $.claims[{place}] already; give it an id of its own, or remove one"
            found.append(Problem(f"$.claims[{index}].id", words))
    return found


@dataclass(frozen=True)
class _Suite:
    """What claims may speak of: the units of every package, configured or not, and which way measures are better."""

    units: Sequence[str]
    sources: Sequence[str]
    better: Mapping[str, str]

    def way(self, measure: str) -> str:
        """Which way a measure is better, lower or higher; empty if nobody knows."""
        return self.better.get(base_unit(measure)[0], "")

    def knows(self, measure: str) -> bool:
        """Whether every benchmark reports a measure, or some source has its name."""
        return bool(self.way(measure)) or any(f'"{measure}"' in source for source in self.sources)


def _suite(project: Project) -> _Suite:
    folder = project.paths.benchmarks
    files = sorted(folder.glob("*/*_test.go"))
    packages = dict.fromkeys(path.parent.name for path in files)
    own = {base_unit(unit)[0]: way for unit, way in project.config.rules.better.items()}
    return _Suite(
        units=[unit.id for package in packages for unit in scan_package(folder, package)],
        sources=[path.read_text(encoding="utf-8") for path in files],
        better={**BETTER, **own},
    )


def _mistakes(index: int, claim: Document, suite: _Suite) -> list[Problem]:
    return [
        Problem(f"$.claims[{index}].{part}{problem.path}", f"{claim['id']}: {problem.message}")
        for part, rule in _RULES.items()
        for problem in rule(claim, suite)
    ]


def _pair_mistakes(claim: Document, _suite: _Suite) -> list[Problem]:
    pair = claim["pair"]
    found = [
        Problem(f"[{side}]", f"the suite needs Go 1.{OLDEST_MINOR} or newer, not {number}")
        for side, number in enumerate(pair)
        if sort_key(number)[0] < OLDEST_MINOR
    ]
    if sort_key(pair[0]) >= sort_key(pair[1]) or _may_be_one(*pair):
        found.append(Problem("", f"{pair[0]} is not older than {pair[1]}; name two versions, the older one first"))
    return found


def _may_be_one(old: str, new: str) -> bool:
    """Whether both may name the same version, such as a minor release and a patch of it."""
    return minor_of(old) == minor_of(new) and not (is_exact(old) and is_exact(new))


def _benchmark_mistakes(claim: Document, suite: _Suite) -> list[Problem]:
    """Patterns whose unit the suite has not got; which leaves a unit has, only measuring tells."""
    packages = ", ".join(dict.fromkeys(unit.split(".", 1)[0] for unit in suite.units))
    return [
        Problem(
            f"[{place}]",
            f"{pattern} fits no benchmark function of the suite, whose packages are {packages}; "
            "`doit list --all` names them, and a * stands for any text: runtime.GC*",
        )
        for place, pattern in enumerate(claim["benchmarks"])
        if not fnmatch.filter(suite.units, pattern.split("/", 1)[0])
    ]


def _measure_mistakes(claim: Document, suite: _Suite) -> list[Problem]:
    measure = claim["measure"]
    if suite.knows(measure):
        return []
    known = ", ".join(suite.better)
    return [
        Problem("", f"no benchmark reports {measure!r}; there are {known}, and what benchmarks report of their own")
    ]


def _condition_mistakes(claim: Document, suite: _Suite) -> list[Problem]:
    word, percent, measure = claim["expect"]["is"], claim["expect"]["by"], claim["measure"]
    sign = sign_of(word.removeprefix(NOT), suite.way(measure))
    found = []
    if not sign and word != EQUIVALENT and suite.knows(measure):
        words = f"nobody knows which way {measure} is better: say lower or higher, or add it to better in config.yaml"
        found.append(Problem(".is", words))
    if word == EQUIVALENT and not percent:
        found.append(Problem(".by", "equivalent within 0 % can never be shown; comparisons use 3"))
    if sign < 0 and percent >= 100:
        found.append(Problem(".by", "nothing becomes lower by 100 % or more"))
    return found


_RULES: Mapping[str, Callable[[Document, _Suite], list[Problem]]] = {
    "pair": _pair_mistakes,
    "benchmarks": _benchmark_mistakes,
    "measure": _measure_mistakes,
    "expect": _condition_mistakes,
}
