"""Retries with invented programs: what fails is run again, in all versions of its block, and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tasks.measure.failed import read_failed_list
from tasks.measure.forgotten import forget
from tasks.measure.reader import read_file
from tasks.measure.session import run_session
from tasks.shared import schema
from tasks.shared.cell import Cell
from tasks.shared.errors import PerfError
from tasks.shared.process import Finished
from tests.conftest import CONFIG, Bed
from tests.fakes import Behaviour, FakeProcesses, dying_after, prints, steady

VERSIONS = ("go1.23.0", "go1.24.0", "go1.25.0")


def noisy(unit: str, version: str = "", calm_from: int = 10**6) -> Behaviour:
    """A unit that swings between 100 and 200 ns in one version (default: all), until it has settled."""

    def behave(v: str, u: str, number: int) -> Finished:
        if u != unit or version not in ("", v):
            return steady(v, u, number)
        name = u.split(".")[1]
        swing = 100 * (number % 2) if number < calm_from else 50
        return prints(f"Benchmark{name}-2 \t 1000\t {100 + swing} ns/op")

    return behave


@pytest.fixture
def retrying(bed: Bed) -> Bed:
    """Four rounds, then up to two retries of three rounds; the CV alone decides."""
    return bed.with_settings(count="4", max_reruns="2", rerun_count="3", interval_target="0", variance_threshold="15")


def files(bed: Bed, pattern: str) -> list[str]:
    """The names of files in the tree."""
    return sorted(str(p.relative_to(bed.project.tree.folder)) for p in bed.project.tree.folder.glob(pattern))


def taken(processes: FakeProcesses, unit: str) -> dict[str, int]:
    """How often a unit was sampled, by version."""
    return dict(Counter(version for version, u in processes.sampled if u == unit))


def test_what_fails_in_one_version_is_run_again_in_all(retrying: Bed) -> None:
    """The unit alone, in every version of its block, into a retry file per version for each attempt."""
    processes = retrying.run(behaviour=noisy("alpha.One", "go1.24.0"))
    assert taken(processes, "alpha.One") == dict.fromkeys(VERSIONS, 4 + 2 * 3)
    assert taken(processes, "alpha.Two") == dict.fromkeys(VERSIONS, 4)
    for number in (1, 2):
        assert len(files(retrying, f"go1.*/*_retry{number}.txt")) == 3
    assert files(retrying, "go1.*/*_retry3.txt") == []
    (main,) = retrying.project.tree.folder.glob("go1.24/*-[0-9][0-9].txt")
    assert Counter(sample.unit for sample in read_file(main).samples)["alpha.One"] == 4


def test_all_samples_are_pooled(retrying: Bed) -> None:
    """Retries add to a receipt; no attempt is dropped or preferred."""
    retrying.run(behaviour=noisy("alpha.One", "go1.24.0"))
    for version in VERSIONS:
        receipt = retrying.state().receipt(Cell(version, "alpha.One"))
        assert receipt is not None
        assert (receipt["samples"], receipt["retry_rounds"]) == (10, 6)
        assert receipt["benchmarks"][0]["n"] == 10


def test_retries_end_as_soon_as_nothing_fails(retrying: Bed) -> None:
    """One retry brings the CV below the threshold; the second is not begun."""
    bed = retrying.with_settings(
        count="4", max_reruns="5", rerun_count="30", interval_target="0", variance_threshold="16"
    )
    processes = bed.run(behaviour=noisy("alpha.One", calm_from=4))
    assert taken(processes, "alpha.One") == dict.fromkeys(VERSIONS, 34)
    assert files(bed, "*/*_failed_benchmarks.txt") == []


def test_a_noisy_result_is_a_result(retrying: Bed) -> None:
    """With its retries used up a unit is not run again by the next doit."""
    retrying.run(behaviour=noisy("alpha.One"))
    assert retrying.run().sampled == []


def test_a_higher_limit_reopens_it(retrying: Bed) -> None:
    """One more retry is one more, of that unit alone."""
    retrying.run(behaviour=noisy("alpha.One"))
    more = retrying.with_settings(count="4", max_reruns="3", rerun_count="3", interval_target="0")
    processes = more.run(behaviour=noisy("alpha.One"))
    assert Counter(processes.sampled) == {(version, "alpha.One"): 3 for version in VERSIONS}
    assert more.run().sampled == []


def test_a_lower_threshold_retries_what_fails_by_it(bed: Bed) -> None:
    """Nothing is measured anew but the retry, and changing it back measures nothing."""
    bed.run(behaviour=noisy("beta.Three", "go1.25.0"))
    strict = bed.with_settings(max_reruns="1", rerun_count="2", interval_target="0")
    processes = strict.run(behaviour=noisy("beta.Three"))
    assert Counter(processes.sampled) == {(version, "beta.Three"): 2 for version in VERSIONS}
    assert strict.run().sampled == []
    assert bed.run().sampled == []


def test_a_narrow_interval_is_good_enough(bed: Bed) -> None:
    """A CV above the threshold alone is no failure while the mean is known well enough."""
    wide = bed.with_settings(count="4", max_reruns="1", rerun_count="3", interval_target="70")
    processes = wide.run(behaviour=noisy("alpha.One"))
    assert taken(processes, "alpha.One") == dict.fromkeys(VERSIONS, 4)
    narrow = bed.with_settings(count="4", max_reruns="1", rerun_count="3", interval_target="50")
    assert taken(narrow.run(), "alpha.One") == dict.fromkeys(VERSIONS, 3)


def test_what_varies_by_nature_is_not_run_again_for_its_cv(make_bed: Callable[..., Bed]) -> None:
    """Its own interval counts, also where the CV alone decides for the others."""
    text = CONFIG.replace("varies_by_nature: {}", "varies_by_nature: {alpha.One: 70}")
    bed = make_bed(text).with_settings(count="4", max_reruns="1", rerun_count="3", interval_target="0", strict="1")
    assert taken(bed.run(behaviour=noisy("alpha.One")), "alpha.One") == dict.fromkeys(VERSIONS, 4)


@pytest.mark.parametrize("killed_after", [*range(0, 48, 3), *range(44, 65)])
def test_a_kill_costs_at_most_a_block(retrying: Bed, killed_after: int) -> None:
    """The next doit runs what is missing of the retries, and no main round again."""
    noise = noisy("alpha.One", "go1.24.0")
    processes = dying_after(killed_after, noise)
    system = retrying.system(processes)
    with pytest.raises(KeyboardInterrupt):
        run_session(retrying.project, retrying.state, retrying.cells(), system)
    after = retrying.run(behaviour=noise)
    if killed_after >= 48:
        assert {unit for _, unit in after.sampled} <= {"alpha.One"}
    receipts = {version: retrying.state().receipt(Cell(version, "alpha.One")) for version in VERSIONS}
    rounds = {version: receipt["retry_rounds"] for version, receipt in receipts.items() if receipt}
    # The version that fails has all of its retries, those beside it at most a block less.
    assert rounds["go1.24.0"] == 6
    assert min(rounds.values()) >= 5
    assert len(processes.sampled) + len(after.sampled) <= 4 * 12 + 6 * 3 + 3 + 1
    assert retrying.run().sampled == []


def test_a_version_that_had_all_its_rounds_before_a_kill_joins_the_retries(retrying: Bed) -> None:
    """The others lack one round, which they get without it; one of them fails then, and all are run again."""

    # In the fourth block, when one version has been sampled.
    processes = dying_after(10, lambda version, unit, number: prints("BenchmarkOne-2 \t 1000\t 100 ns/op"))
    # Alone in the session: the others of its package would have its binaries at hand.
    cells = retrying.cells(unit="alpha.One")
    with pytest.raises(KeyboardInterrupt):
        run_session(retrying.project, retrying.state, cells, retrying.system(processes))
    (whole,) = [version for version, n in Counter(v for v, _ in processes.sampled[:-1]).items() if n == 4]

    def noise(version: str, unit: str, number: int) -> Finished:
        return prints(f"BenchmarkOne-2 \t 1000\t {100 if version == whole else 900} ns/op")

    after = taken(retrying.run(cells, behaviour=noise), "alpha.One")
    assert after == {version: 6 + (version != whole) for version in VERSIONS}


def test_the_reference_of_a_lone_version_takes_part(retrying: Bed) -> None:
    """Its samples lie apart and enter no receipt, as in the main rounds."""
    retrying.run()
    forget(retrying.project.tree, [Cell("go1.24.0", "alpha.One")], retrying.clock.now())
    processes = retrying.run(behaviour=noisy("alpha.One", "go1.24.0"))
    assert taken(processes, "alpha.One") == {"go1.24.0": 10, "go1.23.0": 10}
    assert len(files(retrying, "go1.23/*_reference.txt")) == 1
    receipt = retrying.state().receipt(Cell("go1.23.0", "alpha.One"))
    assert receipt is not None
    assert receipt["samples"] == 4


def test_an_unselected_version_is_not_retried(retrying: Bed) -> None:
    """`doit collect:go1.23` leaves a failing 1.24 alone."""
    once = retrying.with_settings(count="4", max_reruns="0", interval_target="0")
    once.run(behaviour=noisy("alpha.One", "go1.24.0"))
    assert retrying.run(retrying.cells("go1.23.0")).sampled == []
    assert taken(retrying.run(), "alpha.One") != {}


def test_what_still_fails_is_listed(retrying: Bed) -> None:
    """One line for each benchmark, with CV and class, in the versions in which it fails, and read back as units."""
    retrying.run(behaviour=noisy("alpha.One", "go1.24.0"))
    (name,) = files(retrying, "*/*_failed_benchmarks.txt")
    assert name.startswith("go1.24/")
    path = retrying.project.tree.folder / name
    (line,) = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    assert line.startswith("alpha.One\tCV 35.1%, very high")
    assert read_failed_list(path, [unit.id for unit in retrying.units]) == ["alpha.One"]
    # The list is no file of samples: nothing complains of it.
    assert [problem for problem in retrying.state().archive.problems() if "failed" in problem] == []


def test_a_unit_that_was_given_up_is_not_retried(retrying: Bed) -> None:
    """In the version in which it fails for good it takes no further part; the others have their retries."""

    def behave(version: str, unit: str, number: int) -> Finished:
        if (version, unit) == ("go1.23.0", "alpha.One"):
            return Finished(2, b"", b"panic: out of luck", 0.1)
        return noisy("alpha.One")(version, unit, number)

    processes = retrying.run(behaviour=behave)
    assert taken(processes, "alpha.One") == {"go1.23.0": 3, "go1.24.0": 10, "go1.25.0": 10}
    assert retrying.run(behaviour=behave).sampled == []


def test_retries_and_main_rounds_make_blocks(retrying: Bed) -> None:
    """Every round of a session has its own number, so that blocks of retries can be paired, too."""
    retrying.run(behaviour=noisy("alpha.One", "go1.24.0"))
    (path,) = retrying.project.tree.folder.glob("*_blocks.json")
    document = schema.read("blocks", path)
    rounds = [block["round"] for block in document["blocks"] if block["unit"] == "alpha.One"]
    assert rounds == list(range(1, 11))
    assert set(document["files"]["go1.24.0"]) == {"main", "retry1", "retry2"}


def test_on_demand_all_versions_with_results_take_part(bed: Bed) -> None:
    """The named version says what fails; no retry was allowed before, and the budget is the command's own."""
    bed.run(behaviour=noisy("alpha.One", "go1.24.0"))
    asked = bed.with_settings(max_reruns="2", rerun_count="5", interval_target="0")
    assert asked.retry("go1.25.0").sampled == []
    processes = asked.retry("go1.24.0", behaviour=noisy("alpha.One", "go1.24.0"))
    assert Counter(processes.sampled) == {(version, "alpha.One"): 10 for version in VERSIONS}
    assert len(files(bed, "go1.*/*_retry2.txt")) == 3
    # What the retries found counts without any further step.
    assert asked.state().is_up_to_date(Cell("go1.25.0", "alpha.One"))


def test_on_demand_a_list_says_what_to_run_again(bed: Bed) -> None:
    """Once in any case, then only what still fails; names may be short."""
    bed.run()
    listed = bed.root / "failed.txt"
    listed.write_text("# mine\n\nalpha.One/Small\tCV 40 %\nBenchmarkFour\n")
    asked = bed.with_settings(max_reruns="3", rerun_count="5", interval_target="0")
    processes = asked.retry("go1.24.0", str(listed))
    expected = {(version, unit): 5 for version in VERSIONS for unit in ("alpha.One", "beta.Four")}
    assert Counter(processes.sampled) == expected


def test_on_demand_a_version_without_results_takes_no_part(bed: Bed) -> None:
    """Its first samples are collect's to take."""
    bed.run(bed.cells("go1.24.0", "go1.25.0"), behaviour=noisy("alpha.One"))
    asked = bed.with_settings(max_reruns="1", rerun_count="5", interval_target="0")
    processes = asked.retry("go1.24.0", behaviour=noisy("alpha.One"))
    assert taken(processes, "alpha.One") == {"go1.24.0": 5, "go1.25.0": 5}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("alpha.Nine\n", "failed.txt:1: there is no benchmark alpha.Nine; did you mean alpha."),
        ("alpha.One\n\ngamma.One/Small x\n", "failed.txt:3: there is no benchmark gamma.One/Small"),
        ("# nothing\n", "names no benchmark"),
        (None, "can't be read: No such file"),
        (b"\xff\xfe", "no text in UTF-8"),
    ],
)
def test_a_bad_list_is_named(tmp_path: Path, content: str | bytes | None, said: str) -> None:
    """With the line, and with what may have been meant."""
    path = tmp_path / "failed.txt"
    if isinstance(content, str):
        path.write_text(content)
    elif content is not None:
        path.write_bytes(content)
    with pytest.raises(PerfError, match=said.replace("(", r"\(")):
        read_failed_list(path, ["alpha.One", "alpha.Two", "beta.Three"])


def test_a_name_that_two_packages_have_means_both(tmp_path: Path) -> None:
    """Unless the package is said, too."""
    path = tmp_path / "failed.txt"
    path.write_text("One\n")
    assert read_failed_list(path, ["alpha.One", "beta.One"]) == ["alpha.One", "beta.One"]
    path.write_text("beta.BenchmarkOne/Leaf\n")
    assert read_failed_list(path, ["alpha.One", "beta.One"]) == ["beta.One"]
