"""Writing the page: a folder that works by double click, from any web server, and without a network."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any

from tasks.shared.files import write_atomic
from tasks.site import plain
from tasks.site.charts import charts
from tasks.site.exported import Platform
from tasks.site.index_data import index_data
from tasks.site.pair_data import pair_data
from tasks.site.sample_data import sample_data

STATIC = Path(__file__).with_name("static")

#: Scripts in the order in which they run, after core.js.
SCRIPTS = (
    "state.js", "words.js", "rows.js", "marks.js", "table.js", "controls.js", "headline.js", "details.js", "charts.js",
    "downloads.js", "keys.js", "app.js",
)  # fmt: skip

#: Nothing but this site's own files, no inline script or style, no request to anywhere.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'none'; "
    "base-uri 'none'; form-action 'none'"
)

LIBRARY = "vega.js"
#: Names all files of a page.
LIST = "files.txt"


def write_page(platforms: list[Platform], folder: Path, library: str) -> None:
    """Write everything below ``folder``, and remove what an earlier page had and this one has not.

    ``library`` is the script that draws charts. What others have put there, a CNAME or a folder of git's, stays.
    """
    before = files_of(folder)
    names = []
    for name, content in (*_files(_measured_first(platforms)), (LIBRARY, library)):
        write_atomic(folder / name, content)
        names.append(name)
    write_atomic(folder / LIST, "".join(f"{name}\n" for name in sorted(names)))
    for path in set(before) - set(files_of(folder)):
        path.unlink(missing_ok=True)
        if not any(path.parent.iterdir()):
            path.parent.rmdir()


def files_of(folder: Path) -> list[Path]:
    """The files of the page in a folder, as its list has them; none if no page is there."""
    listed = folder / LIST
    if not listed.exists():
        return []
    inside = (folder / name for name in listed.read_text().splitlines())
    return [listed, *(path for path in inside if folder.resolve() in path.resolve().parents)]


def default_pair(platform: Platform) -> tuple[str, str]:
    """What the page begins with: the newest version that has been compared against the one before it."""
    labels = platform.labels
    for old, new in zip(reversed(labels[:-1]), reversed(labels[1:]), strict=True):
        if (old, new) in platform.comparisons and not _is_adopted(platform, new):
            return old, new
    return labels[max(0, len(labels) - 2)], labels[-1]


def _measured_first(platforms: list[Platform]) -> list[Platform]:
    """Those of which versions were compared come first: the page begins with the first."""
    return sorted(
        platforms, key=lambda its: default_pair(its) not in its.comparisons or _is_adopted(its, default_pair(its)[1])
    )


def _is_adopted(platform: Platform, label: str) -> bool:
    return bool(platform.versions[label]["metadata"]["provenance"])


def _files(platforms: list[Platform]) -> Iterator[tuple[str, str]]:
    """(name, content) of all files but the library."""
    first = platforms[0]
    comparison = first.comparisons.get(default_pair(first))
    scripts = "\n".join(f'<script defer src="{name}"></script>' for name in _begins_with(first))
    parts = {
        "csp": POLICY,
        "title": escape(plain.title_of(comparison, first.display)),
        "scripts": scripts,
        "headline": plain.headline(comparison),
        "plain": plain.table(comparison),
    }
    yield "index.html", _filled((STATIC / "index.html").read_text(), parts)
    for name in ("style.css", "theme.js", "core.js", *SCRIPTS):
        yield name, (STATIC / name).read_text()
    yield "data/charts.js", data_file("charts", charts())
    listed = [{"name": p.name, "display": p.display, "pair": default_pair(p)} for p in platforms]
    yield "data/platforms.js", data_file("platforms", listed)
    for platform in platforms:
        yield from _data_of(platform)


def _begins_with(platform: Platform) -> Iterator[str]:
    """The scripts that every visit needs, so that they need not wait for each other."""
    old, new = default_pair(platform)
    yield "data/platforms.js"
    yield f"data/{platform.name}/index.js"
    if (old, new) in platform.comparisons:
        yield f"data/{platform.name}/pairs/{old}-{new}.js"
    yield from SCRIPTS


def _data_of(platform: Platform) -> Iterator[tuple[str, str]]:
    yield _named(f"{platform.name}/index", index_data(platform))
    for old, new in platform.comparisons:
        yield _named(f"{platform.name}/pairs/{old}-{new}", pair_data(platform, old, new))
    for place in range(len(platform.index["benchmarks"])):
        yield _named(f"{platform.name}/samples/{place}", sample_data(platform, place))


def _named(name: str, value: Any) -> tuple[str, str]:
    return f"data/{name}.js", data_file(name, value)


def data_file(name: str, value: Any) -> str:
    """A script that hands data over: what a page opened from a disk can load, as it may not fetch."""
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return f"perf.add({json.dumps(name)}, {text});\n"


def _filled(template: str, parts: Mapping[str, str]) -> str:
    """A template with its parts; what a part holds is not looked at again."""
    text, *rest = template.split("@")
    # Every second piece is a name.
    for name, after in zip(rest[::2], rest[1::2], strict=True):
        text += parts[name] + after
    return text
