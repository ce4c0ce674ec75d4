"""doit tasks of the toolchains stage."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tasks.shared import console
from tasks.shared.doit_actions import Action, Check, on_request
from tasks.shared.locks import LOCK_FILE, hold
from tasks.shared.plan_file import read_plan
from tasks.shared.process import SystemProcesses
from tasks.shared.project import Project
from tasks.shared.versions import Version
from tasks.toolchains.install import install, is_installed, record_path
from tasks.toolchains.overview import print_versions
from tasks.toolchains.tools import TOOLS, install_tool


def toolchain_tasks(project: Project) -> Iterator[dict[str, Any]]:
    """``toolchain:go1.24`` installs an exact Go into .go-versions/."""
    yield {"basename": "toolchain", "name": None, "doc": "install the exact Go toolchains into .go-versions/"}
    for version in project.config.versions:
        yield {
            "basename": "toolchain",
            "name": version.label,
            "doc": f"install {version.exact}, downloaded and checksum-verified by go itself",
            "actions": [Action(_install, project, version)],
            "targets": [project.relative(record_path(project.paths, version))],
            "uptodate": [Check(is_installed, project.paths, version)],
            "verbosity": 2,
        }
        for alias in version.aliases:
            yield {
                "basename": "toolchain",
                "name": alias,
                "doc": f"the same as toolchain:{version.label}",
                "actions": None,
                "task_dep": [f"toolchain:{version.label}"],
            }


def versions_tasks(project: Project) -> Iterator[dict[str, Any]]:
    """``versions`` shows what is configured, installed and available; ``tools`` installs the Go tools used here."""
    doc = "Go versions: configured, installed (with path), available"
    yield on_request("versions", doc, Action(print_versions, project))
    doc = "install the pinned Go tools (benchstat, staticcheck) and say where they are"
    yield on_request("tools", doc, Action(_tools, project))


def _tools(project: Project) -> None:
    with hold(LOCK_FILE, exclusive=False, waiting=console.say):
        for name, (_, version) in TOOLS.items():
            path = install_tool(project.paths, name, SystemProcesses(), console.say)
            console.say(f"{name} {version}: {project.relative(path)}")


def _install(project: Project, version: Version) -> None:
    """Install a version, and meanwhile the others that this run has to install."""
    planned = [v for v in project.config.versions if v.exact in read_plan().toolchains]
    with hold(LOCK_FILE, exclusive=False, waiting=console.say), ThreadPoolExecutor(4) as pool:
        installing = {
            v: pool.submit(install, project.paths, v, project.machine, time.time, console.say)
            for v in {version, *planned}
        }
    # What went wrong with another version is that version's own task to tell.
    installing[version].result()
