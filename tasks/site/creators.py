"""doit tasks of the site stage."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tasks.export.compared import comparison_paths
from tasks.export.export import export_paths
from tasks.shared import console, presence
from tasks.shared.doit_actions import Action, Check, on_request
from tasks.shared.errors import PerfError
from tasks.shared.project import Project
from tasks.shared.verified import verified_for
from tasks.site.exported import files_of_others, read_platforms
from tasks.site.library import chart_library
from tasks.site.page import STATIC, files_of, write_page
from tasks.site.pictures import take_pictures
from tasks.site.serve import open_server


def site_tasks(project: Project, out: str, port: str, source: str | None) -> Iterator[dict[str, Any]]:
    """``site`` writes the page of what is exported, ``serve`` shows it, or that of another export, on localhost."""
    export = Path(out).expanduser().absolute() if out else project.export_folder
    own = [*export_paths(project, export), *comparison_paths(project, export)]
    index = project.paths.site / "index.html"
    yield {
        "basename": "site",
        "doc": "the page that compares any two versions: site/index.html",
        "actions": [Action(_write, project, export)],
        "file_dep": [project.relative(path) for path in (*own, *files_of_others(export, own), *_program())],
        "targets": [project.relative(index)],
        "uptodate": [Check(_is_current, project)],
        "verbosity": 2,
    }
    doc = "show the page on localhost (port=9000; from=DIR: of the export there, with nothing measured before)"
    if source is None:
        yield on_request("serve", doc, Action(_serve, project.paths.site, port), task_dep=["site"])
    else:
        yield on_request("serve", doc, Action(_serve_export, project, source, port))
    doc = "screenshots of the page of the committed reference results, for docs/ (needs Chromium)"
    yield on_request("pictures", doc, Action(_take_pictures, project))


def _take_pictures(project: Project) -> None:
    for export in sorted(project.paths.reference.glob("*/export")):
        for path in take_pictures(export, project.paths.root / "docs" / "pictures", chart_library(project.paths.cache)):
            console.say(f"wrote {project.relative(path)}")


def _program() -> list[Path]:
    """Another program makes another page."""
    return [*sorted(STATIC.parent.glob("*.py")), *sorted(STATIC.iterdir())]


def _write(project: Project, export: Path) -> None:
    folder = project.paths.site
    write_page(read_platforms(export), folder, chart_library(project.paths.cache))
    verified = verified_for(project.paths.verified)
    for path in files_of(folder):
        verified.remember(path)
    verified.save()
    console.say(f"the page: {project.relative(folder / 'index.html')} (open it in a browser, or run doit serve)")


def _is_current(project: Project) -> bool:
    """Whether nobody has touched the page since it was made."""
    verified = verified_for(project.paths.verified)
    files = files_of(project.paths.site)
    return bool(files) and all(verified.knows(path) for path in files)


def _serve_export(project: Project, source: str, port: str) -> None:
    export = Path(source).expanduser()
    if not (export / "platforms.json").exists():
        raise PerfError(
            f"from={source}: no export lies there, which has a platforms.json, such as data/ after `doit export`, or "
            "the export/ of committed results"
        )
    with tempfile.TemporaryDirectory(prefix="go-perf-page-") as folder:
        write_page(read_platforms(export), Path(folder), chart_library(project.paths.cache))
        _serve(Path(folder), port)


def _serve(folder: Path, port: str) -> None:
    # It may be shown for days.
    presence.leave()
    with open_server(folder, port) as server, contextlib.suppress(KeyboardInterrupt):
        console.say(f"the page is at http://localhost:{server.server_address[1]}/ (Ctrl-C ends it)")
        server.serve_forever()
