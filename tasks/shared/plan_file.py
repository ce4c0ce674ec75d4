"""What a run will do, handed from the planning to its tasks, also into `doit -n 2`'s worker processes."""

from __future__ import annotations

import functools
import json
import os
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from tasks.shared.cell import Cell

#: Names the file; worker processes inherit it, whichever way they are started.
_VARIABLE = "GO_PERF_PLAN"
_FAILED = ".failed"


@dataclass(frozen=True)
class Plan:
    """What a run was asked for and found.

    ``cells`` were selected, ``toolchains`` (exact versions) are to be installed, ``named`` are the tasks that somebody
    typed. ``judged`` cells make a strict run fail if they fail; ``ignored`` ones are left out, also of retries.
    ``outdated`` versions have fingerprints of other code than today's, and get no new ones in this run.
    """

    cells: tuple[Cell, ...] = ()
    toolchains: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    judged: tuple[Cell, ...] = ()
    ignored: tuple[Cell, ...] = ()
    outdated: tuple[str, ...] = ()

    @functools.cached_property
    def _by_unit(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for cell in self.cells:
            found[cell.unit] = (*found.get(cell.unit, ()), cell.version)
        return found

    def versions_of(self, unit: str) -> tuple[str, ...]:
        """The selected versions of a unit."""
        return self._by_unit.get(unit, ())


def write_plan(folder: Path, plan: Plan) -> None:
    """Note the plan of this run; those of runs that have ended are removed."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.plan*"):
        if not _is_alive(old.name.split(".")[0]):
            old.unlink(missing_ok=True)
    descriptor, name = tempfile.mkstemp(dir=folder, prefix=f"{os.getpid()}.", suffix=".plan", text=True)
    with os.fdopen(descriptor, "w") as file:
        json.dump(asdict(plan), file)
    os.environ[_VARIABLE] = name


def read_plan() -> Plan:
    """The plan of this run; an empty one outside of any."""
    name = os.environ.get(_VARIABLE)
    return _read(name) if name else Plan()


def note_failed_session() -> None:
    """Let this run's cells know that nothing was measured for them; doit itself runs what a failed task set up."""
    name = os.environ.get(_VARIABLE)
    if name:
        Path(f"{name}{_FAILED}").touch()


def session_failed() -> bool:
    """Whether this run's session has failed."""
    name = os.environ.get(_VARIABLE)
    return bool(name) and Path(f"{name}{_FAILED}").exists()


@functools.cache
def _read(name: str) -> Plan:
    document = json.loads(Path(name).read_text())
    cells, judged, ignored = (tuple(Cell(**cell) for cell in document[key]) for key in ("cells", "judged", "ignored"))
    toolchains, named, outdated = (tuple(document[key]) for key in ("toolchains", "named", "outdated"))
    return Plan(cells, toolchains, named, judged, ignored, outdated)


def _is_alive(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        return True
    return True
