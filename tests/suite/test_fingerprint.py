"""What makes a cell stale, and what does not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tasks.shared import schema
from tasks.shared.paths import Paths
from tasks.shared.versions import Version
from tasks.suite.fingerprint import Inputs, build_inputs, document, write_all
from tests.builders import GO_1_24, HASH

INPUTS = Inputs({"BenchmarkA": HASH}, ["testing"], {}, {}, {"example.com/m": "v1.0.0 h1:x="}, ["go 1.24"])
OTHER = "0" * 64


@pytest.mark.parametrize(
    "changed",
    [
        replace(INPUTS, declarations={"BenchmarkA": OTHER}),
        replace(INPUTS, declarations={"BenchmarkA": HASH, "helper": HASH}),
        replace(INPUTS, imports=["fmt", "testing"]),
        replace(INPUTS, packages={"example.com/suite/internal/x": HASH}),
        replace(INPUTS, files={"runtime/testdata/x": HASH}),
        replace(INPUTS, modules={"example.com/m": "v1.0.1 h1:y="}),
        replace(INPUTS, directives=["go 1.24", "godebug http2client=0"]),
    ],
)
def test_every_input_matters(changed: Inputs) -> None:
    """Another declaration, import, package, file or module is another fingerprint."""
    one, other = (document("runtime.A", GO_1_24, inputs, {})["fingerprint"] for inputs in (INPUTS, changed))
    assert one != other


def test_version_environment_and_unit_matter() -> None:
    """So do the exact toolchain, Go's variables and which unit it is."""
    documents = [
        document("runtime.A", GO_1_24, INPUTS, {}),
        document("runtime.B", GO_1_24, INPUTS, {}),
        document("runtime.A", Version("go1.24.1", "go1.24"), INPUTS, {}),
        document("runtime.A", GO_1_24, INPUTS, {"GOGC": "50"}),
    ]
    assert len({found["fingerprint"] for found in documents}) == 4


def test_labels_do_not_matter() -> None:
    """A second patch of the same minor release makes labels longer, and nothing stale."""
    labels = (document("runtime.A", Version("go1.24.0", label), INPUTS, {}) for label in ("go1.24", "go1.24.0"))
    assert len({found["fingerprint"] for found in labels}) == 1


def test_written_files(tmp_path: Path) -> None:
    """A valid file per unit; one that has not changed keeps its time; those of units that are gone are removed."""
    paths = Paths(tmp_path)
    write_all(paths, GO_1_24, {"runtime.A": INPUTS, "runtime.B": INPUTS}, {})
    kept = paths.fingerprint("go1.24.0", "runtime.A")
    assert schema.read("fingerprint", kept)["declarations"] == {"BenchmarkA": HASH}
    before = kept.stat().st_mtime_ns
    write_all(paths, GO_1_24, {"runtime.A": INPUTS}, {})
    assert kept.stat().st_mtime_ns == before
    assert not paths.fingerprint("go1.24.0", "runtime.B").exists()


def test_a_binary_is_made_from_bytes(tmp_path: Path) -> None:
    """A comment is no other code, but another binary is compiled; times do not matter."""
    suite, build = tmp_path / "suite", tmp_path / "build"
    (suite / "runtime").mkdir(parents=True)
    build.mkdir()
    source = suite / "runtime" / "a_test.go"
    source.write_text("package runtime\n")
    for name in ("go.mod", "go.sum"):
        (build / name).write_text("")
    before = build_inputs(suite, "runtime", GO_1_24, build, {})
    source.touch()
    assert build_inputs(suite, "runtime", GO_1_24, build, {}) == before
    source.write_text("package runtime // words\n")
    assert build_inputs(suite, "runtime", GO_1_24, build, {}) != before
