"""Validating every artefact there is, without trusting any cache."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tasks.compare.claim_reading import as_text
from tasks.export.compared import FOLDER as COMPARISONS
from tasks.measure.names import session_of
from tasks.measure.part import part_of
from tasks.measure.reader import UNFINISHED, SampleFile, read_file
from tasks.results.adopt import adopted_folder, changed_texts
from tasks.shared import console, schema
from tasks.shared.errors import PerfError
from tasks.shared.project import Project
from tasks.shared.yaml_file import read_yaml


def validate(project: Project, export_folder: Path) -> None:
    """Check all artefacts against their schemas and all samples against their hashes; PerfError lists mistakes."""
    counts: Counter[str] = Counter()
    mistakes: list[str] = []
    # What a kill or an older program left is no mistake of anybody's.
    notes: list[str] = []
    # A text has the samples of many receipts.
    read = functools.cache(read_file)
    for kind, path in artefacts(project, export_folder):
        counts[kind] += 1
        try:
            if kind == "samples":
                file = read(path)
                counts["sample"] += file.count
                mistakes += [problem for problem in file.problems if UNFINISHED not in problem]
                notes += [problem for problem in file.problems if UNFINISHED in problem]
            elif kind in ("config", "claims"):
                schema.check(kind, as_text(read_yaml(path)), str(path))
            else:
                document = schema.read(kind, path)
                if kind == "adopted":
                    mistakes += changed_texts(path)
                if kind == "receipt":
                    mistakes += _samples_not_there(path, document, read)
        except PerfError as error:
            if not path.exists():
                # Another doit has just removed it.
                counts[kind] -= 1
            elif schema.is_older(path):
                notes.append(f"{path} was written by an older program; it is made again when it is needed")
            else:
                mistakes.append(str(error))
    for note in notes:
        console.say(f"note: {note}")
    if mistakes:
        raise PerfError("\n".join(mistakes) + f"\n{len(mistakes)} mistakes")
    samples = counts.pop("sample", 0)
    listed = ", ".join(f"{number} {kind}" for kind, number in sorted(counts.items()))
    console.say(f"valid: {sum(counts.values())} artefacts ({listed}), {samples} samples")


def _samples_not_there(path: Path, receipt: dict[str, Any], read: Callable[[Path], SampleFile]) -> list[str]:
    """The samples that a receipt counts or excludes, and its texts don't hold."""
    tree = path.parents[2]
    missing = set()
    for entry in receipt["texts"]:
        text = tree / entry["file"]
        if not text.exists() or not part_of(read(text), receipt["unit"], entry):
            missing.add(entry["file"])
    for entry in receipt["excluded"]:
        text = tree / entry["file"]
        if not text.exists() or entry["sha256"] not in read(text).by_digest:
            missing.add(entry["file"])
    where = ", ".join(sorted(missing))
    return [f"{path}: the samples that it names in {where} are not as they were; run doit"] if missing else []


def _may_be_ours(project: Project, path: Path) -> bool:
    # An empty text is what a kill leaves that comes just after it was made.
    return bool(session_of(path) and path.stat().st_size) and adopted_folder(project.paths) not in path.parents


def artefacts(project: Project, export_folder: Path) -> Iterator[tuple[str, Path]]:
    """(schema, path) of everything that the program has written and can read."""
    paths = project.paths
    yield "config", paths.config
    yield "claims", paths.findings
    single = [
        ("versions-lock", paths.versions_lock),
        ("progress", paths.results / "collection_progress.json"),
        ("syscheck", paths.results / "syscheck.json"),
        ("export-platforms", export_folder / "platforms.json"),
    ]
    yield from ((kind, path) for kind, path in single if path.exists())
    patterns = [
        ("toolchain", paths.toolchains, "*.json"),
        ("fingerprint", paths.build, "*/fingerprints/*.json"),
        ("build", paths.build, "*/*.build.json"),
        ("adopted", paths.results, "adopted/*/*/adopted.json"),
        ("samples", paths.results, "*/*/go*/????-??-??_*.txt"),
        ("receipt", paths.results, "*/*/go*/receipts/*.json"),
        ("merged", paths.results, "*/*/go*/merged.json"),
        ("inputs", paths.results, "*/*/go*/*_inputs.json"),
        ("variance", paths.results, "*/*/go*/variance.json"),
        ("blocks", paths.results, "*/*/*_blocks.json"),
        ("comparison", paths.results, "*/*/comparisons/*.json"),
        ("findings", paths.results, "*/*/findings.json"),
        ("syscheck", paths.results, "*/*/*_syscheck.json"),
        ("forgotten", paths.results, "*/*/forgotten.json"),
        ("noise", paths.results, "*/*/noise.json"),
        ("calibration", paths.results, "calibration/*/*.json"),
        ("layouts", paths.results, "layouts/*/*.json"),
        ("noise", export_folder, "*/noise.json"),
        ("export-index", export_folder, "**/index.json"),
        ("findings", export_folder, "**/findings.json"),
        ("comparison", export_folder, f"**/{COMPARISONS}/*.json"),
        ("export-version", export_folder, "**/go*.json"),
    ]
    for kind, folder, pattern in patterns:
        for path in sorted(folder.glob(pattern)):
            if kind == "samples" and not _may_be_ours(project, path):
                continue
            if kind == "export-version" and path.parent.name == COMPARISONS:
                continue
            yield kind, path
