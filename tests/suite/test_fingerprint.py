"""What makes a cell stale, and what does not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tasks.shared import schema
from tasks.shared.paths import Paths
from tasks.shared.versions import Version
from tasks.suite.fingerprint import document, package_inputs, write_all
from tasks.suite.scan import Unit
from tests.builders import GO_1_24, HASH

FILES = {
    "runtime/a_test.go": 'package runtime\n\nimport (\n\t"testing"\n\n\t"example.com/suite/internal/x"\n)\n',
    "runtime/testdata/in.txt": "1",
    "networking/b_test.go": 'package networking\n\nimport (\n\t"net/http"\n\n\t"golang.org/x/net/http2"\n)\n',
    "internal/x/x.go": "package x\n",
    "README.md": "words",
}
UNIT = Unit("runtime", "A", "", "runtime/a_test.go")
FOREIGN = Unit("networking", "B", "", "networking/b_test.go")


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """A suite of two packages, one of which needs another module."""
    paths = Paths(tmp_path)
    for name, text in FILES.items():
        (paths.benchmarks / name).parent.mkdir(parents=True, exist_ok=True)
        (paths.benchmarks / name).write_text(text)
    build = paths.build_of("go1.24.0")
    build.mkdir(parents=True)
    (build / "go.mod").write_text("module example.com/suite\n\ngo 1.24.0\n")
    (build / "go.sum").write_text("sums\n")
    return paths


def _document(paths: Paths, unit: Unit = UNIT, **environment: str) -> dict[str, Any]:
    build = paths.build_of("go1.24.0")
    inputs = package_inputs(paths.benchmarks, unit.package, build / "go.mod", build / "go.sum")
    return document(unit, GO_1_24, inputs, environment, HASH)


def _fingerprint(paths: Paths, unit: Unit = UNIT, **environment: str) -> str:
    value: str = _document(paths, unit, **environment)["fingerprint"]
    return value


def test_names_its_inputs(paths: Paths) -> None:
    """The file says what went into the hash, each source by its path."""
    found = _document(paths, GOGC="50")
    assert set(found["sources"]) == {"runtime/a_test.go", "runtime/testdata/in.txt", "internal/x/x.go"}
    assert (found["unit"], found["toolchain"], found["environment"]) == ("runtime.A", "go1.24.0", {"GOGC": "50"})


@pytest.mark.parametrize("name", ["runtime/a_test.go", "runtime/testdata/in.txt", "internal/x/x.go"])
def test_sources_matter(paths: Paths, name: str) -> None:
    """A change in the package or in internal/ makes its cells stale; taking it back makes them fresh again."""
    before = _fingerprint(paths)
    file = paths.benchmarks / name
    file.write_text(FILES[name] + "\n")
    assert _fingerprint(paths) != before
    file.write_text(FILES[name])
    assert _fingerprint(paths) == before
    file.rename(file.with_name("renamed.go"))
    assert _fingerprint(paths) != before


def test_new_files_matter(paths: Paths) -> None:
    """A file more is a change, too."""
    before = _fingerprint(paths)
    (paths.benchmarks / "runtime" / "c_test.go").write_text("package runtime\n")
    assert _fingerprint(paths) != before


@pytest.mark.parametrize("name", ["networking/b_test.go", "README.md", "runtime/.a_test.go.swp", "networking/new.go"])
def test_nothing_else_matters(paths: Paths, name: str) -> None:
    """Other packages, documents and editors' files change nothing."""
    before = _fingerprint(paths)
    (paths.benchmarks / name).write_text("other")
    assert _fingerprint(paths) == before


def test_times_do_not_matter(paths: Paths) -> None:
    """Content counts, not when it was written."""
    before = _fingerprint(paths)
    file = paths.benchmarks / "runtime" / "a_test.go"
    file.unlink()
    file.write_text(FILES["runtime/a_test.go"])
    assert _fingerprint(paths) == before


@pytest.mark.parametrize("name", ["go.mod", "go.sum"])
@pytest.mark.parametrize(("unit", "matters"), [(UNIT, False), (FOREIGN, True)])
def test_modules_matter_where_they_are_used(paths: Paths, name: str, unit: Unit, matters: bool) -> None:
    """A newer module makes only those packages stale that import another module."""
    before = _fingerprint(paths, unit)
    file = paths.build_of("go1.24.0") / name
    file.write_text(file.read_text() + "// more\n")
    assert (_fingerprint(paths, unit) != before) is matters
    assert bool(_document(paths, unit)["modules"]) is matters


def test_version_environment_and_unit_matter(paths: Paths) -> None:
    """Each has its own fingerprint."""
    build = paths.build_of("go1.24.0")
    inputs = package_inputs(paths.benchmarks, "runtime", build / "go.mod", build / "go.sum")
    found = {
        document(unit, version, inputs, environment, HASH)["fingerprint"]
        for unit in (UNIT, Unit("runtime", "B", "", ""))
        for version in (GO_1_24, Version("go1.24.1", "go1.24.1"))
        for environment in ({}, {"GOGC": "50"})
    }
    assert len(found) == 8


def test_descriptions_and_labels_do_not_matter(paths: Paths) -> None:
    """How people call a unit or a version is not what is measured."""
    build = paths.build_of("go1.24.0")
    inputs = package_inputs(paths.benchmarks, "runtime", build / "go.mod", build / "go.sum")
    other = document(Unit("runtime", "A", "New words", "elsewhere"), Version("go1.24.0", "go1.24.0"), inputs, {}, HASH)
    assert other == document(UNIT, GO_1_24, inputs, {}, HASH)


def test_written_files(paths: Paths) -> None:
    """A file per unit; the same again leaves them alone; units that are gone lose theirs."""
    write_all(paths, GO_1_24, (UNIT, FOREIGN), {})
    files = [paths.fingerprint("go1.24.0", unit.id) for unit in (UNIT, FOREIGN)]
    assert [schema.read("fingerprint", path)["unit"] for path in files] == ["runtime.A", "networking.B"]
    times = [path.stat().st_mtime_ns for path in files]
    (paths.benchmarks / "networking" / "b_test.go").write_text(FILES["networking/b_test.go"] + "\n")
    write_all(paths, GO_1_24, (UNIT, FOREIGN), {})
    assert files[0].stat().st_mtime_ns == times[0]
    assert files[1].stat().st_mtime_ns > times[1]
    write_all(paths, GO_1_24, (UNIT,), {})
    assert [path.exists() for path in files] == [True, False]
