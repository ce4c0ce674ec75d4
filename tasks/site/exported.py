"""What a page is made of: the exported JSON of every platform that platforms.json names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tasks.export.compared import FINDINGS, name_of
from tasks.shared import console, schema
from tasks.shared.errors import PerfError

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Platform:
    """One platform's export. ``versions`` are by label, oldest first; ``comparisons`` by (old, new) labels.

    One of a single version has no comparisons, and one of adopted results no noise and no findings.
    """

    name: str
    display: str
    index: Document
    versions: Mapping[str, Document]
    comparisons: Mapping[tuple[str, str], Document]
    noise: Document | None
    findings: Document | None

    @property
    def labels(self) -> list[str]:
        return list(self.versions)

    @cached_property
    def places(self) -> Mapping[tuple[str, str], int]:
        """The place in the index of each (package, benchmark), as comparisons name them."""
        found = {}
        for place, row in enumerate(self.index["benchmarks"]):
            package, name = row["category"], row["name"]
            found[package, name] = place
            # So it is called where two packages share a name.
            found[package, name.removeprefix(f"{package}/")] = place
        return found

    def place_of(self, row: Document) -> int | None:
        """The place in the index of the benchmark that a row of a comparison is about."""
        return self.places.get((row["package"].rpartition("/")[2], row["name"]))


def read_platforms(folder: Path) -> list[Platform]:
    """Every platform of an export; PerfError if there is none, or no platform whose files are all there and valid.

    One that another program has exported, say an older one on another machine, is left out, and that is said.
    """
    path = folder / "platforms.json"
    if not path.exists():
        raise PerfError(f"{path} is not there; `doit export` makes it")
    found, problems = [], []
    for entry in schema.read("export-platforms", path)["platforms"]:
        try:
            found.append(_read_platform(folder, entry))
        except PerfError as error:
            problems.append(f"{entry['name']} is not on the page: {error}")
    if not found:
        raise PerfError("\n".join(problems) or f"{path} names no platform")
    for problem in problems:
        console.warn(problem)
    return found


def files_of_others(folder: Path, own: Sequence[Path]) -> list[Path]:
    """What other machines have exported to the same folder, besides our ``own`` files there."""
    try:
        listed = schema.read_unchecked(folder / "platforms.json")["platforms"]
        homes = [(folder / entry["index"]).parent for entry in listed]
    except (PerfError, KeyError, TypeError):
        return []
    ours = {parent for path in own for parent in path.parents}
    return [path for home in homes if home not in ours for path in sorted(home.rglob("*.json"))]


def _read_platform(folder: Path, entry: Document) -> Platform:
    home = (folder / entry["index"]).parent
    index = schema.read("export-index", home / "index.json")
    files = {Path(version["file"]).stem: home / version["file"] for version in index["versions"]}
    versions = {label: schema.read("export-version", path) for label, path in files.items()}
    return Platform(
        name=entry["name"],
        display=entry["display"],
        index=index,
        versions=versions,
        comparisons=dict(_comparisons(home, list(versions))),
        noise=_maybe("noise", home / "noise.json"),
        findings=_maybe("findings", home / FINDINGS),
    )


def _comparisons(home: Path, labels: list[str]) -> Iterator[tuple[tuple[str, str], Document]]:
    for old in labels:
        for new in labels:
            found = _maybe("comparison", home / name_of(old, new)) if old != new else None
            if found:
                yield (old, new), found


def _maybe(kind: str, path: Path) -> Document | None:
    if not path.exists():
        return None
    document: Document = schema.read(kind, path)
    return document
