"""The designs that a calibration compares: four ways to sample two sides, which are one and the same here.

Each has two arms of one version; the first and the second are compared as if they were two versions.
"""

from __future__ import annotations

from dataclasses import dataclass

from tasks.measure.schedule import arm
from tasks.shared.project import Project, conditions_of


@dataclass(frozen=True)
class Design:
    """A way to sample. ``layouts`` is what its samples are bound to: fresh, default, or two that stay the same."""

    name: str
    layouts: str
    words: str

    @property
    def kinds(self) -> tuple[str, str]:
        """What its two arms, and their files, are called."""
        return f"{self.name}1", f"{self.name}2"

    def arms(self, version: str) -> tuple[str, str]:
        """Its two arms of a version."""
        first, second = self.kinds
        return arm(version, first), arm(version, second)

    def conditions(self, project: Project) -> str:
        """Hash of what its samples depend on besides the code."""
        return conditions_of(project.settings.benchtime_text, self.layouts, project.machine)


SEQUENTIAL = Design("sequential", "default", "all of one side, then all of the other, as a loop over `go test` does")
DEFAULT = Design("default", "default", "rounds, with one binary on both sides")
FIXED = Design("fixed", "fixed", "rounds, with one binary of its own for each side, as one binary per version has it")
FRESH = Design("fresh", "fresh", "rounds, with both sides linked anew in each: how this program compares")

#: In the order in which they are told.
DESIGNS = (SEQUENTIAL, DEFAULT, FIXED, FRESH)
#: Those that are sampled in rounds, all of them in the same ones.
IN_ROUNDS = (DEFAULT, FIXED, FRESH)

#: The layouts of the fixed arms: any two, but the same in all sessions.
FIXED_SEEDS = dict(zip(FIXED.kinds, (1, 2), strict=True))
