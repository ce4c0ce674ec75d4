"""findings.yaml: claims about the data, each with its source and a condition that was written down before measuring.

What becomes of them is decided in claim_judging.py. (tasks/measure/findings.py is about the system check.)
"""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

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


def sign_of(direction: str, better: str) -> int:
    """-1 if a direction means less, 1 if more, given which way is better; 0 if nobody knows, and for equivalent."""
    ways = {LOWER: -1, HIGHER: 1}
    if better in ways:
        ways |= {IMPROVED: ways[better], REGRESSED: -ways[better]}
    return ways.get(direction, 0)
