"""From versioned go.mod templates to the go.mod of one Go version.

The template of the exact version is taken, else the nearest lower one, else ``go.mod.template``. Only the
``go`` directive is rewritten: it sets the GODEBUG defaults, so it must be the version's own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tasks.shared.errors import PerfError
from tasks.shared.files import write_atomic
from tasks.shared.versions import Version, is_version, sort_key

_GO_LINE = re.compile(r"^go \S+$", re.MULTILINE)
_MODULE_LINE = re.compile(r"^module (\S+)$", re.MULTILINE)


@dataclass(frozen=True)
class Template:
    """A go.mod and the go.sum that completes it."""

    mod: Path
    sum: Path


def choose(benchmarks: Path, version: Version) -> Template:
    """The template for a version; PerfError if its go.mod or go.sum is missing."""
    wanted = sort_key(version.number)
    names = [path.name.removeprefix("go.mod.") for path in benchmarks.glob("go.mod.1.*")]
    lower = [(sort_key(name), name) for name in names if is_version(name) and sort_key(name) <= wanted]
    name = max(lower)[1] if lower else "template"
    template = Template(benchmarks / f"go.mod.{name}", benchmarks / f"go.sum.{name}")
    for path in (template.mod, template.sum):
        if not path.exists():
            raise PerfError(
                f"{path} is missing: {version.exact} needs it. Templates come in pairs, go.mod.X and go.sum.X; "
                "`go mod tidy` makes the second from the first."
            )
    return template


def render(template: Template, version: Version) -> tuple[str, bytes]:
    """The text of go.mod and the bytes of go.sum for a version."""
    text, replaced = _GO_LINE.subn(f"go {version.number}", template.mod.read_text())
    if replaced != 1:
        raise PerfError(f"{template.mod} must have one line `go VERSION`; it has {replaced}.")
    return text, template.sum.read_bytes()


def instantiate(template: Template, version: Version, folder: Path) -> None:
    """Write go.mod and go.sum for a version into its build folder."""
    text, total = render(template, version)
    write_atomic(folder / "go.mod", text)
    write_atomic(folder / "go.sum", total)


def module_path(go_mod: str) -> str:
    """The module's own path in the text of a go.mod."""
    match = _MODULE_LINE.search(go_mod)
    if not match:
        raise PerfError("a go.mod without a `module` line")
    return match[1]


def directives_of(go_mod: str) -> list[str]:
    """What a go.mod says besides what it requires, a directive each: ``go 1.25``, ``godebug http2client=0``."""
    found = []
    block = ""
    for raw in go_mod.splitlines():
        words = raw.split("//", 1)[0].split()
        if block and words == [")"]:
            block = ""
        elif len(words) == 2 and words[1] == "(":
            block = words[0]
        elif words:
            found.append([*([block] if block else []), *words])
    return [" ".join(words) for words in found if words[0] != "require"]
