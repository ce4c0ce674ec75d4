"""Validating every artefact there is, without trusting any cache."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tasks.measure.sample_file import read_file
from tasks.shared import console, schema
from tasks.shared.errors import PerfError
from tasks.shared.project import Project
from tasks.shared.yaml_file import read_yaml


def validate(project: Project, export_folder: Path) -> None:
    """Check all artefacts against their schemas and all samples against their hashes; PerfError lists mistakes."""
    counts: Counter[str] = Counter()
    mistakes: list[str] = []
    for kind, path in artefacts(project, export_folder):
        counts[kind] += 1
        try:
            if kind == "samples":
                file = read_file(path)
                counts["sample"] += len(file.samples)
                mistakes += file.problems
            elif kind == "config":
                schema.check(kind, read_yaml(path), str(path))
            else:
                schema.read(kind, path)
        except PerfError as error:
            mistakes.append(str(error))
    if mistakes:
        raise PerfError("\n".join(mistakes) + f"\n{len(mistakes)} mistakes")
    samples = counts.pop("sample", 0)
    listed = ", ".join(f"{number} {kind}" for kind, number in sorted(counts.items()))
    console.say(f"valid: {sum(counts.values())} artefacts ({listed}), {samples} samples")


def artefacts(project: Project, export_folder: Path) -> Iterator[tuple[str, Path]]:
    """(schema, path) of everything that the program has written and can read."""
    paths = project.paths
    yield "config", paths.config
    single = [
        ("versions-lock", paths.versions_lock),
        ("progress", paths.results / "collection_progress.json"),
        ("export-platforms", export_folder / "platforms.json"),
    ]
    yield from ((kind, path) for kind, path in single if path.exists())
    patterns = [
        ("toolchain", paths.toolchains, "*.json"),
        ("fingerprint", paths.build, "*/fingerprints/*.json"),
        ("build", paths.build, "*/*.build.json"),
        ("samples", paths.results, "*/*/go*/????-??-??_*.txt"),
        ("receipt", paths.results, "*/*/go*/receipts/*.json"),
        ("merged", paths.results, "*/*/go*/merged.json"),
        ("blocks", paths.results, "*/*/*_blocks.json"),
        ("forgotten", paths.results, "*/*/forgotten.json"),
        ("export-index", export_folder, "*/index.json"),
        ("export-version", export_folder, "*/go*.json"),
    ]
    for kind, folder, pattern in patterns:
        yield from ((kind, path) for path in sorted(folder.glob(pattern)))
