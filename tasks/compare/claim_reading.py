"""Reading findings.yaml: every mistake at once, with its path; and which configured versions its claims are about."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tasks.compare.claim_mistakes import other_mistakes
from tasks.compare.claims import Claim, Condition, Source
from tasks.shared.errors import InvalidDocument
from tasks.shared.project import Project
from tasks.shared.verified import mistakes_in, verified_for
from tasks.shared.versions import Version, is_exact, minor_of, sort_key
from tasks.shared.yaml_file import read_yaml

Document = Mapping[str, Any]


def load(project: Project) -> tuple[Claim, ...]:
    """The claims of findings.yaml; InvalidDocument with all mistakes at once, PerfError if it can't be read."""
    path = project.paths.findings
    document = _read(path)
    mistakes = mistakes_in("claims", path, document, verified_for(project.paths.verified))
    mistakes += other_mistakes(document, mistakes, project)
    if mistakes:
        raise InvalidDocument(path.name, mistakes)
    return tuple(_claim(part) for part in document["claims"])


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
