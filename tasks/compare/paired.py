"""The change of one benchmark from pairs of neighbours: a ratio with its intervals and p-value.

Of the logarithms of new / old in each block both versions share: signed ranks. Where they share none, through a version
that both have met: the shifts add up, and so do the squares of their standard errors.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tasks.compare.neighbours import Pair
from tasks.shared.signed_rank import Z95, estimate, p_value

_Z90 = 1.6448536269514722


@dataclass(frozen=True)
class Paired:
    """How new compares to old. ``shift`` and its intervals are of ln(new / old); None where there are none.

    There is no shift where a block has a zero on one side only; ``sign`` then still tells which side has more.
    ``blocks`` is the number of shared blocks; compared ``through`` a third version, it is that of the leg with fewer.
    """

    blocks: int
    p: float
    sign: int
    shift: float | None
    interval95: tuple[float, float] | None
    interval90: tuple[float, float] | None
    through: str = ""

    @property
    def standard_error(self) -> float | None:
        """Of the shift, as the width of its 95 % interval tells."""
        return (self.interval95[1] - self.interval95[0]) / (2 * Z95) if self.interval95 else None

    @property
    def change(self) -> float | None:
        """The ratio less one: -0.05 is 5 % less."""
        return None if self.shift is None else math.expm1(self.shift)


def paired(pairs: Sequence[Pair]) -> Paired:
    """Compare within at least one block."""
    return of_differences(log_ratios(pairs))


def of_differences(differences: Sequence[float]) -> Paired:
    """The same of ln(new / old) in each block."""
    if not all(map(math.isfinite, differences)):
        more = sum(_sign(difference) for difference in differences)
        return Paired(len(differences), p_value(differences), _sign(more), None, None, None)
    found = estimate(differences)
    return Paired(found.n, p_value(differences), _sign(found.shift), found.shift, found.interval95, found.interval90)


def log_ratios(pairs: Sequence[Pair]) -> list[float]:
    """ln(new / old) of each block; nought of two equal values, of zeros too, and infinite from or to zero."""
    found = []
    for _, old, new in pairs:
        if old == new:
            found.append(0.0)
        elif old > 0 and new > 0:
            # Not log(new / old): which is larger must not depend on how a quotient is rounded.
            found.append(math.log(new) - math.log(old))
        else:
            # A value below zero has no ratio either; what is left is which side is larger.
            found.append(math.copysign(math.inf, new - old))
    return found


def through(middle: str, first: Paired, second: Paired) -> Paired | None:
    """old -> middle -> new; None if a leg has no interval."""
    one, other = first.standard_error, second.standard_error
    if first.shift is None or second.shift is None or one is None or other is None:
        return None
    shift, error = first.shift + second.shift, math.hypot(one, other)
    # Without any spread, as allocations often are, nothing is left to chance.
    p = math.erfc(abs(shift) / error / math.sqrt(2)) if error else float(shift == 0)
    interval95, interval90 = ((shift - z * error, shift + z * error) for z in (Z95, _Z90))
    return Paired(min(first.blocks, second.blocks), p, _sign(shift), shift, interval95, interval90, middle)


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)
