"""The rules that keep the pipeline readable: who imports whom, who prints, how big a file may be."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders import ROOT

TASKS = ROOT / "tasks"
MODULES = sorted(TASKS.rglob("*.py"))
IDS = [str(path.relative_to(ROOT)) for path in MODULES]

#: A stage may import `shared` and the stages before it. `engine` fits doit to all of them.
STAGES = ("toolchains", "suite", "measure", "results", "compare", "export", "site")

every_module = pytest.mark.parametrize("path", MODULES, ids=IDS)


def imports(source: str) -> set[str]:
    """The names of all modules that a source imports, wherever the import stands."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "write absolute imports: they are checked here"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def stage_of(path: Path) -> str:
    """The sub-package of tasks/ in which a module lies."""
    return path.relative_to(TASKS).parts[0]


def allowed(stage: str) -> set[str]:
    """The sub-packages that a stage may import."""
    if stage == "engine":
        return {"shared", "engine", *STAGES}
    if stage == "shared":
        return {"shared"}
    return {"shared", *STAGES[: STAGES.index(stage) + 1]}


def prints(source: str) -> Iterator[int]:
    """The lines in which a source prints, or reaches for the streams that are printed to."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name) and node.id == "print":
            yield node.lineno
        elif isinstance(node, ast.Attribute) and node.attr in ("stdout", "stderr", "__stdout__", "__stderr__"):
            if isinstance(node.value, ast.Name) and node.value.id == "sys":
                yield node.lineno
        elif isinstance(node, ast.ImportFrom) and node.module == "sys":
            yield from (node.lineno for alias in node.names if alias.name.strip("_") in ("stdout", "stderr"))


def test_there_are_modules() -> None:
    """The tests below look at all stages that there are."""
    known = {"shared", "engine", *STAGES}
    folders = {path.name for path in TASKS.iterdir() if path.is_dir() and any(path.glob("*.py"))}
    assert {"shared", "engine", "toolchains", "suite", "measure", "results", "compare", "export"} <= folders <= known


@every_module
def test_stages_look_back_only(path: Path) -> None:
    """Data flows one way: a stage imports earlier stages and shared, and shared imports no stage."""
    if path.parent == TASKS:
        assert not {name for name in imports(path.read_text()) if name.startswith("tasks.")}
        return
    used = {name.split(".")[1] for name in imports(path.read_text()) if name.startswith("tasks.")}
    assert used <= allowed(stage_of(path))


@every_module
def test_logic_does_not_know_doit(path: Path) -> None:
    """doit is imported by the engine, the modules of task creators and the one of actions."""
    if stage_of(path) == "engine" or path.name.startswith("creators") or path == TASKS / "shared" / "doit_actions.py":
        return
    used = imports(path.read_text())
    assert not {name for name in used if name.split(".")[0] == "doit"}
    assert not {name for name in used if name.startswith("tasks.shared.doit_actions")}


@every_module
def test_creators_are_imported_by_nobody(path: Path) -> None:
    """Task creators are for dodo.py; what others need of them belongs into a module of logic."""
    assert not {name for name in imports(path.read_text()) if ".creators" in name}


@every_module
def test_only_the_console_prints(path: Path) -> None:
    """Nothing else talks to the user: a stray line would break the table of a running session."""
    if path != TASKS / "shared" / "console.py":
        assert list(prints(path.read_text())) == []


@every_module
def test_module_says_what_it_is_for(path: Path) -> None:
    """Every module has a docstring of at least a few words."""
    docstring = ast.get_docstring(ast.parse(path.read_text()))
    assert docstring
    assert len(docstring.split()) >= 4


@every_module
def test_files_fit_in_the_head(path: Path) -> None:
    """A file past 300 lines has two subjects."""
    assert len(path.read_text().splitlines()) < 300


def test_doing_nothing_loads_little() -> None:
    """A `doit` with nothing to do pays neither for jsonschema nor for rich nor for numpy."""
    code = (
        "import sys\n"
        "import tasks.toolchains.creators, tasks.suite.creators, tasks.measure.creators\n"
        "import tasks.results.creators, tasks.compare.creators, tasks.export.creators\n"
        "print(*({'jsonschema', 'rich', 'numpy', 'yaml'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("print(1)", [1]),
        ("import sys\nsys.stdout.write('x')", [2]),
        ("import sys\nx = sys.stderr", [2]),
        ("from sys import stderr", [1]),
        ("print_summary()\nconsole.say('print')\nprocess.stdout.read()", []),
    ],
)
def test_prints(source: str, found: list[int]) -> None:
    """The helper above finds what prints, and nothing that only looks like it."""
    assert list(prints(source)) == found


def test_imports() -> None:
    """The helper above finds imports at the top and inside functions."""
    source = "import a.b, c\nfrom d import e as f\ndef g():\n    from tasks.shared import config\n"
    assert imports(source) == {"a.b", "c", "d.e", "tasks.shared.config"}


def test_allowed() -> None:
    """Earlier stages are allowed and later ones are not."""
    assert allowed("suite") == {"shared", "toolchains", "suite"}
    assert "export" not in allowed("measure")
    assert "export" in allowed("engine")
