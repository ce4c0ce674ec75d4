"""Controls: the oldest version of a block a second time, where it costs little, and nowhere among what counts."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.export.validate import validate
from tasks.measure import names
from tasks.measure.controls import MOST, choose_controls
from tasks.measure.forgotten import forget, read_marks
from tasks.measure.purge import belongings
from tasks.measure.reader import SampleFile, read_file
from tasks.measure.schedule import Need, plan_round
from tasks.measure.session import run_session
from tasks.results.merge import merge
from tasks.shared import schema
from tasks.shared.cell import Cell
from tasks.shared.process import Finished
from tests.conftest import Bed
from tests.fakes import FakeProcesses, prints, steady

VERSIONS = ("go1.9.0", "go1.23.0", "go1.24.0")


def controls(bed: Bed) -> list[SampleFile]:
    """All texts of controls."""
    return [read_file(path) for path in sorted(bed.project.tree.folder.glob("go*/*_control.txt"))]


def test_a_quarter_of_the_units_at_most_a_dozen() -> None:
    """So 48 units have 12 controls, which is a quarter of what one version takes."""
    needs = [Need(f"alpha.U{n}", dict.fromkeys(VERSIONS, 40)) for n in range(100)]
    for units, expected in ((100, MOST), (48, MOST), (47, 11), (8, 2), (4, 1), (3, 0), (0, 0)):
        assert len(choose_controls(needs[:units], {}, seed=1)) == expected


def test_where_there_is_nothing_to_compare_there_is_no_control() -> None:
    """A lone version has none; with its reference it has."""
    lone = [Need(f"alpha.U{n}", {"go1.24.0": 40}) for n in range(8)]
    assert choose_controls(lone, {}, seed=1) == frozenset()
    joined = [Need(need.unit, need.rounds, "go1.23.0") for need in lone]
    assert len(choose_controls(joined, {}, seed=1)) == 2


def test_everybody_has_his_turn() -> None:
    """After four sessions of 48 units each has been a control once."""
    needs = [Need(f"alpha.U{n}", dict.fromkeys(VERSIONS, 40)) for n in range(48)]
    samples: Counter[str] = Counter()
    for session in range(4):
        samples.update(dict.fromkeys(choose_controls(needs, samples, session), 40))
    assert set(samples.values()) == {40}
    assert len(samples) == 48


@given(st.integers(1, 2**31), st.integers(1, 40))
def test_a_control_is_the_oldest_in_a_layout_of_its_own(seed: int, number: int) -> None:
    """By release order, 1.9 before 1.23."""
    needs = [Need("alpha.One", dict.fromkeys(VERSIONS, 40)), Need("alpha.Two", dict.fromkeys(VERSIONS, 40))]
    planned = plan_round(needs, number, seed, True, controls={"alpha.One"})
    blocks = {block.unit: set(block.versions) for block in planned.blocks}
    assert blocks == {"alpha.One": {*VERSIONS, "go1.9.0+control"}, "alpha.Two": set(VERSIONS)}
    assert len(set(planned.layouts.values())) == len(planned.layouts) == 4


def test_a_control_stands_anywhere_in_its_block() -> None:
    """As often first as anybody else, and as often right beside its base."""
    needs = [Need(f"alpha.U{n}", dict.fromkeys(VERSIONS, 100)) for n in range(10)]
    units = {need.unit for need in needs}
    places = Counter(
        block.versions.index("go1.9.0+control")
        for n in range(1, 101)
        for block in plan_round(needs, n, 3, True, controls=units).blocks
    )
    assert all(200 < count < 300 for count in places.values()), places
    assert len(places) == 4


def test_a_lone_version_left_over_has_none() -> None:
    """When the others have had their rounds there is nothing left to compare."""
    need = Need("alpha.One", {"go1.24.0": 2})
    (block,) = plan_round([need], 1, 7, True, controls={"alpha.One"}).blocks
    assert block.versions == ("go1.24.0",)


def test_controls_lie_in_files_of_their_own(bed: Bed) -> None:
    """One unit of four, once a round; no receipt, merged result or block has them."""
    processes = bed.run()
    assert len(processes.sampled) == 36
    ((version, unit),) = set(processes.controls)
    assert (version, len(processes.controls)) == ("go1.23.0", 3)
    (file,) = controls(bed)
    assert (file.head.kind, file.head.version, file.path.parent.name) == ("control", "go1.23.0", "go1.23")
    assert {(sample.unit, sample.of) for sample in file.samples} == {(unit, 4)}
    receipt = bed.state().receipt(Cell(version, unit))
    assert receipt is not None
    assert [entry["file"].endswith("_control.txt") for entry in receipt["texts"]] == [False]
    (path,) = bed.project.tree.folder.glob("*_blocks.json")
    document = schema.read("blocks", path)
    assert len(document["blocks"]) == 12
    assert {len(block["samples"]) for block in document["blocks"]} == {3}
    assert names.CONTROL not in document["files"]["go1.23.0"]
    merge(bed.project, bed.project.config.versions[0], bed.units, bed.state())
    rows = schema.read("merged", bed.project.tree.merged_json("go1.23"))["benchmarks"]
    assert {measure["n"] for row in rows for measure in row["measures"].values()} == {3}
    validate(bed.project, bed.root / "data")


def test_another_session_has_another_control(bed: Bed) -> None:
    """The unit that has been one least often."""
    first, second = (set(bed.with_settings(count=str(count)).run().controls) for count in (3, 6))
    assert first
    assert second
    assert not first & second


def test_a_reference_may_be_the_base(bed: Bed) -> None:
    """A forgotten version is compared with the one before it, which stands there twice."""
    bed.run()
    forget(bed.project.tree, bed.cells("go1.25.0"), bed.clock.now())
    processes = bed.run()
    assert {version for version, _ in processes.controls} == {"go1.24.0"}
    assert sorted(file.head.version for file in controls(bed)) == ["go1.23.0", "go1.24.0"]


def test_a_control_that_fails_costs_nothing(bed: Bed) -> None:
    """The block of the others is whole, and no cell is given up for it."""

    class Failing(FakeProcesses):
        def run(self, command, **options):  # type: ignore[no-untyped-def]
            done = super().run(command, **options)
            if "+control" in command[0] and "-test.bench=" in " ".join(command):
                return prints("FAIL", status=1)
            return done

    processes = Failing()
    run_session(bed.project, bed.state, bed.cells(), bed.system(processes))
    bed.adopt()
    assert len(processes.sampled) == 36
    assert {sample.status for file in controls(bed) for sample in file.samples} == {"failed"}
    (path,) = bed.project.tree.folder.glob("*_blocks.json")
    assert len(schema.read("blocks", path)["blocks"]) == 12
    assert bed.run().sampled == []


def test_a_version_that_is_given_up_has_no_control(bed: Bed) -> None:
    """Nor has a block in which only one version is left."""

    def panics(version: str, unit: str, number: int) -> Finished:
        return prints(status=2, stderr="panic: x") if version != "go1.24.0" else steady(version, unit, number)

    processes = bed.with_settings(count="8").run(behaviour=panics)
    # Given up after three failures; the control fails as its version does.
    assert len(processes.controls) <= 3


@pytest.mark.parametrize("killed_after", [0, 1, 3, 4, 13, 20, 38])
def test_a_kill_costs_at_most_a_block(bed: Bed, killed_after: int) -> None:
    """Controls included."""
    seen: list[str] = []

    def dies(version: str, unit: str, number: int) -> Finished:
        if len(seen) == killed_after:
            raise KeyboardInterrupt
        seen.append(unit)
        return steady(version, unit, number)

    with pytest.raises(KeyboardInterrupt):
        bed.run(behaviour=dies)
    again = bed.run()
    assert 36 + 3 - killed_after - 4 <= len(again.sampled) + len(again.controls) <= 36 + 3 - killed_after + 4 + 3
    assert bed.run().sampled == []
    validate(bed.project, bed.root / "data")


def test_retries_have_none(bed: Bed) -> None:
    """A few units would have one each: more than a quarter of a version."""
    noisy = bed.with_settings(
        count="4", max_reruns="1", rerun_count="3", interval_target="0", variance_threshold="0.001"
    )
    processes = noisy.run()
    assert len(processes.sampled) == 4 * 12 + 3 * 12
    assert len(processes.controls) == 4


def test_fixed_layouts_use_the_same_binary(bed: Bed) -> None:
    """With layouts: default a control is the same program again: layout is not in what it tells."""
    fixed = bed.with_settings(layouts="default")
    fixed.run()
    (file,) = controls(fixed)
    assert {sample.layout for sample in file.samples} == {0}


def test_purge_takes_the_controls_of_its_version(bed: Bed) -> None:
    """They are texts of that version as any other."""
    bed.run()
    found = belongings(bed.project.tree, bed.project.config.versions[0])
    assert any(path.name.endswith("_control.txt") for path in found.texts)
    others = belongings(bed.project.tree, bed.project.config.versions[1])
    assert not any(path.name.endswith("_control.txt") for path in others.texts)


def test_forgetting_covers_controls(bed: Bed) -> None:
    """A mark names the sessions that had texts, and theirs is among them."""
    bed.run()
    cell = Cell("go1.23.0", "alpha.One")
    forget(bed.project.tree, [cell], bed.clock.now())
    (file,) = controls(bed)
    assert read_marks(bed.project.tree)[cell].covers(file.head.session, file.samples[0].round)


@pytest.mark.parametrize(
    ("name", "kind"), [(names.sample_file("2026-11-24_08-00-00", kind), kind) for kind in ("main", "control", "retry2")]
)
def test_names(name: str, kind: str) -> None:
    """The kind can be told from a name, too."""
    path = Path("go1.24") / name
    assert (names.session_of(path), names.kind_of(path)) == ("2026-11-24_08-00-00", kind)
    assert names.counts(kind) == (kind != "control")
