"""Reading the text files that hold all samples, by columns: a text may have hundreds of thousands of them."""

from __future__ import annotations

import itertools
import re
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from tasks.measure.sample_file import Head, Sample, head_digest, parse_sample, read_head
from tasks.shared.errors import PerfError
from tasks.shared.files import sha256

#: How the tail that a kill or a full disk leaves is told from samples that were changed.
UNFINISHED = "the text ends in an unfinished sample"

_CLOSING = re.compile(rb"^# session=[^\n]* sha256=([0-9a-f]{64})$", re.MULTILINE)
#: A sample that is ok, from its `pkg:` to the end of its closing line.
_WHOLE = re.compile(
    rb"pkg: ([^\n]*)\n((?:Benchmark[^\n]*\n)*)"
    rb"# session=([^ ]+) round=([^ ]+) unit=([^ ]+) layout=[^ ]+ position=[^ ]+ of=[^ ]+ started=([^ ]+) "
    rb"seconds=[^ ]+ status=ok ([^\n]+)\n"
)
#: Characters of a hash, and of the word that holds it.
_HASH, _HASH_WORD = 64, len(" sha256=") + 64


@dataclass
class Series:
    """The samples of one unit in one file, in order, by columns: index i of each is one sample.

    ``digests`` has their hashes, 64 characters each, one after the other, and is empty where nobody checked them;
    ``starts`` and ``ends`` are where they lie in the file; ``text`` has the result lines of all that are ok, and
    ``text_ends`` where each one's end in it. ``began`` and ``ended`` are RFC 3339 times, of the first and last.
    """

    package_path: str
    rounds: array[int] = field(default_factory=lambda: array("q"))
    statuses: list[str] = field(default_factory=list)
    digests: bytearray = field(default_factory=bytearray)
    starts: array[int] = field(default_factory=lambda: array("q"))
    ends: array[int] = field(default_factory=lambda: array("q"))
    text: bytearray = field(default_factory=bytearray)
    text_ends: array[int] = field(default_factory=lambda: array("q"))
    began: str = ""
    ended: str = ""

    def digest(self, index: int) -> str:
        """The hash of one sample."""
        return self.digests[index * _HASH : (index + 1) * _HASH].decode()

    def result_lines(self, chosen: Sequence[int]) -> bytes:
        """The result lines of some samples, given by their places in ascending order."""
        if len(chosen) == len(self.rounds):
            return bytes(self.text)
        begins = (0, *self.text_ends)
        return b"".join(self.text[begins[index] : self.text_ends[index]] for index in chosen)

    def add(self, sample: Sample, start: int, end: int) -> None:
        """Take one more sample in, which lies there in the file."""
        self.rounds.append(sample.round)
        self.statuses.append(sample.status)
        self.digests += sample.sha256.encode()
        self.starts.append(start)
        self.ends.append(end)
        if sample.status == "ok":
            self.text += "".join(f"{line}\n" for line in sample.lines).encode()
        self.text_ends.append(len(self.text))
        self.began = self.began or sample.started
        self.ended = sample.started


@dataclass(frozen=True)
class SampleFile:
    """A file as read: its valid samples by unit, and what in it can't be trusted (``file:line: why``)."""

    path: Path
    head: Head
    series: Mapping[str, Series]
    problems: tuple[str, ...]

    @property
    def count(self) -> int:
        """How many valid samples it has."""
        return sum(len(series.rounds) for series in self.series.values())

    @property
    def is_checked(self) -> bool:
        """Whether the hashes of its samples were checked, and are there."""
        return all(series.digests for series in self.series.values())

    @cached_property
    def samples(self) -> tuple[Sample, ...]:
        """Its valid samples, in order, as objects; read from the file again."""
        data = self.path.read_bytes()
        places = sorted(
            (start, end, series.digest(index))
            for series in self.series.values()
            for index, (start, end) in enumerate(zip(series.starts, series.ends, strict=True))
        )
        return tuple(self._parsed(data[start:end], digest) for start, end, digest in places)

    def sample(self, unit: str, index: int) -> Sample:
        """One sample of a unit, read from the file again."""
        series = self.series[unit]
        with self.path.open("rb") as file:
            file.seek(series.starts[index])
            body = file.read(series.ends[index] - series.starts[index])
        return self._parsed(body, series.digest(index))

    def _parsed(self, body: bytes, digest: str) -> Sample:
        sample = parse_sample(body, digest)
        if sample is None:
            raise PerfError(f"{self.path} changed while it was read; run doit again")
        return sample


def read_file(path: Path, trusted: bool = False) -> SampleFile:
    """Read a file and check every sample's hash. Samples that fail are named in ``problems``.

    ``trusted``: the file is known to be as it was when its hashes were checked; then its series have no digests.
    """
    head = read_head(path)
    data = path.read_bytes()
    series = _read_whole(data, head, trusted)
    if series is not None:
        return SampleFile(path, head, series, ())
    series = {}
    problems: list[str] = []
    for sample, start, end in _each(data, head, path, problems):
        series.setdefault(sample.unit, Series(sample.package_path)).add(sample, start, end)
    return SampleFile(path, head, series, tuple(problems))


def _read_whole(data: bytes, head: Head, trusted: bool) -> dict[str, Series] | None:
    """The series of a file in which all samples are ok and in order; None for any other."""
    binding = f"head={head_digest(head)} sha256=".encode()
    session = head.session.encode()
    end = _beginning(data)
    found: dict[bytes, tuple[list[bytes], ...]] = {}
    times: dict[bytes, list[bytes]] = {}
    places: dict[bytes, tuple[array[int], array[int]]] = {}
    for match in _WHOLE.finditer(data, end):
        package, lines, its_session, number, unit, started, rest = match.groups()
        start, stop = match.span()
        if start != end or its_session != session or not rest[:-_HASH].endswith(binding):
            return None
        end = stop
        if not trusted and sha256(data[start : stop - 1 - _HASH_WORD]).encode() != rest[-_HASH:]:
            return None
        if unit not in found:
            found[unit] = ([package], [], [], [])
            times[unit] = [started, started]
            places[unit] = (array("q"), array("q"))
        _, rounds, texts, digests = found[unit]
        rounds.append(number)
        texts.append(lines)
        digests.append(rest[-_HASH:])
        times[unit][1] = started
        places[unit][0].append(start)
        places[unit][1].append(stop - 1 - _HASH_WORD)
    if end != len(data) or any(len(set(rounds)) < len(rounds) for _, rounds, _, _ in found.values()):
        return None
    try:
        return {
            unit.decode(): Series(
                package_path=package.decode(),
                rounds=array("q", map(int, rounds)),
                statuses=["ok"] * len(rounds),
                digests=bytearray() if trusted else bytearray().join(digests),
                starts=places[unit][0],
                ends=places[unit][1],
                text=bytearray().join(texts),
                text_ends=_running_total(texts),
                began=times[unit][0].decode(),
                ended=times[unit][1].decode(),
            )
            for unit, ((package,), rounds, texts, digests) in found.items()
        }
    except ValueError:
        return None


def _running_total(texts: Sequence[bytes]) -> array[int]:
    return array("q", itertools.accumulate(map(len, texts)))


def _beginning(data: bytes) -> int:
    """Where the first sample starts."""
    return data.find(b"\npkg: ") + 1


def _each(data: bytes, head: Head, path: Path, problems: list[str]) -> Iterator[tuple[Sample, int, int]]:
    """(sample, its start and end) of each valid sample of any file; what is not valid joins ``problems``."""
    digest = head_digest(head)
    seen = set()
    end = 0
    for match in _CLOSING.finditer(data):
        start = data.rfind(b"\npkg: ", end, match.start()) + 1
        stop = match.end() - _HASH_WORD
        sample = None
        if end == 0 or start:
            body = data[start:stop]
            intact = sha256(body) == match[1].decode() and body.endswith(f" head={digest}".encode())
            sample = parse_sample(body, match[1].decode()) if intact else None
        if sample and sample.session == head.session:
            # One that somebody copied counts once.
            if sample.sha256 not in seen:
                yield sample, start, stop
            seen.add(sample.sha256)
        else:
            line = data.count(b"\n", 0, match.start()) + 1
            problems.append(
                f"{path}:{line}: this sample, or the file's head, was changed after it was measured; it does not count"
            )
        end = match.end()
    if end and data[end:].strip():
        line = data.count(b"\n", 0, end) + 2
        problems.append(f"{path}:{line}: {UNFINISHED}; it does not count")
