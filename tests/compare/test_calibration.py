"""What a calibration shows, from invented samples whose noise is known."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from statistics import median
from xml.etree import ElementTree

import pytest

from tasks.compare import calibration as calibration_of_taken
from tasks.compare import noise_file
from tasks.compare.calibration import calibration_document
from tasks.compare.calibration_plot import plot
from tasks.compare.calibration_report import as_markdown, as_text, files_of, pages_in, show, write_report
from tasks.compare.paired import of_differences
from tasks.compare.planted import is_regressed
from tasks.compare.power import smallest_effect, smallest_effect_of_medians
from tasks.export.validate import validate
from tasks.measure.calibration import calibrate
from tasks.shared import schema
from tasks.shared.process import Finished
from tasks.shared.rules import Rules
from tasks.shared.verified import Verified
from tests.builders import ROOT, Document
from tests.compare.beds import noisy
from tests.conftest import Bed
from tests.fakes import FakeProcesses, prints

UNITS = ["alpha.One", "alpha.Two", "beta.Three", "beta.Four"]


@pytest.fixture(autouse=True)
def _the_same_order_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sessions draw their order from a seed: with another each time, one in twenty finds what is not there."""
    monkeypatch.setattr(random, "SystemRandom", lambda: random.Random(5))


def drifting() -> Callable[[str, str, int], Finished]:
    """A machine that gets slower by 10 % while it measures, with noise of 1 %."""
    draw = random.Random(3)
    taken = [0]

    def behave(version: str, unit: str, number: int) -> Finished:
        taken[0] += 1
        time = 100 * (1 + taken[0] / 10_000) * (1 + draw.gauss(0, 0.01))
        return prints(f"Benchmark{unit.split('.')[1]}-2 1000 {time:.4f} ns/op")

    return behave


def document_of(bed: Bed, processes: FakeProcesses, rounds: int = 20) -> Document:
    """The report of one `doit calibrate:go1.24`."""
    version = bed.project.version("go1.24.0")
    taken = calibrate(bed.project, version, UNITS, rounds, bed.system(processes))
    return calibration_document(bed.project, version, UNITS, taken)


@pytest.fixture
def drifted(bed: Bed) -> Document:
    """Twenty samples a side on a machine that drifts."""
    return document_of(bed, FakeProcesses(drifting()))


def circles_in(picture: str) -> int:
    """How many dots a picture has; it is whole."""
    root = ElementTree.fromstring(picture)  # noqa: S314 - written by ourselves a moment ago
    return sum(node.tag.endswith("circle") for node in root.iter())


def designs(document: Document) -> dict[str, Document]:
    """The designs by name."""
    return {design["design"]: design for design in document["designs"]}


def test_drift_fools_a_sequence_and_no_rounds(drifted: Document) -> None:
    """Neighbours share it; the second side of a sequence is slower."""
    found = designs(drifted)
    assert [found[name]["different_by_q"] for name in ("default", "fixed", "fresh")] == [0, 0, 0]
    slower = [row["shift"] for row in drifted["benchmarks"] if row["design"] == "sequential"]
    assert median(slower) > 0.004
    assert {design["n"] for design in found.values()} == {20}
    assert schema.problems("calibration", drifted) == []


def test_one_binary_a_side_shows_what_its_layout_is_worth(bed: Bed) -> None:
    """A side whose layout costs it 5 % is called different in every benchmark; fresh layouts draw from both."""
    draw = random.Random(5)

    class Layouts(FakeProcesses):
        def run(self, command, **options):  # type: ignore[no-untyped-def]
            done = super().run(command, **options)
            word = next((w for w in command if w.startswith("-test.bench=")), "")
            if not word:
                return done
            slow = 1.05 if "+fixed2" in command[0] else 1.0
            return prints(f"Benchmark{word[18:-1]}-2 1000 {100 * slow * (1 + draw.gauss(0, 0.01)):.4f} ns/op")

    found = designs(document_of(bed, Layouts()))
    assert found["fixed"]["different_by_q"] == 4
    assert found["fixed"]["median_change"] == pytest.approx(0.05, abs=0.01)
    assert [found[name]["different_by_q"] for name in ("sequential", "default", "fresh")] == [0, 0, 0]


def test_every_benchmark_says_what_could_be_found(drifted: Document) -> None:
    """Its noise floor, and the smallest effect, which is larger than both floor and margin."""
    rows = [row for row in drifted["benchmarks"] if row["design"] == "fresh"]
    assert [row["name"] for row in rows] == ["One", "Two", "Four", "Three"]
    for row in rows:
        assert row["noise_floor"] == pytest.approx(1.96 * row["standard_error"])
        assert row["smallest_effect"] > max(row["noise_floor"], 0.01)


def test_the_smallest_effect_of_medians() -> None:
    """3.4 standard errors to pass among 76, and 1.28 for the power; beyond margin and noise floor."""
    rules = Rules(alpha=0.05, margin=0.01)
    effect = smallest_effect_of_medians(0.01, 40, 1.96, 76, rules)
    assert effect == pytest.approx(0.0479, abs=0.0005)
    assert smallest_effect_of_medians(0.01, 40, 5.0, 76, rules) == pytest.approx(0.0648, abs=0.0005)
    assert smallest_effect_of_medians(0.0001, 40, 1.96, 76, rules) == pytest.approx(0.0101, abs=0.0002)
    assert smallest_effect_of_medians(0.01, 11, 1.96, 76, rules) is None


def _normal(draw: random.Random) -> float:
    return draw.gauss(0, 0.05)


def _long_tails(draw: random.Random) -> float:
    """Every fifth block is disturbed: what an ordinary virtual machine does."""
    return draw.gauss(0, 0.3 if draw.random() < 0.2 else 0.03)


@pytest.mark.parametrize("noise", [_normal, _long_tails])
def test_the_smallest_effect_is_found_nine_times_of_ten(noise: Callable[[random.Random], float]) -> None:
    """By the real test, among 76, in new blocks of the same noise."""
    rules, draw = Rules(alpha=0.05, margin=0.01), random.Random(4)
    effect = smallest_effect([noise(draw) for _ in range(400)], 40, 1.96, 76, rules)
    assert effect is not None
    found = 0
    for _ in range(200):
        compared = of_differences([math.log1p(effect) + noise(draw) for _ in range(40)])
        found += is_regressed(compared, min(1.0, compared.p * 76), 76, 1.96, rules)
    assert 0.84 * 200 <= found <= 0.98 * 200
    assert smallest_effect([noise(draw) for _ in range(40)], 11, 1.96, 76, rules) is None


def test_noise_floor_and_margin_bound_the_smallest_effect() -> None:
    """However little noise there is; and of noise without any width nothing is said."""
    rules, draw = Rules(alpha=0.05, margin=0.01), random.Random(4)
    quiet = [draw.gauss(0, 0.0005) for _ in range(40)]
    assert smallest_effect(quiet, 40, 1.96, 76, rules) == pytest.approx(0.0101, abs=0.0003)
    noisy_ones = [draw.gauss(0, 0.05) for _ in range(40)]
    higher = smallest_effect(noisy_ones, 40, 10.0, 76, rules)
    assert higher is not None
    assert higher > 10 * 0.05 / math.sqrt(40) * 0.8
    assert smallest_effect([0.0] * 40, 40, 1.96, 76, rules) is None


def test_the_report_is_written_in_three_forms(bed: Bed, capfd: pytest.CaptureFixture[str]) -> None:
    """JSON by its schema, text for people, a picture; the same samples give the same bytes."""
    document = document_of(bed, FakeProcesses(drifting()))
    paths = files_of(bed.project, bed.project.version("go1.24.0"))
    write_report(document, paths)
    assert schema.read("calibration", paths["json"]) == document
    text = paths["txt"].read_text()
    assert "go1.24.0 against itself, 25ms samples" in text
    assert "alpha.One" in text
    assert text == as_text(document)
    assert circles_in(paths["svg"].read_text()) == 2 * 4 * 4
    page = paths["md"].read_text()
    assert page == as_markdown(document, paths["svg"].name)
    assert f"]({paths['svg'].name})" in page
    assert page.startswith("# go1.24.0 against itself")
    assert plot(document) == paths["svg"].read_text()
    capfd.readouterr()
    show(document)
    said = capfd.readouterr().err
    assert "of 4" in said
    assert "fresh: rounds, with both sides linked anew in each" in said
    validate(bed.project, bed.root / "data")


def test_a_report_with_nothing_to_say(bed: Bed) -> None:
    """Too few blocks, and too few samples a side, give no intervals; the report says so and is valid."""
    document = document_of(bed, FakeProcesses(drifting()), rounds=2)
    assert designs(document)["fresh"]["benchmarks"] == 0
    assert schema.problems("calibration", document) == []
    assert as_text(document)
    assert circles_in(plot(document)) == designs(document)["sequential"]["benchmarks"] == 0


def test_the_page_in_docs_is_what_its_report_says() -> None:
    """Nobody has edited it, and a program that lays it out otherwise makes it anew."""
    document = schema.read("calibration", ROOT / "docs" / "aa.json")
    assert as_markdown(document, "aa.svg") == (ROOT / "docs" / "aa.md").read_text()
    assert plot(document) == (ROOT / "docs" / "aa.svg").read_text()
    # The proof that is promised: three times over all 76, and nothing that is not there is found.
    fresh = [its for its in document["sets"] if its["design"] == "fresh"]
    assert [(its["n"], its["benchmarks"], its["different_by_q"]) for its in fresh] == [(40, 76, 0)] * 3


def test_pages_for_the_docs(bed: Bed) -> None:
    """The page, its picture, and what both are made of."""
    write_report(document_of(bed, FakeProcesses(drifting()), rounds=6), pages_in(bed.root / "pages"))
    assert sorted(path.name for path in (bed.root / "pages").iterdir()) == ["aa.json", "aa.md", "aa.svg"]
    assert "](aa.svg)" in (bed.root / "pages" / "aa.md").read_text()


def test_each_set_is_an_experiment_of_its_own(bed: Bed, monkeypatch: pytest.MonkeyPatch) -> None:
    """In order of time; what is left over is in none of them, and counts in the whole."""
    monkeypatch.setattr(calibration_of_taken, "SET", 10)
    found = document_of(bed, FakeProcesses(drifting()), rounds=24)
    assert [(its["design"], its["set"], its["n"]) for its in found["sets"]] == [
        (design, number, 10) for design in ("sequential", "default", "fixed", "fresh") for number in (1, 2)
    ]
    assert {design["n"] for design in found["designs"]} == {24}
    for its in (*found["sets"], *found["designs"]):
        assert its["geomean"]["low"] <= its["geomean"]["ratio"] <= its["geomean"]["high"]
        if its["design"] != "sequential":
            # Of 1 % of noise a sample, in ten pairs of four benchmarks.
            assert its["geomean"]["ratio"] == pytest.approx(1, abs=0.01)
    assert schema.problems("calibration", found) == []


def test_fewer_are_one_set(drifted: Document) -> None:
    """Of whatever there is: then it says what the whole says."""
    assert [(its["design"], its["set"], its["n"]) for its in drifted["sets"]] == [
        (design, 1, 20) for design in ("sequential", "default", "fixed", "fresh")
    ]
    for its, whole in zip(drifted["sets"], drifted["designs"], strict=True):
        for key in ("different_by_p", "different_by_q"):
            assert its[key] == whole[key]
        # Drawn from another seed.
        assert its["geomean"]["ratio"] == pytest.approx(whole["geomean"]["ratio"])


def test_the_geomean_of_a_sequence_believes_in_independent_samples(bed: Bed) -> None:
    """On a machine that drifts it is narrow and off; that of rounds is not."""
    found = designs(document_of(bed, FakeProcesses(drifting())))
    sequential, fresh = (found[name]["geomean"] for name in ("sequential", "fresh"))
    assert sequential["ratio"] > 1.002
    assert sequential["high"] - sequential["low"] < 0.02
    assert fresh["ratio"] == pytest.approx(1, abs=0.007)


def test_a_report_of_an_older_program_is_left_out(bed: Bed, capfd: pytest.CaptureFixture[str]) -> None:
    """It stops no comparison; what to do is said."""
    bed.run()
    path = files_of(bed.project, bed.project.version("go1.24.0"))["json"]
    path.parent.mkdir(parents=True)
    path.write_text('{"schema_version": 1}')
    found = noise_file.make(bed.project, bed.state().archive, Verified(bed.root / ".cache" / "verified.json"))
    assert (found["comparisons"], found["calibrations"]) == (0, [{"file": path.name, "ratios": []}])
    assert "`doit calibrate` makes it anew from its texts" in capfd.readouterr().err


def test_it_feeds_the_noise_floor(bed: Bed) -> None:
    """The fresh arms are comparisons of like with like, as controls are; other trees take the arms that are theirs."""
    document = document_of(bed, FakeProcesses(noisy()))
    write_report(document, files_of(bed.project, bed.project.version("go1.24.0")))

    def made(its: Bed) -> Document:
        verified = Verified(its.root / ".cache" / "verified.json")
        archive = its.state().archive
        found = noise_file.make(its.project, archive, verified)
        assert noise_file.is_current(its.project, archive, verified)
        return found

    found = made(bed)
    fresh = [row for row in document["benchmarks"] if row["design"] == "fresh"]
    assert found["comparisons"] == len(fresh) == 8
    assert found["calibrations"][0]["ratios"] == [abs(row["shift"]) / row["standard_error"] for row in fresh]
    assert made(bed.with_settings(layouts="default"))["comparisons"] == 8
    assert made(bed.with_settings(benchtime="50ms"))["comparisons"] == 0
