"""A real Chromium for pictures and tests: the one on PATH, driven by Playwright."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tasks.shared.errors import PerfError

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: As root there is no sandbox; the others keep it from asking anything of a network.
_ARGUMENTS = (
    "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
)  # fmt: skip

#: How often it is asked whether a page is drawn, and the pause between, ms.
_TRIES, _PAUSE = 1500, 10


def find_chromium() -> str | None:
    """The browser's program; None if there is none on PATH."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


@contextmanager
def chromium() -> Iterator[Any]:
    """A browser for the block; PerfError says what is missing."""
    executable = find_chromium()
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise PerfError("Playwright is missing: install requirements-dev.lock") from error
    if executable is None:
        raise PerfError("no Chromium on PATH: install it, on Debian with apt install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(_ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


def wait_until_shown(page: Any) -> None:
    """Wait until a page of ours shows all that is selected; PerfError if it never does."""
    # Waiting for an expression would evaluate text in the page, which its policy forbids.
    for _ in range(_TRIES):
        if page.evaluate("() => document.body.dataset.shown === String(perf.drawings())"):
            return
        page.wait_for_timeout(_PAUSE)
    raise PerfError(f"{page.url} was not drawn within {_TRIES * _PAUSE / 1000:.0f} s")
