"""What is measured again after which change: counted in samples, each of which is one process, with real Go."""

from __future__ import annotations

import os
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tasks.measure.names import session_of
from tasks.measure.sample_file import read_file
from tasks.shared import schema
from tests.checkout import Checkout, copy_checkout

TINY = ("count=2", "benchtime=1ms", "max_reruns=0", "skip_system_check=1")
VERSIONS = ("go1.24.0", "go1.25.0")
#: How often a cell was sampled: (version, unit, kind).
Counts = Counter[tuple[str, str, str]]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """Two packages under two versions, measured once."""
    env = {**os.environ, "HOME": str(tmp_path_factory.mktemp("home"))}
    copied = copy_checkout(tmp_path_factory.mktemp("checkout") / "clone", env)
    config = copied.root / "config.yaml"
    text = config.read_text().replace('  - "1.23.0"\n', "")
    config.write_text(text.replace("packages: [runtime, stdlib, networking]", "packages: [runtime, stdlib]"))
    copied.doit(*TINY)
    yield copied
    shutil.rmtree(copied.root.parent, ignore_errors=True)


@pytest.fixture
def edit(checkout: Checkout) -> Iterator[Callable[..., None]]:
    """Replaces text in files of benchmarks/; all is as before after the test."""
    before: dict[Path, bytes] = {}

    def edit(name: str, old: str, new: str) -> None:
        path = checkout.root / "benchmarks" / name
        before.setdefault(path, path.read_bytes())
        text = path.read_text()
        assert old in text, f"{name} does not contain {old!r}"
        path.write_text(text.replace(old, new))

    yield edit
    for path, content in before.items():
        path.write_bytes(content)
    checkout.doit(*TINY)


def samples(checkout: Checkout) -> Counts:
    """All samples on disk."""
    found: Counts = Counter()
    for path in filter(session_of, (checkout.root / "results" / "1ms").glob("*/go*/*.txt")):
        file = read_file(path)
        found.update((file.head.version, sample.unit, file.head.kind) for sample in file.samples)
    return found


def measured(checkout: Checkout, *arguments: str) -> Counts:
    """What one doit measures."""
    before = samples(checkout)
    checkout.doit(*(arguments or TINY))
    return samples(checkout) - before


def each_version(*units: str) -> dict[tuple[str, str, str], int]:
    """Two samples of these units in each version."""
    return {(version, unit, "main"): 2 for version in VERSIONS for unit in units}


def test_nothing(checkout: Checkout) -> None:
    """Nothing changed, nothing measured."""
    assert measured(checkout) == {}


def test_comments_and_formatting(checkout: Checkout, edit: Callable[..., None]) -> None:
    """A comment in every file, and white space that gofmt would take away."""
    for path in (checkout.root / "benchmarks").glob("*/*_test.go"):
        name = f"{path.parent.name}/{path.name}"
        edit(name, "package ", "// A comment.\npackage ")
        edit(name, "\n}\n", "\n\n}\n")
    assert measured(checkout) == {}


def test_one_function(checkout: Checkout, edit: Callable[..., None]) -> None:
    """That unit, in each version; changed back, nothing."""
    edit(
        "stdlib/strings_test.go",
        "func BenchmarkStrings(b *testing.B) {",
        "func BenchmarkStrings(b *testing.B) {\n\t_ = 1",
    )
    assert measured(checkout) == each_version("stdlib.Strings")


def test_a_helper(checkout: Checkout, edit: Callable[..., None]) -> None:
    """The units that use it, directly or through another helper."""
    edit("runtime/contention_test.go", "var done sync.WaitGroup", "var done sync.WaitGroup\n\t_ = times")
    assert measured(checkout) == each_version("runtime.AtomicContention", "runtime.MutexContention")
    edit("stdlib/hash_test.go", "hashSize = ", "hashSize = 1 * ")
    assert measured(checkout) == each_version("stdlib.SHA", "stdlib.MD5", "stdlib.CRC32", "stdlib.FNVHash")


def test_a_new_function_and_a_removed_one(checkout: Checkout) -> None:
    """The new one is measured; when it is gone it leaves merged results, and nothing is measured."""
    path = checkout.root / "benchmarks" / "stdlib" / "new_test.go"
    path.write_text(
        'package stdlib\n\nimport "testing"\n\n// BenchmarkNew measures nothing.\nfunc BenchmarkNew(b *testing.B) {\n'
        "\tfor range b.N {\n\t\tsinkUint64++\n\t}\n}\n"
    )
    assert measured(checkout) == each_version("stdlib.New")
    path.unlink()
    assert measured(checkout) == {}
    merged = schema.read("merged", next((checkout.root / "results" / "1ms").glob("*/go1.25/merged.json")))
    assert "New" not in {row["name"] for row in merged["benchmarks"]}


def test_a_module_in_one_template(checkout: Checkout, edit: Callable[..., None]) -> None:
    """The units that import it, in the versions of that template, each with its reference."""
    older = (checkout.root / "benchmarks" / "go.mod.1.23.0").read_text()
    sums = (checkout.root / "benchmarks" / "go.sum.1.23.0").read_text()
    (old,) = re.findall(r"golang\.org/x/crypto v\S+", older)
    edit("go.mod.1.25.0", "golang.org/x/crypto v0.47.0", old)
    edit(
        "go.sum.1.25.0",
        "golang.org/x/crypto v0.47.0 h1:",
        sums[: sums.index("golang.org/x/crypto")] + "golang.org/x/crypto v0.47.0 h1:",
    )
    assert measured(checkout) == {("go1.25.0", "stdlib.SHA", "main"): 2, ("go1.24.0", "stdlib.SHA", "reference"): 2}
