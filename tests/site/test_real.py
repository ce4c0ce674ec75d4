"""The page of real results: what only shows with many benchmarks, long names and large differences."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.site.conftest import Visit

Open = Callable[..., Visit]

#: No cell may be as narrow as a letter or two, pixels.
READABLE = 34


def labels(its: Visit, axis: int = -1) -> list[str]:
    """What stands at an axis of the last chart: 0 is the first, -1 the last."""
    axes = its.page.locator("#charts svg, #details svg:not(.mark)").last.locator(".role-axis-label")
    texts = axes.nth(axis if axis >= 0 else axes.count() + axis).locator("text").all_text_contents()
    return [text for text in texts if text]


def top(its: Visit, selector: str) -> float:
    """Where something is on the screen, pixels from above."""
    return float(its.page.locator(selector).first.evaluate("(it) => it.getBoundingClientRect().top"))


@pytest.mark.parametrize("chart", ["time", "memory", "allocations", "delta"])
def test_one_mark_for_each_value(visit: Open, real_site: Path, chart: str) -> None:
    """An end of an interval has none: it would be read as a value."""
    its = visit(real_site, f"#chart={chart}")
    assert its.page.locator("#charts svg .mark-symbol.role-mark").count() == 1


@pytest.mark.parametrize("category", ["runtime", "stdlib", "networking"])
def test_times_at_an_axis(visit: Open, real_site: Path, category: str) -> None:
    """Each with its unit, and none a unit alone."""
    its = visit(real_site, f"#chart=time&category={category}")
    assert [text for text in labels(its, 0) if not re.fullmatch(r"[\d.]+[nµm]?s", text)] == []
    assert len(labels(its, 0)) > 2


def test_an_axis_with_zeros(visit: Open, real_site: Path) -> None:
    """Powers of ten from zero on."""
    its = visit(real_site, "#chart=memory")
    assert {"0B", "10B", "1kB", "100kB", "1MB"} <= set(labels(its, 0))


def test_an_axis_without_a_unit(visit: Open, real_site: Path) -> None:
    """Numbers as the table has them, without a prefix of nothing."""
    its = visit(real_site, "#measure=gc-cycles/op&open=GCThroughput")
    charts = its.page.locator("#details svg:not(.mark)")
    texts = charts.first.locator(".role-axis-label text").all_text_contents()
    assert any(text.startswith("0.0") for text in texts)
    assert [text for text in texts if re.search(r"\dm$", text)] == []


def test_changes_at_an_axis(visit: Open, real_site: Path) -> None:
    """No exponents."""
    its = visit(real_site, "#chart=delta&old=go1.23&new=go1.27")
    assert [text for text in labels(its, 0) if not re.fullmatch(r"[−+]?\d+", text)] == []
    assert "−50" in labels(its, 0)


def test_opening_a_row_below_an_open_one(visit: Open, real_site: Path) -> None:
    """Its button stays under the eye, though what was open above it closes."""
    its = visit(real_site, "#open=Gzip/Compress", reduced_motion="reduce")
    its.page.locator('button.row[data-row="Gzip/Compress"]').focus()
    for key in "jjj":
        its.page.keyboard.press(key)
    before = top(its, "button.row:focus")
    its.page.keyboard.press("Enter")
    its.settle()
    assert top(its, "button.row:focus") == pytest.approx(before, abs=2)
    assert 0 <= before <= 900


def test_another_view_of_samples(visit: Open, real_site: Path) -> None:
    """What was clicked stays under the pointer."""
    its = visit(real_site, "#open=Gzip/Compress", reduced_motion="reduce")
    its.page.locator("#view-box").scroll_into_view_if_needed()
    before = top(its, "#view-box")
    its.page.locator("#view-box").click()
    its.settle()
    assert top(its, "#view-box") == pytest.approx(before, abs=2)


def test_a_link_to_a_row_shows_it(visit: Open, real_site: Path) -> None:
    """However far below it is."""
    its = visit(real_site, "#open=TLSThroughput/64KB")
    assert 0 <= top(its, 'button.row[data-row="TLSThroughput/64KB"]') < 500


@pytest.mark.parametrize(
    ("selected", "width", "context"),
    [
        ("", 1280, {}),
        ("#pq=1", 1100, {}),
        ("#pq=1", 1024, {}),
        ("#open=Gzip/Compress", 1000, {}),
        ("#open=Gzip/Compress", 320, {}),
        ("", 1000, {"java_script_enabled": False}),
    ],
)
def test_words_are_whole(visit: Open, real_site: Path, selected: str, width: int, context: dict[str, bool]) -> None:
    """No cell is squeezed until a word has a letter in each line, and nothing scrolls sideways."""
    its = visit(real_site, selected, width=width, **context)
    assert narrowest(its) >= READABLE
    assert its.page.evaluate("document.documentElement.scrollWidth") <= width


def test_words_are_whole_on_paper(visit: Open, real_site: Path) -> None:
    """On A4."""
    its = visit(real_site, width=718)
    its.page.emulate_media(media="print")
    assert narrowest(its) >= READABLE
    assert its.page.evaluate("document.documentElement.scrollWidth") <= 718


def narrowest(its: Visit) -> float:
    """Of the cells that have words of several letters."""
    cells = its.page.locator("tbody td, tbody th").filter(has_text=re.compile(r"\w{4}"))
    widths = cells.evaluate_all("(all) => all.map((it) => it.clientWidth).filter((width) => width > 0)")
    return float(min(widths))


def test_escape_leaves_the_search_as_it_is(visit: Open, real_site: Path) -> None:
    """Words, rows and address go together."""
    its = visit(real_site)
    its.page.keyboard.press("/")
    its.page.keyboard.type("sha")
    its.settle()
    its.page.keyboard.press("Escape")
    its.settle()
    assert its.page.locator("#search").input_value() == "sha"
    assert "search=sha" in its.hash
    assert len(its.rows()) < 20


def test_which_zero_it_is(visit: Open, real_site: Path) -> None:
    """From, to, or on both sides."""
    its = visit(real_site, "#measure=B/op")
    cells = its.page.locator("td.of-change").all_inner_texts()
    assert any("to zero" in text for text in cells)
    assert any("zero in most samples of both" in text for text in cells)
    assert "from or to" not in " ".join(cells)


def test_arrows_go_where_values_go(visit: Open, real_site: Path) -> None:
    """A throughput that improved has risen."""
    its = visit(real_site, "#measure=B/s")
    verdicts = its.page.locator("td.of-verdict").all_inner_texts()
    assert any("▲ improved" in text for text in verdicts)
    assert "▼ improved" not in " ".join(verdicts)
    assert "▲ " in its.text("#headline .improved")
    assert "which is better here" in visit(real_site, "#measure=B/s&chart=delta").text("#charts figcaption")


def test_what_it_takes_to_be_called_so(visit: Open, real_site: Path) -> None:
    """The rules of the comparison, with its numbers."""
    notes = visit(real_site).text("#headline .notes")
    assert "q at most 0.05, and by more than both 1 % and the noise floor" in notes
    assert "within ±3 %" in notes


def test_classes_and_changes_have_colours(visit: Open, real_site: Path) -> None:
    """Besides shapes and words."""
    its = visit(real_site)
    style = "(it) => getComputedStyle(it).color"
    assert its.page.locator(".class.high").first.evaluate(style) != its.page.locator("body").evaluate(style)
    its = visit(real_site, "#measure=gc-cycles/op")
    fill = "(it) => getComputedStyle(it).fill"
    assert its.page.locator("svg .dot.changed").first.evaluate(fill) == "rgb(110, 64, 201)"


def test_charts_say_of_what_they_are(visit: Open, real_site: Path) -> None:
    """In their caption and in the name of their file, with what they leave out."""
    its = visit(real_site, "#measure=B/op&chart=delta")
    caption = its.text("#charts figcaption")
    assert caption.startswith("B/op, Go 1.26 → Go 1.27")
    assert re.search(r"Not drawn: \d+ from, to or at zero", caption)
    with its.page.expect_download() as download:
        its.page.locator('[data-save="svg"]').click()
    assert download.value.suggested_filename == "linux-amd64-go1.26-go1.27-B-per-op-delta.svg"


@pytest.mark.parametrize("sort", ["__proto__", "constructor", "-toString"])
def test_a_name_that_every_object_has(visit: Open, real_site: Path, sort: str) -> None:
    """Is no column."""
    assert len(visit(real_site, f"#sort={sort}").rows()) == 76
