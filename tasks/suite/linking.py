"""Linking a compiled test binary anew, with its functions in another order.

Where the linker puts functions changes what a benchmark reads by up to 18 % (docs/design.md), so each
round draws a new order. Calling the linker on saved inputs is twice as fast as `go test -c`, compiles
nothing, and works after Go's build cache was trimmed: the inputs are hard links below the build folder,
named by relative paths. The order of *data* is not varied: the linker has no option for it.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from tasks.shared.errors import MachineFault, PerfError
from tasks.shared.files import remove_tree
from tasks.shared.process import Processes, machine_is_at_fault

LINK_FOLDER = "link"

_WORK = re.compile(r"^WORK=(.+)$", re.MULTILINE)
_IMPORTCFG = re.compile(r"^cat >[^\n]*importcfg\.link[^\n]* << 'EOF'[^\n]*\n(.*?)^EOF$", re.DOTALL | re.MULTILINE)
# Assignments such as GOROOT='' stand before it; a path with a space in it is in quotes.
_LINK_COMMAND = re.compile(r"""^(?:\w+=(?:'[^']*'|"[^"]*"|\S*) )*((?:"[^"\n]*/link"|\S*/link) -o .+)$""", re.MULTILINE)


def keep_link_inputs(trace: str, folder: Path) -> list[str]:
    """Save what `go test -c -x -work` linked into ``folder``; the arguments to link it again with.

    ``trace`` is what -x printed. The archives are hard links where the file system allows, else copies.
    """
    work, config, command = _WORK.search(trace), _IMPORTCFG.findall(trace), _LINK_COMMAND.findall(trace)
    if not (work and len(config) == 1 and len(command) == 1):
        raise PerfError("`go test -c -x` did not print one link step as expected; please report this with its version")
    fresh = folder.with_name(f"{folder.name}.{os.getpid()}")
    remove_tree(fresh)
    fresh.mkdir(parents=True)
    try:
        (fresh / "importcfg").write_text(_keep_archives(config[0], work[1], fresh))
        words = [word.replace("$WORK", work[1]) for word in shlex.split(command[0])[1:]]
        _link_or_copy(Path(words[-1]), fresh / "main.a")
        remove_tree(folder)
        fresh.rename(folder)
    finally:
        remove_tree(fresh)
    return _own_arguments(words[:-1])


def _keep_archives(config: str, work: str, folder: Path) -> str:
    """Keep every archive that a link configuration names; the configuration with their new names."""
    lines: list[str] = []
    for line in config.splitlines():
        name, _, archive = line.partition("=")
        if line.startswith("packagefile "):
            kept = f"{len(lines):04d}.a"
            _link_or_copy(Path(archive.replace("$WORK", work)), folder / kept)
            lines.append(f"{name}={kept}")
        else:
            lines.append(line)
    return "\n".join(lines) + "\n"


def _own_arguments(words: Sequence[str]) -> list[str]:
    """The link line without what names files, and without the C linker, which pure Go does not need."""
    kept = []
    skip = False
    for word in words:
        if skip:
            skip = False
        elif word in ("-o", "-importcfg"):
            skip = True
        elif not word.startswith("-extld"):
            kept.append(word)
    return kept


def link_command(linker: Path, arguments: Sequence[str], layout: int, output: Path) -> list[str]:
    """The command that links the inputs in its working folder in the order that ``layout`` (>= 1) draws.

    Symbol and debug tables are left out: they are never read while a benchmark runs, and cost a third of
    the linking.
    """
    if layout < 1:
        raise ValueError("a layout is a seed from 1; 0 would not be random")
    flags = ["-importcfg", "importcfg", "-s", "-w", f"-randlayout={layout}"]
    return [str(linker), "-o", str(output), *flags, *arguments, "main.a"]


def link(
    folder: Path, command: Sequence[str], env: Mapping[str, str], processes: Processes, timeout: float = 300
) -> None:
    """Run a link command; PerfError with the linker's words if it fails, MachineFault if it could not work."""
    done = processes.run(command, env={**env, "GOROOT": ""}, cwd=folder, timeout=timeout)
    if done.status != 0:
        words = done.stderr.decode(errors="replace").strip()[:2000]
        said = f"linking in {folder} failed ({done.stopped or done.status}):\n{words}"
        raise MachineFault(said) if machine_is_at_fault(done) else PerfError(said)


def linker_of(goroot: Path) -> Path:
    """The linker of a toolchain."""
    found = sorted(goroot.glob("pkg/tool/*/link"))
    if not found:
        raise PerfError(f"{goroot} has no linker; remove the folder and run doit: it is installed again")
    return found[0]


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
