"""Which units a package has, read from its text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tasks.suite.scan import Unit, first_sentence, imported_paths, package_sources, scan_package
from tests.builders import ROOT

SOURCE = """package runtime

import (
	"testing"

	"golang.org/x/sync/errgroup"
	alias "example.com/other"
	_ "embed"
)

// helper is no benchmark.
func helper() {}

// BenchmarkMapAccess measures looking up keys. It has
// more to say, which is left out.
func BenchmarkMapAccess(b *testing.B) {
	b.Run("Random", func(b *testing.B) {})
}

func BenchmarkUndescribed(bench *testing.B) {}

// BenchmarkGC_1 measures collecting a heap
// of 64 MB.
//
//go:noinline
func BenchmarkGC_1(b *testing.B) {}

/*
func BenchmarkOld(b *testing.B) {}
*/

// func BenchmarkCommentedOut(b *testing.B) {}

func Benchmarklower(b *testing.B) {}

func BenchmarkHelper(b *testing.B, size int) {}

func (t thing) BenchmarkMethod(b *testing.B) {}

func TestMap(t *testing.T) {}
"""


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """A suite of one package with a shared folder beside it."""
    files = {
        "runtime/b_test.go": SOURCE,
        "runtime/a_test.go": "package runtime\n\nfunc BenchmarkZ(b *testing.B) {}\n",
        "runtime/helper.go": "package runtime\n\nfunc BenchmarkInNoTest(b *testing.B) {}\n",
        "runtime/testdata/input.json": "{}",
        "runtime/.a_test.go.swp": "",
        "internal/leakcheck/leakcheck.go": "package leakcheck\n",
        "stdlib/c_test.go": "package stdlib\n\nfunc BenchmarkElsewhere(b *testing.B) {}\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_units(suite: Path) -> None:
    """Benchmarks of the package's test files and no others, by name, with the first sentence about each."""
    assert scan_package(suite, "runtime") == (
        Unit("runtime", "GC_1", "Collecting a heap of 64 MB", "runtime/b_test.go"),
        Unit("runtime", "MapAccess", "Looking up keys", "runtime/b_test.go"),
        Unit("runtime", "Undescribed", "", "runtime/b_test.go"),
        Unit("runtime", "Z", "", "runtime/a_test.go"),
    )


def test_names() -> None:
    """Tasks and receipts call a unit by package and name."""
    assert Unit("runtime", "MapAccess", "", "").id == "runtime.MapAccess"


def test_sources(suite: Path) -> None:
    """All that compiles into the binary: the package with its data, and internal/; no editor's file."""
    assert [str(path.relative_to(suite)) for path in package_sources(suite, "runtime")] == [
        "runtime/a_test.go",
        "runtime/b_test.go",
        "runtime/helper.go",
        "runtime/testdata/input.json",
        "internal/leakcheck/leakcheck.go",
    ]


def test_imports(suite: Path) -> None:
    """Import paths, whatever they are called in the file."""
    found = imported_paths(package_sources(suite, "runtime"))
    assert found == {"testing", "golang.org/x/sync/errgroup", "example.com/other", "embed"}


@pytest.mark.parametrize(
    ("doc", "sentence"),
    [
        ("// BenchmarkX measures one thing. And another.\n", "One thing"),
        ("// BenchmarkX measures 1.5 MB of text!\n", "1.5 MB of text!"),
        ("// BenchmarkX is slow.\n", "Is slow"),
        ("// Other words first. BenchmarkX measures it.\n", "Other words first"),
        ("// BenchmarkX measures one\n// thing. More.\n//go:noinline\n", "One thing"),
        ("// BenchmarkX measures json.Marshal of it.\n", "json.Marshal of it"),
        ("//go:noinline\n", ""),
        ("", ""),
    ],
)
def test_first_sentence(doc: str, sentence: str) -> None:
    """Without "BenchmarkX measures", which every description would begin with."""
    assert first_sentence(doc, "BenchmarkX") == sentence


PACKAGES = sorted({path.parent.name for path in (ROOT / "benchmarks").glob("*/*_test.go")})


@pytest.mark.parametrize("package", PACKAGES)
def test_own_suite(package: str) -> None:
    """The scan finds every benchmark of our own suite, each described in a sentence."""
    units = scan_package(ROOT / "benchmarks", package)
    text = "\n".join(path.read_text() for path in (ROOT / "benchmarks" / package).glob("*_test.go"))
    assert {unit.name for unit in units} == set(re.findall(r"^func Benchmark([A-Z0-9_]\w*)\(", text, re.MULTILINE))
    for unit in units:
        assert len(unit.description) > 10, unit
        assert "Benchmark" not in unit.description, unit
        assert not unit.description.endswith(("e.g", "i.e", "vs")), unit
        assert (ROOT / "benchmarks" / unit.source).exists()


def test_own_packages() -> None:
    """There are packages to scan, so the test above is not empty."""
    assert {"runtime", "stdlib", "networking"} <= set(PACKAGES)


@pytest.mark.parametrize("line", ['"golang.org/x/a"', '"golang.org/x/a" // why', 'b "golang.org/x/a" /* why */'])
def test_imports_with_comments(tmp_path: Path, line: str) -> None:
    """An import counts whatever stands behind it."""
    path = tmp_path / "a_test.go"
    path.write_text(f"package a\n\nimport (\n\t{line}\n)\n")
    assert imported_paths([path]) == {"golang.org/x/a"}


@pytest.mark.parametrize(
    "line",
    [
        "func BenchmarkX(b   *testing.B)  {}",
        "func  BenchmarkX (b *testing.B){}",
        "\tfunc BenchmarkX( b * testing . B ) {}",
        "func BenchmarkX(\n\tb *testing.B,\n) {}",
    ],
)
def test_what_gofmt_has_not_seen(tmp_path: Path, line: str) -> None:
    """A unit does not vanish with its results because its code is not formatted yet."""
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "x_test.go").write_text(f"package p\n\n// BenchmarkX measures it.\n{line}\n")
    assert [(unit.name, unit.description) for unit in scan_package(tmp_path, "p")] == [("X", "It")]
