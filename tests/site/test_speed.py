"""How fast the page is with three platforms, eight versions, 76 benchmarks and 30 samples each."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median

import pytest

from tests.site.beds import platform, publish
from tests.site.conftest import Visit
from tests.suite_names import NAMES

LABELS = tuple(f"go1.{minor}" for minor in range(20, 28))


#: Milliseconds.
_SWITCH = """async (old) => {
    const start = performance.now();
    await perf.select({ old });
    return performance.getEntriesByName("in sight").at(-1).startTime - start;
}"""

#: Milliseconds that a table of a fixed size takes, from its making to its being seen.
_YARDSTICK = """async () => {
    const start = performance.now();
    const table = document.createElement("table");
    for (let row = 0; row < 150; row++) {
        const cells = table.insertRow();
        for (let cell = 0; cell < 8; cell++) cells.insertCell().textContent = `${row} of a fixed piece of work`;
    }
    document.body.append(table);
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    const took = performance.now() - start;
    table.remove();
    return took;
}"""

#: What it takes on a machine on which switching takes 80 (two cores of a shared server, 2026-11-28).
_USUAL = 60


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """That page."""
    names = [(package, name) for package, its in NAMES.items() for name in its]
    one = platform(names, labels=LABELS, rounds=30)
    folder = tmp_path_factory.mktemp("large") / "site"
    publish([one, replace(one, name="linux-arm64"), replace(one, name="darwin-arm64")], folder)
    return folder


def test_first_load_is_small(large: Path) -> None:
    """All that a first visit loads, charts' library included, is at most 2.5 MB."""
    html = (large / "index.html").read_text()
    loaded = {*re.findall(r'(?:src|href)="([^"#:]+)"', html), "index.html", "vega.js", "data/charts.js"}
    assert sum((large / name).stat().st_size for name in loaded) <= 2_500_000


def assert_within(limit: float, measure: Callable[[], float]) -> None:
    """The best of up to ten, as other tests and programs may have the processors."""
    measured: list[float] = []
    while len(measured) < 10 and min(measured, default=limit + 1) > limit:
        measured.append(measure())
    assert min(measured) <= limit, measured


def test_usable_in_a_second(visit: Callable[..., Visit], large: Path) -> None:
    """From the start of loading to the table."""

    def milliseconds() -> float:
        its = visit(large)
        assert len(its.rows()) == 76
        return float(its.page.evaluate("performance.getEntriesByName('shown')[0].startTime"))

    assert_within(1000, milliseconds)


def test_switching_versions(visit: Callable[..., Visit], large: Path) -> None:
    """At most 100 ms from choosing to seeing, data loaded and painted: the median of five pairs.

    A machine that is slower, or busy, has as much more as it takes for a fixed piece of work.
    """

    def milliseconds() -> float:
        page = visit(large).page
        pairs = [(page.evaluate(_YARDSTICK), page.evaluate(_SWITCH, label)) for label in LABELS[:5]]
        fixed, switching = (median(times) for times in zip(*pairs, strict=True))
        return float(switching / max(1, fixed / _USUAL))

    assert_within(100, milliseconds)
