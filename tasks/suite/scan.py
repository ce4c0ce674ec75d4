"""Which units a package has, read quickly from its text: tasks must be named before any Go is installed.

The compiler has the last word: building compares this list with the test binary's own (``-test.list``)
and stops if they disagree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_BENCHMARK = re.compile(
    r"^(?P<doc>(?:[ \t]*//[^\n]*\n)*)[ \t]*func\s+(?P<name>Benchmark(?P<bare>[A-Z0-9_]\w*))\s*"
    # Whether gofmt has seen it or not.
    r"\(\s*\w+\s+\*\s*testing\s*\.\s*B\s*,?\s*\)",
    re.MULTILINE,
)
_BLOCK_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_IMPORT = re.compile(r'^\s*(?:import\s+)?(?:[\w.]+\s+)?"([\w./-]+)"[ \t]*(?://.*|/\*.*)?$', re.MULTILINE)


_CODE = (".go", ".s", ".h", ".c")


@dataclass(frozen=True)
class Unit:
    """One top-level benchmark function: ``package`` is its folder, ``name`` what follows ``Benchmark``.

    ``description`` is the first sentence of its doc comment; ``source`` its file, below the suite's folder.
    """

    package: str
    name: str
    description: str
    source: str

    @property
    def id(self) -> str:
        """``runtime.GCLatency``: how tasks, receipts and samples call it."""
        return f"{self.package}.{self.name}"


def scan_package(suite: Path, package: str) -> tuple[Unit, ...]:
    """The units of one package folder, ordered by name."""
    units = []
    for path in sorted((suite / package).glob("*_test.go")):
        text = _BLOCK_COMMENT.sub("", path.read_text(encoding="utf-8"))
        for match in _BENCHMARK.finditer(text):
            description = first_sentence(match["doc"], match["name"])
            units.append(Unit(package, match["bare"], description, f"{package}/{path.name}"))
    return tuple(sorted(units, key=lambda unit: unit.name))


def package_sources(suite: Path, package: str) -> list[Path]:
    """Everything that compiles into a package's test binary from this module: its files and internal/."""
    return [*_files(suite / package), *_files(suite / "internal")]


def imported_paths(sources: list[Path]) -> set[str]:
    """The import paths in Go sources (as text; a string that looks like one counts, too)."""
    return {name for path in sources if path.suffix == ".go" for name in _IMPORT.findall(path.read_text())}


def first_sentence(doc: str, name: str) -> str:
    """What a doc comment says first, without ``BenchmarkX measures``; empty if there is none."""
    words = " ".join(line.removeprefix("//").strip() for line in doc.splitlines() if not line.startswith("//go:"))
    sentence = re.split(r"(?<=[.!?])\s", words.strip(), maxsplit=1)[0].rstrip(".")
    sentence = re.sub(rf"^{name} (?:measures )?", "", sentence)
    # Not json.Marshal: that is a name.
    return sentence if re.match(r"[\w/]+\.[A-Z]", sentence) else sentence[:1].upper() + sentence[1:]


def _files(folder: Path) -> Iterator[Path]:
    """What Go compiles or a benchmark reads: not an editor's copies, profiles or binaries beside it."""
    if not folder.exists():
        return
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.startswith(".")]
    code = [path for path in files if path.suffix in _CODE]
    # An embedded file may be called anything.
    embeds = any(b"//go:embed" in path.read_bytes() for path in code)
    yield from (p for p in files if embeds or p in code or "testdata" in p.relative_to(folder).parts)
