"""The files of a page: what is written, what is left alone, and what they may hold."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tasks.shared import schema
from tasks.shared.errors import PerfError
from tasks.site import plain
from tasks.site.exported import read_platforms
from tasks.site.page import LIST, POLICY, SCRIPTS, STATIC, data_file, default_pair, files_of
from tests.conftest import MACHINE, Bed
from tests.export.beds import exported
from tests.site.beds import HOSTILE, data, hostile, measured_page, platform, publish

SOURCES = sorted(STATIC.glob("*.js"))


def test_a_measured_page(bed: Bed) -> None:
    """Index, every pair either way round, and the samples of each benchmark, as scripts."""
    bed.run()
    page = measured_page(bed)
    index = data(page, "linux-amd64/index")
    assert [version["label"] for version in index["versions"]] == ["go1.23", "go1.24", "go1.25"]
    assert len(index["pairs"]) == 6
    assert all(data(page, f"linux-amd64/pairs/{pair}")["name"] == pair for pair in index["pairs"])
    for place, row in enumerate(index["benchmarks"]):
        found = data(page, f"linux-amd64/samples/{place}")
        exported = schema.read("export-version", bed.project.export_folder / "linux-amd64" / "go1.24.json")
        times = exported["benchmarks"][row["name"]]["ns_per_op_samples"]
        assert found["versions"][1]["samples"] == pytest.approx([time * 1e-9 for time in times], rel=1e-5)
    assert data(page, "platforms")[0]["pair"] == ["go1.24", "go1.25"]


def test_twice_the_same_bytes(bed: Bed) -> None:
    """No time of making is in the files."""
    bed.run()
    before = {path: path.read_bytes() for path in files_of(measured_page(bed))}
    assert {path: path.read_bytes() for path in files_of(measured_page(bed))} == before


def test_other_platforms_have_data_of_their_own(bed: Bed, make_bed: Callable[..., Bed]) -> None:
    """What another machine exported to the same folder is on the page."""
    bed.run()
    measured_page(bed)
    arm = make_bed(machine=MACHINE.__class__(**{**MACHINE.document(), "goos": "darwin", "goarch": "arm64"}))
    arm.run()
    page = measured_page(arm)
    assert [its["name"] for its in data(page, "platforms")] == ["darwin-arm64", "linux-amd64"]
    assert data(page, "linux-amd64/index")["name"] == "linux-amd64"


def test_what_is_no_longer_there_goes_and_other_files_stay(tmp_path: Path) -> None:
    """A version that left takes its files with it; what others put there is not ours to remove."""
    publish([platform(labels=("go1.23", "go1.24", "go1.25"))], tmp_path)
    (tmp_path / "CNAME").write_text("perf.example.com")
    (tmp_path / ".git").mkdir()
    assert (tmp_path / "data/linux-amd64/pairs/go1.23-go1.24.js").exists()
    publish([platform()], tmp_path)
    assert not list(tmp_path.rglob("*go1.23*"))
    assert (tmp_path / "CNAME").exists()
    assert (tmp_path / ".git").is_dir()
    assert LIST in {path.name for path in files_of(tmp_path)}


def test_a_list_that_names_what_is_not_inside(tmp_path: Path) -> None:
    """Whatever a list says, only files below the page are its own."""
    page = tmp_path / "site"
    publish([platform()], page)
    outside = tmp_path / "precious.txt"
    outside.write_text("x")
    (page / LIST).write_text("../precious.txt\n")
    publish([platform()], page)
    assert outside.exists()


def test_no_export_is_said(tmp_path: Path) -> None:
    """With what to do about it."""
    with pytest.raises(PerfError, match="doit export"):
        read_platforms(tmp_path)


def test_the_page_begins_with_the_newest_neighbours() -> None:
    """Of what was compared; of a single version there is no pair but itself."""
    assert default_pair(platform(labels=("go1.23", "go1.24", "go1.25"))) == ("go1.24", "go1.25")
    assert default_pair(platform(labels=("go1.25",))) == ("go1.25", "go1.25")


def test_every_script_is_loaded(tmp_path: Path) -> None:
    """And each that is loaded is there."""
    publish([platform()], tmp_path)
    html = (tmp_path / "index.html").read_text()
    loaded = re.findall(r'src="([^"]+)"', html)
    assert all((tmp_path / name).exists() for name in loaded)
    assert {path.name for path in SOURCES} == {"theme.js", "core.js", *SCRIPTS}
    assert {*SCRIPTS, "theme.js", "core.js"} <= set(loaded)


def test_no_placeholder_is_left(tmp_path: Path) -> None:
    """And what data hold is not taken for one."""
    made = platform([("runtime", "X@title@")])
    publish([made], tmp_path)
    html = (tmp_path / "index.html").read_text()
    assert html.count("X@title@") == 1
    assert "@csp@" not in html


def test_the_policy_allows_nothing_from_elsewhere(tmp_path: Path) -> None:
    """No inline script, no evaluated text, no request; and the page keeps to it."""
    publish([platform()], tmp_path)
    html = (tmp_path / "index.html").read_text()
    assert f'content="{POLICY}"' in html
    assert "unsafe" not in POLICY
    assert "default-src 'none'" in POLICY
    assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>", html)
    assert not re.search(r"\s(on\w+|style)=", html)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_scripts_make_text_never_markup(path: Path) -> None:
    """Whatever comes from data goes through text nodes and attributes."""
    source = path.read_text()
    for word in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        "fetch(",
        "XMLHttpRequest",
    ):
        assert word not in source, word
    assert '"use strict";' in source
    assert len(source.splitlines()) < 300


def test_nothing_but_the_library_names_a_host(tmp_path: Path) -> None:
    """No request to anywhere: addresses in our files are those of links and name spaces."""
    publish([platform()], tmp_path)
    known = ("http://www.w3.org/2000/svg", "https://vega.github.io/schema/", "https://example.com/perf")
    for path in files_of(tmp_path):
        if path.name != "vega.js":
            found = re.findall(r"https?://[^\s\"'`)]+", path.read_text())
            assert [its for its in found if not its.startswith(known)] == [], path.name


def test_harmful_names_are_text(tmp_path: Path) -> None:
    """Without scripts, too."""
    publish([hostile()], tmp_path)
    html = (tmp_path / "index.html").read_text()
    assert "<img" not in html
    assert "<script>" not in html
    assert "&lt;img src=x" in html


def test_data_are_scripts_that_end_nowhere_else() -> None:
    """What could end a script or a line of it is escaped."""
    text = data_file("x", {"a": "</script>\u2028\u202e", "b": HOSTILE[3]})
    assert text.isascii()
    assert text.count("\n") == 1


def test_plain_table_without_a_comparison() -> None:
    """Of a first version alone there is nothing to compare."""
    assert plain.table(None) == ""
    assert "Nothing has been compared" in plain.headline(None)
    assert plain.title_of(None, "Linux") == "Go performance, Linux"


def test_exports_that_are_not_valid_are_named(bed: Bed) -> None:
    """With the file, before anything of the page is written."""
    bed.run()
    folder = exported(bed)
    (folder / "linux-amd64" / "go1.24.json").write_text("{}")
    with pytest.raises(PerfError, match=r"go1\.24\.json"):
        read_platforms(folder)
