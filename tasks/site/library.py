"""The library that draws the charts: Vega-Lite with all it needs, as one script, from the wheel that brings it.

Vega-Lite, because one specification serves every theme and download, it draws under a strict Content-Security-Policy
(its expressions are interpreted, not evaluated as code), and its bundle comes from PyPI, without Node.
"""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from tasks.shared.files import write_atomic


def chart_library(cache: Path) -> str:
    """A script that defines ``vegaEmbed`` and nothing else; kept in ``cache``, since it takes seconds to make."""
    kept = kept_in(cache)
    if not kept.exists():
        write_atomic(kept, make_library())
    return kept.read_text()


def kept_in(cache: Path) -> Path:
    """Where it is kept, by the version of the wheel that it comes from."""
    return cache / f"vega-{version('vl-convert-python')}.js"


def make_library() -> str:
    """The bundle, which keeps its own names to itself."""
    import vl_convert

    bundle: str = vl_convert.javascript_bundle("globalThis.vegaEmbed = vegaEmbed;")
    return f"(() => {{\n{bundle}\n}})();\n"
