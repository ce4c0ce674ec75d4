"""What the page's scripts are given: the numbers of the export and of comparisons, and words for them."""

from __future__ import annotations

import math

import pytest

from tasks.site.index_data import index_data
from tasks.site.pair_data import banner, counts, pair_data
from tasks.site.sample_data import sample_data
from tests.site.beds import platform, unpacked


def test_values_are_those_of_the_comparison() -> None:
    """Medians with their intervals, in seconds and bytes, by measure, version and benchmark."""
    its = platform()
    found = index_data(its)
    place = next(i for i, row in enumerate(found["benchmarks"]) if row["name"] == "SyncPool")
    side = next(
        r for r in its.comparisons["go1.24", "go1.25"]["rows"] if (r["name"], r["measure"]) == ("SyncPool", "sec/op")
    )
    assert found["values"]["sec/op"][1][place] == pytest.approx([side["new"][k] for k in ("median", "low", "high")])
    assert found["values"]["B/op"][0][place][0] == 64
    assert [measure["name"] for measure in found["measures"]][:3] == ["sec/op", "B/op", "allocs/op"]


def test_without_comparisons_the_export_tells_values() -> None:
    """What an older program exported has values, and no pairs."""
    its = platform()
    bare = its.__class__(**{**vars(its), "comparisons": {}})
    found = index_data(bare)
    whole = index_data(its)
    assert found["pairs"] == []
    assert [row and row[0] for row in found["values"]["sec/op"][0]] == [
        row and row[0] for row in whole["values"]["sec/op"][0]
    ]


def test_categories_are_counted() -> None:
    """In the order of the suite, with titles."""
    assert [(its["title"], its["count"]) for its in index_data(platform())["categories"]] == [
        ("Runtime", 2),
        ("Stdlib", 1),
    ]


def test_cells_say_why_there_is_nothing() -> None:
    """A benchmark that panicked in one version says so there; one that is fine says nothing."""
    found = index_data(platform())
    cells = unpacked(found["cells"])
    size = len(found["benchmarks"])
    place = next(i for i, row in enumerate(found["benchmarks"]) if row["name"] == "Unlucky")
    assert (cells[place]["status"], cells[size + place]["status"]) == ("", "failed: panic")
    assert cells[place]["retried"] == 1
    assert cells[place]["excluded"] == 1


def test_history_is_against_the_oldest() -> None:
    """Paired ratios of each version, with the verdict."""
    found = index_data(platform(labels=("go1.23", "go1.24", "go1.25")))
    place = next(i for i, row in enumerate(found["benchmarks"]) if row["name"] == "SyncPool")
    oldest, *others = (column[place] for column in found["history"]["sec/op"])
    assert oldest is None
    assert [its[0] for its in others] == pytest.approx([0.9, 0.81], rel=0.01)
    assert others[0][3] == "improved"


def test_both_ways_round() -> None:
    """Swapping versions is a comparison of its own: what improved has regressed."""
    its = platform()
    one, other = (unpacked(pair_data(its, *pair)["rows"]["sec/op"]) for pair in its.comparisons)
    by_name = [{row["benchmark"]: row for row in rows} for rows in (one, other)]
    verdicts = {(by_name[0][place]["verdict"], by_name[1][place]["verdict"]) for place in by_name[0]}
    assert ("improved", "regressed") in verdicts
    for place, row in by_name[0].items():
        if row["ratio"]:
            assert math.log(row["ratio"]) == pytest.approx(-math.log(by_name[1][place]["ratio"]), abs=1e-4)


def test_counts_in_words() -> None:
    """Improved and regressed are always told, others where there are any; open ones with how they are bounded."""
    comparison = platform().comparisons["go1.24", "go1.25"]
    summary = next(its for its in comparison["summary"] if its["measure"] == "sec/op")
    told = {verdict: (n, words) for verdict, n, words in counts(comparison, summary)}
    assert told["improved"] == (1, "improved")
    assert told["regressed"] == (0, "regressed")
    assert told["inconclusive"][0] == 1
    assert told["inconclusive"][1].startswith("with no change found (of them ")
    assert "3 %" not in told["inconclusive"][1]


def test_the_banner_says_what_differs() -> None:
    """Differences of all rows, and values from different days."""
    comparison = platform().comparisons["go1.24", "go1.25"]
    assert banner(comparison) == []
    apart = {
        **comparison,
        "differences": ["machine: cpu A -> B"],
        "new": {**comparison["new"], "sessions": ["2026-11-25_00-00-00"]},
    }
    lines = banner(apart)
    assert lines[0] == "Not only Go differs: machine: cpu A -> B"
    assert "not of the same sessions (go1.24 from 2026-11-24, go1.25 from 2026-11-24)" in lines[1]
    unmet = {**apart, "rows": [{**row, "paired": None} for row in comparison["rows"]]}
    assert "No session measured both" in banner(unmet)[1]
    nothing = {**apart, "differences": [], "new": {**comparison["new"], "sessions": []}}
    assert banner(nothing) == []


def test_the_banner_names_modules() -> None:
    """Which differ, once each."""
    comparison = platform().comparisons["go1.24", "go1.25"]
    flags = ["module golang.org/x/sync: v0.9.0 -> v0.10.0"]
    flagged = {**comparison, "rows": [{**row, "flags": flags} for row in comparison["rows"]]}
    assert banner(flagged) == [f"Modules differ for some benchmarks: {flags[0]}"]


def test_values_that_disagree_with_pairs() -> None:
    """A row whose medians tell another change than its pairs says where the values come from."""
    its = platform()
    # All versions have the same medians here, and pairs that differ by 10 %.
    rows = unpacked(pair_data(its, "go1.24", "go1.25")["rows"]["sec/op"])
    stray = [row["stray"] for row in rows if row["ratio"] and row["high"] < 1]
    assert stray
    assert all("values are medians of all samples" in words for words in stray)
    for row in its.versions["go1.25"]["benchmarks"].values():
        for origin in row["origins"]:
            origin["session"] = "2026-11-25_00-00-00"
    rows = unpacked(pair_data(its, "go1.24", "go1.25")["rows"]["sec/op"])
    assert all("different days" in row["stray"] for row in rows if row["stray"])
    for row in its.versions["go1.24"]["benchmarks"].values():
        for origin in row["origins"]:
            origin["session"] = "2026-11-25_01-00-00"
    rows = unpacked(pair_data(its, "go1.24", "go1.25")["rows"]["sec/op"])
    assert all("different sessions" in row["stray"] for row in rows if row["stray"])


def test_what_never_varies_agrees_with_itself() -> None:
    """A median of 72 bytes against 64 is just the paired change, though floats round otherwise."""
    its = platform()
    comparison = its.comparisons["go1.24", "go1.25"]
    ratio = math.exp(math.log(72) - math.log(64))
    assert ratio != 72 / 64
    for row in comparison["rows"]:
        if row["measure"] == "B/op" and row["old"] and row["new"] and row["paired"]:
            row["new"]["median"] = 72.0
            row["paired"].update({"ratio": ratio, "low": ratio, "high": ratio})
    rows = unpacked(pair_data(its, "go1.24", "go1.25")["rows"]["B/op"])
    assert [row["stray"] for row in rows if row["ratio"]] == [""] * 2


def test_from_zero_is_part_of_the_history() -> None:
    """It has a verdict, and no ratio."""
    its = platform()
    for row in its.comparisons["go1.24", "go1.25"]["rows"]:
        if row["name"] == "SyncPool" and row["paired"]:
            row["paired"].update({"ratio": None, "low": None, "high": None})
    found = index_data(its)
    place = next(i for i, row in enumerate(found["benchmarks"]) if row["name"] == "SyncPool")
    assert found["history"]["B/op"][1][place] == [None, None, None, "improved"]


def test_samples_come_with_their_origin() -> None:
    """In seconds, in the order of the export, with which of them are of a retry."""
    its = platform()
    place = next(i for i, row in enumerate(its.index["benchmarks"]) if row["name"] == "SyncPool")
    old, _ = sample_data(its, place)["versions"]
    assert len(old["samples"]) == 14
    assert old["samples"][0] == pytest.approx(1e-7)
    assert [(part["samples"], part["retry"]) for part in old["parts"]] == [(13, False), (1, True)]


def test_the_command_takes_a_sample_again() -> None:
    """Exact toolchain, its layout, the unit of a leaf, and what is set for every build."""
    its = platform([("runtime", "SyncPool/small")])
    command = sample_data(its, 0)["versions"][0]["command"]
    for word in (
        "../.go-versions/go1.24.0/bin/go test",
        "-ldflags=-randlayout=1193",
        "-bench='^BenchmarkSyncPool$'",
        "-benchtime=25ms",
        "GOAMD64=v1",
        "GOMAXPROCS=2",
        "CGO_ENABLED=0",
        "./runtime/",
    ):
        assert word in command
