"""Exports of measured test beds."""

from __future__ import annotations

from pathlib import Path

from tasks.compare import claim_files, noise_file, pairs
from tasks.export.compared import export_comparisons
from tasks.export.export import export
from tasks.results.merge import merge
from tests.conftest import Bed


def exported(bed: Bed) -> Path:
    """Merge all versions, compare any two, and export them; the folder."""
    state = bed.state()
    for version in bed.project.config.versions:
        merge(bed.project, version, bed.units, state)
    noise_file.make(bed.project, state.archive, state.verified)
    for pair in pairs.every_pair(bed.project.config.versions):
        pairs.make(bed.project, pair, state.archive, state.verified)
    claim_files.make(bed.project, (), state.archive, state.verified)
    export(bed.project, bed.project.export_folder)
    export_comparisons(bed.project, bed.project.export_folder)
    return bed.project.export_folder
