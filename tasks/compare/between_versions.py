"""Two versions of one tree, compared: from merged results, texts and blocks to the document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tasks.compare import noise_file
from tasks.compare.differences import Made, of_benchmarks, of_versions
from tasks.compare.document import Document, comparison
from tasks.compare.judging import Facts
from tasks.compare.measures import base_unit
from tasks.compare.neighbours import Leaf, Neighbours
from tasks.compare.noise import Noise
from tasks.compare.paired import Paired, paired, through
from tasks.compare.sides import Side
from tasks.compare.versions import version_side
from tasks.measure.archive import Archive
from tasks.measure.estimate import link_seconds
from tasks.shared.errors import PerfError
from tasks.shared.project import Project
from tasks.shared.rules import Rules
from tasks.shared.verified import Verified, read_known

Merged = Mapping[str, Any]


def compare_versions(
    project: Project,
    old: str,
    new: str,
    rules: Rules,
    archive: Archive,
    verified: Verified,
    noise: Noise | None = None,
) -> tuple[Document, bool]:
    """(the comparison of two labels, whether it looked for a third version that both have met).

    ``noise`` is what noise.json says, unless given.
    PerfError if one of them has no merged results.
    """
    before, after = (read_merged(project, label, verified) for label in (old, new))
    neighbours = Neighbours(project.tree, archive, verified, before, after)
    pairs = neighbours.between(before["version"], after["version"])
    sides = version_side(before), version_side(after)
    missing = _common(*sides) - pairs.keys()
    others = [label for label in labels(project) if label not in (old, new)] if missing else []
    facts = Facts(
        pairs=pairs,
        bridged=_bridges(neighbours, before, after, missing, (read_merged(project, o, verified) for o in others)),
        differences=of_versions(before, after),
        of_units=of_benchmarks(before, after, Made(project.paths, project.tree, verified)),
        seconds=_seconds(project, neighbours, before["version"], after["version"]),
        noise=noise or noise_file.load(project, verified),
        count=project.settings.count,
    )
    return comparison(*sides, facts, rules), bool(missing)


def labels(project: Project) -> list[str]:
    """The versions of the tree that have merged results, whether they are configured or not."""
    return sorted(path.parent.name for path in project.tree.folder.glob("go*/merged.json"))


def read_merged(project: Project, label: str, verified: Verified) -> Merged:
    """The merged results of a version; PerfError if there are none."""
    path = project.tree.merged_json(label)
    if not path.exists():
        there = ", ".join(labels(project)) or "none"
        raise PerfError(f"{label} has no merged results in {project.relative(project.tree.folder)}; there are {there}")
    merged: Merged = read_known("merged", path, verified)
    return merged


def _common(old: Side, new: Side) -> set[Leaf]:
    """What both sides have measured; not the zeros that benchstat lists under a unit that is no base unit."""
    both = (key for key in old.samples.keys() & new.samples.keys() if base_unit(key.measure)[0] == key.measure)
    return {Leaf(key.package, key.name, key.measure) for key in both}


def _bridges(
    neighbours: Neighbours, old: Merged, new: Merged, missing: set[Leaf], others: Iterable[Merged]
) -> dict[Leaf, Paired]:
    """Comparisons through a version that both have met, for leaves that share no block: the most precise of each."""
    found: dict[Leaf, Paired] = {}
    for middle in others:
        neighbours.add(middle)
        first = neighbours.between(old["version"], middle["version"])
        second = neighbours.between(middle["version"], new["version"])
        for leaf in missing & first.keys() & second.keys():
            bridge = through(middle["label"], paired(first[leaf]), paired(second[leaf]))
            if bridge and (leaf not in found or _error(bridge) < _error(found[leaf])):
                found[leaf] = bridge
    return found


def _error(bridge: Paired) -> float:
    return bridge.standard_error or 0.0


def _seconds(project: Project, neighbours: Neighbours, old: str, new: str) -> dict[str, float]:
    """What one more block of a unit alone takes: a sample of each version, and linking both."""
    one, other = neighbours.seconds(old), neighbours.seconds(new)
    linking = 2 * link_seconds(project.settings)
    return {unit: one[unit] + other[unit] + linking for unit in one.keys() & other.keys()}
