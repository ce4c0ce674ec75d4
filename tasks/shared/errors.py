"""The one root of all errors that a user can mend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class PerfError(Exception):
    """Something the user can mend. The message says what is wrong and what to do next."""


class MachineFault(PerfError):
    """The machine is at fault, not what was to be measured: it says nothing about that, and ends what was going on."""


@dataclass(frozen=True)
class Problem:
    """One mistake in a document: where it is (``$.versions[2]``), what is wrong, and the way out."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


class InvalidDocument(PerfError):
    """A file that breaks its rules; all mistakes at once, each with its path."""

    def __init__(self, source: str, problems: Sequence[Problem]) -> None:
        self.source = source
        self.problems = tuple(problems)
        lines = "\n".join(f"  {problem}" for problem in self.problems)
        super().__init__(f"{source} is not valid:\n{lines}")


class NewerSchema(PerfError):
    """A file of a newer program: what it says is not known here, so it is neither used nor made again."""
