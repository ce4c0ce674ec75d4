"""The two sides of a comparison, wherever their samples come from: merged results of a version, or any text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Key(NamedTuple):
    """What benchstat tells apart: configuration (sorted (key, value) pairs), benchmark and unit of measure."""

    config: tuple[tuple[str, str], ...]
    name: str
    measure: str

    @property
    def package(self) -> str:
        """The value of ``pkg``."""
        return dict(self.config).get("pkg", "")


@dataclass(frozen=True)
class About:
    """What is known of a benchmark on one side: its unit (``runtime.SyncPool``), status and what it is made of."""

    unit: str = ""
    description: str = ""
    status: str = "ok"
    fingerprint: str = ""


@dataclass(frozen=True)
class Side:
    """One side: samples in base units by key, in the order in which they were seen.

    ``fields`` are the configuration keys in that order. ``about`` has what is known of (package, benchmark).
    ``document`` is what a comparison's JSON says of this side. ``metadata`` is what ``Unit`` lines say of measures
    (better, assume), ``printed`` the units as benchmarks print them, by measure. ``notes`` are lines that could not be
    read.
    """

    label: str
    samples: Mapping[Key, Sequence[float]]
    fields: Sequence[str]
    document: Mapping[str, Any]
    about: Mapping[tuple[str, str], About] = field(default_factory=dict)
    metadata: Mapping[tuple[str, str], str] = field(default_factory=dict)
    printed: Mapping[str, str] = field(default_factory=dict)
    notes: Sequence[str] = ()
