"""How long from Enter to the first sample, when everything is built? Each time after `doit forget collect`.

Heard by an audit hook in doit's interpreter: when the first link of the first round begins, and the first sample. Needs
a checkout in which everything is built and measured once.

    python experiments/first_sample.py PATH_OF_A_CHECKOUT [doit's arguments]
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

_TIMES = 7
_HOOK = """
import os, sys, time

def _note(event, details):
    if event == "subprocess.Popen":
        words = " ".join(map(str, details[1]))
        kind = "sample" if "-test.bench=" in words else "link" if "-randlayout" in words else ""
        if kind:
            with open(os.environ["NOTES"], "a") as file:
                file.write(f"{kind} {time.time()}\\n")

sys.addaudithook(_note)
"""


def once(checkout: Path, arguments: list[str], folder: Path) -> tuple[float, float]:
    """Seconds from the start of doit to the first link, and to the first sample."""
    doit = [sys.executable, "-m", "doit"]
    subprocess.run([*doit, "forget", "collect", *arguments], cwd=checkout, check=True, capture_output=True)
    notes = folder / "notes"
    notes.write_text("")
    (folder / "sitecustomize.py").write_text(_HOOK)
    env = {**os.environ, "PYTHONPATH": str(folder), "NOTES": str(notes)}
    start = time.time()
    quiet = subprocess.DEVNULL
    process = subprocess.Popen([*doit, *arguments], cwd=checkout, env=env, stdout=quiet, stderr=quiet)
    while "sample" not in notes.read_text():
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    process.wait()
    first: dict[str, float] = {}
    for line in notes.read_text().splitlines():
        kind, moment = line.split()
        first.setdefault(kind, float(moment) - start)
    return first.get("link", first["sample"]), first["sample"]


def main() -> int:
    """Print medians."""
    checkout, arguments = Path(sys.argv[1]), sys.argv[2:]
    with tempfile.TemporaryDirectory() as name:
        found = [once(checkout, arguments, Path(name)) for _ in range(_TIMES)]
    link, sample = (median(values) for values in zip(*found, strict=True))
    print(f"until the first link {link:.2f} s, until the first sample {sample:.2f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
