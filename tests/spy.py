"""Which test binaries a doit started: heard of by an audit hook in its interpreter, not read from what it says."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

#: Runs in every Python that has its folder on PYTHONPATH.
_HOOK = """
import os, sys

def _note(event, details):
    if event == "subprocess.Popen":
        command = [str(word) for word in details[1]]
        with open(os.environ["SPY_LOG"], "a") as file:
            file.write("\\t".join(command) + "\\n")

sys.addaudithook(_note)
"""


class Spy:
    """A log of all programs that Python processes started. ``env`` is what these need to be heard."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / "spy.log"
        self._log.touch()
        (folder / "sitecustomize.py").write_text(_HOOK)
        self.env = {"PYTHONPATH": str(folder), "SPY_LOG": str(self._log)}

    def clear(self) -> None:
        """Forget what was started so far."""
        self._log.write_text("")

    def samples(self) -> Counter[tuple[str, str]]:
        """How often a test binary was started to measure, by (version, unit); controls, which add theirs, left out."""
        found: Counter[tuple[str, str]] = Counter()
        for command in self._commands():
            chosen = [word for word in command if word.startswith("-test.bench=")]
            if chosen:
                program = re.fullmatch(r"(go[\d.]+)(?:\+control)?-(\w+)\.test", Path(command[0]).name)
                name = re.fullmatch(r"-test\.bench=\^Benchmark(\w+)\$", chosen[0])
                assert program, command
                assert name, command
                if "+control" in command[0]:
                    continue
                found[program[1], f"{program[2]}.{name[1]}"] += 1
        return found

    def compiled(self) -> list[str]:
        """The packages that were compiled, each once per version."""
        return [command[-1] for command in self._commands() if command[1:3] == ["test", "-c"] and "-x" in command]

    def _commands(self) -> list[list[str]]:
        return [line.split("\t") for line in self._log.read_text().splitlines()]
