"""What axe finds: nothing, in each theme, at each width, with everything open."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.site.conftest import Visit


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    ("selected", "width"),
    [
        ("", 1280),
        ("#open=SyncPool&pq=1", 1280),
        ("#open=Unlucky&chart=heat", 1280),
        ("#chart=delta", 320),
        ("#measure=B/op", 320),
    ],
)
def test_no_violations(visit: Callable[..., Visit], site: Path, theme: str, selected: str, width: int) -> None:
    """Of any rule that axe has."""
    # Its script is put into the page by the driver, which a policy that allows nothing would refuse.
    its = visit(site, selected, width=width, color_scheme=theme, bypass_csp=True)
    # Nor may it fetch our own style sheet again, to look into it.
    found = Axe().run(its.page, options={"preload": False})
    assert found.violations_count == 0, found.generate_report()


def test_a_table_is_a_table(visit: Callable[..., Visit], site: Path) -> None:
    """For those who hear it, on a phone as well, where it looks like cards."""
    its = visit(site, width=320)
    tree = its.page.locator("#results").aria_snapshot()
    assert "table" in tree
    assert "columnheader" in tree
    assert "rowheader" in tree


def test_controls_have_names(visit: Callable[..., Visit], site: Path) -> None:
    """Each that can be used can be called by a name."""
    its = visit(site)
    for selector in ("select", "input", "button"):
        for control in its.page.locator(selector).all():
            assert control.evaluate("(its) => its.labels?.[0]?.textContent || its.textContent || its.ariaLabel")
