"""Any text of Go benchmark results as a side of a comparison, read as benchstat reads it.

Lines ``key: value`` configure what follows them, ``Unit`` lines describe measures, others that are no results are
passed over. The format: https://go.dev/design/14313-benchmark-format.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tasks.compare.measures import base_unit, tidy
from tasks.compare.sides import Key, Side
from tasks.shared.benchfmt import parse_line
from tasks.shared.errors import PerfError


def read_text(path: Path, label: str) -> Side:
    """The results in a text; PerfError if it can't be read or holds none."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError as error:
        raise PerfError(f"{path} can't be read: {error.strerror}. old= and new= name versions or texts.") from error
    reader = _Reader(path)
    for number, line in enumerate(lines, start=1):
        reader.take(number, line.rstrip("\r"))
    if not reader.samples:
        raise PerfError(f"{path} holds no benchmark results; the format is that of `go test -bench`")
    document: dict[str, Any] = {
        "kind": "text",
        "label": label,
        "file": path.name,
        "version": "",
        "go_version": "",
        "first_sample_at": None,
        "collected_at": None,
        "settings": None,
        "environment": {},
        "machine": None,
        "sessions": [],
    }
    return Side(
        label, reader.samples, reader.fields, document, metadata=reader.metadata, printed=reader.printed,
        notes=reader.notes,
    )  # fmt: skip


class _Reader:
    """What has been read so far, and the configuration that holds at this line."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.samples: dict[Key, list[float]] = {}
        self.fields: list[str] = []
        self.metadata: dict[tuple[str, str], str] = {}
        self.printed: dict[str, str] = {}
        self.notes: list[str] = []
        # In benchstat's order, which decides in which order its tables stand: a key that is unset lets the last one
        # take its place.
        self._config: list[tuple[str, str]] = []

    def take(self, number: int, line: str) -> None:
        """Read one line."""
        if line.startswith("Benchmark"):
            self._result(number, line)
        elif line.startswith("Unit") and line.split(maxsplit=1)[0] == "Unit":
            self._unit(line.split()[1:])
        elif pair := key_and_value(line):
            self._configure(*pair)

    def _result(self, number: int, line: str) -> None:
        result = parse_line(line)
        if result is None:
            # The name alone is what `go test -v` prints when a benchmark begins.
            if len(line.split()) > 1:
                self.notes.append(f"{self.path.name}:{number}: not a result: {line[:60]}")
            return
        self.fields += [key for key, _ in self._config if key not in self.fields]
        config = tuple(sorted(self._config))
        name = line.split(maxsplit=1)[0].removeprefix("Benchmark")
        for unit, printed in result.values.items():
            value, measure = tidy(printed, unit)
            self.samples.setdefault(Key(config, name, measure), []).append(value)
            self.printed[measure] = unit

    def _unit(self, words: list[str]) -> None:
        """``Unit ns/op better=lower assume=exact``; what was said first holds."""
        for word in words[1:]:
            name, equals, value = word.partition("=")
            if name and equals:
                self.metadata.setdefault((base_unit(words[0])[0], name), value)

    def _configure(self, key: str, value: str) -> None:
        place = next((index for index, (known, _) in enumerate(self._config) if known == key), None)
        if place is None:
            self._config += [(key, value)] if value else []
        elif value:
            self._config[place] = (key, value)
        else:
            self._config[place] = self._config[-1]
            self._config.pop()


def key_and_value(line: str) -> tuple[str, str] | None:
    """``("pkg", "example.com/x")`` of a configuration line: a key without capitals or blanks, a colon, a blank."""
    key, colon, rest = line.partition(":")
    if not colon or not key[:1].islower() or any(c.isspace() or c.isupper() for c in key):
        return None
    if rest and rest[0] not in " \t":
        return None
    return key, rest.lstrip(" \t")
