"""Was the time left that a session announced honest? Replays a session's texts through the same estimate.

Prints, for each tenth of the session, what was announced and what it then really took.

    python experiments/time_left.py results/reference/linux-amd64-epyc-2-cores
"""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tasks.measure.names import session_of
from tasks.measure.sample_file import Sample, read_file


def moment(sample: Sample) -> float:
    """When a sample was begun, in seconds."""
    return datetime.fromisoformat(sample.started.replace("Z", "+00:00")).timestamp()


def main() -> int:
    """Print a table; exit 1 if the announcement was ever wrong by more than 20 % after the first tenth."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tree", type=Path, help="a folder with go1.*/SESSION.txt")
    args = parser.parse_args()
    texts = [path for path in args.tree.glob("go*/*.txt") if session_of(path)]
    newest = max(session for path in texts if (session := session_of(path)))
    samples = sorted((s for p in texts if session_of(p) == newest for s in read_file(p).samples), key=moment)
    start, end = moment(samples[0]), moment(samples[-1]) + samples[-1].seconds
    print(f"{newest}: {len(samples)} samples in {end - start:.0f} s")
    print(f"{'done':>6} {'announced':>10} {'real':>8} {'error':>7}")
    worst = 0.0
    for tenth in range(1, 10):
        done = len(samples) * tenth // 10
        now = moment(samples[done])
        announced, real = (now - start) / done * (len(samples) - done), end - now
        error = announced / real - 1
        worst = max(worst, abs(error))
        print(f"{tenth * 10:>5}% {announced:>9.0f}s {real:>7.0f}s {error:>+7.1%}")
    return int(worst > 0.2)


if __name__ == "__main__":
    sys.exit(main())
