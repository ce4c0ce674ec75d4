"""Which cells a run selected, handed from the planning to the session, also into `doit -n 2`'s workers."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from tasks.measure.schedule import Cell
from tasks.shared.errors import PerfError

#: Names the file; worker processes inherit it, whichever way they are started.
_VARIABLE = "GO_PERF_PLAN"


def write_plan(folder: Path, cells: Iterable[Cell]) -> None:
    """Note the selected cells of this run; plans of runs that have ended are removed."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.plan"):
        if not _is_alive(old.name.split(".")[0]):
            old.unlink(missing_ok=True)
    descriptor, name = tempfile.mkstemp(dir=folder, prefix=f"{os.getpid()}.", suffix=".plan", text=True)
    with os.fdopen(descriptor, "w") as file:
        file.writelines(f"{cell.version} {cell.unit}\n" for cell in cells)
    os.environ[_VARIABLE] = name


def read_plan() -> list[Cell]:
    """The cells that this run selected."""
    name = os.environ.get(_VARIABLE)
    if not name:
        raise PerfError("the session has no plan; run it through doit")
    return [Cell(*line.split()) for line in Path(name).read_text().splitlines()]


def _is_alive(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        return True
    return True
