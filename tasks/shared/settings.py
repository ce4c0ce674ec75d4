"""How to measure: a profile from config.yaml, with what the command line changes for one run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from tasks.shared.errors import PerfError

_BENCHTIME = re.compile(r"^(\d+(?:\.\d+)?)(ms|s)$")


@dataclass(frozen=True)
class Settings:
    """One profile.

    ``count`` rounds of samples; ``benchtime`` seconds a sample; ``layouts`` is ``fresh`` (a binary linked anew
    in each round) or ``default`` (the one that `go test` links); ``variance_threshold`` in percent of CV;
    ``interval_target`` in percent, half the width of the 95 % interval of the mean (0: the CV alone decides).
    """

    profile: str
    count: int
    benchtime: float
    layouts: str
    variance_threshold: float
    interval_target: float

    @property
    def benchtime_text(self) -> str:
        """As -test.benchtime takes it: ``25ms``, ``1s``."""
        milliseconds = round(self.benchtime * 1000, 3)
        seconds = milliseconds % 1000 == 0
        number = f"{milliseconds / 1000 if seconds else milliseconds:.3f}".rstrip("0").rstrip(".")
        return number + ("s" if seconds else "ms")

    @property
    def tree(self) -> str:
        """The folder below results/: samples of other benchtime or layouts never mix."""
        layouts = "" if self.layouts == "fresh" else "-default-layout"
        return "stable" if (self.benchtime_text + layouts) == "25ms" else self.benchtime_text + layouts

    def document(self) -> dict[str, Any]:
        """For provenance: every setting by its name in config.yaml."""
        return {**asdict(self), "benchtime": self.benchtime_text}


def parse_benchtime(text: str) -> float:
    """Seconds of ``25ms`` or ``1s``; PerfError for anything else, and for nothing."""
    match = _BENCHTIME.match(text)
    seconds = float(match[1]) * (0.001 if match[2] == "ms" else 1.0) if match else 0.0
    if not 0.001 <= seconds <= 60:
        raise PerfError(f'benchtime={text}: expected a time from 1ms to 60s, as in "25ms" or "1s"')
    return seconds


def from_profile(name: str, profile: Mapping[str, Any], changes: Mapping[str, str]) -> Settings:
    """The settings of a profile (valid by its schema) with the changes of one command line."""
    values = dict(profile)
    for key, text in changes.items():
        values[key] = _parse(key, text)
    return Settings(profile=name, **{**values, "benchtime": parse_benchtime(str(values["benchtime"]))})


def names() -> list[str]:
    """The settings that a command line can change."""
    return [field.name for field in fields(Settings) if field.name != "profile"]


def _parse(key: str, text: str) -> Any:
    if key == "benchtime":
        parse_benchtime(text)
        return text
    if key == "layouts":
        if text not in ("fresh", "default"):
            raise PerfError(f"layouts={text}: expected fresh or default")
        return text
    try:
        number = int(text) if key == "count" else float(text)
    except ValueError:
        number = -1
    low = 1 if key == "count" else 0
    if not low <= number < 1_000_000:
        kind = "a whole number from 1" if key == "count" else "a number of percent, 0 or more"
        raise PerfError(f"{key}={text}: expected {kind}")
    return number
