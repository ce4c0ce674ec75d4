"""How large a change must be for a comparison to find it."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from statistics import NormalDist

from tasks.shared.rules import Rules
from tasks.shared.signed_rank import blocks_needed, estimate

#: Of changes of that size, so many are found.
POWER = 0.9

#: Halvings of the range in which the size lies: to a millionth of it.
_STEPS = 25
_NORMAL = NormalDist()


def smallest_effect(
    differences: Sequence[float], blocks: int, factor: float, benchmarks: int, rules: Rules
) -> float | None:
    """The smallest true change, a fraction, that would be found in nine of ten comparisons of so many ``blocks``.

    ``differences`` are ln(new / old) in blocks of a benchmark that does not differ. Found means: improved or regressed,
    as the only one among so many benchmarks. So the estimate must be beyond the margin and the noise floor (``factor``
    standard errors), and the signed ranks must pass the corrected test. None if there are too few blocks to find
    anything, or none that vary.
    """
    found = estimate(differences)
    if blocks < blocks_needed(rules.alpha, benchmarks) or not found.standard_error:
        return None
    error = found.standard_error * math.sqrt(found.n / blocks)
    beyond = max(math.log1p(rules.margin), factor * error) + _NORMAL.inv_cdf(POWER) * error
    # Either side may be the new one: then they lie symmetrically about nothing.
    noise = sorted(sign * (difference - found.shift) for difference in differences for sign in (1, -1))
    ranks = _least_shift(noise, blocks, rules.alpha / benchmarks)
    return None if ranks is None else math.expm1(max(beyond, ranks))


def smallest_effect_of_medians(
    standard_error: float, samples: int, factor: float, benchmarks: int, rules: Rules
) -> float | None:
    """The same of two medians and a U test, as if estimates were normal."""
    if samples < blocks_needed(rules.alpha, benchmarks):
        return None
    z = _NORMAL.inv_cdf(1 - rules.alpha / benchmarks / 2)
    least = max(math.log1p(rules.margin), max(factor, z) * standard_error)
    return math.expm1(least + _NORMAL.inv_cdf(POWER) * standard_error)


def _least_shift(noise: Sequence[float], n: int, alpha: float) -> float | None:
    """The smallest shift that signed ranks of n blocks find at this level in nine of ten; None if none is."""
    low, high = 0.0, 2 * max(noise)
    if power_of_ranks(noise, high, n, alpha) < POWER:
        return None
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if power_of_ranks(noise, middle, n, alpha) >= POWER else (middle, high)
    return high


def power_of_ranks(noise: Sequence[float], shift: float, n: int, alpha: float) -> float:
    """How often signed ranks of n blocks, each noise (sorted) and a shift above zero, have p <= alpha, two-sided.

    The sum of positive ranks as if it were normal, with its mean and variance under the shift, by how often a block,
    two blocks together, and two pairs that share a block lie above zero (Lehmann, "Nonparametrics", 1975, section 4.2).
    Unlike an estimate over its standard error, ranks do not grow with the shift: with long tails, a change of many
    standard errors may still be missed.
    """
    size = len(noise)
    one = 1 - bisect_right(noise, -shift) / size
    with_another = [1 - bisect_right(noise, -2 * shift - value) / size for value in noise]
    two = math.fsum(with_another) / size
    sharing = math.fsum(share * share for share in with_another) / size
    mean = n * (n - 1) / 2 * two + n * one
    variance = (
        n * (n - 1) * (n - 2) * (sharing - two * two)
        + n * (n - 1) / 2 * (2 * (one - two) ** 2 + 3 * two * (1 - two))
        + n * one * (1 - one)
    )
    most = n * (n + 1) / 2
    deviation_of_none = math.sqrt(n * (n + 1) * (2 * n + 1) / 24)
    needed = min(most / 2 + _NORMAL.inv_cdf(1 - alpha / 2) * deviation_of_none, most - 1)
    return _NORMAL.cdf((mean - needed) / math.sqrt(max(variance, 1e-9)))
