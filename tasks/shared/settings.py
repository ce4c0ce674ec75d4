"""How to measure: a profile from config.yaml, with what the command line changes for one run."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from tasks.shared.errors import PerfError

_BENCHTIME = re.compile(r"^(\d+(?:\.\d+)?)(ms|s)$")
_BUDGET = re.compile(r"^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$")

#: Seconds of the longest budget, a week: who types more has mistaken the unit.
_LONGEST = 7 * 86400


@dataclass(frozen=True)
class Settings:
    """One profile; docs/reference.md describes each setting, from the schema.

    ``benchtime`` is in seconds, ``variance_threshold`` and both targets in percent. ``budget`` stands in no profile: it
    is the seconds that one run may measure; 0, and ``count`` decides.
    """

    profile: str
    count: int
    benchtime: float
    layouts: str
    variance_threshold: float
    interval_target: float
    budget_target: float
    max_reruns: int
    rerun_count: int
    skip_system_check: bool
    strict_system_check: bool
    strict: bool
    verbose: bool
    budget: float = 0.0

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

    @property
    def retry_rounds(self) -> int:
        """How many retry rounds a unit gets at most."""
        return self.max_reruns * self.rerun_count

    def document(self) -> dict[str, Any]:
        """For provenance: what bears on samples and their verdict, by its name in config.yaml."""
        kept = {name: getattr(self, name) for name in _RECORDED}
        return {**kept, "benchtime": self.benchtime_text}


#: What provenance records of the settings.
_RECORDED = ("profile", "count", "benchtime", "layouts", "variance_threshold", "interval_target")


def parse_benchtime(text: str) -> float:
    """Seconds of ``25ms`` or ``1s``; PerfError for anything else, and for nothing."""
    match = _BENCHTIME.match(text)
    seconds = float(match[1]) * (0.001 if match[2] == "ms" else 1.0) if match else 0.0
    if not 0.001 <= seconds <= 60:
        raise PerfError(f'benchtime={text}: expected a time from 1ms to 60s, as in "25ms" or "1s"')
    return seconds


def parse_budget(text: str) -> float:
    """Seconds of ``20m``, ``90s`` or ``1h30m``; PerfError for anything else, and for nothing."""
    match = _BUDGET.match(text)
    hours, minutes, seconds = (int(part or 0) for part in match.groups()) if match else (0, 0, 0)
    budget = 3600 * hours + 60 * minutes + seconds
    if not 1 <= budget <= _LONGEST:
        raise PerfError(f"budget={text}: expected a time from 1s to 168h, as in 20m, 90s or 1h30m")
    return float(budget)


def from_profile(name: str, profile: Mapping[str, Any], changes: Mapping[str, str]) -> Settings:
    """The settings of a profile (valid by its schema) with the changes of one command line, its budget among them."""
    values = dict(profile)
    for key, text in changes.items():
        values[key] = parse_budget(text) if key == "budget" else _parse(key, text)
    return Settings(profile=name, **{**values, "benchtime": parse_benchtime(str(values["benchtime"]))})


def names() -> list[str]:
    """The settings that a command line can change."""
    return [field.name for field in fields(Settings) if field.name not in ("profile", "budget")]


#: What each kind of setting accepts on the command line, in words.
_LAYOUTS = {"fresh": "fresh", "default": "default"}
_FLAGS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
_WHOLE_FROM = {"count": 1, "rerun_count": 1, "max_reruns": 0}
_PERCENT = ("variance_threshold", "interval_target", "budget_target")


def _parse(key: str, text: str) -> Any:
    """The value of a setting as somebody typed it; PerfError says what was expected."""
    if key == "benchtime":
        parse_benchtime(text)
        return text
    if key == "layouts":
        return _one_of(key, text, _LAYOUTS)
    if key in _WHOLE_FROM:
        low = _WHOLE_FROM[key]
        return _number(key, text, int, low, f"a whole number from {low}")
    if key in _PERCENT:
        return _number(key, text, float, 0, "a number of percent, 0 or more")
    return _one_of(key, text.lower(), _FLAGS)


def _one_of(key: str, text: str, values: Mapping[str, Any]) -> Any:
    if text not in values:
        raise PerfError(f"{key}={text}: expected {' or '.join(values)}")
    return values[text]


def _number(key: str, text: str, kind: Callable[[str], float], low: int, expected: str) -> float:
    try:
        number = kind(text)
    except ValueError:
        number = -1
    if not low <= number < 1_000_000:
        raise PerfError(f"{key}={text}: expected {expected}")
    return number
