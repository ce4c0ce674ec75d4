"""A real Chromium, and pages opened in it as a double click opens them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Dialog, Page

from tasks.site.browser import chromium, find_chromium, wait_until_shown
from tasks.site.exported import read_platforms
from tests.builders import ROOT
from tests.site.beds import eventful, hostile, platform, publish

REFERENCE = ROOT / "results" / "reference" / "linux-amd64-xeon-2-cores" / "export"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests; where there is none, they fail in CI and are skipped elsewhere."""
    if find_chromium() is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium on PATH; .ci/run installs Debian's package")
        pytest.skip(
            "no Chromium on PATH: install it (apt install chromium) to run the tests that click through the page"
        )
    with chromium() as made:
        yield made


@dataclass
class Visit:
    """A page that is shown, and what went wrong or was asked for meanwhile."""

    page: Page
    address: str
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def refuse(self, dialog: Dialog) -> None:
        """No page of ours opens one of the browser's own dialogs."""
        self.errors.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def settle(self) -> None:
        """Wait until what was selected is shown."""
        wait_until_shown(self.page)

    def rows(self) -> list[str]:
        """The names of the benchmarks that are shown, in their order."""
        return self.page.locator("button.row").all_text_contents()

    def text(self, selector: str) -> str:
        """What a reader sees there."""
        return self.page.locator(selector).inner_text()

    @property
    def hash(self) -> str:
        """What the address says is selected."""
        return str(self.page.evaluate("location.hash"))

    def cell(self, name: str, column: str) -> str:
        """One cell of a benchmark's row."""
        row = self.page.locator("tr", has=self.page.locator(f'button.row:text-is("{name}")'))
        return row.locator(f".of-{column}").inner_text()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of two platforms: three versions with four benchmarks, and two with other ones."""
    names = [("runtime", "SyncPool"), ("runtime", "Open"), ("stdlib", "JSONDecode/Small"), ("networking", "Unlucky")]
    folder = tmp_path_factory.mktemp("page") / "site"
    publish(
        [
            platform(names, labels=("go1.23", "go1.24", "go1.25")),
            platform([("runtime", "SyncPool")], name="darwin-arm64", repository=""),
        ],
        folder,
    )
    return folder


@pytest.fixture(scope="session")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of data that mean harm."""
    folder = tmp_path_factory.mktemp("hostile") / "site"
    publish([hostile()], folder)
    return folder


@pytest.fixture(scope="session")
def eventful_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a platform on which everything happens."""
    folder = tmp_path_factory.mktemp("eventful") / "site"
    publish([eventful()], folder)
    return folder


@pytest.fixture(scope="session")
def real_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the committed results: five releases, all benchmarks."""
    folder = tmp_path_factory.mktemp("real") / "site"
    publish(read_platforms(REFERENCE), folder)
    return folder


@pytest.fixture
def visit(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Visit]]:
    """Opens pages; when the test is over, none of them may have met an error or asked a network."""
    visits: list[Visit] = []

    def open_page(folder: Path, selected: str = "", width: int = 1280, **context: Any) -> Visit:
        made = browser.new_context(viewport={"width": width, "height": 900}, accept_downloads=True, **context)
        page = made.new_page()
        its = Visit(page, f"{(folder / 'index.html').as_uri()}{selected}")
        page.on("pageerror", lambda error: its.errors.append(str(error)))
        page.on("console", lambda said: its.errors.append(said.text) if said.type in ("error", "warning") else None)
        page.on("dialog", its.refuse)
        page.on("request", lambda asked: its.requests.append(asked.url))
        visits.append(its)
        page.goto(its.address)
        if context.get("java_script_enabled", True):
            its.settle()
        return its

    yield open_page
    for its in visits:
        its.page.context.close()
        assert its.errors == []
        assert [url for url in its.requests if not url.startswith(("file:", "data:", "blob:"))] == []
