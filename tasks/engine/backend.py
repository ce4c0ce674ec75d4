"""doit's record of what succeeded, written through: a kill loses nothing that was done.

The stock backends write when doit ends. This one writes each task as it is saved, to SQLite in WAL mode,
which several processes may open at once.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from pathlib import Path
from typing import Any

#: The last thing that doit saves of a task that succeeded; the row is complete then.
_LAST_KEY = "deps:"


class WriteThrough:
    """A doit backend (see doit.dependency.SqliteDB for the interface)."""

    desc = "SQLite, written after each task"

    def __init__(self, name: str, codec: Any, *, module_name: str | None = None) -> None:
        self.name = name
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        try:
            self._connection = self._open(name)
        except sqlite3.OperationalError:
            # Locked or read-only: nothing is wrong with the file.
            raise
        except sqlite3.DatabaseError:
            # It only says what doit did, never what was measured: a damaged one is begun anew.
            for suffix in ("", "-wal", "-shm"):
                Path(name + suffix).unlink(missing_ok=True)
            self._connection = self._open(name)
        rows = self._connection.execute("select task, data from tasks")
        self._tasks: dict[str, dict[str, Any]] = {task: json.loads(data) for task, data in rows}
        self._dirty: set[str] = set()

    @staticmethod
    def _open(name: str) -> sqlite3.Connection:
        connection = sqlite3.connect(name, timeout=60, isolation_level=None, check_same_thread=False)
        connection.execute("pragma journal_mode=wal")
        connection.execute("create table if not exists tasks (task text primary key, data text not null)")
        return connection

    def get(self, task_id: str, dependency: str) -> Any:
        """A saved value, None if there is none."""
        return self._tasks.get(task_id, {}).get(dependency)

    def set(self, task_id: str, dependency: str, value: Any) -> None:
        """Save a value; a task's last one writes the task."""
        self._tasks.setdefault(task_id, {})[dependency] = value
        self._dirty.add(task_id)
        if dependency == _LAST_KEY:
            self._write(task_id)

    def in_(self, task_id: str) -> bool:
        """Whether anything is saved of a task."""
        return task_id in self._tasks

    def remove(self, task_id: str) -> None:
        """Forget a task."""
        self._dirty.discard(task_id)
        if self._tasks.pop(task_id, None) is not None:
            self._connection.execute("delete from tasks where task = ?", (task_id,))

    def remove_all(self) -> None:
        """Forget all tasks."""
        self._tasks.clear()
        self._dirty.clear()
        self._connection.execute("delete from tasks")

    def dump(self) -> None:
        """Write what is left and close."""
        for task_id in sorted(self._dirty):
            self._write(task_id)
        with contextlib.suppress(sqlite3.OperationalError):
            self._connection.execute("pragma wal_checkpoint(truncate)")
        self._connection.close()

    def _write(self, task_id: str) -> None:
        data = json.dumps(self._tasks[task_id])
        self._connection.execute("insert or replace into tasks values (?, ?)", (task_id, data))
        self._dirty.discard(task_id)
