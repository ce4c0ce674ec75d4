"""Whether code that did not compile would still not: a result of the build's inputs, not of one unit's code."""

from __future__ import annotations

from tasks.shared import schema
from tasks.shared.cell import Cell
from tasks.shared.errors import PerfError
from tasks.shared.project import Project
from tasks.suite.build import Target, inputs_of


def still_fails(project: Project, cell: Cell) -> bool:
    """Whether the last build of the cell's package failed with just what there is now."""
    target = Target(project.paths, project.version(cell.version), cell.package)
    try:
        record = schema.read_unchecked(target.record)
        return bool(record["status"] != "built" and record["inputs"] == inputs_of(target, project.config.environment))
    except (PerfError, OSError, KeyError):
        return False
