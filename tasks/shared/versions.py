"""Go version names: what they look like, how they are ordered, and how people may call them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from tasks.shared.errors import PerfError

_NAME = re.compile(r"^1\.(\d+)(?:\.(\d+))?(?:(rc|beta)(\d+))?$")

_RELEASE = 2

#: The suite uses the library of Go 1.23, and the linker's -randlayout is there since 1.22.
OLDEST_MINOR = 23


@dataclass(frozen=True)
class Version:
    """An exact Go toolchain.

    ``exact`` is ``go1.24.0``; ``label`` is what folders, tasks and tables call it: ``go1.24``, or the exact
    name where two patches of one minor release stand side by side. ``goroot`` is set if the user named an
    existing installation.
    """

    exact: str
    label: str
    goroot: Path | None = None

    @property
    def number(self) -> str:
        """``1.24.0``, as it stands in go.mod."""
        return self.exact.removeprefix("go")

    @property
    def aliases(self) -> tuple[str, ...]:
        """The other names by which tasks of this version can be called."""
        return () if self.label == self.exact else (self.exact,)


def sort_key(number: str) -> tuple[int, int, int, int]:
    """Release order of ``1.24.3`` or ``1.25rc1``: beta < rc < release < patches."""
    match = _NAME.match(number)
    if not match:
        raise PerfError(f'"{number}" is not a Go version; write "1.24.0", "1.24" or "1.25rc1"')
    minor, patch, stage, count = match.groups()
    rank = {"beta": 0, "rc": 1, None: _RELEASE}[stage]
    return int(minor), int(patch or 0), rank, int(count or 0)


def is_version(text: str) -> bool:
    """Whether a text has the form of a Go version."""
    return bool(_NAME.match(text))


def usual_pairs(versions: Sequence[Version]) -> list[tuple[Version, Version]]:
    """Each version against the one before, and the newest against the oldest; none of a single one."""
    ends = [(versions[0], versions[-1])] if len(versions) > 1 else []
    return list(dict.fromkeys([*pairwise(versions), *ends]))


def minor_of(number: str) -> str:
    """``1.24`` of ``1.24.3``."""
    return f"1.{sort_key(number)[0]}"


def is_exact(number: str) -> bool:
    """Whether a number names one toolchain: it has a patch, or is a release candidate or beta."""
    match = _NAME.match(number)
    return bool(match and (match.group(2) is not None or match.group(3)))


def newest_patch(minor: str, available: Iterable[str]) -> str | None:
    """The newest released patch of ``1.24`` among exact numbers; None if there is none."""
    patches = [n for n in available if minor_of(n) == minor and sort_key(n)[2] == _RELEASE]
    return max(patches, key=sort_key, default=None)


def nearest(number: str, available: Iterable[str], limit: int = 4) -> list[str]:
    """The numbers that a mistyped one most likely meant, in release order."""
    minor, patch, *_ = sort_key(number)

    def distance(candidate: str) -> tuple[int, bool, int]:
        other_minor, other_patch, stage, _ = sort_key(candidate)
        return abs(other_minor - minor), stage != _RELEASE, abs(other_patch - patch)

    return sorted(sorted(available, key=distance)[:limit], key=sort_key)


def labelled(numbers: Sequence[tuple[str, Path | None]]) -> tuple[Version, ...]:
    """Versions in release order, each with the shortest label that is its own."""
    minors = [minor_of(number) for number, _ in numbers]
    versions = []
    for number, goroot in numbers:
        short = minors.count(minor_of(number)) == 1
        versions.append(Version(f"go{number}", f"go{minor_of(number) if short else number}", goroot))
    return tuple(sorted(versions, key=lambda v: sort_key(v.number)))
