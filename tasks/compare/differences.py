"""What differs between two versions' samples besides Go: then a change is not Go's alone.

The machine, settings and environment stand in merged results; what a benchmark was made of, modules among it, in the
inputs that are kept beside its samples.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tasks.measure import names
from tasks.measure.why import differences_of_inputs
from tasks.shared.cell import package_of
from tasks.shared.machine import Machine
from tasks.shared.paths import Paths, Tree
from tasks.shared.verified import Verified, read_known

NOT_VARIED = "layouts not varied: functions lie in one order in each version, which moves benchmarks by up to 18 %"
NO_BLOCKS = "no shared blocks"

Document = Mapping[str, Any]


def of_versions(old: Document, new: Document) -> list[str]:
    """What differs for all benchmarks of two merged documents, a line each."""
    machines = [Machine(**merged["machine"]).identity for merged in (old, new)]
    found = [f"machine: {line}" for line in _changed(*machines)]
    settings = [{key: merged["settings"][key] for key in ("benchtime", "layouts")} for merged in (old, new)]
    found += [f"settings: {line}" for line in _changed(*settings)]
    found += [f"environment: {line}" for line in _changed(old["environment"], new["environment"])]
    if "default" in (old["settings"]["layouts"], new["settings"]["layouts"]):
        found.append(NOT_VARIED)
    return found


def of_benchmarks(old: Document, new: Document, made: Made) -> dict[str, list[str]]:
    """What differs for single units of two merged documents, by unit: what it is made of, or that it was given up."""
    rows = [{row["unit"]: row for row in merged["benchmarks"]} for merged in (old, new)]
    found: dict[str, list[str]] = {}
    for unit in rows[0].keys() & rows[1].keys():
        one = made.of(old["version"], unit, rows[0][unit]["fingerprint"])
        other = made.of(new["version"], unit, rows[1][unit]["fingerprint"])
        package = package_of(unit)
        if one and other:
            lines = of_inputs(one, other)
        else:
            # Nobody kept what it was made of: then any module of its package may matter.
            modules = [merged["modules"].get(package, {}) for merged in (old, new)]
            lines = [f"module {line} (somewhere in {package})" for line in _changed(*modules)]
        for merged, its in ((old, rows[0]), (new, rows[1])):
            if its[unit]["status"] != "ok" and its[unit]["measures"]:
                lines.append(f"given up in {merged['label']} ({its[unit]['status']})")
        if lines:
            found[unit] = lines
    return found


def of_inputs(old: Document, new: Document) -> list[str]:
    """The inputs in which two fingerprints of a unit differ; not Go itself, nor the environment, told elsewhere."""
    one, other = map(_but_for_go, (old, new))
    same = {key: one[key] for key in ("toolchain", "goroot", "environment")}
    # The hash of a module's content says nothing to people.
    return [re.sub(r" h1:\S+", "", line) for line in differences_of_inputs(one, {**other, **same})]


def _but_for_go(inputs: Document) -> dict[str, Any]:
    """Inputs without the language version, which is each Go version's own."""
    return {**inputs, "directives": [line for line in inputs["directives"] if not line.startswith("go ")]}


class Made:
    """What units were made of: from the inputs kept in a tree, else from today's fingerprints."""

    def __init__(self, paths: Paths, tree: Tree, verified: Verified) -> None:
        self._paths = paths
        self._verified = verified
        self._kept = {(row["unit"], row["fingerprint"]): row for row in self._read(tree)}

    def _read(self, tree: Tree) -> Iterator[Document]:
        for path in sorted(tree.folder.glob(f"go*/*{names.inputs_file('')}")):
            yield from read_known("inputs", path, self._verified)["units"]

    def of(self, version: str, unit: str, fingerprint: str) -> Document | None:
        """The inputs of a unit's samples; None if nobody has kept them."""
        kept = self._kept.get((unit, fingerprint))
        path = self._paths.fingerprint(version, unit)
        if kept is None and path.exists():
            today: Document = read_known("fingerprint", path, self._verified)
            return today if today["fingerprint"] == fingerprint else None
        return kept


def _changed(old: Document, new: Document) -> Sequence[str]:
    keys = [key for key in sorted({*old, *new}) if old.get(key) != new.get(key)]
    return [f"{key} {old.get(key, 'none')} -> {new.get(key, 'none')}" for key in keys]
