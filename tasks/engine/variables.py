"""``doit profile=quick count=60``: variables of the command line. doit ignores unknown ones; we do not."""

from __future__ import annotations

from doit import doit_cmd

from tasks.compare.request import VARIABLES
from tasks.shared import settings
from tasks.shared.errors import PerfError

#: Variables that are no settings, with what they are for.
OTHERS = {
    "profile": "a profile of config.yaml",
    "from": "what `doit adopt` takes over: a benchmark text of another tool, or a folder of such; "
    "the export of which `doit serve` shows the page",
    "as": "of which Go version that is, where its path does not say (as=go1.24)",
    "out": "where `doit export` writes this time, or `doit compare old= new=` (a folder, or .txt, .md, .csv, .json); "
    "a folder for the pages of `doit calibrate` and `doit layouts`, too",
    "rounds": "samples of each side in `doit calibrate` and `doit layouts`, 40 unless given",
    "budget": "time to measure, as in 20m or 1h30m: spent where it narrows the answers most (see `budget_target`)",
    "port": "where `doit serve` shows the page: 8000 or the next that is free, unless given",
    "failed": "a list of benchmarks (..._failed_benchmarks.txt) for `doit retry:VERSION`",
    **VARIABLES,
}


def read() -> tuple[str, dict[str, str], dict[str, str]]:
    """(profile, changed settings, others) of this command line; PerfError lists the right names."""
    given: dict[str, str] = dict(doit_cmd._CMDLINE_VARS or {})
    known = [*OTHERS, *settings.names()]
    wrong = [name for name in given if name not in known]
    if wrong:
        raise PerfError(f"unknown variable {', '.join(wrong)}; there are {', '.join(known)}")
    changes = {name: value for name, value in given.items() if name not in OTHERS}
    others = {name: value for name, value in given.items() if name in OTHERS and name != "profile"}
    return given.get("profile", "default"), changes, others
