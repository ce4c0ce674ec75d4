"""What measured code was made of, kept beside its samples: so that what has changed since can be told."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tasks.measure import names
from tasks.measure.schedule import Need
from tasks.shared import schema
from tasks.shared.project import Project


def keep_inputs(project: Project, session: str, needs: Iterable[Need]) -> None:
    """Write the fingerprint documents of what a session measures, a file for each version."""
    units: dict[str, set[str]] = {}
    for need in needs:
        for version in need.rounds:
            units.setdefault(version, set()).add(need.unit)
    for version, its in units.items():
        _keep(project, session, version, its)


def _keep(project: Project, session: str, version: str, units: Iterable[str]) -> None:
    documents = [schema.read_unchecked(project.paths.fingerprint(version, unit)) for unit in sorted(units)]
    rows = [{key: value for key, value in document.items() if key != "schema_version"} for document in documents]
    kept = {"schema_version": schema.SCHEMA_VERSION, "session": session, "version": version, "units": rows}
    folder = project.tree.version(project.version(version).label)
    schema.write("inputs", folder / names.inputs_file(session), kept, rows="units")


def inputs_of(text: Path, unit: str, fingerprint: str) -> dict[str, Any] | None:
    """The inputs of a unit's samples in a sample file, by their fingerprint; None if nobody kept them."""
    session = names.session_of(text)
    path = text.with_name(names.inputs_file(session or ""))
    if not session or not path.exists():
        return None
    for row in schema.read("inputs", path)["units"]:
        if (row["unit"], row["fingerprint"]) == (unit, fingerprint):
            found: dict[str, Any] = row
            return found
    return None
