"""The library that draws the charts: Vega-Lite with all it needs, as one script, from the wheel that brings it.

Vega-Lite, because one specification serves every theme and download, it draws under a strict Content-Security-Policy
(its expressions are interpreted, not evaluated as code), and its bundle comes from PyPI, without Node.
"""

from __future__ import annotations

import functools


@functools.cache
def chart_library() -> str:
    """A script that defines ``vegaEmbed`` and nothing else. It takes seconds to make."""
    import vl_convert

    bundle: str = vl_convert.javascript_bundle("globalThis.vegaEmbed = vegaEmbed;")
    return f"(() => {{\n{bundle}\n}})();\n"


def library_version() -> str:
    """What a bundle depends on."""
    import vl_convert

    return f"vl-convert {vl_convert.__version__}"
