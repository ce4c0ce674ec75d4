"""How long did each stage of a first run take? Read off what the run left behind.

Every artefact carries or has a time: the virtual environment, toolchain records, build records, the first and
last sample, merged results, the export. Uses the standard library alone.

    python experiments/stage_times.py PATH_OF_A_CLONE_AFTER_ITS_FIRST_RUN
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path


def seconds(rfc3339: str) -> float:
    """Seconds since 1970 of ``2026-11-24T08:00:00.000Z``."""
    return datetime.fromisoformat(rfc3339.replace("Z", "+00:00")).timestamp()


def newest(paths: Iterable[Path]) -> float:
    """When the last of some files was written."""
    return max(path.stat().st_mtime for path in paths)


def main() -> int:
    """Print a row per stage."""
    clone = Path(sys.argv[1])
    progress = json.loads((clone / "results" / "collection_progress.json").read_text())
    begun = (clone / ".venv" / "pyvenv.cfg").stat().st_mtime
    marks = [
        ("Python packages", newest(clone.glob(".venv/lib/*/site-packages/*.dist-info/RECORD"))),
        ("toolchains, with a Go to fetch them", newest(clone.glob(".go-versions/*.json"))),
        ("modules and builds", newest(clone.glob(".build/*/*.build.json"))),
        ("until the first sample", seconds(progress["started_at"])),
        ("measuring", seconds(progress["updated_at"])),
        ("receipts and merging", newest(clone.glob("results/*/*/*/merged.json"))),
        ("export", newest(clone.glob("data/**/*.json"))),
    ]
    before = begun
    for name, moment in marks:
        print(f"{max(moment - before, 0.0):8.1f} s  {name}")
        before = max(moment, before)
    print(f"{before - begun:8.1f} s  in all")
    return 0


if __name__ == "__main__":
    sys.exit(main())
