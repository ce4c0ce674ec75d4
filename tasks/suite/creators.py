"""doit tasks of the suite stage."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tasks.shared import console, schema
from tasks.shared.doit_actions import Action, Check
from tasks.shared.locks import LOCK_FILE, hold
from tasks.shared.process import SystemProcesses
from tasks.shared.project import Project
from tasks.shared.verified import verified_for
from tasks.shared.versions import Version
from tasks.suite import build, fingerprint, templates
from tasks.suite.declarations import SOURCE as UNITS_PROGRAM
from tasks.suite.inputs import take_fingerprints
from tasks.suite.lint import lint
from tasks.suite.scan import Unit, package_sources


def gomod_tasks(project: Project) -> Iterator[dict[str, Any]]:
    """``gomod:go1.24`` makes a version's go.mod and go.sum from the nearest template."""
    yield {"basename": "gomod", "name": None, "doc": "go.mod and go.sum of each version, from the templates"}
    for version in project.config.versions:
        template = templates.choose(project.paths.benchmarks, version)
        folder = project.paths.build_of(version.exact)
        yield {
            "basename": "gomod",
            "name": version.label,
            "doc": f"go.mod of {version.exact} from {template.mod.name}",
            "actions": [Action(templates.instantiate, template, version, folder)],
            "file_dep": [project.relative(template.mod), project.relative(template.sum)],
            "targets": [project.relative(folder / "go.mod"), project.relative(folder / "go.sum")],
            "uptodate": [Check(_has_own_directive, template, version, folder)],
        }


def fingerprint_tasks(project: Project, units: tuple[Unit, ...]) -> Iterator[dict[str, Any]]:
    """``fingerprint:go1.24`` hashes what can change what each unit measures, a small file each."""
    yield {"basename": "fingerprint", "name": None, "doc": "what each unit measures, as a hash, per version"}
    sources = _sources(project)
    for version in project.config.versions:
        folder = project.paths.build_of(version.exact)
        yield {
            "basename": "fingerprint",
            "name": version.label,
            "doc": f"fingerprints of all units under {version.exact}",
            "actions": [Action(_take_fingerprints, project, version, units)],
            "file_dep": [
                *sources,
                *(project.relative(path) for path in (UNITS_PROGRAM, folder / "go.mod", folder / "go.sum")),
            ],
            # Not a dependency: what is up to date needs no toolchain.
            "setup": [f"toolchain:{version.label}"],
            "targets": [project.relative(project.paths.fingerprint(version.exact, unit.id)) for unit in units],
            "uptodate": [Check(_speaks_of_today, project, version, units)],
            "verbosity": 2,
        }


def build_tasks(project: Project, units: tuple[Unit, ...]) -> Iterator[dict[str, Any]]:
    """``build:go1.24:stdlib`` compiles a package and keeps what linking it anew needs."""
    yield {"basename": "build", "name": None, "doc": "compile each package once per version"}
    for version in project.config.versions:
        folder = project.paths.build_of(version.exact)
        for package in project.config.packages:
            target = build.Target(project.paths, version, package)
            sources = [project.relative(path) for path in package_sources(project.paths.benchmarks, package)]
            yield {
                "basename": "build",
                "name": f"{version.label}:{package}",
                "doc": f"compile {package} with {version.exact}",
                "actions": [Action(_build, project, target, units)],
                "file_dep": [*sources, project.relative(folder / "go.mod"), project.relative(folder / "go.sum")],
                "task_dep": [f"toolchain:{version.label}"],
                "targets": [project.relative(target.record)],
                "uptodate": [Check(_is_usable, project, target)],
                "verbosity": 2,
            }


def lint_tasks(project: Project) -> Iterator[dict[str, Any]]:
    """``lint`` runs go vet and staticcheck on the suite."""
    newest = project.config.versions[-1]
    yield {
        "basename": "lint",
        "doc": f"go vet and the pinned staticcheck on the suite, with {newest.exact}",
        "actions": [Action(_lint, project, newest)],
        "task_dep": [f"build:{newest.label}:{package}" for package in project.config.packages],
        "uptodate": [False],
        "verbosity": 2,
    }


def _lint(project: Project, version: Version) -> None:
    with hold(LOCK_FILE, exclusive=False, waiting=console.say):
        lint(project, version, SystemProcesses())


def _sources(project: Project) -> list[str]:
    paths = {path for p in project.config.packages for path in package_sources(project.paths.benchmarks, p)}
    return sorted(project.relative(path) for path in paths)


def _take_fingerprints(project: Project, version: Version, units: tuple[Unit, ...]) -> None:
    with hold(LOCK_FILE, exclusive=False, waiting=console.say):
        take_fingerprints(project, version, units, SystemProcesses())


def _has_own_directive(template: templates.Template, version: Version, folder: Path) -> bool:
    """Whether go.mod and go.sum are what the template gives today."""
    mod, total = templates.render(template, version)
    return (folder / "go.mod").read_text() == mod and (folder / "go.sum").read_bytes() == total


def _speaks_of_today(project: Project, version: Version, units: tuple[Unit, ...]) -> bool:
    """Whether the fingerprints are valid, and of today's environment, build recipe and toolchain."""
    recipe, goroot = fingerprint.BUILD_RECIPE, fingerprint.goroot_digest(version)
    today = (schema.SCHEMA_VERSION, project.config.environment, recipe, goroot)
    paths = [project.paths.fingerprint(version.exact, unit.id) for unit in units]
    documents = [_known_document(project, "fingerprint", path) for path in paths]
    return all((d["schema_version"], d["environment"], d["build_recipe"], d["goroot"]) == today for d in documents)


def _known_document(project: Project, kind: str, path: Path) -> dict[str, Any]:
    """A document that is valid by its schema, which is looked up only if it has changed since the last time."""
    verified = verified_for(project.paths.verified)
    document: dict[str, Any] = schema.read_unchecked(path)
    if not verified.knows(path):
        schema.check(kind, document, str(path))
        verified.remember(path)
    return document


def _build(project: Project, target: build.Target, units: tuple[Unit, ...]) -> None:
    mine = target.folder / f"{target.package}.flock"
    with (
        hold(LOCK_FILE, exclusive=False, waiting=console.say),
        hold(mine, exclusive=True, waiting=console.say),
    ):
        build.build(target, units, project.config.environment, SystemProcesses())


def _is_usable(project: Project, target: build.Target) -> bool:
    """Whether the record is valid, of today's inputs, and what it speaks of is there."""
    record = _known_document(project, "build", target.record)
    if record["inputs"] != build.inputs_of(target, project.config.environment):
        return False
    if not build.is_told_apart_as_today(target, record):
        return False
    return record["status"] == "failed" or (target.binary.exists() and (target.link_folder / "main.a").exists())
