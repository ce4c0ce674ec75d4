"""Is it sound to stop at a width? Identical pairs, measured until the interval is narrow, or until p is small.

Prints for each kind of noise the share of experiments that end with p < 0.05, the share whose 95 % interval misses the
truth, and how many blocks they took. Simulated; nothing is measured.

    python experiments/stopping.py [--experiments 800]
"""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tasks.measure.precision import LEAST
from tasks.shared.signed_rank import estimate, p_value

TARGET, MOST = 0.03, 60


def experiment(draw: random.Random, deviation: float, heavy: bool, by_p: bool) -> tuple[bool, bool, int]:
    """(p < 0.05, the interval misses, blocks) of one; heavy: 15 % of the blocks have three times the noise."""

    def block() -> float:
        return draw.gauss(0, deviation) * (3 if heavy and draw.random() < 0.15 else 1)

    differences = [block() for _ in range(LEAST)]
    while True:
        low, high = estimate(differences).interval95 or (-1.0, 1.0)
        p = p_value(differences)
        if len(differences) >= MOST or (p < 0.05 if by_p else (high - low) / 2 <= TARGET):
            return p < 0.05, not low <= 0 <= high, len(differences)
        differences.append(block())


def main() -> int:
    """A row for each kind of noise."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--experiments", type=int, default=800)
    number = parser.parse_args().experiments
    rows = [(deviation, heavy, False) for deviation in (0.03, 0.05, 0.07, 0.09) for heavy in (False, True)]
    for deviation, heavy, by_p in [*rows, (0.07, False, True)]:
        done = [experiment(random.Random(f"{n}/{deviation}/{heavy}"), deviation, heavy, by_p) for n in range(number)]
        wrong, missed, blocks = (sum(column) / number for column in zip(*done, strict=True))
        what = (
            f"{'p < 0.05' if by_p else 'width':9} deviation {deviation:.0%} {'heavy tails' if heavy else 'normal':11}"
        )
        print(f"stopping by {what}  p < 0.05: {wrong:5.1%}  interval misses: {missed:5.1%}  blocks: {blocks:.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
