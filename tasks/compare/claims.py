"""findings.yaml: claims about the data, each with its source and a condition that was written down before measuring.

What becomes of them is decided in claim_judging.py. (tasks/measure/findings.py is about the system check.)
"""

from __future__ import annotations

import datetime
import fnmatch
import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tasks.compare.judging import BETTER
from tasks.compare.measures import base_unit
from tasks.shared import schema
from tasks.shared.errors import InvalidDocument, Problem
from tasks.shared.project import Project
from tasks.shared.verified import verified_for
from tasks.shared.versions import OLDEST_MINOR, Version, is_exact, minor_of, sort_key
from tasks.shared.yaml_file import read_yaml
from tasks.suite.scan import scan_package

EVERY, ANY, GEOMEAN = "every", "any", "geomean"
IMPROVED, REGRESSED, LOWER, HIGHER, EQUIVALENT = "improved", "regressed", "lower", "higher", "equivalent"
NOT = "not "

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Source:
    """Where a claim comes from; ``figure`` is what the source says in numbers, empty if it gives none."""

    document: str
    section: str
    url: str
    figure: str


@dataclass(frozen=True)
class Condition:
    """What is to be the case: ``of`` every benchmark, any, or their geomean; ``word`` as ``is`` in the file.

    ``by`` is a fraction: at least so much; for equivalent and what begins with ``not``, at most.
    """

    of: str
    word: str
    by: float

    @property
    def negated(self) -> bool:
        return self.word.startswith(NOT)

    @property
    def direction(self) -> str:
        """The word without its ``not``."""
        return self.word.removeprefix(NOT)


@dataclass(frozen=True)
class Claim:
    """One claim: ``says`` it in words, of the benchmarks that fit ``benchmarks``, in one unit of measure."""

    id: str
    says: str
    source: Source
    written: str
    pair: tuple[str, str]
    benchmarks: tuple[str, ...]
    measure: str
    condition: Condition

    def speaks_of(self, package: str, name: str) -> bool:
        """Whether it is about a benchmark; the name of a unit covers all benchmarks of the unit."""
        return any(fits(pattern, package, name) for pattern in self.benchmarks)

    def document(self) -> dict[str, Any]:
        """The claim as it stands in findings.yaml."""
        return {
            "id": self.id,
            "says": self.says,
            "source": asdict(self.source),
            "written": self.written,
            "pair": list(self.pair),
            "benchmarks": list(self.benchmarks),
            "measure": self.measure,
            "expect": {"of": self.condition.of, "is": self.condition.word, "by": round(self.condition.by * 100, 9)},
        }


def fits(pattern: str, package: str, name: str) -> bool:
    """Whether a pattern names a benchmark of a package, or its unit."""
    leaf, unit = f"{package}.{name}", f"{package}.{name.split('/', 1)[0]}"
    return fnmatch.fnmatchcase(leaf, pattern) or fnmatch.fnmatchcase(unit, pattern)


def load(project: Project) -> tuple[Claim, ...]:
    """The claims of findings.yaml; InvalidDocument with all mistakes at once, PerfError if it can't be read."""
    path = project.paths.findings
    document = _read(path)
    verified = verified_for(project.paths.verified)
    known = (path, schema.FOLDER / "claims.schema.json")
    valid = all(verified.knows(file) for file in known)
    mistakes = [] if valid else schema.check_version("claims", document, path.name)
    if not mistakes:
        for file in known:
            verified.remember(file)
    mistakes += _other_mistakes(document, mistakes, project)
    if mistakes:
        raise InvalidDocument(path.name, mistakes)
    return tuple(_claim(part) for part in document["claims"])


def _other_mistakes(document: Document, mistakes: Sequence[Problem], project: Project) -> list[Problem]:
    """Those that a schema can't express, of the claims that their schema found in order."""
    if any(not problem.path.startswith("$.claims[") for problem in mistakes):
        return []
    wrong = {int(problem.path.removeprefix("$.claims[").split("]", 1)[0]) for problem in mistakes}
    right = {i: claim for i, claim in enumerate(document["claims"]) if i not in wrong}
    suite = _suite(project)
    return [mistake for i, claim in right.items() for mistake in _mistakes(i, claim, suite)] + _stand_twice(right)


def _read(path: Path) -> Document:
    """The document; read once in a process, unless it changes."""
    state = path.stat() if path.exists() else None
    return _read_once(path, state and (state.st_mtime_ns, state.st_size))


@functools.lru_cache(maxsize=1)
def _read_once(path: Path, _state: tuple[int, int] | None) -> Document:
    document: Document = as_text(read_yaml(path))
    return document


def as_text(value: Any) -> Any:
    """A YAML document in which a day without quotes is text as well."""
    if isinstance(value, dict):
        return {key: as_text(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_text(inner) for inner in value]
    return value.isoformat() if isinstance(value, datetime.date) else value


def _claim(part: Document) -> Claim:
    expect = part["expect"]
    return Claim(
        id=part["id"],
        says=" ".join(part["says"].split()),
        source=Source(**part["source"]),
        written=part["written"],
        pair=(part["pair"][0], part["pair"][1]),
        benchmarks=tuple(part["benchmarks"]),
        measure=part["measure"],
        condition=Condition(expect["of"], expect["is"], expect["by"] / 100),
    )


# Mistakes that a schema can't express.


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
    if sort_key(pair[0]) >= sort_key(pair[1]):
        found.append(Problem("", f"{pair[0]} is not older than {pair[1]}; name two versions, the older one first"))
    return found


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
    if base_unit(measure)[0] in suite.better or any(f'"{measure}"' in source for source in suite.sources):
        return []
    known = ", ".join(suite.better)
    return [
        Problem("", f"no benchmark reports {measure!r}; there are {known}, and what benchmarks report of their own")
    ]


def _condition_mistakes(claim: Document, suite: _Suite) -> list[Problem]:
    condition, measure = _claim(claim).condition, claim["measure"]
    sign = sign_of(condition.direction, suite.way(measure))
    found = []
    if not sign and condition.direction != EQUIVALENT:
        words = f"nobody knows which way {measure} is better: say lower or higher, or add it to better in config.yaml"
        found.append(Problem(".is", words))
    if condition.word == EQUIVALENT and not condition.by:
        found.append(Problem(".by", "equivalent within 0 % can never be shown; comparisons use 3"))
    if sign < 0 and condition.by >= 1:
        found.append(Problem(".by", "nothing becomes lower by 100 % or more"))
    return found


_RULES: Mapping[str, Callable[[Document, _Suite], list[Problem]]] = {
    "pair": _pair_mistakes,
    "benchmarks": _benchmark_mistakes,
    "measure": _measure_mistakes,
    "expect": _condition_mistakes,
}


def sign_of(direction: str, better: str) -> int:
    """-1 if a direction means less, 1 if more, given which way is better; 0 if nobody knows, and for equivalent."""
    ways = {LOWER: -1, HIGHER: 1}
    if better in ways:
        ways |= {IMPROVED: ways[better], REGRESSED: -ways[better]}
    return ways.get(direction, 0)


# Versions.


def pair_of(claim: Claim, project: Project) -> tuple[Version, Version] | None:
    """The two configured versions that a claim is about; None if one of them is not configured.

    Where several patches of a minor release stand side by side: the pair that is compared anyway, else the newest.
    """
    old, new = ([version for version in project.config.versions if _is_called(version, name)] for name in claim.pair)
    found = [(one, other) for one in old for other in new]
    compared = [pair for pair in project.config.pairs if pair in found]
    return max(
        compared or found, key=lambda pair: [sort_key(version.number) for version in reversed(pair)], default=None
    )


def missing_versions(claim: Claim, project: Project) -> list[str]:
    """The versions of a claim that are not configured."""
    return [name for name in claim.pair if not any(_is_called(version, name) for version in project.config.versions)]


def _is_called(version: Version, name: str) -> bool:
    return version.number == name if is_exact(name) else minor_of(version.number) == name
