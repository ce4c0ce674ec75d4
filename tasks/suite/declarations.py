"""Which declarations each benchmark function uses: asked of go/parser and go/types by a small Go program.

The program (units.go) is built by the version's own toolchain, so that it knows the version's language.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tasks.shared.errors import PerfError
from tasks.shared.files import sha256
from tasks.shared.process import Processes

SOURCE = Path(__file__).with_name("units.go")
_TIMEOUT = 300.0


@dataclass(frozen=True)
class Declarations:
    """What the declarations of one package are and use.

    ``hashes`` are of tokens, by name; ``units`` has what each unit uses, itself included; ``imports`` the packages
    that a declaration names; ``always`` and ``always_imports`` take part in every run; ``embeds`` are patterns of
    files. ``unresolved`` says why nothing can be told apart, else it is empty.
    """

    hashes: Mapping[str, str]
    units: Mapping[str, Sequence[str]]
    imports: Mapping[str, Sequence[str]]
    always: Sequence[str]
    always_imports: Sequence[str]
    embeds: Mapping[str, Sequence[str]]
    unresolved: str

    def used_by(self, unit: str) -> list[str]:
        """The declarations that bear on a unit (its name without its package)."""
        return sorted({*self.units.get(unit, ()), *self.always})

    def imports_of(self, declarations: Sequence[str]) -> list[str]:
        """The packages that these name, and those that are imported for their side effects."""
        return sorted({*self.always_imports, *(path for name in declarations for path in self.imports.get(name, ()))})


def build_program(go: Path, folder: Path, env: Mapping[str, str], processes: Processes) -> Path:
    """Build the program into a folder, unless this one of it is there; its path."""
    target = folder / f"units-{sha256(SOURCE.read_bytes())[:12]}"
    if target.exists():
        return target
    fresh = target.with_name(f".{target.name}.{os.getpid()}")
    command = [str(go), "build", "-trimpath", "-o", str(fresh), str(SOURCE)]
    done = processes.run(command, env=env, cwd=folder, timeout=_TIMEOUT)
    if done.status != 0:
        raise PerfError(f"{SOURCE.name} can't be built with {go}:\n{done.stderr.decode(errors='replace')[:2000]}")
    os.replace(fresh, target)
    return target


def read_declarations(
    program: Path, names: Path, files: Sequence[Path], env: Mapping[str, str], processes: Processes
) -> Declarations:
    """Ask the program about the files of a package; ``names`` is a JSON file with package names by import path."""
    command = [str(program), str(names), *(str(path) for path in files)]
    done = processes.run(command, env=env, cwd=names.parent, timeout=_TIMEOUT)
    if done.status != 0:
        words = done.stderr.decode(errors="replace")[:2000]
        raise PerfError(f"the declarations of {files[0].parent.name} can't be read: {done.stopped or words}")
    report: dict[str, Any] = json.loads(done.stdout)
    # Go writes null for lists and maps that are empty.
    empty: dict[str, Any] = {"always": (), "always_imports": (), "unresolved": ""}
    return Declarations(**{key: value or empty.get(key, {}) for key, value in report.items()})
