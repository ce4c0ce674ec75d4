"""The committed results of a real run: valid, complete, and telling the same in every form."""

from __future__ import annotations

from collections import Counter
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from tasks.measure.failed import read_failed_list
from tasks.measure.names import session_of
from tasks.measure.reader import read_file
from tasks.shared import schema
from tasks.shared.benchfmt import parse
from tasks.site.exported import read_platforms
from tasks.site.page import default_pair
from tasks.site.pictures import PICTURES
from tests.checkout import ROOT
from tests.suite_names import NAMES

#: Whole runs, with what was exported of them.
MACHINES = sorted(path.parent for path in (ROOT / "results" / "reference").glob("*/export"))
LABELS = ("go1.23", "go1.24", "go1.25", "go1.26", "go1.27")


def test_there_are_results_to_look_at() -> None:
    """The tests below would prove nothing without any."""
    assert MACHINES


@pytest.fixture(params=MACHINES, ids=lambda path: path.name)
def machine(request: pytest.FixtureRequest) -> Path:
    """The folder of one machine's results."""
    folder: Path = request.param
    return folder


def exported_of(machine: Path) -> Path:
    """The export's folder of this platform."""
    (platform,) = schema.read("export-platforms", machine / "export" / "platforms.json")["platforms"]
    return machine / "export" / str(platform["name"])


def samples_in_texts(folder: Path) -> dict[str, Counter[float]]:
    """Every time in the sample texts of a version, by benchmark."""
    found: dict[str, Counter[float]] = {}
    for path in filter(session_of, folder.glob("*.txt")):
        file = read_file(path)
        assert file.problems == ()
        for sample in (sample for sample in file.samples if sample.status == "ok"):
            for result in parse(sample.lines).results:
                found.setdefault(result.name, Counter())[result.values["ns/op"]] += 1
    return found


@pytest.mark.parametrize("label", LABELS)
def test_merged_and_export_hold_just_what_the_texts_hold(machine: Path, label: str) -> None:
    """76 benchmarks with 40 samples each or more, the same numbers in all three."""
    texts = samples_in_texts(machine / label)
    merged: dict[str, Any] = schema.read("merged", machine / label / "merged.json")
    exported: dict[str, Any] = schema.read("export-version", exported_of(machine) / f"{label}.json")
    assert set(texts) == {name for names in NAMES.values() for name in names}
    assert all(sum(times.values()) >= 40 for times in texts.values())
    for row in merged["benchmarks"]:
        counted = Counter(row["measures"]["ns/op"]["samples"])
        # Those of disturbed blocks stay in the text.
        assert counted <= texts[row["name"]]
        assert (texts[row["name"]] - counted).total() == sum(row["excluded"].values())
        assert exported["benchmarks"][row["name"]]["ns_per_op_samples"] == row["measures"]["ns/op"]["samples"]


def test_blocks_name_samples_that_are_there(machine: Path) -> None:
    """40 blocks of every unit and 20 of a retry, each with a sample of all five versions."""
    (path,) = machine.glob("*_blocks.json")
    blocks = schema.read("blocks", path)["blocks"]
    hashes = {s.sha256 for text in machine.glob("go*/*-*.txt") for s in read_file(text).samples}
    assert all(len(block["samples"]) == 5 and set(block["samples"].values()) <= hashes for block in blocks)
    counts = Counter(block["unit"] for block in blocks)
    assert len(counts) == 48
    assert set(counts.values()) == {40, 60}


def test_the_index_and_platforms_are_valid(machine: Path) -> None:
    """A page can be pointed at the committed export."""
    index: dict[str, Any] = schema.read("export-index", exported_of(machine) / "index.json")
    assert [entry["file"] for entry in index["versions"]] == [f"{label}.json" for label in LABELS]
    assert len(index["benchmarks"]) == 76
    (platform,) = read_platforms(machine / "export")
    assert default_pair(platform) == ("go1.26", "go1.27")
    assert platform.findings
    assert set(platform.comparisons) == set(permutations(LABELS, 2))


def test_every_picture_is_there() -> None:
    """`doit pictures` makes them of these results."""
    assert {path.stem for path in (ROOT / "docs" / "pictures").glob("*.png")} == set(PICTURES)


CI_RUN = ROOT / "results" / "reference" / "linux-amd64-epyc-2-cores" / "ci"


@pytest.mark.parametrize("label", ["go1.24", "go1.25"])
def test_the_ci_run_pools_its_retry(label: str) -> None:
    """Five samples of each benchmark, ten of those that were retried, the same numbers in texts and merged results."""
    texts = samples_in_texts(CI_RUN / label)
    merged: dict[str, Any] = schema.read("merged", CI_RUN / label / "merged.json")
    assert {row["name"]: Counter(row["measures"]["ns/op"]["samples"]) for row in merged["benchmarks"]} == texts
    numbers = {name: sum(times.values()) for name, times in texts.items()}
    assert set(numbers.values()) == {5, 10}
    (retry,) = (CI_RUN / label).glob("*_retry1.txt")
    retried = {result.name for s in read_file(retry).samples for result in parse(s.lines).results}
    assert {name for name, number in numbers.items() if number == 10} == retried


def test_the_ci_run_lists_what_still_fails() -> None:
    """One benchmark of one version, as its analysis says, in a list that a retry would take."""
    (path,) = CI_RUN.glob("*/*_failed_benchmarks.txt")
    assert read_failed_list(path, ["runtime.SyncMap", "runtime.SyncPool"]) == ["runtime.SyncMap"]
    noisy = {
        label: [
            row["name"]
            for row in schema.read("variance", CI_RUN / label / "variance.json")["benchmarks"]
            if row["noisy"]
        ]
        for label in ("go1.24", "go1.25")
    }
    assert noisy == {"go1.24": ["SyncMap/Parallel"], "go1.25": []}
