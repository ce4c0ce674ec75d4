"""The page in a real Chromium, opened from the disk: what a reader sees, clicks and types."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.site.beds import HOSTILE
from tests.site.conftest import Visit

Open = Callable[..., Visit]


def test_it_opens_from_the_disk(visit: Open, site: Path) -> None:
    """The newest version against the one before: verdict in words, and a row for each benchmark."""
    its = visit(site)
    assert its.page.title() == "Go 1.24 → Go 1.25, linux-amd64 (A CPU)"
    assert sorted(its.rows()) == ["JSONDecode/Small", "Open", "SyncPool", "Unlucky"]
    said = its.text("#headline")
    for words in (
        "2 improved",
        "0 regressed",
        "1 with no change found",
        "1 only in go1.24",
        "Geometric mean -",
        "of 4",
    ):
        assert words in said, said


def test_without_javascript(visit: Open, site: Path) -> None:
    """The default comparison as a plain table."""
    its = visit(site, java_script_enabled=False)
    assert its.page.locator("#results table tbody tr").count() == 4
    assert "improved" in its.text("#headline")


def test_a_row_says_what_the_data_support(visit: Open, site: Path) -> None:
    """Interval first, then verdict and class, each in words; failed cells say that they failed."""
    its = visit(site)
    assert re.search(r"−10\.0 % \(−1\d\.\d … −\d\.\d\)", its.cell("SyncPool", "change"))
    assert "improved" in its.cell("SyncPool", "verdict")
    assert "no change found" in its.cell("Open", "verdict")
    assert "Good" in its.cell("SyncPool", "class")
    assert "CV 1." in its.cell("SyncPool", "class")
    assert "failed: panic" in its.cell("Unlucky", "new")
    assert its.cell("SyncPool", "old").startswith("100 ns")
    assert "Spread per 25ms sample" in its.text("table.results thead")


def test_any_two_versions(visit: Open, site: Path) -> None:
    """Chosen by the selectors; the address says which, and going back shows what was there."""
    its = visit(site)
    its.page.select_option("#old", "go1.23")
    its.settle()
    assert "Go 1.23 → Go 1.25" in its.text("#headline h2")
    assert "old=go1.23" in its.hash
    assert "−19.0 %" in its.cell("SyncPool", "change")
    its.page.go_back()
    its.settle()
    assert "Go 1.24 → Go 1.25" in its.text("#headline h2")
    its.page.go_forward()
    its.settle()
    assert "Go 1.23 → Go 1.25" in its.text("#headline h2")


def test_a_link_shows_the_same(visit: Open, site: Path) -> None:
    """Everything that is selected is in the address."""
    its = visit(site)
    its.page.select_option("#old", "go1.23")
    its.page.click("text=Runtime 2")
    its.page.fill("#search", "pool")
    its.page.check("#changed")
    its.page.select_option("#measure", "B/op")
    its.page.click("thead button:has-text('Benchmark')")
    its.page.click("button.row")
    its.page.click("[data-chart=delta]")
    its.settle()
    again = visit(site, its.hash)
    assert again.text("#headline") == its.text("#headline")
    assert again.rows() == its.rows() == ["SyncPool"]
    assert again.page.input_value("#search") == "pool"
    assert again.page.is_checked("#changed")
    assert again.page.locator("#details").is_visible()
    assert again.page.locator("#charts svg").count() == its.page.locator("#charts svg").count() == 1


def test_an_address_that_names_what_is_not_there(visit: Open, site: Path) -> None:
    """Shows the usual comparison."""
    its = visit(site, "#platform=plan9-386&old=go9&new=go1.25&measure=x&category=y&sort=z&open=w&chart=delta")
    assert "Go 1.24 → Go 1.25" in its.text("#headline h2")
    assert len(its.rows()) == 4


def test_the_same_version_on_both_sides(visit: Open, site: Path) -> None:
    """Choosing the other side's version swaps the two."""
    its = visit(site)
    its.page.select_option("#old", "go1.25")
    its.settle()
    assert "Go 1.25 → Go 1.24" in its.text("#headline h2")
    assert "regressed" in its.cell("SyncPool", "verdict")


def test_swap(visit: Open, site: Path) -> None:
    """By button and by key."""
    its = visit(site)
    its.page.click("#swap")
    its.settle()
    assert "Go 1.25 → Go 1.24" in its.text("#headline h2")
    assert "+11.1 %" in its.cell("SyncPool", "change")
    its.page.keyboard.press("x")
    its.settle()
    assert "Go 1.24 → Go 1.25" in its.text("#headline h2")


def test_another_platform(visit: Open, site: Path) -> None:
    """Its data are loaded when it is chosen, and not before."""
    its = visit(site)
    assert not [url for url in its.requests if "darwin" in url]
    its.page.select_option("#platform", "darwin-arm64")
    its.settle()
    assert its.rows() == ["SyncPool"]
    assert "darwin-arm64" in its.text("#headline")
    assert [url for url in its.requests if "darwin" in url]


def test_filters(visit: Open, site: Path) -> None:
    """Categories with counts, words in name or description, and only what changed."""
    its = visit(site)
    assert its.page.locator("[aria-label=Category] button").all_text_contents() == [
        "All 4",
        "Runtime 2",
        "Stdlib 1",
        "Networking 1",
    ]
    its.page.click("text=Stdlib 1")
    its.settle()
    assert its.rows() == ["JSONDecode/Small"]
    its.page.click("text=All 4")
    its.page.fill("#search", "what sync measures")
    its.settle()
    assert its.rows() == ["SyncPool"]
    its.page.fill("#search", "nothing like that")
    its.settle()
    assert "No benchmark fits" in its.text("#results")
    its.page.fill("#search", "")
    its.page.check("#changed")
    its.settle()
    assert sorted(its.rows()) == ["JSONDecode/Small", "SyncPool"]


def test_typing_keeps_the_focus_and_fills_no_history(visit: Open, site: Path) -> None:
    """Each letter filters; going back leaves the page as it was before the search, not a letter less."""
    its = visit(site)
    its.page.select_option("#old", "go1.23")
    its.page.keyboard.press("Tab")
    its.page.focus("#search")
    its.page.keyboard.type("sync", delay=20)
    its.settle()
    assert its.page.input_value("#search") == "sync"
    assert its.page.evaluate("document.activeElement.id") == "search"
    its.page.go_back()
    its.settle()
    assert its.page.input_value("#search") == ""
    assert "Go 1.24 → Go 1.25" in its.text("#headline h2")


def test_sorting(visit: Open, site: Path) -> None:
    """Up, down, and as before; a screen reader is told which."""
    its = visit(site)
    head = its.page.locator("th.of-name").first
    assert head.get_attribute("aria-sort") == "none"
    head.locator("button").click()
    its.settle()
    head = its.page.locator("thead th.of-name")
    assert head.get_attribute("aria-sort") == "ascending"
    assert its.rows() == sorted(its.rows())
    head.locator("button").click()
    its.settle()
    assert its.page.locator("thead th.of-name").get_attribute("aria-sort") == "descending"
    assert its.rows() == sorted(its.rows(), reverse=True)
    its.page.locator("thead th.of-name button").click()
    its.settle()
    assert "sort" not in its.hash


def test_p_and_q_on_demand(visit: Open, site: Path) -> None:
    """Columns of their own."""
    its = visit(site)
    assert its.page.locator("td.of-q").count() == 0
    its.page.check("#pq")
    its.settle()
    assert its.cell("SyncPool", "q").endswith("< 0.001")


def test_metrics(visit: Open, site: Path) -> None:
    """Memory, allocations and what benchmarks report by themselves."""
    its = visit(site)
    assert its.page.locator("#measure option").all_text_contents() == [
        "Time (sec/op)", "Memory (B/op)", "Allocations (allocs/op)", "p99-sec",
    ]  # fmt: skip
    its.page.select_option("#measure", "p99-sec")
    its.settle()
    assert its.cell("SyncPool", "old").startswith("31")
    its.page.select_option("#measure", "B/op")
    its.settle()
    assert its.cell("SyncPool", "old").startswith("64 B")


def test_a_row_opens(visit: Open, site: Path) -> None:
    """History, every sample with those of retries, where they come from, source, and how to take one again."""
    its = visit(site)
    its.page.click("button.row:text-is('SyncPool')")
    its.settle()
    said = its.text("#details")
    for words in (
        "improved: -10.0 %", "14 shared blocks", "14 samples, 1 of them of retries", "1 excluded, of disturbed blocks",
        "golang.org/x/sync v0.10.0", "-ldflags=-randlayout=1193", "one of 5 layouts", "benchstat says",
    ):  # fmt: skip
        assert words in said, said
    link = its.page.locator("#details a").first
    assert link.get_attribute("href") == "https://example.com/perf/blob/HEAD/benchmarks/runtime/syncpool_test.go"
    assert its.page.locator("#details svg").count() == 2
    for view in ("Box", "ECDF", "Samples"):
        its.page.click(f"[aria-label='View of the samples'] >> text={view}")
        its.page.wait_for_selector(f"[aria-label='View of the samples'] button[aria-pressed=true]:text-is('{view}')")
        its.page.wait_for_function("document.querySelectorAll('#details svg').length === 2")
    its.page.click("button.row:text-is('SyncPool')")
    its.settle()
    assert its.page.locator("#details").count() == 0


def test_a_failed_row_opens(visit: Open, site: Path) -> None:
    """With what the program said."""
    its = visit(site, "#open=Unlucky")
    assert "panic: out of luck" in its.text("#details")


def test_keyboard(visit: Open, site: Path) -> None:
    """/ searches, j and k go through rows, Enter opens, Escape closes, ? helps."""
    its = visit(site)
    its.page.keyboard.press("/")
    assert its.page.evaluate("document.activeElement.id") == "search"
    its.page.keyboard.press("Escape")
    its.page.keyboard.press("j")
    its.page.keyboard.press("j")
    second = its.rows()[1]
    assert its.page.evaluate("document.activeElement.dataset.row") == second
    its.page.keyboard.press("ArrowUp")
    assert its.page.evaluate("document.activeElement.dataset.row") == its.rows()[0]
    its.page.keyboard.press("ArrowDown")
    its.page.keyboard.press("Enter")
    its.settle()
    assert its.page.locator("#details").is_visible()
    assert its.page.evaluate("document.activeElement.dataset.row") == second
    its.page.keyboard.press("Escape")
    its.settle()
    assert its.page.locator("#details").count() == 0
    its.page.keyboard.press("?")
    assert "search" in its.text("#help")
    its.page.keyboard.press("Escape")
    assert not its.page.locator("#help").is_visible()


@pytest.mark.parametrize("name", ["delta", "time", "memory", "allocations", "heat"])
def test_charts(visit: Open, site: Path, name: str) -> None:
    """Each is drawn with its benchmarks, says in words what it shows, and can be taken away."""
    its = visit(site)
    its.page.click(f"[data-chart={name}]")
    its.settle()
    assert "SyncPool" in (its.page.locator("#charts svg").text_content() or "")
    assert len(its.page.locator("#charts [role=img]").get_attribute("aria-label") or "") > 40
    for form, head in (("svg", b"<svg"), ("png", b"\x89PNG")):
        with its.page.expect_download() as download:
            its.page.click(f"[data-save={form}]")
        path = download.value.path()
        assert Path(path).read_bytes().startswith(head)
        measure = "sec-per-op-" if name in ("delta", "heat") else ""
        assert download.value.suggested_filename == f"linux-amd64-go1.24-go1.25-{measure}{name}.{form}"


def test_downloads_of_the_table(visit: Open, site: Path) -> None:
    """The rows that are shown, with full numbers, as CSV, Markdown and JSON."""
    its = visit(site, "#category=runtime")
    texts = {}
    for form in ("csv", "md", "json"):
        with its.page.expect_download() as download:
            its.page.click(f"[data-download={form}]")
        texts[form] = Path(download.value.path()).read_text()
    assert [row["benchmark"] for row in json.loads(texts["json"])["rows"]] == its.rows()
    assert [line.split(",")[0] for line in texts["csv"].splitlines()] == ["benchmark", *its.rows()]
    assert "| SyncPool | 100 ns | 100 ns | −10.0 %" in texts["md"]


def test_themes(visit: Open, site: Path) -> None:
    """As the system has it, unless a reader chooses; the choice stays."""
    its = visit(site, color_scheme="dark")

    def background() -> str:
        return str(its.page.evaluate("getComputedStyle(document.body).backgroundColor"))

    assert background() == "rgb(13, 17, 23)"
    its.page.click("#theme")
    its.settle()
    assert background() == "rgb(255, 255, 255)"
    its.page.reload()
    its.settle()
    assert background() == "rgb(255, 255, 255)"


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_no_sideways_scroll(visit: Open, site: Path, width: int) -> None:
    """From the narrowest phone on, with a row open and a chart drawn."""
    its = visit(site, "#open=SyncPool&chart=heat&pq=1", width=width)
    assert its.page.evaluate("document.documentElement.scrollWidth") <= width


def test_it_prints(visit: Open, site: Path) -> None:
    """Without what only a screen has a use for."""
    its = visit(site)
    its.page.emulate_media(media="print")
    assert not its.page.locator("#selectors").is_visible()
    assert its.page.locator("table.results").is_visible()
    assert len(its.page.pdf()) > 10_000


def test_data_that_mean_harm(visit: Open, hostile_site: Path) -> None:
    """Names, descriptions, CPUs, outputs and words are text and nothing else, wherever they are shown."""
    its = visit(hostile_site)
    names = its.rows()
    assert sorted(names) == sorted(f"X{text}" for text in HOSTILE)
    for name in names:
        its.page.evaluate("(name) => perf.select({ open: name })", name)
        its.settle()
        assert its.page.locator("#details pre").count() >= 0
    for chart in ("delta", "time", "heat"):
        its.page.click(f"[data-chart={chart}]")
        its.settle()
    assert its.page.evaluate("document.body.dataset.broken ?? ''") == ""
    assert its.page.locator("#main img, #main script, #main iframe").count() == 0
    links = its.page.eval_on_selector_all("a", "all => all.map((its) => its.href)")
    assert [link for link in links if not link.startswith(("file:", "https:", "http:"))] == []
    for form in ("csv", "md"):
        with its.page.expect_download() as download:
            its.page.click(f"[data-download={form}]")
        text = Path(download.value.path()).read_text()
        assert "\n=HYPERLINK" not in text
        assert not re.search(r"(?<!\\)<img", text) or form == "csv"


def test_harmful_data_on_a_phone(visit: Open, hostile_site: Path) -> None:
    """The longest name does not push the page aside."""
    its = visit(hostile_site, width=320)
    assert its.page.evaluate("document.documentElement.scrollWidth") <= 320
