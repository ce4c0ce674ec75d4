"""What a calibration shows, from invented samples whose noise is known."""

from __future__ import annotations

import random
from collections.abc import Callable
from statistics import median
from xml.etree import ElementTree

import pytest

from tasks.compare import noise_file
from tasks.compare.calibration import calibration_document
from tasks.compare.calibration_plot import plot
from tasks.compare.calibration_report import as_text, files_of, show, write_report
from tasks.compare.creators_calibrate import _number
from tasks.compare.power import smallest_effect
from tasks.export.validate import validate
from tasks.measure.calibration import calibrate
from tasks.shared import schema
from tasks.shared.errors import PerfError
from tasks.shared.process import Finished
from tasks.shared.rules import Rules
from tasks.shared.verified import Verified
from tests.builders import Document
from tests.compare.beds import noisy
from tests.conftest import Bed
from tests.fakes import FakeProcesses, prints

UNITS = ["alpha.One", "alpha.Two", "beta.Three", "beta.Four"]


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


def test_the_smallest_effect_is_found_nine_times_of_ten() -> None:
    """Of invented estimates around it, nine in ten pass every test that a verdict asks for."""
    rules = Rules(alpha=0.05, margin=0.01)
    effect = smallest_effect(0.01, 40, 1.96, 76, rules)
    assert effect is not None
    # 3.4 standard errors to pass among 76, and 1.28 for the power.
    assert effect == pytest.approx(0.0479, abs=0.0005)
    assert smallest_effect(0.01, 40, 5.0, 76, rules) == pytest.approx(0.0648, abs=0.0005)
    assert smallest_effect(0.0001, 40, 1.96, 76, rules) == pytest.approx(0.0101, abs=0.0002)
    assert smallest_effect(0.01, 11, 1.96, 76, rules) is None


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
    assert plot(document) == paths["svg"].read_text()
    capfd.readouterr()
    show(document)
    said = capfd.readouterr().err
    assert "of 4" in said
    assert "fresh: rounds, with both sides linked anew in each" in said
    validate(bed.project, bed.root / "data")


def test_a_report_with_nothing_to_say(bed: Bed) -> None:
    """Too few samples give no intervals; the report says so and is valid."""
    document = document_of(bed, FakeProcesses(drifting()), rounds=2)
    assert designs(document)["fresh"]["benchmarks"] == 0
    assert schema.problems("calibration", document) == []
    assert as_text(document)
    assert circles_in(plot(document)) == 0


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


@pytest.mark.parametrize(("text", "number"), [("", 40), ("6", 6), ("100", 100)])
def test_rounds(text: str, number: int) -> None:
    """Forty unless given."""
    assert _number(text) == number


@pytest.mark.parametrize("text", ["5", "-1", "many", "1.5"])
def test_bad_rounds_are_named(text: str) -> None:
    """With what is expected."""
    with pytest.raises(PerfError, match="expected a whole number from 6"):
        _number(text)
