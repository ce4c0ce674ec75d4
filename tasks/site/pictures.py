"""Pictures of the page for the docs, taken of the committed reference results, so that they stay true."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tasks.shared.errors import PerfError
from tasks.shared.files import write_atomic
from tasks.site.browser import chromium, wait_until_shown
from tasks.site.exported import read_platforms
from tasks.site.page import write_page


@dataclass(frozen=True)
class Picture:
    """What is selected, how wide and high the window is, in which theme; ``of`` is what to cut out, if not all."""

    selected: str = ""
    width: int = 1280
    height: int = 900
    theme: str = "light"
    of: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)


#: Picture by name. The open row is one that changed, whichever that is today: the first.
PICTURES: Mapping[str, Picture] = {
    "desktop": Picture(),
    "dark": Picture(theme="dark"),
    "phone": Picture(width=390, height=844, options={"device_scale_factor": 2}),
    # As high as it is, so that the table's head, which stays in sight, lies not upon it.
    "open-row": Picture(selected="#open=@first@", height=2000, of="tr.details"),
    "heat-map": Picture(selected="#category=stdlib&chart=heat", of="#charts figure"),
    "small": Picture(width=1280, height=640),
}


def take_pictures(export: Path, folder: Path, library: str) -> list[Path]:
    """Make the page of an export and take all pictures of it; the files, ``desktop.png`` and so on."""
    if not (export / "platforms.json").exists():
        raise PerfError(f"{export} holds no export to take pictures of")
    taken = []
    with tempfile.TemporaryDirectory() as scratch, chromium() as browser:
        page = Path(scratch) / "site"
        write_page(read_platforms(export), page, library)
        for name, picture in PICTURES.items():
            path = folder / f"{name}.png"
            write_atomic(path, _taken(browser, page, picture))
            taken.append(path)
    return taken


def _taken(browser: Any, site: Path, picture: Picture) -> bytes:
    size = {"width": picture.width, "height": picture.height}
    context = browser.new_context(viewport=size, color_scheme=picture.theme, reduced_motion="reduce", **picture.options)
    page = context.new_page()
    address = (site / "index.html").as_uri()
    page.goto(address)
    wait_until_shown(page)
    first = str(page.locator("button.row").first.text_content())
    if picture.selected:
        # A click would do, but a link shows the same.
        page.evaluate("(hash) => { location.hash = hash; }", picture.selected.replace("@first@", first))
        wait_until_shown(page)
    shot = page.locator(picture.of) if picture.of else page
    taken: bytes = shot.screenshot()
    context.close()
    return taken
