"""Which declarations a unit uses, and what of their text counts: asked of real Go about invented packages."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tasks.shared.paths import Paths
from tasks.shared.process import SystemProcesses
from tasks.suite.declarations import Declarations, build_program, read_declarations
from tasks.toolchains.bootstrap import find_go
from tests.checkout import build_cache

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
    env = {"PATH": "/usr/bin:/bin", "HOME": str(root), "GOCACHE": build_cache(), "GOTOOLCHAIN": "local"}
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
    assert sorted(found.always) == ["TestMain", "first", "init #1", "registered", "table", "the order of initialisers"]
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
        ("func helper() int {", "func helper() (int) {"),
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


def test_what_does_not_parse_is_said(ask: Callable[..., Declarations]) -> None:
    """Then everything counts, to the byte."""
    assert ask(SOURCE + "\nfunc broken( {\n").unresolved != ""


def test_where_names_can_not_be_told_apart_everything_is_used(ask: Callable[..., Declarations]) -> None:
    """By every unit; comments still don't matter."""
    dotted = SOURCE.replace('quic "example', '. "example').replace("quic.", "")
    found = ask(dotted)
    assert {"BenchmarkTwo", "square", "shape.grow"} <= set(found.units["Four"])
    assert ask(dotted.replace("// first is", "// It is")).hashes == found.hashes


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


def test_gofmt_changes_nothing(ask: Callable[..., Declarations]) -> None:
    """All that it rewrites: numbers, brackets, parentheses."""
    rough = SOURCE + "\nfunc rough() (int) {\n if (b > 0XA) { return 0O17 }\n for (b < 1E5) {}\n return 0123 }\n"
    smooth = (
        SOURCE + "\nfunc rough() int {\n\tif b > 0xA {\n\t\treturn 0o17\n\t}\n\tfor b < 1e5 {\n\t}\n\treturn 0123\n}\n"
    )
    assert ask(rough).hashes == ask(smooth).hashes


def test_a_directive_belongs_to_what_follows_it(ask: Callable[..., Declarations]) -> None:
    """As for the compiler, also with an empty line in between."""
    changed = ask(SOURCE.replace("func helper()", "//go:noinline\n\nfunc helper()")).hashes
    assert {name for name, value in ask().hashes.items() if changed[name] != value} == {"helper"}


def test_where_an_init_stands_does_not_count(ask: Callable[..., Declarations]) -> None:
    """Declarations above it, or another name of its file."""
    before = ask()
    after = ask(SOURCE.replace("func init()", "func unused() {}\n\nfunc init()"))
    assert {name: after.hashes[name] for name in before.hashes} == before.hashes
    assert after.always == before.always


def test_the_order_of_side_effects_counts(ask: Callable[..., Declarations]) -> None:
    """Two that are swapped are the same declarations, and another program."""
    one, two = 'var x = quic.Register("1")\n', 'var y = quic.Register("2")\n'
    before, after = ask(SOURCE + one + two), ask(SOURCE + two + one)
    assert {name for name, value in before.hashes.items() if after.hashes[name] != value} == {
        "the order of initialisers"
    }


def test_methods_on_another_name_of_a_type(ask: Callable[..., Declarations]) -> None:
    """They are the type's."""
    source = SOURCE + "\ntype other = shape\n\nfunc (o other) more() {}\n"
    assert "other.more" in ask(source).units["Three"]


@pytest.mark.parametrize(
    "initialiser",
    [
        "copy(buffer, buffer)",
        "append(buffer, 1)",
        "strings.Map(func(r rune) rune { n++; return r }, first)",
        "fmt.Sprint(shape{})",
    ],
)
def test_initialisers_that_may_do_something(ask: Callable[..., Declarations], initialiser: str) -> None:
    """A function that is known to change nothing may be given one that does, and a type with methods."""
    source = (
        SOURCE.replace('"sync"', '"strings"\n\t"sync"')
        + f"\nvar buffer []byte\n\nvar written int\n\nvar found = {initialiser}\n"
    )
    assert "found" in ask(source).always


def test_which_package_a_name_means_counts(ask: Callable[..., Declarations]) -> None:
    """Two imports that swap their names leave the text of what uses them as it was."""
    both = (
        SOURCE.replace('"sync"', 'a1 "crypto/rand"\n\ta2 "math/rand"\n\t"sync"')
        + "\nfunc BenchmarkR(b *testing.B) { a1.Int(); a2.Int() }\n"
    )
    swapped = both.replace('a1 "crypto', 'a3 "crypto').replace('a2 "math', 'a1 "math').replace("a3", "a2")
    assert ask(both).hashes["BenchmarkR"] != ask(swapped).hashes["BenchmarkR"]


def test_what_is_selected_is_no_declaration(ask: Callable[..., Declarations]) -> None:
    """b.N is no package-level N."""
    source = SOURCE + "\nvar N = 3\n\nfunc BenchmarkS(b *testing.B) { for range b.N {} }\n"
    assert ask(source).units["S"] == ["BenchmarkS"]


def test_a_constant_at_the_end_of_a_group_changes_no_other(ask: Callable[..., Declarations]) -> None:
    """One in the middle does change those after it."""
    before = ask().hashes
    longer = ask(SOURCE.replace("\tb\n)", "\tb\n\tc\n)")).hashes
    assert {name: longer[name] for name in before} == before
    moved = ask(SOURCE.replace("\ta = iota\n", "\ta = iota\n\tnew\n")).hashes
    assert {name for name in before if moved[name] != before[name]} == {"b"}


def test_a_package_of_tests_beside_the_package(ask: Callable[..., Declarations]) -> None:
    """Its units use what they name of their own, and all of the package; the package's units are told apart as ever."""
    outside = (
        'package p_test\n\nimport (\n\t"testing"\n\n\t"example.com/p"\n)\n\nfunc own() {}\n\n'
        "func BenchmarkOutside(b *testing.B) { own(); p.Use() }\n"
    )
    found = ask(SOURCE, x_test=outside)
    assert found.units["One"] == ask().units["One"]
    assert {"_test.own", "_test.BenchmarkOutside", "square", "BenchmarkOne"} <= set(found.units["Outside"])
    assert ask(SOURCE, x_test=outside.replace("func own", "// A comment.\nfunc own")).hashes == found.hashes
