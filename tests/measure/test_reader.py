"""Reading texts of samples by columns: files in order, damaged ones, and those that were checked before."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.measure.part import Part, columns_of, is_ok, part_of
from tasks.measure.reader import read_file
from tasks.measure.sample_file import Sample
from tests.measure.test_sample_file import SAMPLE, samples, text_of, write


@given(st.lists(samples, max_size=6, unique_by=lambda sample: sample.round), st.booleans())
@settings(deadline=None)
def test_columns_and_samples_agree(
    tmp_path_factory: pytest.TempPathFactory, written: list[Sample], damaged: bool
) -> None:
    """Each column has what the samples have, in order, whether the file is read at one go or sample by sample."""
    parts = [text_of(sample) for sample in written]
    path = write(tmp_path_factory.mktemp("x") / "f.txt", *parts, "pkg: half a sample" if damaged else "")
    file = read_file(path)
    assert file.count == len(written)
    for unit, series in file.series.items():
        mine = [sample for sample in file.samples if sample.unit == unit]
        assert list(series.rounds) == [sample.round for sample in mine]
        assert series.statuses == [sample.status for sample in mine]
        assert [series.digest(place) for place in range(len(mine))] == [sample.sha256 for sample in mine]
        assert [series.time(place) for place in range(len(mine))] == [sample.started for sample in mine]
        lines = [line for sample in mine if sample.status == "ok" for line in sample.lines]
        assert Part(file, "f.txt", unit).result_lines() == "".join(f"{line}\n" for line in lines).encode()


def test_a_sample_that_was_copied_counts_once(tmp_path: Path) -> None:
    """Wherever in the file its twin stands."""
    once, other = text_of(SAMPLE), text_of(replace(SAMPLE, round=2))
    assert [sample.round for sample in read_file(write(tmp_path / "f.txt", once, other, once)).samples] == [1, 2]


def test_what_was_checked_before_is_read_without_its_hashes(tmp_path: Path) -> None:
    """The same results; what a receipt does not name is left out, also a sample that was edited since."""
    rounds = [replace(SAMPLE, round=number, lines=(f"BenchmarkOne-2 10 {number}.5 ns/op",)) for number in (1, 2, 3)]
    path = write(tmp_path / "f.txt", *map(text_of, rounds))
    receipt = Part(read_file(path), "f.txt", SAMPLE.unit).document()
    assert receipt["rounds"] == [[1, 3]]
    known = part_of(read_file(path, trusted=True), SAMPLE.unit, receipt)
    assert known
    assert list(columns_of([known])["One"].values["ns/op"]) == [1.5, 2.5, 3.5]
    path.write_text(path.read_text().replace("2.5 ns/op", "9.5 ns/op"))
    left = Part(read_file(path), "f.txt", SAMPLE.unit).document()
    assert left["rounds"] == [[1, 1], [3, 3]]
    known = part_of(read_file(path, trusted=True), SAMPLE.unit, left)
    assert known
    assert list(columns_of([known])["One"].values["ns/op"]) == [1.5, 3.5]
    assert part_of(read_file(path), SAMPLE.unit, receipt) is None


def test_a_receipt_of_other_samples_is_noticed(tmp_path: Path) -> None:
    """A part is told by file, rounds and the hashes of its samples."""
    path = write(tmp_path / "f.txt", *(text_of(replace(SAMPLE, round=number)) for number in (1, 2, 4)))
    file = read_file(path)
    receipt = Part(file, "f.txt", SAMPLE.unit).document()
    assert json.loads(json.dumps(receipt)) == receipt
    assert receipt["rounds"] == [[1, 2], [4, 4]]
    assert part_of(file, SAMPLE.unit, receipt) == Part(file, "f.txt", SAMPLE.unit)
    assert part_of(file, SAMPLE.unit, {**receipt, "rounds": [[1, 2]]}) is None
    assert part_of(file, SAMPLE.unit, {**receipt, "sha256": "0" * 64}) is None
    assert part_of(file, "other.Unit", receipt) is None


def test_parts_of_a_history(tmp_path: Path) -> None:
    """Samples are chosen by round and by status, and read one by one where somebody asks."""
    taken = [
        replace(SAMPLE, round=1),
        replace(SAMPLE, round=2, status="panic", lines=("oh",)),
        replace(SAMPLE, round=3),
    ]
    part = Part(read_file(write(tmp_path / "f.txt", *map(text_of, taken))), "f.txt", SAMPLE.unit)
    assert part.statuses == ["ok", "panic", "ok"]
    assert part.where(is_ok).document()["rounds"] == [[1, 1], [3, 3]]
    assert part.after(1).statuses == ["panic", "ok"]
    assert part.after(1).where(is_ok).document()["rounds"] == [[3, 3]]
    assert part.of({1, 2}).sample(-1).lines == ("oh",)
    assert part.without([part.after(2)]).document()["rounds"] == [[1, 2]]
