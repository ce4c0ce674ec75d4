"""Names of a session's files, made and read in one place."""

from __future__ import annotations

import re
from pathlib import Path

MAIN, BUDGET, REFERENCE, CONTROL = "main", "budget", "reference", "control"

_STAMP = r"\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d(?:-\d+)?"
_ARM = r"(?:(?:sequential|fixed)[12]|(?:default|fresh)[12]?)"
_SAMPLES = re.compile(rf"^({_STAMP})(?:_(budget|reference|control|retry[1-9]\d*|{_ARM}))?\.txt$")
_FAILED = "_failed_benchmarks.txt"


def retry(number: int) -> str:
    """The kind of the samples of a session's n-th retry."""
    return f"retry{number}"


def is_retry(kind: str) -> bool:
    """Whether samples were taken because their unit had failed."""
    return kind.startswith("retry")


def is_arm(kind: str) -> bool:
    """Whether samples were taken in an experiment: of the designs of a calibration, or of layouts."""
    return re.fullmatch(_ARM, kind) is not None


def counts(kind: str) -> bool:
    """Whether samples of a kind enter receipts and merged results; references and controls serve comparisons only."""
    return kind in (MAIN, BUDGET) or is_retry(kind)


def sample_file(session: str, kind: str) -> str:
    """``2026-11-24_08-00-00.txt``, ``..._budget.txt``, ``..._retry1.txt``, ``..._reference.txt``, ``_control.txt``."""
    return f"{session}.txt" if kind == MAIN else f"{session}_{kind}.txt"


def session_of(path: Path) -> str | None:
    """The session of a sample file, by its name; None for any other file."""
    match = _SAMPLES.match(path.name)
    return match[1] if match else None


def kind_of(path: Path) -> str:
    """The kind of the samples in a sample file, by its name."""
    match = _SAMPLES.match(path.name)
    return (match[2] if match else None) or MAIN


def order(path: Path) -> tuple[str, int]:
    """Sorts sample files as they were begun: a session's main (or budget) file, then its retries by number."""
    kind = kind_of(path)
    return session_of(path) or path.stem, int(kind.removeprefix("retry")) if is_retry(kind) else 0


def failed_file(session: str) -> str:
    """The list of benchmarks of one version that still failed at a session's end."""
    return session + _FAILED


def inputs_file(session: str) -> str:
    """What the units that a session measured under one version were made of."""
    return f"{session}_inputs.json"


def is_ours_without_samples(path: Path) -> bool:
    """Whether a text is one that the program makes, but holds no samples of its own."""
    return path.name == "merged.txt" or path.name.endswith(_FAILED)
