"""The text files that hold all samples: Go benchmark format, append-only, the only truth about measuring.

A file belongs to one session, one version and one kind (main, reference). Its head names settings,
provenance and the fingerprint of each unit in it. A sample is its ``pkg:`` line, its result lines, and a
closing comment of ``key=value`` words that makes it count::

    pkg: goperf.dev/benchmarks/runtime
    BenchmarkSyncPool-2   1892455   13.21 ns/op   0 B/op   0 allocs/op
    # session=2026-11-24_08-00-00 round=7 unit=runtime.SyncPool layout=1193 ... sha256=5f0c...

The hash covers everything from ``pkg:`` up to the word before it; that word binds the sample to the head. A
sample without a closing line, or with another hash, does not exist. A failed sample has its output as ``# | ``
comments in place of results.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tasks.shared import schema
from tasks.shared.benchfmt import TIME, Result, format_value, parse
from tasks.shared.errors import PerfError
from tasks.shared.files import digest_of, sha256

_FIRST_LINE = "# go-perf-tracking samples: Go benchmark format, written by doit, only ever appended to"
_HEAD_KEY = "# head="
#: The status of a sample during which the machine slept: it says nothing, neither good nor bad.
SUSPENDED = "suspended"
#: The status of what is recorded for each unit of a package that does not compile.
NOT_BUILT = "not-built"

_WORDS = ("session", "round", "unit", "layout", "position", "of", "started", "seconds", "status")
_WORDS_OF_A_SAMPLE = re.compile("# " + " ".join(rf"{word}=(\S*)" for word in _WORDS) + r"((?: [^ =]+=\S+)*) head=\S*")


@dataclass(frozen=True)
class Head:
    """What all samples of one file have in common.

    ``kind`` is main, reference or retry1, 2, ...; ``fingerprints`` has the hash of each unit (``runtime.SyncPool``);
    ``conditions`` hashes what samples depend on besides: benchtime, layouts, machine; ``provenance`` spells
    it all out.
    """

    session: str
    kind: str
    version: str
    conditions: str
    fingerprints: Mapping[str, str]
    provenance: Mapping[str, Any]
    #: As it was written: the samples are bound to that.
    schema_version: int = schema.SCHEMA_VERSION

    def document(self) -> dict[str, Any]:
        body = asdict(self)
        return {"schema_version": body.pop("schema_version"), **body}


@dataclass(frozen=True)
class Sample:
    """What one fresh process of one cell printed once, and under which conditions.

    ``lines`` are its result lines, or its output if ``status`` is not ``ok``. ``layout`` is the linker's seed
    (0: Go's default order), ``position`` the place in its block of ``of`` samples, ``started`` RFC 3339,
    ``seconds`` wall time of the process, ``covariates`` what else the machine was doing.
    """

    session: str
    round: int
    unit: str
    layout: int
    position: int
    of: int
    started: str
    seconds: float
    status: str
    covariates: Mapping[str, float]
    package_path: str
    lines: tuple[str, ...]
    sha256: str = ""

    @cached_property
    def results(self) -> tuple[Result, ...]:
        """Its result lines, as read."""
        return tuple(parse(self.lines).results)

    @property
    def times(self) -> dict[str, float]:
        """The time of each benchmark that has one, ns."""
        return {result.name: result.values[TIME] for result in self.results if TIME in result.values}


def render_head(head: Head, goos: str, goarch: str, cpu: str) -> str:
    """The lines that open a file."""
    schema.check("sample-head", head.document(), "head of a sample file")
    packed = json.dumps(head.document(), separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return f"{_FIRST_LINE}\n{_HEAD_KEY}{packed}\ngoos: {goos}\ngoarch: {goarch}\ncpu: {cpu}\n"


def head_digest(head: Head) -> str:
    """What binds a sample to the head of its file: a changed head takes all its samples with it."""
    return digest_of(head.document())[:16]


def render_sample(sample: Sample, head: str) -> str:
    """The text of a sample with its closing line; ``head`` is the digest of its file's head.

    ``sample.sha256`` is not looked at but computed.
    """
    prefix = "" if sample.status == "ok" else "# | "
    lines = "".join(f"{prefix}{line}\n" for line in sample.lines)
    words = [f"{name}={getattr(sample, name)}" for name in _WORDS]
    words += [f"{name}={format_value(value)}" for name, value in sample.covariates.items()]
    words.append(f"head={head}")
    body = f"pkg: {sample.package_path}\n{lines}# {' '.join(words)}"
    return f"{body} sha256={sha256(body)}\n"


def is_ours(path: Path) -> bool:
    """Whether a text was written by this program."""
    with path.open("rb") as file:
        return file.read(len(_FIRST_LINE)).decode(errors="replace") == _FIRST_LINE


def read_head(path: Path) -> Head:
    """The head of a file, validated; PerfError if it has none of ours."""
    try:
        with path.open("rb") as file:
            start = file.read(len(_FIRST_LINE) + 1)
            line = file.readline() if start.decode(errors="replace") == _FIRST_LINE + "\n" else b""
    except OSError as error:
        raise PerfError(f"{path} can't be read: {error.strerror}") from error
    if not line.startswith(_HEAD_KEY.encode()) or not line.endswith(b"\n"):
        raise PerfError(f"{path} has no head of this program; it is left alone and does not count")
    try:
        document = json.loads(line[len(_HEAD_KEY) :])
    except ValueError as error:
        raise PerfError(f"{path}:2: the head is damaged ({error}); the file does not count") from error
    schema.check("sample-head", document, str(path))
    return Head(**document)


def parse_sample(body: bytes, digest: str) -> Sample | None:
    """A sample of its text, without the word that holds its hash; None if it is none of ours."""
    package, *lines, closing = body.decode(errors="replace").split("\n")
    words = _WORDS_OF_A_SAMPLE.fullmatch(closing)
    if not words:
        return None
    session, number, unit, layout, position, of, started, seconds, status, rest = words.groups()
    try:
        covariates = {name: float(value) for name, _, value in (word.partition("=") for word in rest.split())}
        return Sample(
            session=session,
            round=int(number),
            unit=unit,
            layout=int(layout),
            position=int(position),
            of=int(of),
            started=started,
            seconds=float(seconds),
            status=status,
            covariates=covariates,
            package_path=package.removeprefix("pkg: "),
            lines=tuple(lines if status == "ok" else (line.removeprefix("# | ") for line in lines)),
            sha256=digest,
        )
    except ValueError:
        return None
