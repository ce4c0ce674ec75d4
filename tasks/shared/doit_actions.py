"""Turning our errors into doit's: a message for people, no traceback."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from doit.exceptions import TaskFailed

from tasks.shared.errors import PerfError

#: The option of commands and tasks that can tell what they would do.
DRY_RUN = {
    "name": "dry_run",
    "short": "n",
    "long": "dry-run",
    "type": bool,
    "default": False,
    "help": "change nothing, say what would be done",
}


class Action:
    """A doit action that calls a function with fixed arguments; a PerfError fails the task with its message.

    The options of the task (its ``params``), if it has any, come to the function as keywords. A class and not a
    closure, so that doit can send it to worker processes.
    """

    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        self._function = function
        self._arguments = arguments
        # What `doit info` shows of it.
        self.__name__ = function.__name__
        self.__doc__ = function.__doc__

    def __call__(self, **options: Any) -> TaskFailed | None:
        try:
            self._function(*self._arguments, **options)
        except PerfError as error:
            return TaskFailed(str(error))
        except OSError as error:
            return TaskFailed(f"{error.filename or 'a file'}: {error.strerror}. What was finished is kept.")
        return None


class Check:
    """An uptodate check for doit: whatever goes wrong in it means stale, never an end of the run."""

    def __init__(self, function: Callable[..., bool], *arguments: Any) -> None:
        self._function = function
        self._arguments = arguments

    def __call__(self) -> bool:
        try:
            return self._function(*self._arguments)
        except (PerfError, OSError, ValueError, KeyError, TypeError):
            return False


def on_request(name: str, doc: str, action: Action, **more: Any) -> dict[str, Any]:
    """A task that runs whenever it is asked for, and speaks for itself."""
    return {
        "basename": name,
        "doc": doc,
        "actions": [action],
        "uptodate": [False],
        "verbosity": 2,
        "meta": {"quiet": True},
        **more,
    }
