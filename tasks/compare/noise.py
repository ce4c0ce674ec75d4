"""The noise floor: a change that is not beyond it may come from where the linker puts things, or from the machine.

Controls, the base version a second time in a block, measure it. Until there are enough of them, it is what chance alone
would pass once in twenty times.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

#: Before 30 controls have told another: the q95 of |estimate| / standard error of what does not differ.
FACTOR = 1.96


@dataclass(frozen=True)
class Noise:
    """What controls have told: the factor, pooled over all of them; ``said`` is what people are told of it."""

    factor: float = FACTOR
    said: Sequence[str] = ()

    def floor(self, standard_error: float) -> float:
        """The noise floor of a benchmark, a fraction, from its own paired standard error."""
        return self.factor * standard_error
