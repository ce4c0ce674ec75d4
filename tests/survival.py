"""Killing a real doit, and what must hold afterwards: nothing half-written, no sample lost, none counted twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

from tasks.measure import names
from tasks.measure.reader import read_file
from tasks.shared import schema
from tasks.shared.errors import PerfError
from tests.checkout import Checkout

#: Kills its process group when an event of Python's audit hooks comes for the n-th time: KILL_AT is event|pattern|n.
_HOOK = """
import os, re, signal, sys

if "KILL_AT" in os.environ:
    _event, _pattern, _number = os.environ["KILL_AT"].split("|")
    _left = [int(_number)]

    def _watch(event, details):
        if event == _event and re.search(_pattern, " ".join(map(str, details))):
            _left[0] -= 1
            if _left[0] == 0:
                os.killpg(0, signal.SIGKILL)

    sys.addaudithook(_watch)
"""


def killed_at(checkout: Checkout, moment: str, *arguments: str, tmp: Path) -> None:
    """Run doit and have it killed, with its group, at a named moment; it fails if the moment does not come."""
    (tmp / "sitecustomize.py").write_text(_HOOK)
    env = {**checkout.env, "PYTHONPATH": str(tmp), "KILL_AT": moment}
    process = start(checkout, arguments, env)
    said = process.communicate(timeout=600)[0].decode()
    assert process.returncode == -signal.SIGKILL, f"it was not killed at {moment}, but said:\n{said}"


def killed_after(checkout: Checkout, seconds: float, *arguments: str) -> bool:
    """Run doit and kill it, with its group, after so many seconds; whether it had not ended by itself before."""
    process = start(checkout, arguments, dict(checkout.env))
    try:
        said = process.communicate(timeout=seconds)[0].decode()
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return True
    assert process.returncode == 0, said
    return False


def start(checkout: Checkout, arguments: tuple[str, ...], env: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start doit in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "doit", *arguments], cwd=checkout.root, env=env, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip


def acknowledged(tree: Path) -> Counter[tuple[str, str, float]]:
    """Every valid sample in the main and retry texts, by (version, benchmark, ns/op), as often as it is there."""
    found: Counter[tuple[str, str, float]] = Counter()
    for path in filter(names.session_of, tree.glob("go*/*.txt")):
        try:
            file = read_file(path)
        except PerfError:
            # Killed before its head was whole.
            continue
        if names.counts(file.head.kind):
            for sample in file.samples:
                for line in sample.lines:
                    if line.startswith("Benchmark"):
                        words = line.split()
                        name = words[0].removeprefix("Benchmark").rsplit("-", 1)[0]
                        found[file.head.version, name, float(words[2])] += 1
    return found


def merged(tree: Path) -> Counter[tuple[str, str, float]]:
    """Every time in merged.json of all versions, in the same words."""
    found: Counter[tuple[str, str, float]] = Counter()
    for path in tree.glob("go*/merged.json"):
        document = schema.read("merged", path)
        for row in document["benchmarks"]:
            values = row["measures"].get("ns/op", {}).get("samples", [])
            found.update((document["version"], row["name"], value) for value in values)
    return found


def assert_nothing_is_half_written(root: Path) -> None:
    """Every JSON document that is there can be read."""
    # Not Go's caches, which hold whatever modules hold.
    for folder in (root / "results", root / "data", *root.glob(".build/go1.*")):
        for path in folder.rglob("*.json"):
            if not path.name.startswith("."):
                json.loads(path.read_bytes())
