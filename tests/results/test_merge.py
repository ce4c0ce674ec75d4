"""Merged results: all samples that count, and only they."""

from __future__ import annotations

from typing import Any

import pytest

from tasks.measure.forgotten import forget
from tasks.results.merge import merge
from tasks.shared import schema
from tasks.shared.benchfmt import parse
from tasks.shared.cell import Cell
from tasks.shared.errors import PerfError
from tasks.shared.process import Finished
from tests.conftest import Bed
from tests.fakes import prints, steady


def merged(bed: Bed, label: str = "go1.24") -> dict[str, Any]:
    """Merge one version and read the document."""
    version = next(v for v in bed.project.config.versions if v.label == label)
    merge(bed.project, version, bed.units, bed.state())
    document: dict[str, Any] = schema.read("merged", bed.project.tree.merged_json(label))
    return document


def row(document: dict[str, Any], name: str) -> dict[str, Any]:
    """The row of one benchmark."""
    found: dict[str, Any] = next(row for row in document["benchmarks"] if row["name"] == name)
    return found


def test_every_leaf_has_its_samples_in_order(bed: Bed) -> None:
    """Times, sizes and allocations stay together, also where MB/s is printed too."""
    bed.run()
    large = row(merged(bed), "One/Large")
    assert large["measures"]["ns/op"]["samples"] == [34000.5, 34100.5, 34200.5]
    assert set(large["measures"]) == {"ns/op", "MB/s", "B/op", "allocs/op"}
    assert large["measures"]["B/op"]["mean"] == 64


def test_custom_metrics_survive(bed: Bed) -> None:
    """Whatever a benchmark reports is kept under its own unit."""
    bed.run(behaviour=lambda *_: prints("BenchmarkX-2 10 5 ns/op 2.5 p99-pause-ns 0 B/op 0 allocs/op"))
    assert row(merged(bed), "X")["measures"]["p99-pause-ns"]["samples"] == [2.5, 2.5, 2.5]


def test_the_text_holds_what_the_document_holds(bed: Bed) -> None:
    """merged.txt is Go benchmark text of the same samples, a package after the other."""
    bed.run()
    document = merged(bed)
    text = bed.project.tree.merged_text("go1.24").read_text().splitlines()
    assert len(parse(text).results) == sum(row["measures"]["ns/op"]["n"] for row in document["benchmarks"])
    assert [line for line in text if line.startswith("pkg: ")] == [
        "pkg: example.test/suite/alpha",
        "pkg: example.test/suite/beta",
    ]


def test_references_are_not_merged(bed: Bed) -> None:
    """Samples taken along with another version's do not enter these numbers."""
    bed.run()
    before = merged(bed, "go1.23")
    forget(bed.project.tree, [Cell("go1.24.0", unit.id) for unit in bed.units], bed.clock.now())
    bed.run()
    assert merged(bed, "go1.23") == before


def test_forgotten_samples_are_not_merged(bed: Bed) -> None:
    """What was measured before the mark is gone from the numbers, though not from the disk."""
    bed.run()
    forget(bed.project.tree, [Cell("go1.24.0", "alpha.One")], bed.clock.now())
    bed.run(behaviour=lambda v, u, n: prints("BenchmarkOne/Small-2 10 7 ns/op"))
    assert row(merged(bed), "One/Small")["measures"]["ns/op"]["samples"] == [7, 7, 7]


def test_two_sessions_are_pooled(bed: Bed) -> None:
    """More rounds add to what is there."""
    bed.run()
    bed.with_settings(count="5").run()
    document = merged(bed)
    assert row(document, "One/Small")["measures"]["ns/op"]["n"] == 5
    assert len(document["sessions"]) == 2


def test_origins_say_where_samples_come_from(bed: Bed) -> None:
    """Session by session, main samples and those of retries, in the order of the lists; and in how many layouts."""
    bed.run()
    bed.with_settings(count="5").run()
    noisy = bed.root / "noisy.txt"
    noisy.write_text("alpha.One\n")
    bed.retry(failed=str(noisy))
    bed.adopt()
    one = row(merged(bed), "One/Small")
    assert [(its["kind"], its["samples"]) for its in one["origins"]] == [("main", 3), ("main", 2), ("retry1", 2)]
    assert len({its["session"] for its in one["origins"]}) == 3
    assert sum(its["samples"] for its in one["origins"]) == one["measures"]["ns/op"]["n"]
    assert one["layouts"] == 7
    texts = "".join(path.read_text() for path in bed.project.tree.folder.glob("go1.24/*.txt"))
    assert all(f" layout={its['layout']} " in texts for its in one["origins"])


def test_origins_of_a_benchmark_that_some_samples_lack(bed: Bed) -> None:
    """Only what has it counts."""

    def grows(version: str, unit: str, number: int) -> Finished:
        more = ["BenchmarkOne/Newer-2 1 5 ns/op"] if number > 3 else []
        return prints("BenchmarkOne/Small-2 1 5 ns/op", *more) if unit == "alpha.One" else steady(version, unit, number)

    bed.run(behaviour=grows)
    bed.with_settings(count="5").run(behaviour=lambda v, u, n: grows(v, u, n + 3))
    document = merged(bed)
    assert [its["samples"] for its in row(document, "One/Small")["origins"]] == [3, 2]
    assert [its["samples"] for its in row(document, "One/Newer")["origins"]] == [1]


def test_a_unit_without_results_is_a_row_that_says_why(bed: Bed) -> None:
    """A failed unit is never silently missing."""

    def panics(version: str, unit: str, number: int) -> Finished:
        return prints(status=2, stderr="panic: no") if unit == "beta.Four" else steady(version, unit, number)

    bed.run(behaviour=panics)
    four = row(merged(bed), "Four")
    assert (four["status"], four["measures"]) == ("panic", {})
    assert "panic: no" in four["output"]


def test_merging_twice_gives_the_same_bytes(bed: Bed) -> None:
    """Nothing in merged results depends on when they were made."""
    bed.run()
    merged(bed)
    paths = [bed.project.tree.merged_json("go1.24"), bed.project.tree.merged_text("go1.24")]
    before = [path.read_bytes() for path in paths]
    for path in paths:
        path.unlink()
    merged(bed)
    assert [path.read_bytes() for path in paths] == before


def test_merging_needs_receipts(bed: Bed) -> None:
    """Without samples the error says which command takes them."""
    with pytest.raises(PerfError, match=r"doit collect:go1\.24"):
        merged(bed)


@pytest.mark.parametrize(("threshold", "target", "noisy"), [(1, 0, True), (1, 1000, False), (50, 0, False)])
def test_noisy_needs_both_a_high_cv_and_a_wide_interval(bed: Bed, threshold: int, target: int, noisy: bool) -> None:
    """With 100, 110, 120 the CV is 9 % and the 95 % interval of the mean +-23 %."""
    bed.run(behaviour=lambda v, u, n: prints(f"BenchmarkX-2 10 {100 + 10 * n} ns/op"))
    judged = bed.with_settings(variance_threshold=str(threshold), interval_target=str(target))
    assert row(merged(judged), "X")["noisy"] is noisy
