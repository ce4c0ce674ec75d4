"""Results of other tools, taken over as columns of their own."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from tasks.results.adopt import PROVENANCE, adopt, adopted_documents
from tasks.results.adoptable import find_columns
from tasks.shared import schema
from tasks.shared.errors import PerfError
from tests import fake_go
from tests.conftest import Bed

HEAD = "goos: darwin\ngoarch: arm64\npkg: github.com/x/perf/runtime\ncpu: Apple M1\n"


def line(value: float, name: str = "SyncPool") -> str:
    return f"Benchmark{name}-8 \t 1000\t {value} ns/op\t 16 B/op\n"


def old_tree(root: Path, files: Mapping[str, str], platform: str = "darwin-arm64") -> Path:
    """A folder as the older tools left it."""
    folder = root / "old" / "results" / "stable" / platform / "go1.24"
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder


def times(document: Mapping[str, object], name: str = "SyncPool") -> list[float]:
    """The samples of a benchmark."""
    rows: list[dict[str, dict[str, dict[str, list[float]]]]] = document["benchmarks"]  # type: ignore[assignment]
    (row,) = [row for row in rows if row["name"] == name]  # type: ignore[comparison-overlap]
    return row["measures"]["ns/op"]["samples"]


STAMP = "2026-01-25_10-00-00"


def test_all_that_was_measured_counts_once(bed: Bed, tmp_path: Path) -> None:
    """The backup and its retries; what they were merged into, older collections and lists are left out, and named."""
    old_tree(
        tmp_path,
        {
            f"{STAMP}.txt": HEAD + line(13) + line(14.5),
            f"{STAMP}.txt.backup": HEAD + line(13) + line(14),
            f"{STAMP}_retry1.txt": HEAD + line(14.5),
            f"{STAMP}_retry10.txt": HEAD + line(16),
            f"{STAMP}_retry2.txt": HEAD + line(15),
            f"{STAMP}_failed_benchmarks.txt": "SyncPool\n",
            "2025-12-01_10-00-00.txt": HEAD + line(99),
        },
    )
    (column,) = find_columns(tmp_path / "old")
    folder = adopt(bed.project, column, 0.0)
    document = schema.read("merged", folder / "merged.json")
    assert times(document) == [13, 14, 14.5, 15, 16]
    assert folder.relative_to(bed.root) == Path("results/adopted/darwin-arm64/go1.24-adopted")
    record = schema.read("adopted", folder / "adopted.json")
    assert [row["name"] for row in record["left_out"]] == [
        "2025-12-01_10-00-00.txt", f"{STAMP}.txt", f"{STAMP}_failed_benchmarks.txt",
    ]  # fmt: skip
    assert document["collected_at"] == "2026-01-25T10:00:00.000Z"
    assert document["machine"]["cpu"] == "Apple M1"
    # A copy, to the byte.
    assert (folder / f"{STAMP}_retry1.txt").read_text() == HEAD + line(14.5)


def test_without_a_backup_the_main_text_counts(bed: Bed, tmp_path: Path) -> None:
    """With its retries; the platform may stand in the path alone."""
    texts = {f"{STAMP}.txt": line(13), f"{STAMP}_retry1.txt": line(15)}
    (column,) = find_columns(old_tree(tmp_path, texts))
    folder = adopt(bed.project, column, 0.0)
    assert times(schema.read("merged", folder / "merged.json")) == [13, 15]
    assert folder.parent.name == "darwin-arm64"


def test_any_text_can_be_adopted(bed: Bed, tmp_path: Path) -> None:
    """By its own path, if something says which Go it is of."""
    path = tmp_path / "before.txt"
    path.write_text("goos: linux\ngoarch: amd64\n" + line(13))
    with pytest.raises(PerfError, match=r"say as=go1\.24"):
        find_columns(path)
    (column,) = find_columns(path, "go1.22.3")
    assert adopt(bed.project, column, 0.0).name == "go1.22.3-adopted"


def test_other_results_are_not_overwritten(bed: Bed, tmp_path: Path) -> None:
    """The same again changes nothing; others under the same name are refused."""
    folder = old_tree(tmp_path, {f"{STAMP}.txt": HEAD + line(13)})
    (column,) = find_columns(folder)
    adopt(bed.project, column, 0.0)
    adopt(bed.project, column, 0.0)
    (folder / f"{STAMP}.txt").write_text(HEAD + line(77))
    with pytest.raises(PerfError, match=r"holds other results of go1\.24 already"):
        adopt(bed.project, column, 0.0)
    (document,) = adopted_documents(bed.project.paths)
    assert times(schema.read("merged", document)) == [13]


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_where_nothing_is(tmp_path: Path, name: str) -> None:
    """It says what was looked for."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "notes.txt").write_text("BenchmarkLike words\n")
    with pytest.raises(PerfError, match=r"no such file|no text in Go's benchmark format"):
        find_columns(tmp_path / name)


def test_our_own_results_are_not_adopted(bed: Bed) -> None:
    """They are there already, with all that is known of them."""
    bed.run()
    with pytest.raises(PerfError, match="no text in Go's benchmark format"):
        find_columns(bed.project.tree.folder)


def test_adopted_results_are_columns_of_their_own(tmp_path: Path) -> None:
    """Exported beside ours or, if of another platform, apart; marked; nothing of ours becomes stale or changes."""
    checkout = fake_go.fake_checkout(tmp_path / "clone", {**os.environ})
    checkout.doit("max_reruns=0")
    platform = fake_go.bed_of(checkout).project.machine.platform
    goos, goarch = platform.split("-")
    before = (checkout.root / "data" / platform / "go1.24.json").read_bytes()
    ours = HEAD.replace("darwin", goos).replace("arm64", goarch).replace("runtime", "alpha") + line(13, "One")
    (old_tree(tmp_path, {f"{STAMP}.txt": HEAD + line(13)}, "plan9-mips") / f"{STAMP}.txt").write_text(ours)
    checkout.doit("adopt", f"from={tmp_path / 'old'}", "max_reruns=0")
    other = tmp_path / "go1.23.txt"
    other.write_text(HEAD + line(12))
    checkout.doit("adopt", f"from={other}", "max_reruns=0")
    assert "measur" not in checkout.doit("max_reruns=0")
    index = schema.read("export-index", checkout.root / "data" / platform / "index.json")
    shown = {row["version"]: row["provenance"] for row in index["versions"]}
    assert shown == {"1.23": "", "1.24": "", "1.25": "", "1.24-adopted": PROVENANCE}
    assert (checkout.root / "data" / platform / "go1.24.json").read_bytes() == before
    apart = schema.read("export-index", checkout.root / "data" / "darwin-arm64-adopted" / "index.json")
    assert [row["version"] for row in apart["versions"]] == ["1.23-adopted"]
    compared = checkout.root / "data" / platform / "comparisons" / "go1.24-adopted-go1.25.json"
    document = schema.read("comparison", compared)
    assert {row["verdict"] for row in document["rows"] if row["old"] and row["new"]} == {"cannot decide"}
    assert PROVENANCE in document["differences"]
    checkout.doit("validate", "max_reruns=0")
    assert "everything is up to date" in checkout.doit("max_reruns=0")


def test_a_foreign_text_in_a_live_tree_is_named_and_left_alone(tmp_path: Path) -> None:
    """It is not pooled, and nobody writes to it."""
    checkout = fake_go.fake_checkout(tmp_path / "clone", {**os.environ})
    folder = fake_go.bed_of(checkout).project.tree.version("go1.24")
    folder.mkdir(parents=True)
    foreign = folder / f"{STAMP}.txt"
    foreign.write_text(HEAD + line(77, "One"))
    said = checkout.doit("max_reruns=0")
    assert f"{STAMP}.txt has no head of this program; it is left alone and does not count" in said
    assert foreign.read_text() == HEAD + line(77, "One")
    assert 77 not in times(schema.read("merged", folder / "merged.json"), "One")
    assert "everything is up to date" in checkout.doit("max_reruns=0")


def test_a_text_names_no_folder_of_its_choice(bed: Bed, tmp_path: Path) -> None:
    """What stands in it is only ever a word of a name."""
    path = tmp_path / "go1.24.txt"
    path.write_text(HEAD.replace("darwin", "../../../evil") + line(13))
    (column,) = find_columns(path)
    folder = adopt(bed.project, column, 0.0)
    assert folder.parent.name == "unknown-unknown"
    assert bed.project.paths.results in folder.parents


@pytest.mark.parametrize("named", ["go1.2x", "1.24-adopted", "latest", "../go1.24"])
def test_a_wrong_version_is_refused(tmp_path: Path, named: str) -> None:
    """With the right form."""
    path = tmp_path / "go1.24.txt"
    path.write_text(HEAD + line(13))
    with pytest.raises(PerfError, match=r"is no Go version; write as=go1\.24"):
        find_columns(path, named)


def test_only_a_folder_that_is_called_so_says_the_version(tmp_path: Path) -> None:
    """Not one that happens to have it in its name."""
    folder = tmp_path / "mygo1.9repo" / "v"
    folder.mkdir(parents=True)
    (folder / "x.txt").write_text(HEAD + line(13))
    with pytest.raises(PerfError, match="does not say which Go version"):
        find_columns(folder)


@pytest.mark.parametrize("name", [f"{STAMP}.txt.backup", f"{STAMP}_retry1.txt"])
def test_what_is_left_of_a_collection(bed: Bed, tmp_path: Path, name: str) -> None:
    """A backup or a retry alone counts; links to nowhere and folders are passed over."""
    folder = old_tree(tmp_path, {name: HEAD + line(13)})
    (folder / "gone.txt").symlink_to(tmp_path / "nowhere")
    (folder / "folder.txt").mkdir()
    (column,) = find_columns(tmp_path / "old")
    assert times(schema.read("merged", adopt(bed.project, column, 0.0) / "merged.json")) == [13]


def test_two_folders_of_one_version_are_named(tmp_path: Path) -> None:
    """Neither is adopted without the other being left out knowingly."""
    for place in ("one", "two"):
        old_tree(tmp_path / place, {f"{STAMP}.txt": HEAD + line(13)})
    with pytest.raises(PerfError, match=r"both hold go1\.24 of darwin-arm64; adopt one of them"):
        find_columns(tmp_path)


def test_adopted_results_are_guarded(tmp_path: Path) -> None:
    """A lost merged.json is made again, an edited text is found, a lost one is asked for."""
    checkout = fake_go.fake_checkout(tmp_path / "clone", {**os.environ})
    checkout.doit("max_reruns=0")
    checkout.doit("adopt", f"from={old_tree(tmp_path, {f'{STAMP}.txt': HEAD + line(13)})}", "max_reruns=0")
    checkout.doit("max_reruns=0")
    (document,) = checkout.root.glob("results/adopted/*/*/merged.json")
    before = document.read_bytes()
    for damage in (b"", None):
        document.write_bytes(damage) if damage is not None else document.unlink()
        checkout.doit("max_reruns=0")
        assert document.read_bytes() == before
    text = document.with_name(f"{STAMP}.txt")
    text.write_text(HEAD + line(14))
    assert "is not as it was adopted" in checkout.doit("validate", "max_reruns=0", status=1)
    text.unlink()
    document.unlink()
    assert "adopt it again (`doit adopt from=" in checkout.doit("max_reruns=0", status=1)
