"""Disturbed blocks: which they are by their covariates alone, and that they are measured again and count nowhere."""

from __future__ import annotations

import contextlib
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.export.validate import validate
from tasks.measure.disturbed import MOST_EXCLUDED, RULES, excluded_blocks, rule_broken
from tasks.measure.reader import SampleFile
from tasks.measure.sample_file import Head, Sample
from tasks.measure.session import run_session
from tasks.results.merge import merge
from tasks.shared import schema
from tasks.shared.cell import Cell
from tasks.shared.process import Finished
from tests.conftest import Bed
from tests.fakes import Behaviour, dying_after, steady
from tests.measure.test_sample_file import HEAD, SAMPLE

UNITS = ("alpha.One", "alpha.Two", "beta.Three", "beta.Four")


@pytest.mark.parametrize(
    ("covariates", "rule"),
    [
        ({}, ""),
        ({"load": 9.0, "pressure": 90.0, "steal": 1e6, "throttled": 7.0, "celsius": 99.0}, ""),
        ({"asleep": 0.2}, "suspended"),
        ({"slowed": 1.0}, "throttled"),
        ({"slowed": 0.0, "stolen": 0.0, "others": 0.0}, ""),
        # A tenth of 0.5 s on two cores.
        ({"stolen": 0.1}, ""),
        ({"stolen": 0.11}, "stolen"),
        ({"others": 0.15}, ""),
        ({"others": 0.16}, "burst"),
        ({"others": 9.0, "stolen": 9.0, "slowed": 1.0}, "throttled"),
    ],
)
def test_a_sample_is_judged_by_what_the_machine_did(covariates: dict[str, float], rule: str) -> None:
    """By what it did during the sample, and never by load averages, which measuring itself raises."""
    assert rule_broken(replace(SAMPLE, seconds=0.5, covariates=covariates), cores=2) == rule


def test_a_short_sample_needs_a_few_ticks() -> None:
    """Counters go in steps of 10 ms: less than a few of these may be chance."""
    short = replace(SAMPLE, seconds=0.05)
    assert rule_broken(replace(short, covariates={"stolen": 0.03, "others": 0.05}), cores=2) == ""
    assert rule_broken(replace(short, covariates={"stolen": 0.04}), cores=2) == "stolen"


def file_of(version: str, samples: list[Sample]) -> SampleFile:
    """A text as read."""
    head = Head(HEAD.session, "main", version, HEAD.conditions, HEAD.fingerprints, HEAD.provenance)
    file = SampleFile(Path(f"{version}.txt"), head, {}, ())
    # As if they had been read from it.
    vars(file)["samples"] = tuple(samples)
    return file


def sample(number: int, unit: str, others: float, place: int = 0) -> Sample:
    """A sample of half a second, of which others had so many seconds."""
    return replace(
        SAMPLE, round=number, unit=unit, seconds=0.5, covariates={"others": others}, started=f"T{number:03}.{place:03}"
    )


def test_one_disturbed_sample_excludes_its_block() -> None:
    """Those of the other versions were neighbours of it, and of each other, for nothing."""
    calm = [sample(n, unit, 0.0) for n in range(1, 6) for unit in UNITS]
    bad = [replace(s, covariates={"others": 1.0} if (s.round, s.unit) == (3, "beta.Four") else {}) for s in calm]
    assert excluded_blocks([file_of("go1.23.0", calm), file_of("go1.24.0", bad)]) == {(3, "beta.Four"): "burst"}


def test_the_gravest_rule_is_named() -> None:
    """A block that breaks two rules is excluded by the first of them."""
    calm = [sample(1, f"alpha.U{n}", 0.0) for n in range(5)]
    slept = [replace(calm[0], covariates={"asleep": 1.0}), *calm[1:]]
    busy = [replace(calm[0], covariates={"others": 9.0}), *calm[1:]]
    assert excluded_blocks([file_of("go1.23.0", busy), file_of("go1.24.0", slept)]) == {(1, "alpha.U0"): "suspended"}


@given(st.lists(st.lists(st.booleans(), min_size=1, max_size=8), min_size=1, max_size=12))
def test_at_most_a_fifth_is_excluded_and_later_rounds_change_nothing(rounds: list[list[bool]]) -> None:
    """So a kill at any time, or a retry that adds rounds, leaves what was decided as it is."""
    samples = [
        sample(number, f"alpha.U{place}", 9.0 if bad else 0.0, place)
        for number, blocks in enumerate(rounds, 1)
        for place, bad in enumerate(blocks)
    ]
    found = excluded_blocks([file_of("go1.24.0", samples)])
    assert len(found) <= MOST_EXCLUDED * len(samples)
    for number in range(1, len(rounds) + 1):
        before = excluded_blocks([file_of("go1.24.0", [s for s in samples if s.round <= number])])
        assert before == {key: rule for key, rule in found.items() if key[0] <= number}
    # Nothing is excluded that was not disturbed.
    assert found.keys() <= {(s.round, s.unit) for s in samples if s.covariates["others"]}


def disturbing(bed: Bed, *moments: int) -> Behaviour:
    """Somebody takes 20 s of the cores while the samples of these numbers (from 0) are taken."""
    taken = [0]
    busy = [0.0]
    bed.readings = lambda: {"others": busy[0], "steal": 5.0}

    def behave(version: str, unit: str, number: int) -> Finished:
        if taken[0] in moments:
            busy[0] += 20
        taken[0] += 1
        return steady(version, unit, number)

    return behave


def receipts(bed: Bed) -> dict[Cell, dict[str, Any]]:
    """All receipts as they are on disk."""
    labels = {version.exact: version.label for version in bed.project.config.versions}
    paths = {cell: bed.project.tree.receipt(labels[cell.version], cell.unit) for cell in bed.cells()}
    return {cell: schema.read("receipt", path) for cell, path in paths.items()}


def test_a_disturbed_block_is_measured_again_in_the_session(bed: Bed, capfd: pytest.CaptureFixture[str]) -> None:
    """All its versions are; it stays in the texts, is named in receipts, and is neither merged nor a block."""
    # Of the 36 samples this one is in the second round.
    processes = bed.run(behaviour=disturbing(bed, 16))
    again = Counter(processes.sampled[36:])
    assert set(again.values()) == {1}
    (unit,) = {unit for _, unit in again}
    assert {version for version, _ in again} == {"go1.23.0", "go1.24.0", "go1.25.0"}
    for cell, receipt in receipts(bed).items():
        rules = [(entry["round"], entry["rule"]) for entry in receipt["excluded"]]
        assert rules == ([(2, "burst")] if cell.unit == unit else [])
        rounds = [entry["rounds"] for entry in receipt["texts"]]
        assert rounds == [[[1, 1], [3, 4]] if cell.unit == unit else [[1, 3]]]
    (path,) = bed.project.tree.folder.glob("*_blocks.json")
    blocks = schema.read("blocks", path)["blocks"]
    assert sorted(b["round"] for b in blocks if b["unit"] == unit) == [1, 3, 4]
    assert "measured again: 1 x burst" in capfd.readouterr().err
    assert bed.run().sampled == []
    version = bed.project.config.versions[0]
    merge(bed.project, version, bed.units, bed.state())
    rows = schema.read("merged", bed.project.tree.merged_json(version.label))["benchmarks"]
    assert {row["unit"]: row["excluded"] for row in rows} == {u: {"burst": 1} if u == unit else {} for u in UNITS}
    assert all(measure["n"] == 3 for row in rows for measure in row["measures"].values())
    validate(bed.project, bed.root / "data")
    # A receipt can be made again from the texts alone.
    path = bed.project.tree.receipt("go1.24", unit)
    old = path.read_bytes()
    path.unlink()
    assert bed.run().sampled == []
    assert path.read_bytes() == old


def test_a_repeated_block_may_be_disturbed_itself(bed: Bed) -> None:
    """Then it is repeated, too, as long as no more than a fifth of the blocks is excluded."""
    counts = Counter(bed.run(behaviour=disturbing(bed, 30, 36, 39)).sampled)
    # Twelve blocks of three rounds, of which two may be excluded; with the two that were repeated, still two.
    assert sum(counts.values()) == 36 + 6
    assert {receipt["samples"] for receipt in receipts(bed).values()} == {3}


def test_more_than_a_fifth_stays(bed: Bed) -> None:
    """A machine that is disturbed all the time is noisy; its samples count, and no session goes on for ever."""
    counts = Counter(bed.run(behaviour=disturbing(bed, *range(200))).sampled)
    named = sum(len(receipt["excluded"]) for receipt in receipts(bed).values())
    assert sum(counts.values()) == 36 + named
    assert 6 <= named <= MOST_EXCLUDED * (36 + named)
    assert bed.run().sampled == []


@pytest.mark.parametrize("killed_after", range(13, 42, 2))
def test_a_kill_leads_to_the_same_decision(bed: Bed, killed_after: int) -> None:
    """Whoever comes next excludes the same block and measures what is missing, the repetition included."""
    noise = disturbing(bed, 16)
    processes = dying_after(killed_after, noise)
    with contextlib.suppress(KeyboardInterrupt):
        run_session(bed.project, bed.state, bed.cells(), bed.system(processes))
    after = bed.run(behaviour=noise)
    # With the kill before the disturbed sample it hits another block, after it the same, and at the end none is lost.
    found = receipts(bed)
    assert {receipt["samples"] for receipt in found.values()} == {3}
    total = len(processes.sampled) + len(after.sampled)
    assert total <= 36 + 3 + 3 + 1
    assert bed.run().sampled == []


def test_a_disturbed_block_of_a_retry_is_measured_again(bed: Bed) -> None:
    """It is none of the rounds that a unit may be retried."""
    retrying = bed.with_settings(
        count="3", max_reruns="1", rerun_count="4", interval_target="0", variance_threshold="0.0001"
    )
    behave = disturbing(retrying, 40)
    counts = Counter(retrying.run(behaviour=behave).sampled)
    assert sum(counts.values()) == 36 + 48 + 3
    state = retrying.state()
    assert {state.retry_rounds(cell) for cell in bed.cells()} == {4}
    assert retrying.run(behaviour=behave).sampled == []


def test_every_rule_has_a_name_in_the_schema() -> None:
    """What a receipt may say."""
    rules = schema.read_unchecked(schema.FOLDER / "receipt.schema.json")
    assert tuple(rules["properties"]["excluded"]["items"]["properties"]["rule"]["enum"]) == RULES
