"""Lists of benchmarks that still fail after a session: for people, and for `doit retry ... failed=`."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from tasks.measure import names
from tasks.measure.state import State
from tasks.measure.variance import Leaf, in_words
from tasks.shared.cell import Cell
from tasks.shared.errors import PerfError
from tasks.shared.files import write_atomic
from tasks.shared.project import Project


def write_failed_lists(
    project: Project, state: State, session: str, versions: Iterable[str], units: Iterable[str]
) -> list[Path]:
    """Write ``..._failed_benchmarks.txt`` of each of these versions in which a benchmark fails; their paths."""
    listed = list(units)
    written = []
    for version in versions:
        failing = [leaf for unit in listed for leaf in state.noisy(Cell(version, unit))]
        if failing:
            label = project.version(version).label
            path = project.tree.version(label) / names.failed_file(session)
            command = f"doit{project.words} retry:{label} failed={project.relative(path)} rerun_count=100"
            write_atomic(path, _text(label, command, failing))
            written.append(path)
    return written


def _text(label: str, command: str, failing: Iterable[Leaf]) -> str:
    lines = [
        f"# benchmarks of {label} that are still too noisy; more rounds of just these:",
        f"# {command}",
        *(f"{leaf.package}.{leaf.name}\t{in_words(asdict(leaf))}, {leaf.n} samples" for leaf in failing),
    ]
    return "\n".join(lines) + "\n"


def read_failed_list(path: Path, known: Iterable[str]) -> list[str]:
    """The units that a list names, each once; PerfError names what is wrong with it.

    A line begins with ``package.Benchmark/leaf``; the package and the leaf may be left out, and
    ``BenchmarkName`` will do for the name. What follows a blank, and lines that begin with #, do not matter.
    """
    units = sorted(known)
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "no text in UTF-8"
        hint = "Lists lie beside the samples, as ..._failed_benchmarks.txt"
        raise PerfError(f"failed={path} can't be read: {why}. {hint}.") from error
    found: list[str] = []
    mistakes = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            found += [unit for unit in _units_named(line.split()[0], units) if unit not in found]
        except PerfError as error:
            mistakes.append(f"{path}:{number}: {error}")
    if mistakes:
        raise PerfError("\n".join(mistakes))
    if not found:
        raise PerfError(f"failed={path} names no benchmark; there is nothing to run again")
    return found


def _units_named(word: str, units: list[str]) -> list[str]:
    """The units that a word may mean: more than one where two packages have a benchmark of that name."""
    package, dot, name = word.rpartition(".") if "/" not in word else _before_slash(word)
    name = name.removeprefix("Benchmark")
    matching = [u for u in units if u.split(".")[1] == name and (not dot or u.split(".")[0] == package)]
    if not matching:
        nearest = difflib.get_close_matches(f"{package}.{name}" if dot else name, units, 3, 0.3)
        hint = f"; did you mean {', '.join(nearest)}?" if nearest else ""
        raise PerfError(f"there is no benchmark {word}{hint}")
    return matching


def _before_slash(word: str) -> tuple[str, str, str]:
    return word.split("/", 1)[0].rpartition(".")
