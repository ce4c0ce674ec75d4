"""noise.json: what controls tell, session by session, and what comparisons make of it."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.compare import noise_file
from tasks.compare.between_versions import compare_versions
from tasks.compare.controls import Control, different
from tasks.compare.noise_file import ENOUGH, factor_of, in_words
from tasks.export.export import export
from tasks.export.validate import validate
from tasks.measure.forgotten import forget
from tasks.measure.reader import SampleFile, read_file
from tasks.shared import schema
from tasks.shared.verified import Verified
from tests.builders import HASH, Document
from tests.compare.beds import merged, noisy
from tests.conftest import Bed
from tests.fakes import prints


@pytest.fixture
def measured(bed: Bed) -> Bed:
    """Twelve rounds of four units, of which one has a control with two benchmarks."""
    more = bed.with_settings(count="12")
    more.run(behaviour=noisy())
    return more


def verified(bed: Bed) -> Verified:
    """What a new process remembers."""
    return Verified(bed.root / ".cache" / "verified.json")


def made(bed: Bed) -> Document:
    """What `doit noise` writes."""
    return noise_file.make(bed.project, bed.state().archive, verified(bed))


def is_current(bed: Bed) -> bool:
    """Whether `doit noise` has nothing to do."""
    return noise_file.is_current(bed.project, bed.state().archive, verified(bed))


def test_each_benchmark_of_a_control_is_a_comparison(measured: Bed) -> None:
    """Of the base with itself, paired in the blocks of the session."""
    document = made(measured)
    (session,) = document["sessions"]
    small, large = session["controls"]
    assert (small["name"].split("/")[1], large["name"].split("/")[1]) == ("Small", "Large")
    assert small["blocks"] == large["blocks"] == 12
    # Two values with 2 % of noise each differ by 2.8 %, of which the mean of twelve blocks is known to 0.8 %.
    assert 0.002 < small["standard_error"] < 0.016
    assert (session["units"], document["comparisons"], document["factor"]) == (1, 2, 1.96)
    assert (document["layouts"], document["conditions"]) == ("fresh", measured.project.conditions)


def test_nothing_new_is_nothing_to_do(measured: Bed) -> None:
    """Until there is another session, or a text has changed."""
    assert not is_current(measured)
    made(measured)
    assert is_current(measured)
    before = measured.project.tree.noise.read_bytes()
    made(measured)
    assert measured.project.tree.noise.read_bytes() == before
    measured.with_settings(count="20").run(behaviour=noisy())
    assert not is_current(measured)
    assert len(made(measured)["sessions"]) == 2
    assert is_current(measured)


def test_only_what_has_changed_is_read(measured: Bed, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sessions that are known stay as they are."""
    made(measured)
    measured.with_settings(count="20").run(behaviour=noisy())
    read: list[Path] = []
    archive = measured.state().archive

    def reading(path: Path) -> SampleFile:
        read.append(path)
        return read_file(path)

    monkeypatch.setattr(archive, "read", reading)
    noise_file.make(measured.project, archive, verified(measured))
    sessions = {path.name[:19] for path in read}
    assert len(sessions) == 1


def test_an_edited_control_is_noticed(measured: Bed) -> None:
    """Its sample no longer counts; the others do."""
    made(measured)
    (path,) = measured.project.tree.folder.glob("*/*_control.txt")
    path.write_text(path.read_text().replace("16 B/op", "17 B/op", 1))
    assert not is_current(measured)
    (session,) = made(measured)["sessions"]
    assert {control["blocks"] for control in session["controls"]} == {11}


def test_what_was_forgotten_tells_nothing(measured: Bed) -> None:
    """A mark covers controls as it does all else."""
    made(measured)
    forget(measured.project.tree, measured.cells("go1.23.0"), measured.clock.now())
    assert not is_current(measured)
    (session,) = made(measured)["sessions"]
    assert (session["units"], session["controls"]) == (0, [])


def test_a_disturbed_block_tells_nothing(bed: Bed) -> None:
    """It is excluded here as everywhere, and its control is measured again with it."""
    busy = [0.0]
    bed.readings = lambda: {"others": busy[0]}
    more = bed.with_settings(count="12")
    behave = noisy()
    left = [0]

    def disturbed(version: str, unit: str, number: int):  # type: ignore[no-untyped-def]
        left[0] += 1
        busy[0] += 20 if left[0] == 60 else 0
        return behave(version, unit, number)

    more.run(behaviour=disturbed)
    (session,) = made(more)["sessions"]
    assert {control["blocks"] for control in session["controls"]} == {12}


def test_what_was_measured_since_counts_in_a_comparison_for_once(measured: Bed) -> None:
    """And the file stays as it is; one of another machine or length of samples says nothing."""
    made(measured)
    before = measured.project.tree.noise.read_bytes()
    later = measured.with_settings(count="40")
    later.run(behaviour=noisy())
    found = noise_file.of_today(later.project, later.state().archive, verified(later))
    assert "2 of 30" not in found.said[0]
    assert "4 of 30" in found.said[0]
    assert later.project.tree.noise.read_bytes() == before
    document = schema.read("noise", later.project.tree.noise)
    schema.write("noise", later.project.tree.noise, {**document, "factor": 9.0, "conditions": HASH}, rows="sessions")
    assert noise_file.load(later.project, verified(later)).factor == 1.96


def test_other_conditions_tell_nothing(measured: Bed) -> None:
    """A tree on another machine's disk has another noise."""
    document = made(measured)
    text = next(measured.project.tree.folder.glob("*/*_control.txt"))
    assert read_file(text).head.conditions == document["conditions"]
    other = measured.with_settings(layouts="default")
    assert made(other)["sessions"] == []


def test_a_purged_session_is_gone(measured: Bed) -> None:
    """Its controls are in the trash, and what was made of them goes, too."""
    made(measured)
    for path in measured.project.tree.folder.glob("go1.23/*.txt"):
        path.unlink()
    assert not is_current(measured)
    assert made(measured)["sessions"] == []


@given(st.lists(st.floats(0, 10), min_size=ENOUGH))
def test_the_factor_is_the_95th_percentile(ratios: list[float]) -> None:
    """As numpy has it; 19 of 20 comparisons are within."""
    import numpy as np

    assert factor_of(ratios) == pytest.approx(np.quantile(ratios, 0.95), rel=1e-9, abs=1e-9)


def test_too_few_comparisons_tell_no_factor() -> None:
    """Then it is what chance gives."""
    assert factor_of([9.0] * (ENOUGH - 1)) == 1.96
    assert factor_of([9.0] * ENOUGH) == 9.0


def test_chance_alone_gives_a_factor_near_two(bed: Bed) -> None:
    """Rounds of identical versions: |estimate| / standard error is beyond 1.96 about once in twenty times."""
    draw = random.Random(7)
    from tasks.compare.controls import control_of
    from tasks.compare.neighbours import Pair
    from tasks.compare.paired import paired

    ratios = []
    for _ in range(400):
        pairs = [Pair("x/1", 100 * draw.lognormvariate(0, 0.05), 100 * draw.lognormvariate(0, 0.05)) for _ in range(20)]
        control = control_of("alpha.One", "One", paired(pairs))
        assert control is not None
        ratios.append(control.ratio)
    assert 1.7 < factor_of(ratios) < 2.2


def control(unit: str, p: float) -> Control:
    """A control with this p-value."""
    return Control(unit, unit, 40, 0.01, 0.01, p)


def test_looking_different_is_corrected() -> None:
    """One p of 0.04 among twelve is chance; one of 0.001 is not."""
    calm = [control(f"alpha.U{n}", 0.5) for n in range(11)]
    assert different([*calm, control("alpha.One", 0.04)], 0.05) == set()
    assert different([*calm, control("alpha.One", 0.001)], 0.05) == {"alpha.One"}
    assert different([], 0.05) == set()


def words(**changes: object) -> str:
    """What is said of a document with these changes."""
    rows: list[Mapping[str, object]] = [
        {"session": "2026-11-24_08-00-00", "units": 12, "different": 0},
        {"session": "2026-11-25_08-00-00", "units": 0, "different": 0},
    ]
    return "\n".join(in_words({"factor": 2.312, "comparisons": 96, "layouts": "fresh", "sessions": rows, **changes}))


def test_it_is_said_with_every_comparison() -> None:
    """What the floor is and rests on, what the controls of the newest session that had some looked like."""
    assert "noise floor: 2.31 standard errors, by 96 comparisons" in words()
    assert "0 of 12 controls looked different in 2026-11-24_08-00-00" in words()
    assert "layout is not" not in words()
    assert "layout is not in the noise floor" in words(layouts="default")
    assert "1.96 standard errors; on this machine 5 of 30" in words(comparisons=5)
    assert "controls looked" not in words(sessions=[])


def test_a_comparison_uses_the_factor_and_says_so(measured: Bed) -> None:
    """The noise floor of each benchmark is its own standard error times the factor."""
    document = made(measured)
    schema.write("noise", measured.project.tree.noise, {**document, "factor": 3.0, "comparisons": 99})
    merged(measured)
    state = measured.state()
    rules = measured.project.config.rules
    found, _ = compare_versions(measured.project, "go1.23", "go1.24", rules, state.archive, verified(measured))
    floors = [row["paired"] for row in found["rows"] if row["paired"] and row["measure"] == "sec/op"]
    assert floors
    assert all(p["noise_floor"] == pytest.approx(3.0 * p["standard_error"]) for p in floors)
    assert any("by 99 comparisons" in note for note in found["notes"])


def test_it_is_exported_and_validated(measured: Bed) -> None:
    """As it is, beside the platform's other files; a page can read it."""
    made(measured)
    merged(measured)
    folder = measured.project.export_folder
    export(measured.project, folder)
    exported = folder / measured.project.machine.platform / "noise.json"
    assert schema.read("noise", exported)["comparisons"] == 2
    export(measured.project, folder)
    assert exported.exists()
    validate(measured.project, folder)


def test_values_without_spread_tell_no_ratio(bed: Bed) -> None:
    """A benchmark that reads the same each time has no standard error to compare with."""
    more = bed.with_settings(count="8")
    more.run(behaviour=lambda v, u, n: prints(f"Benchmark{u.split('.')[1]}-2 1000 100 ns/op"))
    (session,) = made(more)["sessions"]
    assert session["controls"] == []
