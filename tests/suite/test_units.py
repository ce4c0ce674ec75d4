"""Which declarations a unit uses, and what of their text counts: asked of real Go about invented packages."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tasks.shared.paths import Paths
from tasks.shared.process import SystemProcesses
from tasks.suite.declarations import Declarations, build_program, read_declarations
from tasks.toolchains.bootstrap import find_go

SOURCE = """package p

import (
	"fmt"
	"sync"
	"testing"

	quic "example.com/quic-go"
	"example.com/unused/v2"
)

// first is used by one unit.
const first = 1

const (
	a = iota
	b
)

var table = map[string]int{"x": first}

type shape struct{ side int }

func (s shape) area() int { return square(s.side) }

func (s *shape) grow() { s.side += b }

func square(n int) int { return n * n }

func helper() int { return len(table) }

func through() int { return helper() }

var started = fmt.Sprint("pure")

var once = sync.OnceFunc(func() { square(2) })

var registered = quic.Register("effect")

func init() { table["y"] = 2 }

func TestMain(m *testing.M) { m.Run() }

//go:noinline
func BenchmarkOne(b *testing.B) { _ = through() }

func BenchmarkTwo(b *testing.B) { _ = helper(); v2.Use() }

func BenchmarkThree(b *testing.B) { s := shape{}; s.grow(); once() }

func BenchmarkFour(b *testing.B) { _ = started }
"""


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Declarations]:
    """Asks the program about the text of a package."""
    root = tmp_path_factory.mktemp("units")
    go = find_go(Paths(root / "bootstrap"), lambda _: None)
    env = {"PATH": "/usr/bin:/bin", "HOME": str(root), "GOCACHE": str(root / "cache"), "GOTOOLCHAIN": "local"}
    program = build_program(go, root, env, SystemProcesses())

    def ask(source: str = SOURCE, **others: str) -> Declarations:
        files = []
        for name, text in {"p_test": source, **others}.items():
            path = root / f"{name}.go"
            path.write_text(text)
            files.append(path)
        names = root / "names.json"
        names.write_text(json.dumps({"example.com/quic-go": "quic", "example.com/unused/v2": "v2"}))
        return read_declarations(program, names, files, env, SystemProcesses())

    return ask


def test_what_units_use(ask: Callable[..., Declarations]) -> None:
    """Directly or through others; a type brings its methods, and what these use."""
    found = ask()
    assert found.unresolved == ""
    assert set(found.units) == {"One", "Two", "Three", "Four"}
    assert found.units["One"] == ["BenchmarkOne", "first", "helper", "table", "through"]
    assert found.units["Two"] == ["BenchmarkTwo", "first", "helper", "table"]
    assert found.units["Three"] == [
        "BenchmarkThree", "b", "once", "shape", "shape.area", "shape.grow", "square",
    ]  # fmt: skip
    assert found.units["Four"] == ["BenchmarkFour", "started"]


def test_what_runs_always(ask: Callable[..., Declarations]) -> None:
    """init, TestMain and variables set by calls that may do anything; not those set by pure functions."""
    found = ask()
    assert [name.split(" ")[0] for name in found.always] == ["TestMain", "first", "init", "registered", "table"]
    assert found.imports_of(found.used_by("Four")) == ["example.com/quic-go", "fmt", "testing"]


def test_imports_are_those_of_the_declarations_in_use(ask: Callable[..., Declarations]) -> None:
    """An import counts for the units that name it, by whatever name."""
    found = ask()
    assert "example.com/unused/v2" in found.imports_of(found.units["Two"])
    assert "example.com/unused/v2" not in found.imports_of(found.units["One"])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("// first is used by one unit.", "// first is a number."),
        ("const first = 1\n", "const  first =\t1 // one\n\n"),
        ("{ return n * n }", "{\n\treturn n * n\n}"),
        ('{"x": first}', '{\n\t"x": first,\n}'),
        ("func helper() int { return len(table) }", "/* a\nb */ func helper() int { return /* here */ len(table) }"),
    ],
)
def test_comments_and_formatting_do_not_count(ask: Callable[..., Declarations], old: str, new: str) -> None:
    """Only tokens do."""
    assert old in SOURCE
    assert ask(SOURCE.replace(old, new)).hashes == ask().hashes


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("const first = 1", "const first = 2", {"first"}),
        ("s.side += b", "s.side -= b", {"shape.grow"}),
        ("a = iota", "a = iota + 1", {"a", "b"}),
        ("//go:noinline\n", "", {"BenchmarkOne"}),
        ('"x": first', '"z": first', {"table"}),
    ],
)
def test_what_is_changed_is_told(ask: Callable[..., Declarations], old: str, new: str, changed: set[str]) -> None:
    """The declaration itself and no other; constants that count on each other change together."""
    before, after = ask().hashes, ask(SOURCE.replace(old, new)).hashes
    assert {name for name in before if before[name] != after.get(name)} == changed


@pytest.mark.parametrize(
    "source",
    [SOURCE.replace('quic "example', '. "example'), SOURCE + "\nfunc broken( {\n"],
)
def test_what_can_not_be_told_apart_is_said(ask: Callable[..., Declarations], source: str) -> None:
    """Then everything counts."""
    assert ask(source).unresolved != ""


def test_a_shadowed_name_is_no_use(ask: Callable[..., Declarations]) -> None:
    """A local variable that is called like a function of the package is not that function."""
    source = SOURCE + "\nfunc BenchmarkFive(b *testing.B) { helper := 1; _ = helper }\n"
    assert ask(source).units["Five"] == ["BenchmarkFive"]


def test_declarations_of_several_files(ask: Callable[..., Declarations]) -> None:
    """A helper may lie in another file."""
    found = ask(
        SOURCE + "\nfunc BenchmarkSix(b *testing.B) { elsewhere() }\n", q_test="package p\n\nfunc elsewhere() {}\n"
    )
    assert found.units["Six"] == ["BenchmarkSix", "elsewhere"]


def test_directives_of_no_declaration_count_always(ask: Callable[..., Declarations]) -> None:
    """go:debug and a go:linkname that stands by itself; not what says which files are compiled."""
    plain = ask()
    assert not any(name.startswith("directives") for name in plain.always)
    found = ask("//go:build linux\n\n//go:debug madvdontneed=1\n" + SOURCE + "\n//go:linkname square runtime.square\n")
    (name,) = [name for name in found.always if name.startswith("directives")]
    assert name == "directives p_test.go"
    other = ask("//go:build linux\n\n//go:debug madvdontneed=0\n" + SOURCE + "\n//go:linkname square runtime.square\n")
    assert found.hashes[name] != other.hashes[name]
