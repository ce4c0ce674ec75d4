"""Variables of the command line that no selected task makes anything of: refused, not passed over in silence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tasks.shared.errors import PerfError

#: Whose they are, by the first word of a task's name, and what to tell who gave them to others.
_BELONG = {
    "failed": (("retry",), "is for `doit retry:VERSION failed=...`; name such a task"),
    "from": (("adopt", "serve"), "is for `doit adopt` and `doit serve`; name one of them"),
    "rounds": (
        ("calibrate", "layouts"),
        "is for `doit calibrate` and `doit layouts`; for all others it is count={value}",
    ),
}


def refuse_misplaced(others: Mapping[str, str], closure: Iterable[str]) -> None:
    """PerfError for a variable in ``others`` that none of the tasks named in ``closure`` asks for."""
    named = {name.split(":")[0] for name in closure}
    for variable, (tasks, words) in _BELONG.items():
        if variable in others and named.isdisjoint(tasks):
            raise PerfError(f"{variable}={others[variable]} {words.format(value=others[variable])}")
