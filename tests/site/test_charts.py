"""Chart specifications: the library takes each of them, in both themes, and draws what rows say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import vl_convert

from tasks.site.charts import charts
from tasks.site.library import chart_library, kept_in

NAMES = ("values", "delta", "heat", "history", "strip", "box", "ecdf")

#: One row that has the fields of all charts.
ROW = {
    "name": "SyncPool", "version": "Go 1.24", "value": 2e-8, "low": 1e-8, "high": 3e-8, "words": "said", "change": -5.0,
    "verdict": "improved", "found": -5.0, "text": "-5.0", "kind": "sample", "spread": 0.5,
}  # fmt: skip


def _drawn(name: str, theme: str) -> str:
    spec: dict[str, Any] = charts()[theme][name]
    rows = [ROW, {**ROW, "version": "Go 1.25", "value": 4e-8, "kind": "of a retry"}]
    return str(vl_convert.vegalite_to_svg({**spec, "width": 400, "datasets": {"rows": rows}}))


def test_there_are_these_charts() -> None:
    """In both themes."""
    assert {theme: tuple(made) for theme, made in charts().items()} == {"light": NAMES, "dark": NAMES}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", NAMES)
def test_each_can_be_drawn(name: str, theme: str) -> None:
    """To a picture that has marks."""
    svg = _drawn(name, theme)
    assert svg.startswith("<svg")
    assert "<path" in svg


def test_rows_name_their_lines() -> None:
    """A benchmark's name is on the axis of a chart with a line for each."""
    assert "SyncPool" in _drawn("delta", "light")
    assert "Go 1.25" in _drawn("heat", "light")


def test_axes_have_units() -> None:
    """A prefix alone would not say of what."""
    for name in ("values", "history", "strip", "box", "ecdf"):
        assert re.search(r">\d+ns<", _drawn(name, "light")), name


def test_the_library_keeps_its_names_to_itself(tmp_path: Path) -> None:
    """It defines one name, is made once, and another wheel makes another."""
    text = chart_library(tmp_path)
    assert kept_in(tmp_path).read_text() == chart_library(tmp_path) == text
    assert text.startswith("(() => {")
    assert text.rstrip().endswith("})();")
    assert text.count("globalThis.vegaEmbed=") == 1
    assert len(text) < 1_200_000
