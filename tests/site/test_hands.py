"""Pointer, focus and addresses: what a hand on a mouse or a keyboard meets."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tasks.site.serve import open_server
from tests.site.conftest import Visit

Open = Callable[..., Visit]


def focus(its: Visit) -> str:
    """The id of what has the focus, or the benchmark whose button it is."""
    return str(its.page.evaluate("document.activeElement.id || document.activeElement.dataset.row"))


def test_marks_say_what_they_are(visit: Open, site: Path) -> None:
    """Beside the pointer, as long as it is on them."""
    its = visit(site, "#chart=delta")
    point = its.page.locator("#charts svg .mark-symbol path").first
    point.scroll_into_view_if_needed()
    point.hover()
    assert "%" in its.text("#tip")
    its.page.mouse.move(0, 0)
    assert not its.page.locator("#tip").is_visible()


def test_the_skip_link_changes_nothing_that_is_selected(visit: Open, site: Path) -> None:
    """It only moves the focus."""
    its = visit(site, "#old=go1.23&measure=B/op&open=SyncPool")
    before = its.hash
    its.page.keyboard.press("Tab")
    its.page.keyboard.press("Enter")
    its.settle()
    assert (its.hash, focus(its)) == (before, "results")
    assert "Go 1.23" in its.text("#headline h2")


@pytest.mark.parametrize("control", ["sort-change", "chart-delta", "category-stdlib", "changed", "swap", "theme"])
def test_what_was_pressed_keeps_the_focus(visit: Open, site: Path, control: str) -> None:
    """Though it is drawn anew."""
    its = visit(site)
    its.page.locator(f"#{control}").focus()
    its.page.keyboard.press("Space" if control == "changed" else "Enter")
    its.settle()
    assert focus(its) == control


def test_views_of_samples_are_in_the_address_and_keep_the_focus(visit: Open, site: Path) -> None:
    """A link shows the same view."""
    its = visit(site, "#open=SyncPool")
    its.page.locator("#view-ecdf").focus()
    its.page.keyboard.press("Enter")
    its.settle()
    assert focus(its) == "view-ecdf"
    assert "view=ecdf" in its.hash
    again = visit(site, its.hash)
    assert again.page.locator("#view-ecdf").get_attribute("aria-pressed") == "true"


def test_keys_from_inside_an_open_row(visit: Open, site: Path) -> None:
    """j goes on from there; Escape closes it and stays in its row."""
    its = visit(site, "#open=Open")
    rows = its.rows()
    its.page.locator("#view-box").focus()
    its.page.keyboard.press("j")
    assert focus(its) == rows[rows.index("Open") + 1]
    its.page.locator("#view-box").focus()
    its.page.keyboard.press("Escape")
    its.settle()
    assert focus(its) == "Open"


def test_keys_work_after_a_checkbox(visit: Open, site: Path) -> None:
    """A box is no text field."""
    its = visit(site)
    its.page.check("#pq")
    its.settle()
    its.page.keyboard.press("x")
    its.settle()
    assert "Go 1.25 → Go 1.24" in its.text("#headline h2")


@pytest.mark.parametrize("sort", ["change", "-change", "precision", "-precision", "q", "-q", "new", "-new"])
def test_what_is_missing_comes_last(visit: Open, site: Path, sort: str) -> None:
    """Either way round."""
    its = visit(site, f"#sort={sort}")
    assert its.rows()[-1] == "Unlucky"


@pytest.mark.parametrize("selected", ["#chart=pie", "#sort=luck", "#view=cloud&open=SyncPool"])
def test_addresses_that_name_nothing(visit: Open, site: Path, selected: str) -> None:
    """Charts can still be chosen, the table is as usual."""
    its = visit(site, selected)
    assert its.page.locator("#charts button").count() == 5
    assert len(its.rows()) == 4


def test_no_chart_no_download(visit: Open, site: Path) -> None:
    """What was drawn before is not what is saved now."""
    its = visit(site, "#chart=delta")
    assert its.page.locator("[data-save]").count() == 2
    its.page.fill("#search", "Unlucky")
    its.settle()
    assert "No benchmark here has such numbers" in its.text("#charts")
    assert its.page.locator("[data-save]").count() == 0


def test_the_number_of_rows_is_read_out(visit: Open, site: Path) -> None:
    """And the headline only when it says something else."""
    its = visit(site)
    its.page.evaluate("document.querySelector('#headline').firstElementChild.kept = 1")
    its.page.fill("#search", "sync")
    its.settle()
    assert its.page.locator("#said").text_content() == "1 of 4 benchmarks"
    assert its.page.evaluate("document.querySelector('#headline').firstElementChild.kept") == 1


def test_from_a_server(visit: Open, site: Path) -> None:
    """The same over http, as `doit serve` shows it."""
    with open_server(site, "0") as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            its = visit(site)
            address = f"http://localhost:{server.server_address[1]}/#old=go1.23&open=SyncPool&chart=heat"
            its.page.goto(address)
            its.settle()
            assert "Go 1.23 → Go 1.25" in its.text("#headline h2")
            assert its.page.locator("#charts svg").count() == 1
            assert {url.split("/")[2] for url in its.requests if url.startswith("http")} == {address.split("/")[2]}
            its.requests.clear()
        finally:
            server.shutdown()
            thread.join()
