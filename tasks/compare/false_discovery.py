"""Many benchmarks at once: q-values.

Benjamini and Hochberg (1995): of all that are called changed at q <= alpha, a fraction alpha is expected to be wrong.
"""

from __future__ import annotations

from collections.abc import Sequence


def q_values(p_values: Sequence[float]) -> list[float]:
    """The q-value of each p-value of one family, in the same order.

    The k-th smallest of m becomes p m / k, but never more than what a larger p has become.
    """
    m = len(p_values)
    found = [1.0] * m
    least = 1.0
    for place, index in reversed(list(enumerate(sorted(range(m), key=p_values.__getitem__), start=1))):
        least = min(least, p_values[index] * m / place)
        found[index] = least
    return found
