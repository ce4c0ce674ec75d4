"""What differs besides Go."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from tasks.compare.differences import NOT_VARIED, Made, of_benchmarks, of_versions
from tasks.shared import schema
from tasks.shared.paths import Paths, Tree
from tasks.shared.verified import Verified
from tasks.suite.fingerprint import Inputs, document
from tests.builders import GO_1_24, HASH, MEASURES, SESSION, UNIT, Document, merged, merged_row


def changed(path: str, value: Any) -> Document:
    """The merged results of go1.25, with one thing changed."""
    its = merged("go1.25")
    *above, last = path.split(".")
    at = its
    for key in above:
        at = at[key]
    at[last] = value
    return its


def test_only_go_differs() -> None:
    """Then there is nothing to say."""
    assert of_versions(merged("go1.24"), merged("go1.25")) == []


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("machine.cpu", "Another CPU", "machine: cpu AMD EPYC 7B13 -> Another CPU"),
        ("machine.cores", 4, "machine: cores 2 -> 4"),
        ("settings.benchtime", "1s", "settings: benchtime 25ms -> 1s"),
        ("environment", {"GOAMD64": "v3"}, "environment: GOAMD64 v1 -> v3"),
        ("environment", {"GOAMD64": "v1", "GOGC": "50"}, "environment: GOGC none -> 50"),
    ],
)
def test_what_differs_is_named(path: str, value: Any, said: str) -> None:
    """With both values."""
    assert of_versions(merged("go1.24"), changed(path, value)) == [said]


@pytest.mark.parametrize(
    ("path", "value"), [("machine.kernel", "6.2"), ("settings.count", 60), ("settings.profile", "ci")]
)
def test_what_makes_no_difference(path: str, value: Any) -> None:
    """A kernel's update makes no other machine, and more rounds no other samples."""
    assert of_versions(merged("go1.24"), changed(path, value)) == []


def test_layouts_that_were_not_varied() -> None:
    """Said once, also when both sides have it."""
    old, new = merged("go1.24"), merged("go1.25")
    old["settings"] = new["settings"] = {**new["settings"], "layouts": "default"}
    assert of_versions(old, new) == [NOT_VARIED]


def kept(
    folder: Path, label: str, modules: dict[str, str], declaration: str = HASH, directives: tuple[str, ...] = ()
) -> str:
    """Keep the inputs of a unit, as built for its version; its fingerprint."""
    lines = [f"go {label.removeprefix('go')}.0", *directives]
    inputs = Inputs({"BenchmarkSyncPool": declaration}, ["testing"], {}, {}, modules, lines)
    its = document(UNIT.id, GO_1_24, inputs, {})
    its["toolchain"] = f"{label}.0"
    rows = [{key: value for key, value in its.items() if key != "schema_version"}]
    path = folder / label / f"{SESSION}_inputs.json"
    schema.write(
        "inputs",
        path,
        {"schema_version": schema.SCHEMA_VERSION, "session": SESSION, "version": f"{label}.0", "units": rows},
    )
    fingerprint: str = its["fingerprint"]
    return fingerprint


def found(folder: Path, old: Document, new: Document) -> dict[str, list[str]]:
    """What differs for single units."""
    return of_benchmarks(old, new, Made(Paths(folder), Tree(folder), Verified(folder / "v.json")))


def pair(old: str, new: str) -> tuple[Document, Document]:
    """Merged results of one unit, with these fingerprints."""
    documents = []
    for label, fingerprint in (("go1.24", old), ("go1.25", new)):
        row = {**merged_row(measures=MEASURES), "fingerprint": fingerprint}
        documents.append(merged(label, [row]))
    return documents[0], documents[1]


def test_modules_that_a_benchmark_imports(tmp_path: Path) -> None:
    """Another version of a module is told for just the units that import it, by version; Go itself is no difference."""
    old = kept(tmp_path, "go1.24", {"golang.org/x/crypto": "v0.27.0 h1:abc="})
    new = kept(tmp_path, "go1.25", {"golang.org/x/crypto": "v0.47.0 h1:def="})
    assert found(tmp_path, *pair(old, new)) == {UNIT.id: ["module golang.org/x/crypto: v0.27.0 -> v0.47.0"]}
    assert found(tmp_path, *pair(old, old)) == {}


def test_code_of_the_benchmark(tmp_path: Path) -> None:
    """Samples of another benchmark function are no comparison of Go versions."""
    old, new = kept(tmp_path, "go1.24", {}), kept(tmp_path, "go1.25", {}, "b" * 64)
    assert found(tmp_path, *pair(old, new)) == {UNIT.id: [f"BenchmarkSyncPool: {HASH[:10]} -> {'b' * 10}"]}


def test_directives_of_go_mod(tmp_path: Path) -> None:
    """The language version is Go itself, as it is each version's own; a GODEBUG default that somebody set is not."""
    old = kept(tmp_path, "go1.24", {})
    new = kept(tmp_path, "go1.25", {}, directives=("godebug panicnil=1",))
    assert found(tmp_path, *pair(old, new)) == {UNIT.id: ["go.mod godebug panicnil=1: none -> there"]}


def test_inputs_that_nobody_kept(tmp_path: Path) -> None:
    """Then any module of the package may matter, and that is said."""
    old, new = pair(HASH, HASH)
    assert found(tmp_path, old, new) == {}
    other = copy.deepcopy(new)
    other["modules"]["runtime"] = {"golang.org/x/sync": "v0.11.0"}
    assert found(tmp_path, old, other) == {
        UNIT.id: ["module golang.org/x/sync v0.10.0 -> v0.11.0 (somewhere in runtime)"]
    }


def test_todays_fingerprints_tell_too(tmp_path: Path) -> None:
    """What was measured before inputs were kept, and is of today's code."""
    fingerprints = []
    for label, version in (("go1.24", "v0.27.0"), ("go1.25", "v0.47.0")):
        inputs = Inputs({}, ["testing"], {}, {}, {"golang.org/x/crypto": f"{version} h1:abc="}, [])
        its = {**document(UNIT.id, GO_1_24, inputs, {}), "toolchain": f"{label}.0"}
        schema.write("fingerprint", Paths(tmp_path).fingerprint(f"{label}.0", UNIT.id), its)
        fingerprints.append(its["fingerprint"])
    said = ["module golang.org/x/crypto: v0.27.0 -> v0.47.0"]
    assert found(tmp_path, *pair(*fingerprints)) == {UNIT.id: said}


def test_a_unit_that_was_given_up(tmp_path: Path) -> None:
    """Its good samples are those that did not fail, which may be the quick ones."""
    old, new = pair(HASH, HASH)
    new["benchmarks"][0]["status"] = "timeout"
    assert found(tmp_path, old, new) == {UNIT.id: ["given up in go1.25 (timeout)"]}
