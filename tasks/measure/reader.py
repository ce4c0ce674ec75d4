"""Reading the text files that hold all samples, by columns: a text may have hundreds of thousands of them."""

from __future__ import annotations

import re
from array import array
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from pathlib import Path

from tasks.measure.sample_file import Head, Sample, head_digest, parse_sample, read_head
from tasks.shared.errors import PerfError
from tasks.shared.files import sha256

#: How the tail that a kill or a full disk leaves is told from samples that were changed.
UNFINISHED = "the text ends in an unfinished sample"

_CLOSING = re.compile(rb"^# session=[^\n]* sha256=([0-9a-f]{64})$", re.MULTILINE)
#: A sample that is ok: its package, result lines, session, round, unit, layout and time.
_SAMPLE = (
    rb"pkg: ([^\n]*)\n((?:Benchmark[^\n]*\n)*)"
    rb"# session=([^ ]+) round=([^ ]+) unit=([^ ]+) layout=([^ ]+) position=[^ ]+ of=[^ ]+ started=([^ ]{24}) "
    rb"seconds=[^ ]+ status=ok [^\n]*"
)
_OK, _OK_WHOLE = re.compile(_SAMPLE + rb"\n"), re.compile(rb"(" + _SAMPLE + rb")\n")
#: Characters of a hash, of the word that holds it, and of an RFC 3339 time in UTC with milliseconds.
_HASH, _HASH_WORD, _TIME = 64, len(" sha256=") + 64, len("2026-11-24T08:00:01.000Z")


@dataclass
class Series:
    """The samples of one unit in one file, in order, by columns: index i of each is one sample.

    ``digests`` has their hashes, one after the other, and ``times`` when they were taken (RFC 3339);
    ``starts`` is where they lie in the file; ``text`` has the result lines of all that are ok,
    and ``text_ends`` where each one's end in it. Of a file that was checked before, neither hashes nor places are read.
    """

    package_path: str
    rounds: array[int] = field(default_factory=lambda: array("q"))
    layouts: array[int] = field(default_factory=lambda: array("q"))
    statuses: list[str] = field(default_factory=list)
    digests: bytearray = field(default_factory=bytearray)
    times: bytearray = field(default_factory=bytearray)
    starts: array[int] = field(default_factory=lambda: array("q"))
    text: bytearray = field(default_factory=bytearray)
    text_ends: array[int] = field(default_factory=lambda: array("q"))

    def digest(self, index: int) -> str:
        """The hash of one sample."""
        return self.digests[index * _HASH : (index + 1) * _HASH].decode()

    def time(self, index: int) -> str:
        """When one sample was taken, RFC 3339."""
        return self.times[index * _TIME : (index + 1) * _TIME].decode()

    def result_lines(self, chosen: Sequence[int]) -> bytes:
        """The result lines of some samples, given by their places in ascending order."""
        if len(chosen) == len(self.rounds):
            return bytes(self.text)
        begins = (0, *self.text_ends)
        return b"".join(self.text[begins[index] : self.text_ends[index]] for index in chosen)

    def add(self, sample: Sample, start: int) -> None:
        """Take one more sample in, which lies there in the file."""
        self.rounds.append(sample.round)
        self.layouts.append(sample.layout)
        self.statuses.append(sample.status)
        self.digests += sample.sha256.encode()
        self.times += sample.started.encode()
        self.starts.append(start)
        if sample.status == "ok":
            self.text += "".join(f"{line}\n" for line in sample.lines).encode()
        self.text_ends.append(len(self.text))


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
        return tuple(self.stream())

    def stream(self) -> Iterator[Sample]:
        """The same one by one, for who needs each of very many just once."""
        if "samples" in vars(self):
            yield from self.samples
            return
        data = self.path.read_bytes()
        places = sorted(
            (start, series.digest(index))
            for series in self.series.values()
            for index, start in enumerate(series.starts)
        )
        for start, digest in places:
            yield self._parsed(data, start, digest)

    @cached_property
    def by_digest(self) -> Mapping[str, Sample]:
        """Each sample by its hash."""
        return {sample.sha256: sample for sample in self.samples}

    def sample(self, unit: str, index: int) -> Sample:
        """One sample of a unit, read from the file again."""
        series = self.series[unit]
        return self._parsed(self.path.read_bytes(), series.starts[index], series.digest(index))

    def _parsed(self, data: bytes, start: int, digest: str) -> Sample:
        end = data.find(f" sha256={digest}".encode(), start)
        sample = parse_sample(data[start:end], digest)
        if sample is None:
            raise PerfError(f"{self.path} changed while it was read; run doit again")
        return sample


def read_file(path: Path, trusted: bool = False) -> SampleFile:
    """Read a file and check every sample's hash. Samples that fail are named in ``problems``.

    ``trusted``: the file is known to be as it was when its hashes were checked; then its series have no digests.
    """
    head = read_head(path)
    data = path.read_bytes()
    series = _read_known(data) if trusted else _read_whole(data, head)
    if series is not None:
        return SampleFile(path, head, series, ())
    series = {}
    problems: list[str] = []
    for sample, start in _each(data, head, path, problems):
        series.setdefault(sample.unit, Series(sample.package_path)).add(sample, start)
    return SampleFile(path, head, series, tuple(problems))


def _read_whole(data: bytes, head: Head) -> dict[str, Series] | None:
    """The series of a file in which all samples are ok and in order; None for any other."""
    binding = f" head={head_digest(head)} sha256=".encode()
    session = head.session.encode()
    place = data.find(b"\npkg: ") + 1
    rows: defaultdict[bytes, list[tuple[bytes, ...]]] = defaultdict(list)
    starts: defaultdict[bytes, array[int]] = defaultdict(lambda: array("q"))
    for text, *row in _OK_WHOLE.findall(data, place):
        body, digest = text[:-_HASH_WORD], text[-_HASH:]
        intact = sha256(body).encode() == digest and text.endswith(binding, 0, -_HASH) and row[2] == session
        if not intact or not data.startswith(text, place):
            return None
        unit = row[4]
        rows[unit].append((*row, digest))
        starts[unit].append(place)
        place += len(text) + 1
    # Between the end of a sample and the start of the next there is nothing else.
    if place != len(data):
        return None
    try:
        return {unit.decode(): _series(rows[unit], starts[unit]) for unit in rows}
    except ValueError:
        return None


def _series(rows: Sequence[Sequence[bytes]], starts: array[int] | None = None) -> Series:
    """The samples of one unit, each as the pattern gives it; ValueError if two are of one round."""
    packages, texts, _, numbers, _, layouts, times, *digests = zip(*rows, strict=True)
    rounds = array("q", map(int, numbers))
    if len(set(rounds)) < len(rounds):
        raise ValueError("one round stands there twice")
    return Series(
        package_path=packages[0].decode(),
        rounds=rounds,
        layouts=array("q", map(int, layouts)),
        statuses=["ok"] * len(rounds),
        digests=bytearray().join(*digests) if digests else bytearray(),
        times=bytearray().join(times),
        starts=starts or array("q"),
        text=bytearray().join(texts),
        text_ends=array("q", accumulate(map(len, texts))),
    )


def _read_known(data: bytes) -> dict[str, Series] | None:
    """The series of the samples that are ok, of a file whose hashes were checked; None if that needs a closer look."""
    rows: defaultdict[bytes, list[tuple[bytes, ...]]] = defaultdict(list)
    for row in _OK.findall(data):
        rows[row[4]].append(row)
    try:
        return {unit.decode(): _series(found) for unit, found in rows.items()}
    except ValueError:
        return None


def _each(data: bytes, head: Head, path: Path, problems: list[str]) -> Iterator[tuple[Sample, int]]:
    """(sample, its place) of each valid sample of any file; what is not valid joins ``problems``."""
    digest = head_digest(head)
    seen = set()
    end = 0
    for match in _CLOSING.finditer(data):
        start = data.rfind(b"\npkg: ", end, match.start()) + 1
        sample = None
        if end == 0 or start:
            body = data[start : match.end() - _HASH_WORD]
            intact = sha256(body) == match[1].decode() and body.endswith(f" head={digest}".encode())
            sample = parse_sample(body, match[1].decode()) if intact else None
        if sample and sample.session == head.session:
            # One that somebody copied counts once.
            if sample.sha256 not in seen:
                yield sample, start
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
