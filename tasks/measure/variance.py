"""How noisy each benchmark's samples are, by class and package, and which fail: the analysis after a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tasks.shared import schema
from tasks.shared.cell import package_of
from tasks.shared.config import Config
from tasks.shared.project import Project
from tasks.shared.settings import Settings
from tasks.shared.statistics import CLASSES, cv_of, is_noisy, mean_interval, median, variance_class
from tasks.shared.versions import Version

Receipt = Mapping[str, Any]


@dataclass(frozen=True)
class Leaf:
    """One benchmark of one version.

    ``cv`` and ``interval`` (half of the mean's 95 %) are fractions, ``threshold`` and ``interval_target`` percent.

    ``by_nature`` benchmarks are judged by their interval alone.
    """

    name: str
    unit: str
    n: int
    cv: float | None
    variance_class: str
    interval: float | None
    threshold: float
    interval_target: float
    by_nature: bool
    noisy: bool

    @property
    def package(self) -> str:
        return package_of(self.unit)


def leaves_of(config: Config, settings: Settings, receipt: Receipt) -> list[Leaf]:
    """The benchmarks of a receipt, judged by today's limits; none of a cell that was given up."""
    if receipt["status"] != "ok":
        return []
    return [_leaf(config, settings, receipt, row) for row in receipt["benchmarks"]]


def judged_number(receipt: Receipt, n: int, settings: Settings) -> int:
    """By how many samples to judge whether n are too noisy: what a budget left with fewer is judged as if it had all.

    That it has fewer is no noise; what is missing, the next `doit` measures.
    """
    return max(n, settings.count) if receipt["budget_rounds"] else n


def _leaf(config: Config, settings: Settings, receipt: Receipt, row: Mapping[str, Any]) -> Leaf:
    unit = receipt["unit"]
    limits = config.limits(package_of(unit), row["name"], settings)
    cv = cv_of(row["mean"], row["stddev"])
    return Leaf(
        name=row["name"],
        unit=unit,
        n=row["n"],
        cv=cv,
        variance_class=variance_class(cv),
        interval=mean_interval(row["n"], cv),
        threshold=limits.threshold,
        interval_target=limits.interval,
        by_nature=limits.by_nature,
        noisy=is_noisy(judged_number(receipt, row["n"], settings), cv, limits),
    )


def variance_document(project: Project, version: Version, receipts: Sequence[Receipt]) -> dict[str, Any]:
    """variance.json of one version."""
    leaves = [leaf for receipt in receipts for leaf in leaves_of(project.config, project.settings, receipt)]
    packages = {leaf.package for leaf in leaves}
    return {
        "schema_version": schema.SCHEMA_VERSION,
        "version": version.exact,
        "label": version.label,
        "settings": project.settings.document(),
        "given_up": sorted(receipt["unit"] for receipt in receipts if receipt["status"] != "ok"),
        "packages": [_package(name, [x for x in leaves if x.package == name]) for name in sorted(packages)],
        "benchmarks": [asdict(leaf) for leaf in leaves],
    }


def _package(name: str, leaves: Sequence[Leaf]) -> dict[str, Any]:
    classes = Counter(leaf.variance_class for leaf in leaves)
    cvs = sorted(leaf.cv for leaf in leaves if leaf.cv is not None)
    return {
        "package": name,
        "benchmarks": len(leaves),
        "classes": {kind: classes[kind] for kind in (*(name for _, name, _ in CLASSES), "unknown")},
        "median_cv": median(cvs) if cvs else None,
        "noisy": sum(leaf.noisy for leaf in leaves),
    }


def in_words(leaf: Mapping[str, Any]) -> str:
    """``CV 41.2 %, very high, mean +-13.1 %``, of a row of variance.json."""
    cv = "unknown" if leaf["cv"] is None else f"{leaf['cv']:.1%}"
    interval = "" if leaf["interval"] is None else f", mean +-{leaf['interval']:.1%}"
    return f"CV {cv}, {leaf['variance_class']}{interval}"
