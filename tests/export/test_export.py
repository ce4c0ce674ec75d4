"""Exporting from merged results to files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tasks.compare.pairs import every_pair
from tasks.export.compared import comparison_paths
from tasks.export.export import export_paths
from tasks.export.validate import validate
from tasks.shared import schema
from tasks.shared.errors import PerfError
from tasks.shared.process import Finished
from tests.conftest import CONFIG, MACHINE, Bed
from tests.export.beds import exported
from tests.fakes import prints, steady


def snapshot(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def read(kind: str, path: Path) -> dict[str, Any]:
    """A valid exported document."""
    document: dict[str, Any] = schema.read(kind, path)
    return document


def test_exporting_twice_gives_the_same_bytes(bed: Bed) -> None:
    """No time of exporting is in the files."""
    bed.run()
    before = snapshot(exported(bed))
    named = [f"comparisons/{old.label}-{new.label}" for old, new in every_pair(bed.project.config.versions)]
    named += ["findings", "go1.23", "go1.24", "go1.25", "index", "noise"]
    assert sorted(before) == [*(f"linux-amd64/{name}.json" for name in sorted(named)), "platforms.json"]
    bed.clock.now()
    assert snapshot(exported(bed)) == before


def test_metadata_is_what_was_measured(bed: Bed) -> None:
    """Version, times, settings and machine come from the samples' own heads."""
    bed.run()
    document = read("export-version", exported(bed) / "linux-amd64" / "go1.24.json")
    metadata = document["metadata"]
    assert document["version"] == "1.24"
    assert metadata["go_version_full"] == "go version go1.24.0 linux/amd64"
    assert metadata["system"]["cpu"] == MACHINE.cpu
    assert metadata["benchmark_config"]["iterations"] == 3
    assert metadata["benchmark_config"]["benchtime"] == "25ms"
    assert metadata["first_sample_at"] < metadata["collected_at"]
    benchmark = document["benchmarks"]["One/Small"]
    assert benchmark["ns_per_op_samples"] == [340, 341, 342]
    assert (benchmark["ns_per_op"], benchmark["samples"], benchmark["iterations"]) == (341, 3, 1000)
    assert benchmark["description"] == "The first thing"


def test_a_second_platform_joins_the_first(bed: Bed, make_bed: Callable[..., Bed]) -> None:
    """platforms.json lists both; the first one's files are untouched."""
    bed.run()
    folder = exported(bed)
    before = snapshot(folder / "linux-amd64")
    arm = make_bed(machine=MACHINE.__class__(**{**MACHINE.document(), "goos": "darwin", "goarch": "arm64"}))
    arm.run()
    exported(arm)
    platforms = read("export-platforms", folder / "platforms.json")["platforms"]
    assert [platform["name"] for platform in platforms] == ["darwin-arm64", "linux-amd64"]
    assert snapshot(folder / "linux-amd64") == before


def test_a_version_no_longer_configured_leaves_the_export(bed: Bed, make_bed: Callable[..., Bed]) -> None:
    """The index names all there is, and no file is left that it does not name."""
    bed.run()
    exported(bed)
    fewer = make_bed(CONFIG.replace('"1.23.0", ', ""))
    folder = exported(fewer)
    index = read("export-index", folder / "linux-amd64" / "index.json")
    assert [version["version"] for version in index["versions"]] == ["1.24", "1.25"]
    assert not list((folder / "linux-amd64").rglob("*go1.23*"))


def test_other_trees_have_a_folder_of_their_own(bed: Bed) -> None:
    """Samples of another benchtime are not exported over those of stable."""
    other = bed.with_settings(benchtime="1s")
    assert other.project.export_folder == bed.project.export_folder / "1s"


def test_the_paths_are_known_before_anything_is_written(bed: Bed) -> None:
    """doit names the targets when it makes the task."""
    bed.run()
    folder = exported(bed)
    known = {*export_paths(bed.project, folder), *comparison_paths(bed.project, folder)}
    assert known == {path for path in folder.rglob("*") if path.is_file()}


def test_validate_counts_all_there_is(bed: Bed, capfd: pytest.CaptureFixture[str]) -> None:
    """Every artefact of a run is found and valid."""
    bed.run()
    folder = exported(bed)
    capfd.readouterr()
    validate(bed.project, folder)
    said = capfd.readouterr().err
    for part in (
        "12 fingerprint",
        "6 build",
        "12 receipt",
        "4 samples",
        "3 merged",
        "1 blocks",
        "1 progress",
        "2 noise",
        "12 comparison",
        "2 findings",
        # Three of them of a control.
        "39 samp",
    ):
        assert part in said, said


def test_validate_names_each_mistake(bed: Bed) -> None:
    """A changed sample, the receipt that counts it and a changed receipt are all named."""
    bed.run()
    folder = exported(bed)
    text = next(bed.project.tree.folder.glob("go1.24/*-*.txt"))
    text.write_text(text.read_text().replace("16 B/op", "17 B/op", 1))
    receipt = bed.project.tree.receipt("go1.25", "beta.Four")
    receipt.write_text(receipt.read_text().replace('"failures": 0', '"failures": "none"'))
    with pytest.raises(PerfError) as caught:
        validate(bed.project, folder)
    assert f"{text}:" in str(caught.value)
    assert "$.failures" in str(caught.value)
    assert "are not as they were" in str(caught.value)
    assert "3 mistakes" in str(caught.value)


def test_a_benchmark_that_one_version_lacks_is_an_entry_there(bed: Bed) -> None:
    """A leaf that only 1.25 prints is named in the others, as missing."""

    def prints_more(version: str, unit: str, number: int) -> Finished:
        more = ["BenchmarkOne/Newer-2 1 5 ns/op"] if (version, unit) == ("go1.25.0", "alpha.One") else []
        return prints("BenchmarkOne/Small-2 1 5 ns/op", *more) if unit == "alpha.One" else steady(version, unit, number)

    bed.run(behaviour=prints_more)
    folder = exported(bed) / "linux-amd64"
    assert read("export-version", folder / "go1.23.json")["benchmarks"]["One/Newer"]["status"] == "missing"
    assert read("export-version", folder / "go1.25.json")["benchmarks"]["One/Newer"]["status"] == "ok"


def test_the_machine_is_the_one_that_was_measured_on(bed: Bed, make_bed: Callable[..., Bed]) -> None:
    """A kernel update between measuring and merging does not rewrite where the samples came from."""
    bed.run()
    updated = make_bed(machine=MACHINE.__class__(**{**MACHINE.document(), "kernel": "6.2"}))
    document = read("export-version", exported(updated) / "linux-amd64" / "go1.24.json")
    assert document["metadata"]["system"]["kernel"] == MACHINE.kernel
