"""The text format of samples: what is written is read back, and what was touched is not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.measure.reader import read_file
from tasks.measure.sample_file import (
    Head,
    Sample,
    head_digest,
    read_head,
    render_head,
    render_sample,
)
from tasks.shared.errors import PerfError
from tasks.shared.schema import SCHEMA_VERSION

SETTINGS = {
    "profile": "default", "count": 40, "benchtime": "25ms", "layouts": "fresh",
    "variance_threshold": 15, "interval_target": 10,
}  # fmt: skip
MACHINE = {"goos": "linux", "goarch": "amd64", "cpu": "A CPU", "cores": 2, "memory": 1, "os": "An OS", "kernel": "6"}
HEAD = Head(
    session="2026-11-24_08-00-00",
    kind="main",
    version="go1.24.0",
    conditions="a" * 64,
    fingerprints={"alpha.One": "b" * 64},
    provenance={
        "program": "a test", "started_at": "2026-11-24T08:00:00.000Z", "seed": 1, "settings": SETTINGS,
        "environment": {}, "machine": MACHINE, "go_version": "go version go1.24.0 linux/amd64", "modules": {},
    },
)  # fmt: skip
SAMPLE = Sample(
    session=HEAD.session,
    round=1,
    unit="alpha.One",
    layout=77,
    position=0,
    of=2,
    started="2026-11-24T08:00:01.000Z",
    seconds=0.05,
    status="ok",
    covariates={"load": 0.5},
    package_path="example.test/suite/alpha",
    lines=("BenchmarkOne/Small-2 \t 1000\t 123 ns/op",),
)

printable = st.text(st.characters(blacklist_categories=["C", "Z"]), min_size=1, max_size=20)
result_lines = st.lists(
    st.builds(lambda n, v: f"BenchmarkOne/{n}-2\t10\t{v} ns/op", printable, st.integers(0, 10**9)), min_size=1
)
samples = st.builds(
    replace,
    st.just(SAMPLE),
    round=st.integers(1, 10**6),
    layout=st.integers(0, 2**31),
    seconds=st.floats(0, 1e6).map(lambda x: round(x, 6)),
    status=st.sampled_from(["ok", "panic", "signal-9", "not-built"]),
    covariates=st.dictionaries(st.sampled_from(["load", "steal", "celsius"]), st.integers(0, 999).map(float)),
    lines=result_lines.map(tuple),
)


def text_of(sample: Sample) -> str:
    """A sample as it stands in a file with the test head."""
    return render_sample(sample, head_digest(HEAD))


def write(path: Path, *parts: str) -> Path:
    """A file of the test head and some parts."""
    path.write_text(render_head(HEAD, "linux", "amd64", "A CPU") + "".join(parts))
    return path


@given(st.lists(samples, max_size=5, unique_by=lambda sample: sample.round))
def test_what_is_written_is_read_back(tmp_path_factory: pytest.TempPathFactory, written: list[Sample]) -> None:
    """Head and samples survive the round trip, hashes apart, which reading fills in."""
    path = write(tmp_path_factory.mktemp("x") / "f.txt", *(text_of(sample) for sample in written))
    file = read_file(path)
    assert file.head == HEAD
    assert [replace(sample, sha256="") for sample in file.samples] == written
    assert file.problems == ()


@given(st.integers(0, 2000), st.integers(1, 255))
def test_a_changed_byte_never_goes_unnoticed(tmp_path_factory: pytest.TempPathFactory, place: int, change: int) -> None:
    """Whatever byte of the samples is changed, no sample is read that was not written."""
    path = write(tmp_path_factory.mktemp("x") / "f.txt", text_of(SAMPLE), text_of(replace(SAMPLE, round=2)))
    data = bytearray(path.read_bytes())
    start = data.index(b"pkg: ")
    index = start + place % (len(data) - start)
    data[index] ^= change
    good = {sample.sha256 for sample in read_file(path).samples}
    path.write_bytes(bytes(data))
    file = read_file(path)
    assert {sample.sha256 for sample in file.samples} < good


@given(st.integers(0, 1500))
def test_a_file_cut_anywhere_holds_the_samples_before_the_cut(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    """What a kill or a full disk leaves is read as far as it goes."""
    texts = [text_of(replace(SAMPLE, round=n)) for n in range(1, 5)]
    path = write(tmp_path_factory.mktemp("x") / "f.txt", *texts)
    head = path.stat().st_size - sum(len(text.encode()) for text in texts)
    path.write_bytes(path.read_bytes()[: head + cut])
    whole = sum(sum(len(t.encode()) for t in texts[: n + 1]) - 1 <= cut for n in range(4))
    assert [sample.round for sample in read_file(path).samples] == list(range(1, whole + 1))


def test_an_unfinished_tail_is_named(tmp_path: Path) -> None:
    """The reader says where the text ends in half a sample."""
    path = write(tmp_path / "f.txt", text_of(SAMPLE), "pkg: x\nBenchmarkOne-2 10 5 ns/op\n")
    file = read_file(path)
    assert len(file.samples) == 1
    assert f"{path}:9: the text ends in an unfinished sample" in file.problems[0]


def test_a_sample_of_another_session_does_not_count(tmp_path: Path) -> None:
    """A sample copied from another file is not taken for one of this."""
    path = write(tmp_path / "f.txt", text_of(replace(SAMPLE, session="2026-11-24_09-00-00")))
    file = read_file(path)
    assert file.samples == ()
    assert len(file.problems) == 1


@pytest.mark.parametrize(
    "text",
    ["", "BenchmarkOne-2 1 1 ns/op\n", "# go-perf-tracking samples", "\x00\xff", "# head={}\n"],
)
def test_a_file_without_our_head_is_refused(tmp_path: Path, text: str) -> None:
    """Only texts of this program are read as samples."""
    path = tmp_path / "f.txt"
    path.write_text(text)
    with pytest.raises(PerfError, match="no head of this program"):
        read_head(path)


def test_a_head_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    """A raised schema version says to update, and touches nothing."""
    path = write(tmp_path / "f.txt")
    path.write_text(path.read_text().replace(f'"schema_version":{SCHEMA_VERSION}', '"schema_version":99'))
    with pytest.raises(PerfError, match="newer program"):
        read_head(path)


def test_benchstat_sees_only_results_and_keys(tmp_path: Path) -> None:
    """Everything of ours is a comment; the rest are the keys and lines that `go test -bench` prints."""
    path = write(tmp_path / "f.txt", text_of(SAMPLE), text_of(replace(SAMPLE, status="panic")))
    starts = ("#", "goos: ", "goarch: ", "cpu: ", "pkg: ", "Benchmark")
    assert all(line.startswith(starts) for line in path.read_text().splitlines())


def test_a_changed_head_takes_all_samples_with_it(tmp_path: Path) -> None:
    """Nobody can file samples under other code, settings or another version by editing the head."""
    path = write(tmp_path / "f.txt", text_of(SAMPLE), text_of(replace(SAMPLE, round=2)))
    path.write_text(path.read_text().replace("go1.24.0", "go1.25.0"))
    file = read_file(path)
    assert file.samples == ()
    assert len(file.problems) == 2


def test_samples_of_another_version_are_refused(tmp_path: Path) -> None:
    """A sample copied from the file of another version of the same session does not count."""
    other = replace(HEAD, version="go1.25.0")
    path = write(tmp_path / "f.txt", text_of(SAMPLE), render_sample(replace(SAMPLE, round=2), head_digest(other)))
    assert [sample.round for sample in read_file(path).samples] == [1]


@given(st.floats(0, 1e15))
def test_counters_keep_all_their_digits(tmp_path_factory: pytest.TempPathFactory, steal: float) -> None:
    """The difference between two neighbours is what counts, on machines that run for years."""
    path = write(tmp_path_factory.mktemp("x") / "f.txt", text_of(replace(SAMPLE, covariates={"steal": steal})))
    assert read_file(path).samples[0].covariates == {"steal": steal}
