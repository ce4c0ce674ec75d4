"""What there is to adopt: texts of other tools, and which of them belong together and count."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tasks.measure import names
from tasks.measure.sample_file import is_ours
from tasks.shared.benchfmt import Result, parse_line
from tasks.shared.errors import PerfError
from tasks.shared.machine import UNKNOWN

_VERSION = re.compile(r"(?:go)?(1\.\d+(?:\.\d+)?)")
_IN_A_NAME = re.compile(r"(?<![a-zA-Z0-9])go(1\.\d+(?:\.\d+)?)(?![a-zA-Z0-9])")
_WORD = re.compile(r"[a-z0-9]+")
_SYSTEMS = "aix|android|darwin|dragonfly|freebsd|ios|js|linux|netbsd|openbsd|plan9|solaris|wasip1|windows"
_PLATFORM = re.compile(rf"^(?:{_SYSTEMS})-[a-z0-9]+$")
_RETRY = re.compile(r"^(.+)_retry(\d+)\.txt$")


@dataclass(frozen=True)
class Column:
    """What becomes one column: texts that count, and files beside them that do not, each with the reason."""

    version: str
    texts: tuple[Path, ...]
    left_out: tuple[tuple[Path, str], ...]

    @property
    def label(self) -> str:
        return f"{self.version}-adopted"


@dataclass(frozen=True)
class Text:
    """A benchmark text as read: its ``key: value`` lines, and its results with the package of each."""

    keys: dict[str, str]
    results: tuple[tuple[str, Result], ...]


def find_columns(path: Path, named: str = "") -> list[Column]:
    """What there is to adopt at a path: a text, a folder of texts, or a tree of such folders.

    ``named`` says of which version it is (``go1.24``), where the path does not. PerfError if nothing is found, or if
    two folders would become the same column.
    """
    if not path.exists():
        raise PerfError(f"from={path}: there is no such file or folder")
    if path.is_file():
        return [_column(path.parent, [path], named)]
    folders = sorted({text.parent for text in (*path.rglob("*.txt"), *path.rglob("*.txt.backup")) if text.is_file()})
    found = [_column(folder, mains, named) for folder in folders if (mains := _mains(folder))]
    if not found:
        raise PerfError(f"from={path}: no text in Go's benchmark format lies there (*.txt, BenchmarkX 100 12 ns/op)")
    places: dict[tuple[str, str], Path] = {}
    for column in found:
        folder = column.texts[0].parent
        key = (column.version, platform_of(column, [read_text(text) for text in column.texts]))
        if key in places:
            raise PerfError(
                f"{places[key]} and {folder} both hold {column.version} of {key[1]}; adopt one of them, by its own path"
            )
        places[key] = folder
    return found


def read_text(path: Path) -> Text:
    """Read any text in Go's benchmark format; lines that are no results are passed over."""
    keys: dict[str, str] = {}
    results: list[tuple[str, Result]] = []
    package = ""
    for line in path.read_text(errors="replace").splitlines():
        key, separator, value = line.partition(": ")
        if line.startswith("Benchmark"):
            result = parse_line(line)
            results += [(package, result)] if result else []
        elif separator and re.fullmatch(r"[a-z][\w-]*", key):
            keys.setdefault(key, value.strip())
            package = value.strip().rpartition("/")[2] if key == "pkg" else package
    return Text(keys, tuple(results))


def _mains(folder: Path) -> list[Path]:
    """The texts of a folder that may be adopted, oldest first: no retries, no lists, none of ours.

    A text of which only the backup is left counts as that.
    """
    there = [path for path in sorted(folder.glob("*.txt")) if path.is_file()]
    alone = [path for path in sorted(folder.glob("*.txt.backup")) if path.with_suffix("") not in there]
    texts = [path for path in (*there, *alone) if not is_ours(path) and read_text(path).results]
    mains = [path for path in texts if not _RETRY.match(path.name) and not names.is_ours_without_samples(path)]
    # A retry whose main text is gone is all that is left of it.
    stems = {path.name.removesuffix(".backup").removesuffix(".txt") for path in mains}
    lone = [path for path in texts if (match := _RETRY.match(path.name)) and match[1] not in stems]
    return sorted([*mains, *lone])


def _column(folder: Path, mains: Sequence[Path], named: str) -> Column:
    """The newest text, with its retries; a text into which retries were merged gives way to its backup."""
    *older, main = mains
    left = [(path, "an older collection; adopt it by its own path") for path in older]
    backup = main.with_name(f"{main.name}.backup")
    texts = [main]
    if backup.exists():
        texts = [backup]
        left.append((main, "retries were merged into it; its backup and the retries hold every sample once"))
    stem = main.name.removesuffix(".backup").removesuffix(".txt")
    everything = [(path, match) for path in sorted(folder.glob("*.txt")) if (match := _RETRY.match(path.name))]
    mine = {int(match[2]): path for path, match in everything if match[1] == stem and path != main}
    texts += [mine[number] for number in sorted(mine)]
    left += [(path, "a retry of another collection") for path, match in everything if match[1] != stem and path != main]
    listed = folder / f"{stem}_failed_benchmarks.txt"
    if listed.exists():
        left.append((listed, "a list, not samples"))
    return Column(_version(main, named), tuple(texts), tuple(left))


def _version(path: Path, named: str) -> str:
    """``go1.24``: as it is named, else by the text's name, else by the folder that it lies in, or one above."""
    if named:
        match = _VERSION.fullmatch(named)
        if not match:
            raise PerfError(f"as={named} is no Go version; write as=go1.24 or as=go1.24.3")
        return f"go{match[1]}"
    match = _IN_A_NAME.search(path.name)
    folders = (_VERSION.fullmatch(parent.name) for parent in path.parents if parent.name.startswith("go"))
    match = match or next((found for found in folders if found), None)
    if not match:
        raise PerfError(f"{path} does not say which Go version it is of; say as=go1.24")
    return f"go{match[1]}"


def platform_of(column: Column, texts: Sequence[Text]) -> str:
    """``linux-amd64``, by the texts, else by the folder above the version's, else unknown."""
    for text in texts:
        words = (text.keys.get("goos", ""), text.keys.get("goarch", ""))
        # It names a folder of ours: nothing else may stand in it.
        if all(_WORD.fullmatch(word) for word in words):
            return "-".join(words)
    above = column.texts[0].parent.parent.name
    return above if _PLATFORM.match(above) else f"{UNKNOWN}-{UNKNOWN}"
