"""Calibrating with invented programs: what is sampled in which order and layout, and that nothing is lost."""

from __future__ import annotations

import contextlib
from collections import Counter
from itertools import groupby
from pathlib import Path

import pytest

from tasks.export.validate import validate
from tasks.measure import calibration, experiment, names
from tasks.measure.calibration import Taken, calibrate
from tasks.measure.designs import DEFAULT, DESIGNS, FIXED, FRESH, IN_ROUNDS, SEQUENTIAL
from tasks.measure.reader import SampleFile, read_file
from tasks.shared.process import Finished
from tests.conftest import Bed
from tests.fakes import FakeProcesses, dying_after, prints, steady

UNITS = ["alpha.One", "alpha.Two", "beta.Three", "beta.Four"]
ARMS = 2 * len(DESIGNS)


def calibrated(bed: Bed, rounds: int = 6, processes: FakeProcesses | None = None) -> tuple[Taken, FakeProcesses]:
    """One `doit calibrate:go1.24`."""
    used = processes or FakeProcesses()
    taken = calibrate(bed.project, bed.project.version("go1.24.0"), UNITS, rounds, bed.system(used))
    return taken, used


def texts(bed: Bed) -> dict[str, list[SampleFile]]:
    """All texts of the calibration by arm."""
    folder = bed.project.paths.calibration(bed.project.machine.platform).folder
    found: dict[str, list[SampleFile]] = {}
    for path in sorted(folder.glob("go1.24/*.txt")):
        found.setdefault(names.kind_of(path), []).append(read_file(path))
    return found


def test_every_arm_has_the_same_budget(bed: Bed) -> None:
    """So many samples of each benchmark, in a text of its own for each of the eight arms."""
    _, processes = calibrated(bed)
    assert Counter(processes.sampled) == {("go1.24.0", unit): ARMS * 6 for unit in UNITS}
    found = texts(bed)
    assert sorted(found) == sorted(kind for design in DESIGNS for kind in design.kinds)
    for files in found.values():
        assert Counter(s.unit for file in files for s in file.samples) == dict.fromkeys(UNITS, 6)


def test_in_sequence_is_as_every_tool_does_it(bed: Bed) -> None:
    """A benchmark six times in a row, then the next; the other side when the first is done."""
    _, processes = calibrated(bed)
    rows = [(unit, len(list(group))) for unit, group in groupby(unit for _, unit in processes.sampled[:48])]
    assert rows == [(unit, 6) for unit in UNITS] * 2
    found = texts(bed)
    last = max(s.started for s in found["sequential1"][0].samples)
    assert last < min(s.started for s in found["sequential2"][0].samples)


def test_each_set_is_a_whole_experiment(bed: Bed, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of one side and all of the other in sequence, then rounds; then all of it again, and what is left over."""
    monkeypatch.setattr(calibration, "SET", 4)
    taken, processes = calibrated(bed, rounds=9)
    assert Counter(processes.sampled) == {("go1.24.0", unit): ARMS * 9 for unit in UNITS}
    assert {taken.blocks(unit) for unit in UNITS} == {9}
    kinds = [(s.started, name_of_kind) for name_of_kind, files in texts(bed).items() for f in files for s in f.samples]
    order = ["rounds" if not kind.startswith("sequential") else kind for _, kind in sorted(kinds)]
    runs = [(kind, len(list(group))) for kind, group in groupby(order)]
    whole = [("sequential1", 16), ("sequential2", 16), ("rounds", 96)]
    assert runs == [*whole, *whole, ("sequential1", 4), ("sequential2", 4), ("rounds", 24)]


def test_more_sets_come_after_what_is_there(bed: Bed, monkeypatch: pytest.MonkeyPatch) -> None:
    """So three times 40 rounds, asked for one after the other, are the same as 120."""
    monkeypatch.setattr(calibration, "SET", 4)
    calibrated(bed, rounds=4)
    _, processes = calibrated(bed, rounds=8)
    rows = [(unit, len(list(group))) for unit, group in groupby(unit for _, unit in processes.sampled[:32])]
    assert rows == [(unit, 4) for unit in UNITS] * 2


def test_the_other_designs_share_their_blocks(bed: Bed) -> None:
    """Six arms back to back in random order."""
    calibrated(bed)
    found = texts(bed)
    by_block: dict[tuple[int, str], list[tuple[int, str]]] = {}
    for design in IN_ROUNDS:
        for kind in design.kinds:
            for sample in found[kind][0].samples:
                by_block.setdefault((sample.round, sample.unit), []).append((sample.position, kind))
                assert sample.of == 6
    assert len(by_block) == 6 * 4
    assert {tuple(sorted(place for place, _ in block)) for block in by_block.values()} == {(0, 1, 2, 3, 4, 5)}
    assert len({tuple(kind for _, kind in sorted(block)) for block in by_block.values()}) > 10


def test_layouts_are_what_the_designs_say(bed: Bed) -> None:
    """Go's own, two that stay, and a new one for each side in each round."""
    calibrated(bed)
    layouts = {kind: {s.layout for file in files for s in file.samples} for kind, files in texts(bed).items()}
    for design in (SEQUENTIAL, DEFAULT):
        assert [layouts[kind] for kind in design.kinds] == [{0}, {0}]
    one, other = (layouts[kind] for kind in FIXED.kinds)
    assert len(one) == len(other) == 1
    assert one != other
    one, other = (layouts[kind] for kind in FRESH.kinds)
    assert len(one) == len(other) == 6
    assert not one & other


def test_heads_say_under_which_conditions(bed: Bed) -> None:
    """So that samples of one design are never taken for those of another; fresh ones are bound as those of doit."""
    calibrated(bed)
    conditions = {kind: files[0].head.conditions for kind, files in texts(bed).items()}
    assert conditions["fresh1"] == bed.project.conditions
    assert conditions["default1"] == bed.with_settings(layouts="default").project.conditions
    assert len({conditions[design.kinds[0]] for design in DESIGNS}) == 3


def test_a_second_one_has_nothing_to_do(bed: Bed) -> None:
    """More rounds add what is missing."""
    calibrated(bed)
    assert calibrated(bed)[1].sampled == []
    assert Counter(calibrated(bed, rounds=8)[1].sampled) == {("go1.24.0", unit): ARMS * 2 for unit in UNITS}


@pytest.mark.parametrize("killed_after", [0, 1, 5, 23, 24, 47, 48, 53, 54, 100, 170, 191])
def test_a_kill_costs_at_most_a_block(bed: Bed, killed_after: int) -> None:
    """The next one goes on, in a new session, whichever design was under way."""
    processes = dying_after(killed_after)
    with contextlib.suppress(KeyboardInterrupt):
        calibrated(bed, processes=processes)
    taken, after = calibrated(bed)
    total = len(processes.sampled) - 1 + len(after.sampled)
    assert ARMS * 6 * 4 <= total <= ARMS * 6 * 4 + 6
    assert {taken.blocks(unit) for unit in UNITS} == {6}
    assert calibrated(bed)[1].sampled == []
    validate(bed.project, bed.root / "data")


def test_a_session_ends_after_two_hours(bed: Bed, capfd: pytest.CaptureFixture[str]) -> None:
    """With what was begun finished; the next one goes on."""

    def slow(version: str, unit: str, number: int) -> Finished:
        bed.clock.time += 60
        return steady(version, unit, number)

    processes = FakeProcesses(slow)
    calibrated(bed, processes=processes)
    # 120 samples of a minute, and the rest of the round.
    assert 120 <= len(processes.sampled) <= 120 + 6 * 4
    assert "2 h 00 min are over" in capfd.readouterr().err
    _, after = calibrated(bed)
    assert len(processes.sampled) + len(after.sampled) == ARMS * 6 * 4


def test_disturbed_blocks_are_taken_again(bed: Bed) -> None:
    """In rounds; a loop over `go test` knows of none."""
    busy = [0.0]
    bed.readings = lambda: {"others": busy[0]}

    def disturbed(version: str, unit: str, number: int) -> Finished:
        if len(processes.sampled) in (3, 120):
            busy[0] += 20
        return steady(version, unit, number)

    processes = FakeProcesses(disturbed)
    taken, _ = calibrated(bed, processes=processes)
    assert len(processes.sampled) == ARMS * 6 * 4 + 6
    assert {taken.blocks(unit) for unit in UNITS} == {6}
    assert {len(arm) for unit in UNITS for arm in taken.samples(SEQUENTIAL, unit)} == {6}


def test_what_fails_is_left_out(bed: Bed, capfd: pytest.CaptureFixture[str]) -> None:
    """After three failures in a row, named with its output."""

    def failing(version: str, unit: str, number: int) -> Finished:
        return prints("FAIL: no luck", status=1) if unit == "alpha.Two" else steady(version, unit, number)

    _, processes = calibrated(bed, processes=FakeProcesses(failing))
    assert "alpha.Two failed (failed) in go1.24 and is left out" in capfd.readouterr().err
    # A row of six is taken to its end.
    assert Counter(unit for _, unit in processes.sampled)["alpha.Two"] <= 6


def test_it_says_what_it_will_take(bed: Bed, capfd: pytest.CaptureFixture[str]) -> None:
    """And nothing if there is nothing to do."""
    calibrated(bed)
    assert (
        "go1.24 against itself: 4 benchmark functions, 6 x 25ms a side in each of 4 designs" in capfd.readouterr().err
    )
    calibrated(bed)
    assert capfd.readouterr().err == ""


def test_a_session_of_doit_does_not_see_it(bed: Bed) -> None:
    """Its samples lie in a tree of their own."""
    calibrated(bed)
    assert len(bed.run().sampled) == 36
    assert calibrated(bed)[1].sampled == []


def test_the_limit_is_two_hours() -> None:
    """As documented."""
    assert experiment.LIMIT == 2 * 60 * 60


def test_arms_have_files_of_their_own() -> None:
    """They are texts of samples that count nowhere else."""
    path = Path("go1.24") / names.sample_file("2026-11-24_08-00-00", "fixed2")
    assert names.session_of(path) == "2026-11-24_08-00-00"
    assert names.kind_of(path) == "fixed2"
    assert names.is_arm("fixed2")
    assert not names.counts("fixed2")
    assert not names.is_arm("fixed3")
