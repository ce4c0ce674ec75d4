"""Which units of a session have a control: the oldest version of their block a second time, in a layout of its own.

What such a pair shows is what "no change" looks like on this machine, today.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from tasks.measure.schedule import Need

#: Controls of one session.
MOST = 12
#: One unit in so many: 12 of 48. So controls add at most a quarter of what one version takes.
_ONE_IN = 4


def choose_controls(needs: Sequence[Need], samples: Mapping[str, int], seed: int) -> frozenset[str]:
    """The units that get a control, among those with two versions to compare.

    Those that have had the fewest ``samples`` as controls come first, so that over sessions each has its turn; the
    seed decides among equals.
    """
    units = [need.unit for need in needs if len(need.rounds) + bool(need.reference) > 1]
    random.Random(f"{seed}/controls").shuffle(units)
    units.sort(key=lambda unit: samples.get(unit, 0))
    return frozenset(units[: min(MOST, len(units) // _ONE_IN)])
