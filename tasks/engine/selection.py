"""What the commands that undo things share: which tasks a name stands for, how they are told, and --dry-run."""

from __future__ import annotations

import fnmatch
import getopt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from doit.cmd_base import DoitCmdBase, check_tasks_exist
from doit.exceptions import InvalidTask

from tasks.engine.planning import closure_of
from tasks.shared.errors import PerfError

#: Up to this many members of a group are named; of more, their number is told.
_NAMED = 3


class Command(DoitCmdBase):  # type: ignore[misc]
    """A command whose options may also stand after its tasks: ``doit clean collect:go1.24 --dry-run``."""

    def parse_execute(self, in_args: Sequence[str]) -> Any:
        """What the command returns."""
        return super().parse_execute(_options_first(self.cmdparser, list(in_args)))


def _options_first(parser: Any, arguments: list[str]) -> list[str]:
    """The same command line as doit's own parser takes it, which reads no option after the first task."""
    try:
        options, tasks = getopt.gnu_getopt(arguments, parser.get_short(), parser.get_long())
    except getopt.GetoptError:
        # doit's own parser says the same in its own words.
        return arguments
    return [word for option in options for word in option if word] + tasks


def named(tasks: Mapping[str, Any], names: Iterable[str]) -> list[str]:
    """The tasks that a command line names, also by patterns (``merge:*``); doit's own error for any other name."""
    found = [task for name in names for task in (fnmatch.filter(tasks, name) if "*" in name else [name])]
    check_tasks_exist(tasks, found)
    return found


def through_groups(tasks: Mapping[str, Any], names: Iterable[str]) -> set[str]:
    """The named tasks, and what is reached from them through tasks that only group others, such as aliases."""
    return closure_of(tasks, names, groups_only=True)


def by_group(tasks: Mapping[str, Any], reached: Iterable[str]) -> dict[str, list[str]]:
    """The tasks among these that do something, by the group that they are told under, in the order of dodo.py."""
    wanted = set(reached)
    groups: dict[str, list[str]] = {}
    for name, task in tasks.items():
        if name in wanted and task.actions:
            groups.setdefault(task.subtask_of or name, []).append(name)
    return groups


def in_words(tasks: Mapping[str, Any], group: str, members: list[str]) -> str:
    """``collect:go1.24: 48 cells``, ``merge: go1.23, go1.24``, or just the name of a task that stands alone."""
    if members == [group]:
        return group
    if len(members) <= _NAMED:
        return f"{group}: {', '.join(name.removeprefix(group + ':') for name in members)}"
    cells = all((tasks[name].meta or {}).get("cell") for name in members)
    return f"{group}: {len(members)} {'cells' if cells else 'tasks'}"


@contextmanager
def mistakes_told() -> Iterator[None]:
    """What a user can mend ends a command as one message, without a traceback."""
    try:
        yield
    except PerfError as error:
        raise InvalidTask(str(error)) from error
    except OSError as error:
        raise InvalidTask(f"{error.filename or 'a file'}: {error.strerror}. Nothing more was changed.") from error
