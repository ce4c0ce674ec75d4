"""The designs that a calibration compares: four ways to sample two sides, which are one and the same here.

Each has two arms of one version; the first and the second are compared as if they were two versions.
"""

from __future__ import annotations

from dataclasses import dataclass

from tasks.measure.schedule import arm
from tasks.shared.project import Project, conditions_of


@dataclass(frozen=True)
class Arm:
    """One of several binaries of a version in an experiment; its samples, and their files, go by its name.

    ``layouts`` is what its samples are bound to: ``fresh``, linked anew in each round; ``default``, as Go links it;
    ``fixed``, in the layout of ``seed`` in all rounds.
    """

    name: str
    layouts: str
    seed: int = 0

    def of(self, version: str) -> str:
        """What the schedule calls it under an exact version."""
        return arm(version, self.name)

    def layout(self, drawn: int) -> int:
        """Its layout in a round that has drawn this one for it; 0 is Go's own."""
        return drawn if self.layouts == "fresh" else self.seed

    def conditions(self, project: Project) -> str:
        """Hash of what its samples depend on besides the code."""
        return conditions_of(project.settings.benchtime_text, self.layouts, project.machine)


@dataclass(frozen=True)
class Design:
    """A way to sample. The ``seeds`` are those of fixed layouts: any two, but the same in all sessions."""

    name: str
    layouts: str
    words: str
    seeds: tuple[int, int] = (0, 0)

    @property
    def arms(self) -> tuple[Arm, Arm]:
        """Its two sides."""
        first, second = self.seeds
        return Arm(f"{self.name}1", self.layouts, first), Arm(f"{self.name}2", self.layouts, second)

    @property
    def kinds(self) -> tuple[str, str]:
        """What its two arms, and their files, are called."""
        first, second = self.arms
        return first.name, second.name

    def conditions(self, project: Project) -> str:
        """Hash of what its samples depend on besides the code."""
        return self.arms[0].conditions(project)


SEQUENTIAL = Design("sequential", "default", "all of one side, then all of the other, as a loop over `go test` does")
DEFAULT = Design("default", "default", "rounds, with one binary on both sides")
FIXED = Design(
    "fixed", "fixed", "rounds, with one binary of its own for each side, as one binary per version has it", (1, 2)
)
FRESH = Design("fresh", "fresh", "rounds, with both sides linked anew in each: how this program compares")

#: In the order in which they are told.
DESIGNS = (SEQUENTIAL, DEFAULT, FIXED, FRESH)
#: Those that are sampled in rounds, all of them in the same ones.
IN_ROUNDS = (DEFAULT, FIXED, FRESH)

#: The arms of the experiment on layouts: each version as `go test` links it, and as this program does.
AS_GO_LINKS, LINKED_ANEW = Arm("default", "default"), Arm("fresh", "fresh")
