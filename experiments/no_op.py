"""How long does a `doit` with nothing to do take, and how does that grow with the number of cells?

Checkouts with 8 versions, with the suite's 48 benchmark functions (76 benchmarks) and with ten times as many,
everything measured (invented numbers) and merged. In turn with a bare start of Python, twenty times; medians count.

    python experiments/no_op.py
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tasks.shared.files import write_atomic  # noqa: E402
from tests.builders import toolchain  # noqa: E402
from tests.checkout import Checkout, copy_checkout  # noqa: E402
from tests.fake_go import bed_of  # noqa: E402

_VERSIONS = [f"1.{minor}.{patch}" for minor in (23, 24, 25, 26) for patch in (0, 1)]
_TIMES = 20
_ARGUMENTS = ("count=2", "max_reruns=0", "skip_system_check=1")


def prepare(folder: Path, times: int) -> Checkout:
    """Everything up to date, with ``times`` copies of each benchmark function."""
    checkout = copy_checkout(folder, {**os.environ})
    config = checkout.root / "config.yaml"
    listed = "".join(f'  - "{version}"\n' for version in _VERSIONS)
    config.write_text(
        re.sub(r"^versions:\n(?:  - .*\n)+", f"versions:\n{listed}", config.read_text(), flags=re.MULTILINE)
    )
    for path in (checkout.root / "benchmarks").glob("*/*_test.go"):
        text = path.read_text()
        heads = re.findall(r"^func (Benchmark\w+)\(\w+ \*testing\.B\)", text, re.MULTILINE)
        copies = [
            f"\n// {h}Copy{n} is another.\nfunc {h}Copy{n}(b *testing.B) {{ {h}(b) }}\n"
            for h in heads
            for n in range(times - 1)
        ]
        path.write_text(text + "".join(copies))
    bed = bed_of(checkout, **dict(argument.split("=") for argument in _ARGUMENTS))
    bed.refresh()
    bed.run()
    for version in bed.project.config.versions:
        record = bed.project.paths.toolchains / f"{version.exact}.json"
        write_atomic(record, str(toolchain()).replace("'", '"'))
    said = checkout.doit(*_ARGUMENTS)
    if "measur" in said.split("CV classes")[0]:
        raise SystemExit(f"this was to measure nothing:\n{said}")
    return checkout


def seconds(command: Sequence[str], cwd: Path) -> float:
    """Wall seconds of a program."""
    start = time.monotonic()
    subprocess.run(command, cwd=cwd, check=True, capture_output=True)
    return time.monotonic() - start


def main() -> int:
    """Print medians and their ratio."""
    doit = [sys.executable, "-m", "doit", *_ARGUMENTS]
    with tempfile.TemporaryDirectory() as name:
        once, tenfold = prepare(Path(name) / "once", 1), prepare(Path(name) / "tenfold", 10)
        times: dict[str, list[float]] = {"bare": [], "once": [], "tenfold": []}
        for _ in range(_TIMES):
            times["bare"].append(seconds([sys.executable, "-c", "pass"], once.root))
            times["once"].append(seconds(doit, once.root))
            times["tenfold"].append(seconds(doit, tenfold.root))
    bare, one, ten = (median(values) for values in times.values())
    print(f"Python starts in {bare:.3f} s")
    print(f"8 versions x 48 functions (76 benchmarks): {one:.3f} s; ten times the cells: {ten:.3f} s")
    print(f"above Python's start: {(ten - bare) / (one - bare):.1f} times as long")
    return 0


if __name__ == "__main__":
    sys.exit(main())
