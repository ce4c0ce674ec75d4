"""What a running session says of itself: counts, phases, and a time left that can be relied on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tasks.measure.progress import PROGRESS_FILE
from tasks.measure.session import run_session
from tasks.shared import schema
from tasks.shared.process import Finished
from tests.conftest import Bed
from tests.fakes import Behaviour, FakeClock, FakeProcesses
from tests.measure.test_retries import noisy

#: Seconds that every sample takes, and linking a binary: so long that the file is replaced at each sample.
SAMPLE, LINK = 6.0, 3.0


class SlowLinker(FakeProcesses):
    """Invented programs that take their time to be linked."""

    def __init__(self, behaviour: Behaviour, clock: FakeClock) -> None:
        super().__init__(behaviour)
        self._clock = clock

    def run(self, command: Sequence[str], **settings: Any) -> Finished:
        """As ever, with the clock moved on."""
        if Path(command[0]).name == "link":
            self._clock.time += LINK
        return super().run(command, **settings)


def watched(bed: Bed, behaviour: Behaviour) -> list[tuple[float, dict[str, Any]]]:
    """(moment, progress) as they stood at each sample of a session, whose clock moves with samples alone."""
    bed.clock.step = 0
    seen: list[tuple[float, dict[str, Any]]] = []

    def behave(version: str, unit: str, number: int) -> Finished:
        seen.append((bed.clock.time, schema.read("progress", bed.root / "results" / PROGRESS_FILE)))
        bed.clock.time += SAMPLE
        return replace(behaviour(version, unit, number), seconds=SAMPLE)

    system = bed.system(SlowLinker(behave, bed.clock))
    run_session(bed.project, bed.state, bed.cells(), system)
    return seen


@pytest.fixture
def retrying(bed: Bed) -> Bed:
    """Twelve rounds, then two retries of six."""
    return bed.with_settings(count="12", max_reruns="2", rerun_count="6", interval_target="0")


def test_the_time_left_is_honest(retrying: Bed) -> None:
    """From the fourth round on, linking and retries to come included, it is right within 20 %."""
    seen = watched(retrying, noisy("alpha.One", "go1.24.0"))
    end = retrying.clock.time
    # The file is written when a round begins: what it says holds at the first sample of the round.
    begins = {(d["phase"], d["round"]): (d["seconds_left"], end - moment) for moment, d in reversed(seen)}
    errors = {key: left / real - 1 for key, (left, real) in begins.items() if key[0] != "main" or key[1] > 3}
    assert len(errors) == 9 + 2 * 6
    assert {key: error for key, error in errors.items() if abs(error) > 0.2} == {}


def test_phases_and_counts(retrying: Bed) -> None:
    """Per version and package: benchmarks that are done, that passed, and that are to be retried."""
    seen = [document for _, document in watched(retrying, noisy("alpha.One"))]
    assert list(dict.fromkeys(document["phase"] for document in seen)) == ["main", "retry1", "retry2"]
    assert {d["rounds"] for d in seen if d["phase"] == "main"} == {12}
    assert {d["rounds"] for d in seen if d["phase"] != "main"} == {6}
    first_retry = next(document for document in seen if document["phase"] == "retry1")
    rows = {v["version"]: {p["package"]: p for p in v["packages"]} for v in first_retry["versions"]}
    # alpha has One, which prints two leaves where it is steady and one where it is noisy, and Two with two.
    assert rows["go1.24"]["alpha"] | {"samples": 0} == {
        "package": "alpha", "units": 2, "failed": 0, "benchmarks": 3, "done": 2, "passed": 2, "to_retry": 0,
        "samples": 0, "samples_wanted": 6,
    }  # fmt: skip
    last = schema.read("progress", retrying.root / "results" / PROGRESS_FILE)
    assert (last["state"], last["seconds_left"]) == ("finished", None)
    rows = {v["version"]: {p["package"]: p for p in v["packages"]} for v in last["versions"]}
    # Its retries are used up.
    assert (rows["go1.24"]["alpha"]["to_retry"], rows["go1.24"]["alpha"]["passed"]) == (0, 2)


def test_what_is_to_be_retried_is_counted(retrying: Bed) -> None:
    """As soon as a version has all its samples: in the last block, before those of the other versions are taken."""
    seen = [document for _, document in watched(retrying, noisy("alpha.One"))]
    packages = [p for d in seen if d["phase"] == "main" for v in d["versions"] for p in v["packages"]]
    assert {row["to_retry"] for row in packages if row["package"] == "alpha"} == {0, 1}


def test_earlier_samples_are_in_the_running_spread(retrying: Bed) -> None:
    """A session that goes on knows how noisy a benchmark was before."""
    retrying.with_settings(count="11", max_reruns="0", interval_target="0").run(behaviour=noisy("alpha.One"))
    seen = [document for _, document in watched(retrying, noisy("alpha.One"))]
    rows = {v["version"]: {p["package"]: p for p in v["packages"]} for v in seen[0]["versions"]}
    assert rows["go1.25"]["alpha"]["benchmarks"] == 3


def test_without_a_terminal_there_are_lines(retrying: Bed, capfd: pytest.CaptureFixture[str]) -> None:
    """One now and then, each whole, with what an impatient reader wants to know."""
    behaviour = noisy("alpha.One", "go1.24.0")

    def slow(version: str, unit: str, number: int) -> Finished:
        retrying.clock.time += 4
        return behaviour(version, unit, number)

    retrying.run(behaviour=slow)
    said = capfd.readouterr().err
    pattern = r"round \d+ of 12, +\d+% of the samples, \d+ too noisy so far, about .* left"
    assert len(re.findall(pattern, said)) > 10
    assert "retry 1 of what is too noisy: 6 rounds" in said
    assert "besides, up to 2 x 6 rounds more of what is too noisy then" in said


def test_verbose_shows_what_every_sample_said(bed: Bed, capfd: pytest.CaptureFixture[str]) -> None:
    """All result lines with the running CV, and failures by their status."""

    def behave(version: str, unit: str, number: int) -> Finished:
        if unit == "beta.Four":
            return Finished(2, b"", b"panic: no", 0.1)
        return noisy("alpha.One")(version, unit, number)

    bed.with_settings(verbose="1").run(behaviour=behave)
    said = capfd.readouterr().err
    lines = re.findall(r"^go1\.24 BenchmarkOne-2 .*$", said, re.MULTILINE)
    assert [line.partition(" ns/op")[2].strip() for line in lines] == ["", "CV 47.1% very high", "CV 43.3% very high"]
    assert len(re.findall(r"^go1\.24 beta\.Four: panic", said, re.MULTILINE)) == 3
