"""doit's tasks of the suite and toolchains stages: their names, and what they depend on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tasks.shared.project import Project
from tasks.shared.versions import Version
from tasks.suite.creators import build_tasks, fingerprint_tasks, gomod_tasks
from tasks.suite.declarations import SOURCE as UNITS_PROGRAM
from tasks.suite.scan import scan_package
from tasks.toolchains.creators import toolchain_tasks
from tests.builders import GO_1_24, project


@pytest.fixture
def here(tmp_path: Path) -> Project:
    """Three versions, two of one minor release."""
    files = {"runtime/a_test.go": "func BenchmarkA(b *testing.B) {}\n", "go.mod.template": "", "go.sum.template": ""}
    for name, text in files.items():
        (tmp_path / "benchmarks" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "benchmarks" / name).write_text(text)
    patches = [Version(f"go1.25.{patch}", f"go1.25.{patch}") for patch in (4, 5)]
    return project(tmp_path, GO_1_24, *patches)


def _named(tasks: Iterator[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {f"{task['basename']}:{task['name']}": task for task in tasks if task["name"]}


def _absolute(here: Project, names: list[str]) -> set[Path]:
    """Files of a task, whether it names them by their whole path or below the project's root."""
    return {here.paths.root / name for name in names}


def test_toolchains(here: Project) -> None:
    """A task for each version under its label, and one for each other name that it has."""
    tasks = _named(toolchain_tasks(here))
    assert list(tasks) == ["toolchain:go1.24", "toolchain:go1.24.0", "toolchain:go1.25.4", "toolchain:go1.25.5"]
    assert tasks["toolchain:go1.24.0"]["task_dep"] == ["toolchain:go1.24"]
    assert tasks["toolchain:go1.24"]["uptodate"][0]() is False


def test_go_mod(here: Project) -> None:
    """Each version's go.mod depends on both halves of its template."""
    tasks = _named(gomod_tasks(here))
    assert list(tasks) == ["gomod:go1.24", "gomod:go1.25.4", "gomod:go1.25.5"]
    assert [Path(name).name for name in tasks["gomod:go1.24"]["file_dep"]] == ["go.mod.template", "go.sum.template"]


def test_builds_need_what_other_tasks_make(here: Project) -> None:
    """Builds and fingerprints depend on the go.mod that is made before them, and on all sources."""
    units = scan_package(here.paths.benchmarks, "runtime")
    made = _absolute(here, _named(gomod_tasks(here))["gomod:go1.24"]["targets"])
    build = _named(build_tasks(here, units))["build:go1.24:runtime"]
    fingerprint = _named(fingerprint_tasks(here, units))["fingerprint:go1.24"]
    source = here.paths.benchmarks / "runtime" / "a_test.go"
    assert {*made, source} == _absolute(here, build["file_dep"])
    # What reads the declarations counts as well.
    assert {*made, source, UNITS_PROGRAM} == _absolute(here, fingerprint["file_dep"])
    for task in (build, fingerprint):
        assert task["uptodate"][0]() is False
    assert build["task_dep"] == ["toolchain:go1.24"]
    assert _absolute(here, fingerprint["targets"]) == {here.paths.fingerprint("go1.24.0", "runtime.A")}


def test_every_task_is_described(here: Project) -> None:
    """`doit list` says what each is for."""
    units = scan_package(here.paths.benchmarks, "runtime")
    tasks = [
        *toolchain_tasks(here),
        *gomod_tasks(here),
        *fingerprint_tasks(here, units),
        *build_tasks(here, units),
    ]
    assert all(len(task["doc"]) > 10 for task in tasks)
