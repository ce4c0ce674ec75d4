"""Budgets with invented programs: where the time goes, what is left unfinished, and what is up to date after it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from tasks.export.validate import validate
from tasks.measure import names
from tasks.measure.forgotten import forget
from tasks.measure.precision import LEAST, least
from tasks.measure.reader import read_file
from tasks.measure.session import run_session
from tasks.measure.unfinished import unfinished
from tasks.measure.why import causes
from tasks.results.merge import merge
from tasks.results.summary import print_summary
from tasks.shared import schema
from tasks.shared.cell import Cell
from tasks.shared.process import Finished
from tests.conftest import CONFIG, Bed
from tests.fakes import Behaviour, FakeProcesses, dying_after, prints

VERSIONS = ("go1.23.0", "go1.24.0", "go1.25.0")
#: Seconds that each sample takes.
SAMPLE = 0.5
#: A round of all four units in three versions, with a control.
ROUND = SAMPLE * 13


def spread(bed: Bed, **deviations: float) -> Behaviour:
    """One leaf a unit with a spread of its own (``One=0.05``; else 1 %), whose samples take their time.

    The n-th sample of a cell is the same in whichever order a session takes them.
    """
    bed.clock.step = 0

    def behave(version: str, unit: str, number: int) -> Finished:
        bed.clock.time += SAMPLE
        name = unit.split(".")[1]
        draw = random.Random(f"{version}/{unit}/{number}")
        time = 100 * (1 + draw.gauss(0, deviations.get(name, 0.01)))
        return replace(prints(f"Benchmark{name}-2 \t 1000\t {time:.4f} ns/op"), seconds=SAMPLE)

    return behave


def taken(processes: FakeProcesses) -> dict[str, set[int]]:
    """How often each unit was sampled in its versions."""
    found: dict[str, set[int]] = {}
    for (_, unit), number in Counter(processes.sampled).items():
        found.setdefault(unit, set()).add(number)
    return found


def receipt(bed: Bed, version: str = "go1.24.0", unit: str = "alpha.One") -> dict[str, object]:
    """A receipt as it lies there."""
    found: dict[str, object] = schema.read(
        "receipt", bed.project.tree.receipt(bed.project.version(version).label, unit)
    )
    return found


@pytest.fixture
def plain(bed: Bed) -> Bed:
    """Forty rounds, no retries, and a target of 3 %."""
    return bed.with_settings(count="40")


def budget(bed: Bed, text: str, **changes: str) -> Bed:
    """The same with a budget."""
    return bed.with_settings(count="40", budget=text, **changes)


def test_what_is_quiet_is_left_alone_and_what_is_noisy_gets_the_time(bed: Bed) -> None:
    """After the fair share: the quiet ones have their 12 blocks and no more."""
    spending = budget(bed, "10m")
    processes = spending.run(behaviour=spread(bed, One=0.06, Three=0.04))
    counts = {unit: min(numbers) for unit, numbers in taken(processes).items()}
    assert counts["alpha.Two"] == counts["beta.Four"] == LEAST
    assert counts["alpha.One"] > counts["beta.Three"] > LEAST
    assert {len(numbers) for numbers in taken(processes).values()} == {1}
    validate(bed.project, bed.root / "data")


def test_a_stricter_alpha_takes_more_blocks(make_bed: Callable[..., Bed]) -> None:
    """What a budget leaves alone has blocks enough for a verdict: 15 where 1 % is asked for."""
    strict = budget(make_bed(CONFIG.replace("alpha: 0.05", "alpha: 0.01")), "1h")
    processes = strict.run(behaviour=spread(strict))
    assert set.union(*taken(processes).values()) == {15}
    assert least(strict.project.config) == 15
    assert strict.run().sampled == []


def test_it_ends_early_when_all_is_known(bed: Bed, capfd: pytest.CaptureFixture[str]) -> None:
    """A budget is the most that is spent; the next one finds nothing to do, and neither does a plain doit."""
    spending = budget(bed, "1h")
    start = bed.clock.time
    spending.run(behaviour=spread(bed))
    assert bed.clock.time - start == pytest.approx(LEAST * ROUND)
    said = capfd.readouterr().err
    assert "95 % intervals now: none known; expected then: " in said
    assert "95 % intervals achieved: 8 of 8 within their target" in said
    assert "were not needed" in said
    assert spending.run().sampled == []
    assert bed.with_settings(count="40").run().sampled == []
    assert unfinished(spending.state(), bed.cells()) == []


def test_it_ends_in_time(bed: Bed) -> None:
    """However noisy everything is, to a block."""
    start = bed.clock.time
    budget(bed, "3m").run(behaviour=spread(bed, One=0.5, Two=0.5, Three=0.5, Four=0.5))
    assert 180 - ROUND <= bed.clock.time - start <= 180


def test_samples_say_that_a_budget_took_them(bed: Bed) -> None:
    """They lie in a text of their own kind, which counts; the receipt says how many, and how well the cell is known."""
    budget(bed, "1h").run(behaviour=spread(bed))
    (path,) = bed.project.tree.folder.glob("go1.24/*_budget.txt")
    assert read_file(path).head.kind == names.BUDGET
    assert list(bed.project.tree.folder.glob("go1.24/*-[0-9][0-9].txt")) == []
    found = receipt(bed)
    assert (found["samples"], found["budget_rounds"]) == (LEAST, LEAST)
    assert [(row["other"], row["blocks"]) for row in found["intervals"]] == [("go1.23.0", 12), ("go1.25.0", 12)]  # type: ignore[attr-defined]
    before = bed.project.tree.receipt("go1.24", "alpha.One").read_bytes()
    bed.project.tree.receipt("go1.24", "alpha.One").unlink()
    bed.with_settings(count="40").adopt()
    assert bed.project.tree.receipt("go1.24", "alpha.One").read_bytes() == before


def test_what_it_left_unfinished_is_completed_by_a_plain_doit(bed: Bed, plain: Bed) -> None:
    """To its count, in all versions; what converged stays as it is."""
    budget(bed, "1m40s").run(behaviour=spread(bed, One=0.2))
    had = receipt(bed)["samples"]
    left = unfinished(plain.state(), bed.cells())
    assert left == [Cell(version, "alpha.One") for version in VERSIONS]
    processes = plain.run(behaviour=spread(bed, One=0.2))
    assert Counter(processes.sampled) == {(version, "alpha.One"): 40 - int(str(had)) for version in VERSIONS}
    assert unfinished(plain.state(), bed.cells()) == []
    assert plain.run().sampled == []


def test_it_is_said(bed: Bed, plain: Bed, capfd: pytest.CaptureFixture[str]) -> None:
    """By the session, by the summary, and by doit why."""
    budget(bed, "1m40s").run(behaviour=spread(bed, One=0.2))
    said = capfd.readouterr().err
    assert "the budget left 3 cells of 1 benchmark functions unfinished" in said
    assert "widest: alpha.One to " in said
    for version in plain.project.config.versions:
        merge(plain.project, version, bed.units, plain.state())
    print_summary(plain.project, plain.state())
    assert "a budget left unfinished: go1.23 1, go1.24 1, go1.25 1; `doit` completes them" in capfd.readouterr().err
    state = plain.state()
    words = [word for cause in causes(state, state.needs(bed.cells()), ()) for word in cause.words]
    assert any("of 40 samples" in word for word in words)
    assert any(word.startswith("left unfinished by a budget: One to go1.2") for word in words)


def test_a_tighter_target_reopens_what_converged(bed: Bed, plain: Bed) -> None:
    """And nothing is measured when it is loosened again."""
    budget(bed, "1h").run(behaviour=spread(bed))
    tight = bed.with_settings(count="40", budget_target="0.3")
    assert len(unfinished(tight.state(), bed.cells())) == 12
    assert len(tight.state().needs(bed.cells())) == 4
    assert plain.run().sampled == []
    more = budget(bed, "2m", budget_target="0.3").run(behaviour=spread(bed))
    assert len(more.sampled) > 100
    assert tight.run(behaviour=spread(bed)).sampled != []
    assert tight.run().sampled == []
    assert plain.run().sampled == []


def test_a_higher_count_reopens_only_what_did_not_converge(bed: Bed) -> None:
    """With a target of 0 nothing converges, and the count decides as ever."""
    budget(bed, "1m40s").run(behaviour=spread(bed, One=0.2))
    bed.with_settings(count="40").run(behaviour=spread(bed, One=0.2))
    more = bed.with_settings(count="50").run(behaviour=spread(bed, One=0.2))
    assert Counter(more.sampled) == {(version, "alpha.One"): 10 for version in VERSIONS}
    everything = bed.with_settings(count="50", budget_target="0").run(behaviour=spread(bed))
    assert taken(everything) == {unit: {38} for unit in ("alpha.Two", "beta.Three", "beta.Four")}


def test_a_budget_goes_on_beyond_the_count(bed: Bed) -> None:
    """What has all its rounds, and is not known well enough, is what a budget is for."""
    bed.run(behaviour=spread(bed, One=0.06))
    assert bed.run().sampled == []
    processes = bed.with_settings(budget="10m").run(behaviour=spread(bed, One=0.06))
    counts = {unit: min(numbers) for unit, numbers in taken(processes).items()}
    assert counts["alpha.Two"] == LEAST - 3
    assert counts["alpha.One"] > LEAST
    assert bed.run().sampled == []


def test_a_budget_shorter_than_a_round(bed: Bed, plain: Bed, capfd: pytest.CaptureFixture[str]) -> None:
    """It measures the blocks that fit, says so, and a plain doit completes everything."""
    processes = budget(bed, "4s").run(behaviour=spread(bed))
    assert len(processes.sampled) == 9
    said = capfd.readouterr().err
    assert "too short for 12 rounds of each" in said
    done = Counter(processes.sampled)
    rest = plain.run(behaviour=spread(bed))
    assert Counter(rest.sampled) == {
        (cell.version, cell.unit): 40 - done[cell.version, cell.unit] for cell in bed.cells()
    }
    validate(bed.project, bed.root / "data")


def test_a_budget_too_short_for_anything(bed: Bed) -> None:
    """Nothing is measured, nothing breaks."""
    assert budget(bed, "1s").run(behaviour=spread(bed)).sampled == []
    assert receipt(bed)["samples"] == 0
    assert len(budget(bed, "1h").run(behaviour=spread(bed)).sampled) == LEAST * 12


def test_a_short_budget_is_shared_fairly(bed: Bed) -> None:
    """Everybody has about as many blocks when it ends, and the next one gives to those who have least."""
    first = budget(bed, "30s").run(behaviour=spread(bed))
    counts = {unit: min(numbers) for unit, numbers in taken(first).items()}
    assert max(counts.values()) - min(counts.values()) <= 1
    budget(bed, "30s").run(behaviour=spread(bed))
    samples = {unit.id: receipt(bed, unit=unit.id)["samples"] for unit in bed.units}
    assert max(map(int, map(str, samples.values()))) - min(map(int, map(str, samples.values()))) <= 1


@pytest.mark.parametrize("killed_after", [0, 1, 5, 40, 150, 155, 200])
def test_a_kill_costs_at_most_a_block(bed: Bed, plain: Bed, killed_after: int) -> None:
    """What was taken counts for the next budget, and a plain doit brings everything to its count."""
    noise = spread(bed, One=0.1)
    processes = dying_after(killed_after, noise)
    spending = budget(bed, "5m")
    with pytest.raises(KeyboardInterrupt):
        run_session(spending.project, spending.state, bed.cells(), bed.system(processes))
    rest = plain.run(behaviour=noise)
    assert plain.run().sampled == []
    done = Counter(processes.sampled[:-1]) + Counter(rest.sampled)
    state = plain.state()
    for cell in bed.cells():
        # A sample of a block that was cut short may have been a reference's.
        assert done[cell.version, cell.unit] in (40, 41) or state.converged(cell)
    validate(bed.project, bed.root / "data")


def test_a_version_added_meets_a_reference(make_bed: Callable[..., Bed]) -> None:
    """It alone is measured, with the one before it, until that pair is known; the others stay as they are."""
    bed = make_bed(CONFIG.replace('"1.23.0", "1.24.0", "1.25.0"', '"1.23.0", "1.25.0"'))
    budget(bed, "1h").run(behaviour=spread(bed))
    more = make_bed(CONFIG.replace('"1.23.0", "1.24.0", "1.25.0"', '"1.23.0", "1.24.0", "1.25.0"'))
    more.clock.time = bed.clock.time
    processes = budget(more, "1h").run(behaviour=spread(more))
    assert Counter(version for version, _ in processes.sampled) == {"go1.24.0": 48, "go1.23.0": 48}
    assert more.with_settings(count="40").run().sampled == []
    assert [row["other"] for row in receipt(more)["intervals"]] == ["go1.23.0"]  # type: ignore[attr-defined]


def test_another_versions_code_reopens_nothing(bed: Bed, plain: Bed) -> None:
    """A cell is not stale because one that it was measured with is."""
    budget(bed, "1h").run(behaviour=spread(bed))
    forget(bed.project.tree, bed.cells("go1.25.0"), bed.clock.now())
    assert {version for need in plain.state().needs(bed.cells()) for version in need.rounds} == {"go1.25.0"}
    processes = plain.run(behaviour=spread(bed))
    assert Counter(version for version, _ in processes.sampled) == {"go1.25.0": 160, "go1.24.0": 160}


def test_a_lone_version_is_judged_by_its_mean(bed: Bed) -> None:
    """With nobody to compare it with there is no pair."""
    cells = bed.cells("go1.24.0")
    spending = budget(bed, "10m")
    processes = spending.run(cells, behaviour=spread(bed, One=0.15))
    counts = {unit: min(numbers) for unit, numbers in taken(processes).items()}
    assert counts["alpha.Two"] == LEAST
    assert counts["alpha.One"] > 20
    assert receipt(bed)["intervals"] == []
    assert bed.with_settings(count="40").run(cells).sampled == []


def test_some_versions_are_selected(bed: Bed) -> None:
    """The others are not measured."""
    processes = budget(bed, "1h").run(bed.cells("go1.23.0", "go1.24.0"), behaviour=spread(bed))
    assert Counter(version for version, _ in processes.sampled) == {"go1.23.0": 48, "go1.24.0": 48}


def test_a_budget_runs_nothing_again(bed: Bed) -> None:
    """Retries are for a plain doit, and for cells that have all their rounds."""
    settings = {"max_reruns": "2", "interval_target": "0", "variance_threshold": "0.5"}
    processes = budget(bed, "1h", **settings).run(behaviour=spread(bed))
    assert set.union(*taken(processes).values()) == {LEAST}
    assert list(bed.project.tree.folder.glob("*/*_failed_benchmarks.txt")) == []
    assert bed.with_settings(count="40", **settings).run().sampled == []


def test_unfinished_cells_are_run_again_once_they_have_their_rounds(bed: Bed) -> None:
    """As ever, when they are too noisy then."""
    settings = {"max_reruns": "1", "rerun_count": "5", "interval_target": "0"}
    noise = {"One": 0.3, "Two": 0.3, "Three": 0.3, "Four": 0.3}
    budget(bed, "2m", **settings).run(behaviour=spread(bed, **noise))
    done = int(str(receipt(bed)["samples"]))
    processes = bed.with_settings(count="40", **settings).run(bed.cells(unit="alpha.One"), spread(bed, **noise))
    assert taken(processes) == {"alpha.One": {40 - done + 5}}


def test_what_varies_by_nature_has_a_target_of_its_own(make_bed: Callable[..., Bed]) -> None:
    """An RSA key is not waited for."""
    bed = make_bed(CONFIG.replace("varies_by_nature: {}", "varies_by_nature: {alpha.One: 60}"))
    processes = budget(bed, "1h").run(behaviour=spread(bed, One=0.25))
    assert max(taken(processes)["alpha.One"]) < 20


def test_controls_take_part(bed: Bed) -> None:
    """One of the four units, in each of its blocks, in a text of its own."""
    processes = budget(bed, "1h").run(behaviour=spread(bed))
    assert len(set(processes.controls)) == 1
    assert len(processes.controls) == LEAST


def test_a_disturbed_block_counts_nowhere(bed: Bed) -> None:
    """It is not made up for as such: its unit just lacks one."""
    noise = spread(bed)
    count = [0]

    def behave(version: str, unit: str, number: int) -> Finished:
        count[0] += 1
        return noise(version, unit, number)

    others = {"others": 0.0}

    def readings() -> dict[str, float]:
        if 60 < count[0] < 64:
            others["others"] += SAMPLE
        return dict(others)

    disturbed = replace(budget(bed, "1h"), readings=readings)
    disturbed.run(behaviour=behave)
    receipts = [receipt(bed, cell.version, cell.unit) for cell in bed.cells()]
    assert any(found["excluded"] for found in receipts)
    assert {found["samples"] for found in receipts} == {LEAST}
    assert bed.with_settings(count="40").run().sampled == []


def test_a_unit_that_is_given_up_costs_no_more(bed: Bed) -> None:
    """In the version in which it fails; the others go on with each other."""
    noise = spread(bed)

    def behave(version: str, unit: str, number: int) -> Finished:
        if (version, unit) == ("go1.24.0", "alpha.One"):
            return prints(status=2, stderr="panic: x")
        return noise(version, unit, number)

    processes = budget(bed, "1h").run(behaviour=behave)
    counts = Counter(processes.sampled)
    assert counts["go1.24.0", "alpha.One"] == 3
    assert LEAST <= counts["go1.23.0", "alpha.One"] == counts["go1.25.0", "alpha.One"] <= LEAST + 3
    assert budget(bed, "1h").run(behaviour=behave).sampled == []
    assert bed.with_settings(count="40").run(behaviour=behave).sampled == []


def test_times_of_zero_are_not_waited_for(bed: Bed) -> None:
    """They have no ratio, whatever is spent."""
    bed.clock.step = 0

    def behave(version: str, unit: str, number: int) -> Finished:
        bed.clock.time += SAMPLE
        return replace(prints(f"Benchmark{unit.split('.')[1]}-2 1000 0 ns/op"), seconds=SAMPLE)

    assert set.union(*taken(budget(bed, "1h").run(behaviour=behave)).values()) == {LEAST}
