"""What the page says besides its table: findings, banners, flags, the system; and what it does not say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest

from tests.site.beds import platform, publish
from tests.site.conftest import Visit

Open = Callable[..., Visit]


def test_findings_that_hold(visit: Open, eventful_site: Path) -> None:
    """With their source and day; of the others only how many there are."""
    its = visit(eventful_site)
    said = its.text("#findings")
    assert "1 hold here (2 contradicted by these results, 3 open)" in said
    assert "Pools are faster." in said
    assert "condition written 2026-11-24" in said
    assert its.page.locator("#findings a").get_attribute("href") == "https://example.com/notes"


def test_what_is_not_by_go_alone(visit: Open, eventful_site: Path) -> None:
    """The banner names the module, the headline leaves it out, the row says so and is not coloured."""
    its = visit(eventful_site)
    assert "golang.org/x/crypto: v0.27.0 -> v0.47.0" in its.text(".banner")
    assert "1 not by Go alone, counted nowhere" in its.text("#headline")
    assert "improved, not by Go alone" in its.cell("Hash", "verdict")
    row = its.page.locator("tr.flagged")
    assert row.count() == 1
    assert row.locator("svg .point.none").count() == 1
    assert row.locator("svg .improved").count() == 0


def test_the_headline_has_the_noise_floor(visit: Open, eventful_site: Path) -> None:
    """Over all benchmarks, for the metric that is shown."""
    assert "noise floor ±" in visit(eventful_site).text("#headline")


def test_values_and_pairs_that_disagree(visit: Open, site: Path) -> None:
    """All versions have the same medians there, and pairs that differ: the row says why."""
    its = visit(site)
    assert "Values are medians of all samples" in its.cell("SyncPool", "change")
    assert "Values are medians" not in its.cell("Open", "change")


def test_the_system(visit: Open, eventful_site: Path) -> None:
    """Machine, Go, settings and times of both sides."""
    said = visit(eventful_site).text("#system")
    for words in ("AMD EPYC 7B13", "6.1.0-13", "amd64", "7.8 GiB", "go version go1.25.0", "25ms samples, fresh layouts",
                  "GOAMD64=v1", "2026-11-24 08:00 UTC"):  # fmt: skip
        assert words in said, said


def test_marks_follow_the_verdict(visit: Open, site: Path) -> None:
    """Of what improved a triangle in its colour, of an open one a grey square; sparklines mark what was found."""
    its = visit(site)
    row = its.page.locator("tr", has=its.page.locator("button.row:text-is('SyncPool')"))
    assert row.locator(".of-change svg .point.improved").count() == 1
    assert row.locator(".of-change svg .interval.improved").count() == 1
    assert row.locator(".of-history svg .dot.improved").count() == 2
    row = its.page.locator("tr", has=its.page.locator("button.row:text-is('Open')"))
    assert row.locator(".of-change svg .point.none").count() == 1


def test_the_heat_map_knows_which_way_is_better(visit: Open, eventful_site: Path) -> None:
    """What improved is better though it is more; from zero there is no percentage, and the deepest colour."""
    its = visit(eventful_site, "#measure=B/op&chart=heat")
    assert "from or to 0" in (its.page.locator("#charts svg").text_content() or "")
    rows = its.page.evaluate("perf.heatRows(perf.shown.index, perf.shown.rows)")
    found = {row["name"]: row["found"] for row in rows}
    assert found["SyncPool"] == 1000
    assert found["Open"] == 0
    its.page.select_option("#measure", "p99-sec")
    its.settle()
    rows = its.page.evaluate("perf.heatRows(perf.shown.index, perf.shown.rows)")
    assert {row["name"]: round(row["found"]) for row in rows}["SyncPool"] == -20


def test_every_sample_says_whether_it_is_of_a_retry(visit: Open, site: Path) -> None:
    """In the chart, and in words."""
    its = visit(site, "#open=SyncPool")
    assert "of a retry" in (its.page.locator("#details svg").last.text_content() or "")
    label = its.page.locator("#details [role=img]").last.get_attribute("aria-label") or ""
    assert "Go 1.25 14 samples from 98 ns to 102 ns" in label


def test_a_failed_benchmark_of_a_unit(visit: Open, eventful_site: Path) -> None:
    """It says that it failed, and the unit has no row of its own."""
    its = visit(eventful_site)
    assert "failed: panic" in its.cell("Unlucky/Small", "new")
    assert len(its.rows()) == 4


def test_one_version_alone(visit: Open, tmp_path: Path) -> None:
    """Its values, and what to do about it; without scripts too."""
    publish([platform(labels=("go1.25",))], tmp_path / "site")
    its = visit(tmp_path / "site")
    assert "One version is measured here. To compare, add another to config.yaml." in its.text("#headline")
    assert its.cell("SyncPool", "new").startswith("100 ns")


def test_the_same_version_twice_in_a_link(visit: Open, site: Path) -> None:
    """There is nothing to compare; the usual other one takes its place."""
    assert "Go 1.24 → Go 1.25" in visit(site, "#old=go1.25&new=go1.25").text("#headline h2")


def test_adopted_results_do_not_come_first(visit: Open, tmp_path: Path) -> None:
    """What somebody else measured is there to choose; the page begins with what was measured in pairs."""
    adopted = platform(name="aix-ppc64")
    for document in adopted.versions.values():
        document["metadata"]["provenance"] = "provenance not verified"
    publish([adopted, platform()], tmp_path / "site")
    its = visit(tmp_path / "site")
    assert "linux-amd64" in its.text("#headline h2")
    assert its.page.locator("#platform option").count() == 2


def test_a_comparison_that_is_missing_is_named(visit: Open, tmp_path: Path) -> None:
    """The file, not that there were none."""
    publish([platform(labels=("go1.23", "go1.24", "go1.25"))], tmp_path / "site")
    (tmp_path / "site" / "data" / "linux-amd64" / "pairs" / "go1.23-go1.25.js").unlink()
    its = visit(tmp_path / "site")
    its.page.select_option("#old", "go1.23")
    its.settle()
    assert "go1.23-go1.25.js is missing" in its.text("#headline")
    assert [error for error in its.errors if "ERR_FILE_NOT_FOUND" in error] == its.errors
    its.errors.clear()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_paper_all_is_light(visit: Open, site: Path, theme: Literal["light", "dark"]) -> None:
    """Whatever theme the screen has."""
    its = visit(site, color_scheme=theme)
    its.page.emulate_media(media="print", color_scheme=theme)
    assert its.page.evaluate("getComputedStyle(document.body).color") == "rgb(27, 31, 36)"
    # A table, and not a card for each benchmark, though paper is narrow.
    its.page.set_viewport_size({"width": 700, "height": 900})
    assert its.page.evaluate("getComputedStyle(document.querySelector('table.results td')).display") == "table-cell"
