"""Sampling releases in both layouts with invented programs: what is sampled together, and that nothing is lost."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable

import pytest

from tasks.export.validate import validate
from tasks.measure import experiment, names
from tasks.measure.designs import AS_GO_LINKS, LINKED_ANEW
from tasks.measure.experiment import Taken, number_of_rounds
from tasks.measure.layouts import ARMS, measure_layouts
from tasks.measure.reader import SampleFile, read_file
from tasks.measure.schedule import version_of
from tasks.shared.errors import PerfError
from tasks.shared.process import Finished
from tests.conftest import CONFIG, Bed
from tests.fakes import FakeProcesses, dying_after, prints, steady

UNITS = ["alpha.One", "alpha.Two", "beta.Three", "beta.Four"]
VERSIONS = ["go1.23.0", "go1.24.0", "go1.25.0"]
BLOCK = len(ARMS) * len(VERSIONS)


def measured(bed: Bed, rounds: int = 6, processes: FakeProcesses | None = None) -> tuple[Taken, FakeProcesses]:
    """One `doit layouts`."""
    used = processes or FakeProcesses()
    return measure_layouts(bed.project, UNITS, rounds, bed.system(used)), used


def blocks(taken: Taken, versions: list[str] | None = None) -> set[int]:
    """How many blocks the units have of all versions in both layouts."""
    arms = [(version, arm) for version in versions or VERSIONS for arm in ARMS]
    return {taken.blocks(unit, arms) for unit in UNITS}


def texts(bed: Bed) -> dict[tuple[str, str], list[SampleFile]]:
    """All texts by version and arm."""
    folder = bed.project.paths.layouts(bed.project.machine.platform).folder
    found: dict[tuple[str, str], list[SampleFile]] = {}
    for path in sorted(folder.glob("go*/*.txt")):
        found.setdefault((path.parent.name, names.kind_of(path)), []).append(read_file(path))
    return found


def test_all_versions_in_both_layouts_share_their_blocks(bed: Bed) -> None:
    """Six samples back to back: three versions, each as Go links it and linked anew."""
    taken, processes = measured(bed)
    assert Counter(processes.sampled) == {(version, unit): 2 * 6 for version in VERSIONS for unit in UNITS}
    assert blocks(taken) == {6}
    found = texts(bed)
    assert set(found) == {(label, arm.name) for label in ("go1.23", "go1.24", "go1.25") for arm in ARMS}
    places: dict[tuple[int, str], set[int]] = {}
    for files in found.values():
        for sample in files[0].samples:
            assert sample.of == BLOCK
            places.setdefault((sample.round, sample.unit), set()).add(sample.position)
    assert len(places) == 6 * 4
    assert set(map(frozenset, places.values())) == {frozenset(range(BLOCK))}


def test_layouts_are_gos_own_and_new_ones(bed: Bed) -> None:
    """A new one for each version in each round; the others are never linked again."""
    _, processes = measured(bed)
    for (_, kind), (file,) in texts(bed).items():
        drawn = {sample.round: sample.layout for sample in file.samples}
        if kind == AS_GO_LINKS.name:
            assert set(drawn.values()) == {0}
            assert file.head.conditions == bed.with_settings(layouts="default").project.conditions
            assert file.head.provenance["settings"]["layouts"] == "default"
        else:
            assert len(set(drawn.values())) == 6
            assert file.head.conditions == bed.project.conditions
    assert {name for name, _, _ in processes.linked} == {LINKED_ANEW.of(version) for version in VERSIONS}
    assert Counter(version_of(name) for name, _, _ in processes.linked) == dict.fromkeys(VERSIONS, 2 * 6)


def test_a_second_one_has_nothing_to_do(bed: Bed, capfd: pytest.CaptureFixture[str]) -> None:
    """And says nothing; more rounds add what is missing, and this is said."""
    measured(bed)
    assert "4 benchmark functions, 6 rounds to 6" in capfd.readouterr().err
    assert measured(bed)[1].sampled == []
    assert capfd.readouterr().err == ""
    assert len(measured(bed, rounds=8)[1].sampled) == 2 * 4 * BLOCK
    assert "2 rounds to 8" in capfd.readouterr().err


@pytest.mark.parametrize("killed_after", [0, 1, 5, 6, 23, 24, 100, 143])
def test_a_kill_costs_at_most_a_block(bed: Bed, killed_after: int) -> None:
    """The next one goes on, in a new session."""
    processes = dying_after(killed_after)
    with contextlib.suppress(KeyboardInterrupt):
        measured(bed, processes=processes)
    taken, after = measured(bed)
    total = len(processes.sampled) - 1 + len(after.sampled)
    assert BLOCK * 6 * 4 <= total <= BLOCK * 6 * 4 + BLOCK
    assert blocks(taken) == {6}
    validate(bed.project, bed.root / "data")


def test_a_session_ends_after_two_hours(bed: Bed, capfd: pytest.CaptureFixture[str]) -> None:
    """With the round that was begun finished; the same command goes on."""

    def slow(version: str, unit: str, number: int) -> Finished:
        bed.clock.time += 120
        return steady(version, unit, number)

    _, processes = measured(bed, processes=FakeProcesses(slow))
    assert experiment.LIMIT / 120 <= len(processes.sampled) <= experiment.LIMIT / 120 + BLOCK * 4
    assert "2 h 00 min are over" in capfd.readouterr().err
    taken, _ = measured(bed)
    assert blocks(taken) == {6}
    assert "are over" not in capfd.readouterr().err


def test_what_fails_in_one_version_goes_on_in_the_others(bed: Bed, capfd: pytest.CaptureFixture[str]) -> None:
    """Named with its output; a unit with but one version left has nothing to be compared with."""

    def failing(version: str, unit: str, number: int) -> Finished:
        bad = (unit == "alpha.Two" and version == "go1.25.0") or (unit == "beta.Four" and version != "go1.23.0")
        return prints("FAIL: no luck", status=1) if bad else steady(version, unit, number)

    taken, processes = measured(bed, processes=FakeProcesses(failing))
    said = capfd.readouterr().err
    assert "alpha.Two failed (failed) in go1.25 and is left out" in said
    # The block in which it is given up is taken to its end.
    assert 3 <= Counter(processes.sampled)["go1.25.0", "alpha.Two"] <= 4
    arms = [(version, arm) for version in VERSIONS[:2] for arm in ARMS]
    assert taken.blocks("alpha.Two", arms) == 6
    assert taken.blocks("alpha.One", [(version, arm) for version in VERSIONS for arm in ARMS]) == 6


def test_nothing_of_it_enters_results(bed: Bed) -> None:
    """A session measures all cells as if there were none of it, and the other way round."""
    measured(bed)
    assert len(bed.run().sampled) == 36
    assert measured(bed)[1].sampled == []
    assert not list(bed.project.paths.layouts(bed.project.machine.platform).folder.glob("**/receipts"))


def test_disturbed_blocks_are_taken_again(bed: Bed) -> None:
    """As in any session."""
    busy = [0.0]
    bed.readings = lambda: {"others": busy[0]}

    def disturbed(version: str, unit: str, number: int) -> Finished:
        busy[0] += 20 * (len(processes.sampled) == 100)
        return steady(version, unit, number)

    processes = FakeProcesses(disturbed)
    taken, _ = measured(bed, processes=processes)
    assert len(processes.sampled) == BLOCK * (6 * 4 + 1)
    assert blocks(taken) == {6}


def test_one_version_is_none_too_many(make_bed: Callable[..., Bed]) -> None:
    """There is nothing to compare; what to do is said."""
    bed = make_bed(CONFIG.replace('["1.23.0", "1.24.0", "1.25.0"]', '["1.24.0"]'))
    with pytest.raises(PerfError, match="name at least two in config"):
        measured(bed)


@pytest.mark.parametrize(("text", "number"), [("", 40), ("6", 6), ("100", 100)])
def test_rounds(text: str, number: int) -> None:
    """Forty unless given."""
    assert number_of_rounds(text) == number


@pytest.mark.parametrize("text", ["5", "-1", "many", "1.5"])
def test_bad_rounds_are_named(text: str) -> None:
    """With what is expected."""
    with pytest.raises(PerfError, match="expected a whole number from 6"):
        number_of_rounds(text)
