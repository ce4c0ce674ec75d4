"""Compiling a package once per version, with an invented compiler."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tasks.shared.errors import PerfError
from tasks.shared.paths import Paths
from tasks.shared.process import Finished
from tasks.suite.build import Target, build, read_record
from tasks.suite.scan import Unit
from tests.builders import GO_1_24

UNITS = (Unit("runtime", "A", "", ""), Unit("runtime", "B", "", ""), Unit("stdlib", "C", "", ""))


#: What the program says of the declarations of any package.
REPORT: dict[str, Any] = {
    "hashes": {"BenchmarkA": "a" * 64, "BenchmarkB": "b" * 64},
    "units": {"A": ["BenchmarkA"], "B": ["BenchmarkB"]},
    "imports": {"BenchmarkA": ["example.com/b/x"]},
    "always": None,
    "always_imports": None,
    "embeds": {},
    "unresolved": "",
}


def listing(source: Path) -> str:
    """What `go list` says of the package and of two others that it imports."""
    own = {"Path": "example.com/suite", "Main": True}
    packages: list[dict[str, Any]] = [
        {"ImportPath": "example.com/a/y", "Name": "y", "Module": {"Path": "example.com/a", "Version": "v0.2.0"}},
        {
            "ImportPath": "example.com/b/x",
            "Name": "x",
            "Module": {"Path": "example.com/b", "Version": "v1.0.0"},
            "Deps": ["example.com/a/y"],
        },
        {
            "ImportPath": "example.com/suite/runtime",
            "Name": "runtime",
            "Dir": str(source / "runtime"),
            "Module": own,
            "TestGoFiles": ["a_test.go"],
            "TestImports": ["example.com/b/x"],
        },
        {"ImportPath": "example.com/suite/runtime.test", "Name": "main", "Module": own},
    ]
    return "\n".join(json.dumps(package, indent=1) for package in packages)


class Go:
    """A `go` and the binary that it makes; ``broken`` names the step that fails."""

    def __init__(self, broken: str = "", listed: str = "BenchmarkA\nBenchmarkB\n") -> None:
        self.broken = broken
        self.listed = listed
        self.steps: list[str] = []
        self.environments: dict[str, Mapping[str, str]] = {}
        self.sources: set[str] = set()

    def run(
        self, command: Sequence[str], *, env: Mapping[str, str], cwd: Path, timeout: float, keep: Sequence[int] = ()
    ) -> Finished:
        step = {"list": "modules", "test": "compile", "build": "program"}.get(command[1], "names")
        if Path(command[0]).name.startswith("units-"):
            step = "declarations"
        self.steps.append(step)
        self.environments[step] = env
        if step == self.broken:
            return Finished(1, b"", f"# pkg\n{cwd}/runtime/a_test.go:3:1: broken {step}\n".encode(), 1.0)
        if step == "modules":
            return Finished(0, listing(cwd).encode(), b"", 1.0)
        if step == "program":
            Path(command[command.index("-o") + 1]).write_text("a program")
            return Finished(0, b"", b"", 1.0)
        if step == "declarations":
            return Finished(0, json.dumps(REPORT).encode(), b"", 1.0)
        if step == "names":
            return Finished(0, f"{self.listed}PASS\n".encode(), b"", 1.0)
        self.sources = {str(p.relative_to(cwd)) for p in cwd.rglob("*") if p.is_file()}
        return self._compile(Path(command[command.index("-o") + 1]), Path(env["GOTMPDIR"]))

    def _compile(self, output: Path, scratch: Path) -> Finished:
        output.write_text("binary")
        (scratch / "main.a").write_text("archive")
        trace = (
            f"WORK={scratch}\n"
            "cat >$WORK/importcfg.link << 'EOF' # internal\n"
            "packagefile runtime.test=$WORK/main.a\nEOF\n"
            "GOROOT='' /go/pkg/tool/x/link -o $WORK/x -importcfg $WORK/importcfg.link -buildmode=exe $WORK/main.a\n"
        )
        return Finished(0, b"", trace.encode(), 1.0)


@pytest.fixture
def target(tmp_path: Path) -> Target:
    """A package whose go.mod is made."""
    paths = Paths(tmp_path)
    for name in ("runtime/a_test.go", "runtime/testdata/x", "internal/y/y.go", "stdlib/c_test.go"):
        (paths.benchmarks / name).parent.mkdir(parents=True, exist_ok=True)
        (paths.benchmarks / name).write_text("package x\n")
    target = Target(paths, GO_1_24, "runtime")
    target.folder.mkdir(parents=True)
    (target.folder / "go.mod").write_text("module example.com/suite\n\ngo 1.24.0\n")
    (target.folder / "go.sum").write_text("")
    return target


def _build(target: Target, go: Go, **environment: str) -> dict[str, Any]:
    build(target, UNITS, environment, go)
    return read_record(target)


def test_build(target: Target) -> None:
    """The binary, what linking needs, and a record of what they are made of."""
    go = Go()
    record = _build(target, go)
    assert target.binary.read_text() == "binary"
    assert (target.link_folder / "main.a").read_text() == "archive"
    assert record["status"] == "built"
    assert record["units"] == ["runtime.A", "runtime.B"]
    assert record["modules"] == {"example.com/a": "v0.2.0", "example.com/b": "v1.0.0"}
    assert record["link_arguments"] == ["-buildmode=exe"]
    assert set(record["fingerprints"]) == {"runtime.A", "runtime.B"}
    assert go.steps == ["modules", "program", "declarations", "compile", "names"]


def test_sources_are_copied(target: Target) -> None:
    """What is compiled lies in the build folder, without other packages; benchmarks/ gets nothing new."""
    before = sorted(target.paths.benchmarks.rglob("*"))
    go = Go()
    _build(target, go)
    assert go.sources == {"go.mod", "go.sum", "runtime/a_test.go", "runtime/testdata/x", "internal/y/y.go"}
    assert sorted(target.paths.benchmarks.rglob("*")) == before


def test_removed_sources_go(target: Target) -> None:
    """A file that is gone from the package is not compiled any more."""
    _build(target, Go())
    source = target.paths.benchmarks / "runtime" / "a_test.go"
    source.rename(source.with_name("b_test.go"))
    go = Go()
    _build(target, go)
    assert "runtime/b_test.go" in go.sources
    assert "runtime/a_test.go" not in go.sources


def test_environments(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fetching modules keeps the user's network settings; compiling and the binary see nothing of the user's."""
    monkeypatch.setenv("GOPROXY", "https://modules.example.com")
    go = Go()
    _build(target, go, GOAMD64="v1")
    assert go.environments["modules"]["GOPROXY"] == "https://modules.example.com"
    assert go.environments["compile"]["GOPROXY"] == "off"
    assert go.environments["compile"]["GOAMD64"] == "v1"
    assert go.environments["compile"]["CGO_ENABLED"] == "0"
    assert not {"GOPROXY", "GOROOT"} & set(go.environments["names"])


def test_nothing_is_built_twice(target: Target) -> None:
    """The same inputs are not compiled again, even if doit has forgotten about them."""
    _build(target, Go())
    go = Go()
    _build(target, go)
    assert go.steps == []


@pytest.mark.parametrize("lost", ["binary", "main.a", "record", "content"])
def test_what_is_lost_is_built_again(target: Target, lost: str) -> None:
    """A missing or damaged file is made anew."""
    record = _build(target, Go())
    files = {"binary": target.binary, "main.a": target.link_folder / "main.a", "record": target.record}
    if lost == "content":
        target.binary.write_text("other")
    else:
        files[lost].unlink()
    assert _build(target, Go()) == record
    assert target.binary.read_text() == "binary"
    assert all(path.exists() for path in files.values())


@pytest.mark.parametrize("change", ["source", "internal", "go.mod", "environment"])
def test_changed_inputs_are_built_again(target: Target, change: str) -> None:
    """Each input counts."""
    before = _build(target, Go())["inputs"]
    if change == "source":
        (target.paths.benchmarks / "runtime" / "a_test.go").write_text("package y\n")
    elif change == "internal":
        (target.paths.benchmarks / "internal" / "y" / "y.go").write_text("package z\n")
    elif change == "go.mod":
        (target.folder / "go.mod").write_text("module example.com/suite\n\ngo 1.24.0\n\n")
    go = Go()
    assert _build(target, go, **({"GOGC": "50"} if change == "environment" else {}))["inputs"] != before
    assert "compile" in go.steps


def test_code_that_does_not_compile_is_a_result(target: Target) -> None:
    """The record holds the compiler's words, with paths as the user knows them, and no old binary is left."""
    _build(target, Go())
    (target.paths.benchmarks / "runtime" / "a_test.go").write_text("package broken\n")
    record = _build(target, Go("compile"))
    assert record["status"] == "failed"
    assert record["output"] == "# pkg\nruntime/a_test.go:3:1: broken compile"
    assert (record["units"], record["link_arguments"], record["binary_sha256"]) == ([], [], "")
    assert not target.binary.exists()
    assert not target.link_folder.exists()


def test_code_that_compiles_again(target: Target) -> None:
    """A failure is not remembered as if it were a build."""
    _build(target, Go("compile"))
    assert _build(target, Go())["status"] == "built"


@pytest.mark.parametrize(
    ("step", "words"),
    [("modules", "go1.24.0: the modules of runtime can't be fetched:.*Check the network")],
)
def test_the_machines_fault_is_an_error(target: Target, step: str, words: str) -> None:
    """Without a network there is no result; nothing is recorded, so that the next run tries again."""
    with pytest.raises(PerfError, match=f"(?s){words}"):
        _build(target, Go(step))
    assert not target.record.exists()


@pytest.mark.parametrize(
    ("listed", "words"),
    [
        ("BenchmarkA\n", r"Only in the text: runtime\.B; only in the binary: none"),
        ("BenchmarkA\nBenchmarkB\nBenchmarkNew\n", r"Only in the text: none; only in the binary: runtime\.New"),
    ],
)
def test_scan_and_compiler_must_agree(target: Target, listed: str, words: str) -> None:
    """A benchmark that only one of them sees is named, with the form to write it in."""
    with pytest.raises(PerfError, match=rf"{words}.*func BenchmarkName"):
        _build(target, Go(listed=listed))
    assert not target.record.exists()


@pytest.mark.parametrize("broken", ["", "compile", "names"])
def test_scratch_is_removed(target: Target, broken: str) -> None:
    """Whatever happens, the compiler's work folder goes."""
    try:
        _build(target, Go(broken))
    except PerfError:
        assert broken == "names"
    assert not [path for path in target.folder.iterdir() if "scratch" in path.name]


def test_removed_files_of_internal_go(target: Target) -> None:
    """A file renamed in internal/ does not leave its old copy to be compiled."""
    _build(target, Go())
    source = target.paths.benchmarks / "internal" / "y" / "y.go"
    source.rename(source.with_name("z.go"))
    go = Go()
    _build(target, go)
    assert "internal/y/z.go" in go.sources
    assert "internal/y/y.go" not in go.sources


@pytest.mark.parametrize(
    ("second", "words"),
    [
        (Finished(-9, b"", b"", 1.0), "status -9"),
        (Finished(-9, b"", b"", 1.0, stopped="timeout"), "timeout"),
        (Finished(0, b"", b"", 1.0), "status 0"),
        (Finished(1, b"", b"write: no space left on device", 1.0), "no space left"),
    ],
)
def test_a_compiler_that_was_cut_short_is_no_result(target: Target, second: Finished, words: str) -> None:
    """Only what the compiler says of the code is kept as a result."""

    class CutShort(Go):
        def run(
            self, command: Sequence[str], *, env: Mapping[str, str], cwd: Path, timeout: float, keep: Sequence[int] = ()
        ) -> Finished:
            done = super().run(command, env=env, cwd=cwd, timeout=timeout, keep=keep)
            return second if command[1] == "test" and "-x" not in command else done

    with pytest.raises(PerfError, match=words):
        _build(target, CutShort(broken="compile"))
    assert not target.record.exists()


def test_a_binary_that_does_not_start_is_a_result(target: Target) -> None:
    """A panic in an init function costs this package under this version, and nothing else."""
    record = _build(target, Go("names"))
    assert record["status"] == "failed"
    assert "does not start" in record["output"]


def test_no_record_is_left_of_a_build_that_was_killed(target: Target) -> None:
    """What lies in the folder after a kill is not taken for what was built before, even if the sources are back."""

    class Killed(Go):
        def run(
            self, command: Sequence[str], *, env: Mapping[str, str], cwd: Path, timeout: float, keep: Sequence[int] = ()
        ) -> Finished:
            if command[1] == "test":
                raise KeyboardInterrupt
            return super().run(command, env=env, cwd=cwd, timeout=timeout, keep=keep)

    _build(target, Go())
    source = target.paths.benchmarks / "runtime" / "a_test.go"
    old = source.read_text()
    source.write_text("package x // edited\n")
    with pytest.raises(KeyboardInterrupt):
        _build(target, Killed())
    source.write_text(old)
    go = Go()
    _build(target, go)
    assert "compile" in go.steps


@pytest.mark.parametrize(
    "words", [b"module lookup disabled by GOPROXY=off", b"compile: signal: killed", b"too many open files"]
)
def test_words_that_are_not_about_the_code(target: Target, words: bytes) -> None:
    """A network that was gone or a compiler that was killed leaves no result to keep."""

    class Starved(Go):
        def run(
            self, command: Sequence[str], *, env: Mapping[str, str], cwd: Path, timeout: float, keep: Sequence[int] = ()
        ) -> Finished:
            done = super().run(command, env=env, cwd=cwd, timeout=timeout, keep=keep)
            return Finished(1, b"", words, 1.0) if command[1] == "test" else done

    with pytest.raises(PerfError, match="cut short"):
        _build(target, Starved())
    assert not target.record.exists()


def test_units_that_are_told_apart_otherwise_are_built_again(target: Target) -> None:
    """Another program may take other fingerprints of the same sources: the record must speak of those."""
    record = _build(target, Go())
    path = target.paths.fingerprint(target.version.exact, "runtime.A")
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"fingerprint": record["fingerprints"]["runtime.A"]}))
    go = Go()
    _build(target, go)
    assert "compile" not in go.steps
    path.write_text('{"fingerprint": "another"}')
    _build(target, go)
    assert "compile" in go.steps
