"""How large a change must be for a comparison to find it."""

from __future__ import annotations

import math
from statistics import NormalDist

from tasks.compare.false_discovery import blocks_needed
from tasks.shared.rules import Rules

#: Of changes of that size, so many are found.
POWER = 0.9


def smallest_effect(standard_error: float, blocks: int, factor: float, benchmarks: int, rules: Rules) -> float | None:
    """The smallest true change, a fraction, that would be found in nine of ten comparisons.

    Found means: improved or regressed, as the only one among so many benchmarks. So the estimate must be beyond the
    margin, the noise floor (``factor`` standard errors), and what the corrected test asks for; a true change of just
    that size would be found every other time. None if there are too few blocks to find anything.
    """
    if blocks < blocks_needed(rules.alpha, benchmarks):
        return None
    normal = NormalDist()
    z = normal.inv_cdf(1 - rules.alpha / benchmarks / 2)
    least = max(math.log1p(rules.margin), max(factor, z) * standard_error)
    return math.expm1(least + normal.inv_cdf(POWER) * standard_error)
