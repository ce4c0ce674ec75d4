"""The noise floor: a change that is not beyond it may come from where the linker puts things, or from the machine.

Controls, the base version a second time in a block, measure it. Until there are enough of them, it is what chance alone
would pass once in twenty times.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

#: Before 30 controls have told another: the q95 of |estimate| / standard error of what does not differ.
FACTOR = 1.96


def noise_floor(standard_error: float, factor: float = FACTOR) -> float:
    """The noise floor of a benchmark, a fraction, from its own paired standard error."""
    return factor * standard_error


@dataclass(frozen=True)
class Noise:
    """What controls have told: the factor, pooled over all of them, and floors of single benchmarks (fractions).

    ``floors`` are by (package, benchmark, measure), and take the place of what the factor gives. ``said`` is what
    people are told of it beside a comparison.
    """

    factor: float = FACTOR
    floors: Mapping[tuple[str, str, str], float] = field(default_factory=dict)
    said: Sequence[str] = ()

    def floor(self, package: str, name: str, measure: str, standard_error: float) -> float:
        """The noise floor of one benchmark in one unit of measure."""
        return self.floors.get((package, name, measure), noise_floor(standard_error, self.factor))
