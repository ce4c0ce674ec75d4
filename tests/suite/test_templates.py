"""From go.mod templates to the go.mod of one version."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.shared.errors import PerfError
from tasks.shared.versions import Version
from tasks.suite.templates import Template, choose, directives_of, instantiate, module_path
from tests.builders import ROOT

MOD = "module example.com/suite\n\ngo {}\n\nrequire golang.org/x/crypto v0.47.0\n"


def version(number: str) -> Version:
    """An exact version."""
    return Version(f"go{number}", f"go{number}")


@pytest.fixture
def benchmarks(tmp_path: Path) -> Path:
    """Templates for two versions, and the general one."""
    for name in ("1.23.0", "1.24.5", "template"):
        (tmp_path / f"go.mod.{name}").write_text(MOD.format("1.23"))
        (tmp_path / f"go.sum.{name}").write_text(f"sums of {name}\n")
    return tmp_path


@pytest.mark.parametrize(
    ("number", "name"),
    [
        ("1.23.0", "1.23.0"),
        ("1.24.5", "1.24.5"),
        ("1.24.4", "1.23.0"),
        ("1.24.10", "1.24.5"),
        ("1.25rc1", "1.24.5"),
        ("1.100.0", "1.24.5"),
        ("1.22.9", "template"),
        ("1.23rc2", "template"),
    ],
)
def test_choice(benchmarks: Path, number: str, name: str) -> None:
    """The template of the very version, else the nearest lower one, else the general one."""
    assert choose(benchmarks, version(number)) == Template(benchmarks / f"go.mod.{name}", benchmarks / f"go.sum.{name}")


@pytest.mark.parametrize(("number", "missing"), [("1.24.5", "go.sum.1.24.5"), ("1.22.0", "go.mod.template")])
def test_missing_half(benchmarks: Path, number: str, missing: str) -> None:
    """A template without its other half is named; no other template is taken in its place."""
    (benchmarks / missing).unlink()
    with pytest.raises(PerfError, match=rf"{missing} is missing: go{number} needs it.*`go mod tidy`"):
        choose(benchmarks, version(number))


def test_instance(benchmarks: Path, tmp_path: Path) -> None:
    """Only the go directive is replaced: it sets the GODEBUG defaults."""
    folder = tmp_path / "build" / "go1.25.3"
    instantiate(choose(benchmarks, version("1.25.3")), version("1.25.3"), folder)
    assert (folder / "go.mod").read_text() == MOD.format("1.25.3")
    assert (folder / "go.sum").read_text() == "sums of 1.24.5\n"


def test_instance_again(benchmarks: Path, tmp_path: Path) -> None:
    """The same go.mod is not rewritten, so nothing built from it is stale."""
    folder = tmp_path / "build"
    template = choose(benchmarks, version("1.24.5"))
    instantiate(template, version("1.24.5"), folder)
    before = [(folder / name).stat().st_mtime_ns for name in ("go.mod", "go.sum")]
    instantiate(template, version("1.24.5"), folder)
    assert [(folder / name).stat().st_mtime_ns for name in ("go.mod", "go.sum")] == before


@pytest.mark.parametrize(("text", "count"), [("module x\n", 0), ("module x\ngo 1.23\ngo 1.24\n", 2)])
def test_go_directive(benchmarks: Path, tmp_path: Path, text: str, count: int) -> None:
    """A template without one go directive is named."""
    (benchmarks / "go.mod.template").write_text(text)
    with pytest.raises(PerfError, match=rf"must have one line `go VERSION`; it has {count}"):
        instantiate(choose(benchmarks, version("1.22.0")), version("1.22.0"), tmp_path / "build")
    assert not (tmp_path / "build" / "go.mod").exists()


def test_module_path() -> None:
    """The module's own path; a go.mod without one is an error."""
    assert module_path(MOD.format("1.23")) == "example.com/suite"
    with pytest.raises(PerfError, match="without a `module` line"):
        module_path("go 1.23\n")


@pytest.mark.parametrize("path", sorted((ROOT / "benchmarks").glob("go.mod.*")), ids=lambda path: str(path.name))
def test_own_templates(path: Path, tmp_path: Path) -> None:
    """Each template that comes with the project has its go.sum and can be instantiated."""
    name = path.name.removeprefix("go.mod.")
    wanted = version("1.22.0" if name == "template" else name)
    template = choose(ROOT / "benchmarks", wanted)
    assert template.mod == path
    instantiate(template, wanted, tmp_path)
    assert f"\ngo {wanted.number}\n" in (tmp_path / "go.mod").read_text()


def test_directives_are_what_requires_nothing() -> None:
    """In blocks or not, without comments: a GODEBUG default changes what is measured."""
    text = (
        "module example.test/m // why\n\ngo 1.24\n\ngodebug default=go1.21\ngodebug (\n\thttp2client=0 // off\n)\n"
        "require (\n\texample.com/a v1.0.0 // indirect\n)\nrequire example.com/b v1.0.0\n"
        "replace example.com/a => ../a\n"
    )
    assert directives_of(text) == [
        "module example.test/m", "go 1.24", "godebug default=go1.21", "godebug http2client=0",
        "replace example.com/a => ../a",
    ]  # fmt: skip
