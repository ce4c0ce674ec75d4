"""Is the time left that a session announces honest? Watches the progress file of a running one, and compares.

Start it beside a `doit` that measures; it ends with the session. It only reads.

    python experiments/time_left.py results/collection_progress.json
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from datetime import datetime
from pathlib import Path

PAUSE = 10.0
LIMIT = 0.2


def moment(text: str) -> float:
    """RFC 3339 as seconds."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def main() -> int:
    """Print what was announced and what it took; exit 1 if that was ever more than 20 % and 10 s off."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("progress", type=Path)
    args = parser.parse_args()
    seen = []
    while True:
        # Replaced atomically, it is whole at any time.
        document = json.loads(args.progress.read_text())
        if document["state"] != "running":
            break
        seen.append((document["phase"], document["round"], document["seconds_left"], moment(document["updated_at"])))
        time.sleep(PAUSE)
    end = moment(document["updated_at"])
    off = 0
    print(f"{'phase':>8} {'round':>5} {'announced':>10} {'real':>8} {'error':>7}")
    for phase, number, announced, at in seen:
        real = end - at
        off += abs(announced - real) > max(LIMIT * real, 10.0)
        print(f"{phase:>8} {number:>5} {announced:>9.0f}s {real:>7.0f}s {announced / real - 1 if real else 0:>+7.0%}")
    print(f"{off} of {len(seen)} announcements were more than {LIMIT:.0%} and 10 s off")
    return int(off > 0)


if __name__ == "__main__":
    sys.exit(main())
