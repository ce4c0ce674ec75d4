"""The exported JSON: the fields of the goperf.dev format with their meanings."""

from __future__ import annotations

from typing import Any

import pytest

from tasks.export.documents import (
    exported_names,
    fill_missing,
    index_document,
    newest,
    platform_display,
    platforms_document,
    reliability,
    version_document,
)
from tasks.shared import schema
from tests.builders import MEASURES, TIME, exported, merged, merged_row

EARLIER, LATER = "2026-11-23T23:59:59.999Z", "2026-12-01T00:00:00.000Z"


def _benchmark(**measures: list[float]) -> dict[str, Any]:
    names = {unit.replace("_per_", "/"): values for unit, values in measures.items()}
    document = version_document(merged(rows=[merged_row("X", measures=names)]))
    benchmark: dict[str, Any] = document["benchmarks"]["X"]
    return benchmark


def test_version_fields() -> None:
    """What a page reads of a version stands where it looks for it."""
    document = version_document(merged())
    assert document["version"] == "1.24"
    metadata = document["metadata"]
    assert metadata["go_version_full"] == "go version go1.24.0 linux/amd64"
    assert metadata["collected_at"] == TIME
    assert {key: metadata["system"][key] for key in ("cpu", "os", "arch")} == {
        "cpu": "AMD EPYC 7B13",
        "os": "linux",
        "arch": "amd64",
    }
    assert metadata["benchmark_config"]["iterations"] == 6
    assert metadata["benchmark_config"]["benchtime"] == "25ms"


def test_benchmark_fields() -> None:
    """Means, the standard deviation with n - 1, and the CV as a fraction under the name "variance"."""
    found = version_document(merged(rows=[merged_row(measures=MEASURES)]))["benchmarks"]["SyncPool"]
    assert found["name"] == "SyncPool"
    assert found["ns_per_op"] == 100.0
    assert found["ns_per_op_stddev"] == pytest.approx(2**0.5)
    assert found["ns_per_op_variance"] == pytest.approx(2**0.5 / 100)
    assert found["bytes_per_op"] == 64.0
    assert found["allocs_per_op"] == 2.0
    assert found["iterations"] == 1_892_455
    assert found["samples"] == 6
    assert found["description"] == "What SyncPool measures"
    assert found["category"] == "runtime"


def test_fields_of_our_own() -> None:
    """The median with its interval, all samples, and what else the benchmark reports."""
    found = version_document(merged(rows=[merged_row(measures=MEASURES)]))["benchmarks"]["SyncPool"]
    assert found["ns_per_op_median"] == 100.0
    assert found["ns_per_op_median_interval"] == [98.0, 102.0]
    assert found["ns_per_op_samples"] == MEASURES["ns/op"]
    assert list(found["custom_metrics"]) == ["p99-ns"]
    assert found["custom_metrics"]["p99-ns"]["samples"] == MEASURES["p99-ns"]
    assert found["status"] == "ok"


def test_ns_per_op_is_the_mean() -> None:
    """One slow sample moves it, and not the median."""
    found = _benchmark(ns_per_op=[1.0, 1.0, 1.0, 1.0, 6.0])
    assert (found["ns_per_op"], found["ns_per_op_median"]) == (2.0, 1.0)


def test_what_is_not_known_is_null() -> None:
    """No interval below six samples, no spread of one, no memory where it is not reported."""
    found = _benchmark(ns_per_op=[1.0])
    nothing = ("ns_per_op_stddev", "ns_per_op_variance", "ns_per_op_median_interval", "bytes_per_op", "allocs_per_op")
    assert [found[key] for key in nothing] == [None] * 5
    assert found["samples"] == 1


def test_unit_without_samples() -> None:
    """A benchmark that failed is there with the reason, not silently missing."""
    document = version_document(merged(rows=[merged_row("Unlucky")], collected_at=None))
    found = document["benchmarks"]["Unlucky"]
    assert (found["status"], found["output"]) == ("panic", "panic: out of luck")
    assert (found["ns_per_op"], found["samples"], found["iterations"]) == (None, 0, 0)
    assert document["metadata"]["benchmark_config"]["iterations"] == 0
    assert schema.problems("export-version", document) == []


def test_a_unit_that_failed_has_no_row_where_others_tell_its_benchmarks() -> None:
    """Each of these says why there is nothing; what no version tells stays as the unit."""
    leaves = [merged_row(f"Cipher/{size}", measures=MEASURES) for size in ("Small", "Large")]
    columns = [
        merged("go1.24", [*leaves, merged_row("Hopeless")]),
        merged("go1.25", [merged_row("Cipher"), merged_row("Hopeless")]),
    ]
    documents = [version_document(column) for column in columns]
    rows = fill_missing(documents, [row for column in columns for row in column["benchmarks"]])
    assert {row["name"] for row in rows} == {"Cipher/Small", "Cipher/Large", "Hopeless"}
    for document in documents:
        assert set(document["benchmarks"]) == {"Cipher/Small", "Cipher/Large", "Hopeless"}
    failed = documents[1]["benchmarks"]["Cipher/Small"]
    assert (failed["status"], failed["output"], failed["samples"]) == ("panic", "panic: out of luck", 0)
    assert failed["description"] == "What Cipher/Small measures"
    assert all(schema.problems("export-version", document) == [] for document in documents)


def test_names_without_clash() -> None:
    """A benchmark is called by its name alone."""
    assert list(version_document(merged())["benchmarks"]) == ["SyncPool", "Unlucky"]


def test_names_with_clash() -> None:
    """Only where two packages share a name does it have the package before it, everywhere alike."""
    rows = [
        merged_row(name, package, MEASURES) for name, package in (("X", "runtime"), ("Y/a", "runtime"), ("X", "stdlib"))
    ]
    document = merged(rows=rows)
    assert exported_names(document) == ["runtime/X", "Y/a", "stdlib/X"]
    benchmarks = version_document(document)["benchmarks"]
    assert [row["name"] for row in benchmarks.values()] == list(benchmarks) == ["runtime/X", "Y/a", "stdlib/X"]
    assert benchmarks["stdlib/X"]["category"] == "stdlib"


def _index(*times: str | None, **cvs: list[float]) -> dict[str, Any]:
    """The index of versions collected at these times, in which benchmarks have these CVs."""
    documents = exported(*(f"go1.{24 + i}" for i in range(len(times))))
    for i, (document, time) in enumerate(zip(documents, times, strict=True)):
        document["metadata"]["collected_at"] = time
        model = document["benchmarks"]["SyncPool"]
        document["benchmarks"] = {
            name: {**model, "ns_per_op_variance": values[i]} for name, values in cvs.items() if i < len(values)
        }
    rows = [{**merged_row(name), "name": name} for name in cvs]
    return index_document(documents, rows, "https://example.com/perf")


def test_index_fields() -> None:
    """What a page reads first: versions with their files, benchmarks with their reliability, where sources are."""
    found = _index(TIME, LATER, Pool=[0.01, 0.2])
    assert found["versions"] == [
        {"version": "1.24", "file": "go1.24.json", "collected_at": TIME, "provenance": ""},
        {"version": "1.25", "file": "go1.25.json", "collected_at": LATER, "provenance": ""},
    ]
    assert found["benchmarks"] == [
        {
            "name": "Pool",
            "description": "What Pool measures",
            "source_file": "runtime/pool_test.go",
            "category": "runtime",
            "reliability": "unstable",
            "max_cv": 0.2,
        }
    ]
    assert found["repository"] == {"url": "https://example.com/perf", "source_path": "benchmarks"}
    assert [entry["action"] for entry in found["variance_classes"]][-1] == "must re-run"
    assert schema.problems("export-index", found) == []


def test_max_cv_is_the_worst() -> None:
    """One noisy version makes a benchmark noisy; a version that lacks it does not count."""
    found = {row["name"]: row["max_cv"] for row in _index(TIME, TIME, A=[0.3, 0.1], B=[0.02])["benchmarks"]}
    assert found == {"A": 0.3, "B": 0.02}


def test_newest_description_counts() -> None:
    """A benchmark is described as its newest version describes it."""
    rows = [{**merged_row("X"), "description": words} for words in ("old", "new")]
    assert index_document(exported(), rows, "")["benchmarks"][0]["description"] == "new"


@pytest.mark.parametrize(
    ("times", "updated"),
    [([EARLIER, LATER, TIME], LATER), ([TIME, None], TIME), ([None], None)],
)
def test_last_updated_is_the_newest_collection(times: list[str | None], updated: str | None) -> None:
    """Not the time of exporting, so that exporting twice gives the same bytes."""
    assert _index(*times, A=[0.1])["last_updated"] == updated
    assert newest(times) == updated


@pytest.mark.parametrize(
    ("cv", "word"),
    [
        (0.0, "reliable"),
        (0.0499999, "reliable"),
        (0.05, "noisy"),
        (0.1499999, "noisy"),
        (0.15, "unstable"),
        (3.0, "unstable"),
        (None, "unknown"),
    ],
)
def test_reliability(cv: float | None, word: str) -> None:
    """Reliable below 5 %, noisy below 15 %, else unstable."""
    assert reliability(cv) == word


def test_first_platform() -> None:
    """A platform with the place of its index."""
    found = platforms_document(None, "linux-amd64", "Linux amd64 (A CPU)", TIME)
    entry = {"name": "linux-amd64", "display": "Linux amd64 (A CPU)", "index": "linux-amd64/index.json"}
    assert found["platforms"] == [{**entry, "last_updated": TIME}]
    assert found["last_updated"] == TIME


def test_other_platforms_stay() -> None:
    """What another machine exported to the same folder is kept as it is, and the newest of all is named."""
    old = platforms_document(None, "darwin-arm64", "macOS arm64 (Apple M2)", LATER)
    both = platforms_document(old, "linux-amd64", "Linux amd64 (A CPU)", TIME)
    assert [entry["name"] for entry in both["platforms"]] == ["darwin-arm64", "linux-amd64"]
    assert both["platforms"][0] == old["platforms"][0]
    assert both["last_updated"] == LATER


def test_same_platform_is_replaced() -> None:
    """Exporting again replaces the platform's entry; the same again changes nothing."""
    old = platforms_document(None, "linux-amd64", "Linux amd64 (Old CPU)", EARLIER)
    new = platforms_document(old, "linux-amd64", "Linux amd64 (New CPU)", TIME)
    assert [entry["display"] for entry in new["platforms"]] == ["Linux amd64 (New CPU)"]
    assert new["last_updated"] == TIME
    assert platforms_document(new, "linux-amd64", "Linux amd64 (New CPU)", TIME) == new


@pytest.mark.parametrize(
    ("goos", "display"), [("linux", "Linux arm64 (X)"), ("darwin", "macOS arm64 (X)"), ("plan9", "plan9 arm64 (X)")]
)
def test_display(goos: str, display: str) -> None:
    """How a page calls a platform."""
    assert platform_display(goos, "arm64", "X") == display
