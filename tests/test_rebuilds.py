"""What is measured again after which change, with real Go: the table of docs/rebuilds.md, row by row.

Every test begins and ends with two packages under two versions up to date.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tasks.measure import names
from tasks.measure.reader import read_file
from tasks.shared import schema
from tests.checkout import Checkout, copy_checkout, without_build_cache
from tests.spy import Spy
from tests.survival import assert_nothing_is_half_written, killed_after

COUNT = 2
TINY = (f"count={COUNT}", "benchtime=1ms", "max_reruns=0", "skip_system_check=1")
VERSIONS = ("go1.24.0", "go1.25.0")
#: How often a test binary was started to measure, by (version, unit).
Counts = Counter[tuple[str, str]]
Edit = Callable[[str, str, str], None]


@pytest.fixture(scope="module")
def spy(tmp_path_factory: pytest.TempPathFactory) -> Spy:
    """Hears of all programs."""
    return Spy(tmp_path_factory.mktemp("spy"))


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory, spy: Spy) -> Iterator[Checkout]:
    """Two packages under two versions, measured once."""
    env = {**os.environ, "HOME": str(tmp_path_factory.mktemp("home")), **spy.env}
    copied = copy_checkout(tmp_path_factory.mktemp("checkout") / "clone", env)
    config = copied.root / "config.yaml"
    text = config.read_text().replace('  - "1.23.0"\n', "")
    config.write_text(text.replace("packages: [runtime, stdlib, networking]", "packages: [runtime, stdlib]"))
    copied.doit(*TINY)
    yield copied
    shutil.rmtree(copied.root.parent, ignore_errors=True)


@pytest.fixture
def edit(checkout: Checkout) -> Iterator[Edit]:
    """Replaces text in files of the checkout; all is as before after the test."""
    before: dict[Path, bytes] = {}

    def edit(name: str, old: str, new: str) -> None:
        path = checkout.root / name
        before.setdefault(path, path.read_bytes())
        text = path.read_text()
        assert old in text, f"{name} does not contain {old!r}"
        path.write_text(text.replace(old, new))

    yield edit
    for path, content in before.items():
        path.write_bytes(content)
    checkout.doit(*TINY)


@pytest.fixture
def measured(checkout: Checkout, spy: Spy) -> Callable[..., Counts]:
    """What one doit measures; each process that it started to measure left its sample on the disk."""

    def measured(*arguments: str, affinity: set[int] | None = None) -> Counts:
        spy.clear()
        before = samples(checkout)
        if affinity is None:
            checkout.doit(*(arguments or TINY))
        else:
            old = os.sched_getaffinity(0)
            os.sched_setaffinity(0, affinity)
            try:
                checkout.doit(*(arguments or TINY))
            finally:
                os.sched_setaffinity(0, old)
        started = spy.samples()
        assert started == samples(checkout) - before
        return started

    return measured


def samples(checkout: Checkout, references: bool = True) -> Counts:
    """All samples on disk but those of controls; those of references too, or only those that may count."""
    found: Counts = Counter()
    for path in filter(names.session_of, (checkout.root / "results").glob("1*ms/*/go*/*.txt")):
        file = read_file(path)
        if names.counts(file.head.kind) or (references and file.head.kind == names.REFERENCE):
            found.update((file.head.version, sample.unit) for sample in file.samples)
    return found


def units(checkout: Checkout) -> list[str]:
    """All that have results."""
    return sorted(
        {row["unit"] for row in schema.read("merged", tree(checkout) / "go1.24" / "merged.json")["benchmarks"]}
    )


def tree(checkout: Checkout) -> Path:
    """Where the results lie."""
    (folder,) = (checkout.root / "results" / "1ms").iterdir()
    return folder


def each(units: list[str], *versions: str, times: int = COUNT) -> dict[tuple[str, str], int]:
    """Samples of each of these units in each of these versions."""
    return {(version, unit): times for version in versions or VERSIONS for unit in units}


def derived(checkout: Checkout) -> dict[Path, bytes]:
    """What is made from samples, with its content."""
    # What is there of a version that is no longer in config.yaml is nobody's to make again.
    folders = [tree(checkout) / version.removesuffix(".0") for version in VERSIONS]
    results = (
        path for folder in folders for path in folder.iterdir() if path.suffix == ".json" or "merged" in path.name
    )
    found = [*results, *checkout.root.glob("data/1ms/**/*.json")]
    return {path: path.read_bytes() for path in found if "_inputs" not in path.name}


def test_nothing(measured: Callable[..., Counts]) -> None:
    """No process at all."""
    assert measured() == {}


def test_releases_differ_by_go_alone(checkout: Checkout) -> None:
    """Two versions of the real suite, measured together with the same modules: nothing else is flagged."""
    document = schema.read("comparison", tree(checkout) / "comparisons" / "go1.24-go1.25.json")
    assert {row["unit"] for row in document["rows"]} == set(units(checkout))
    assert {flag for row in document["rows"] for flag in row["flags"]} == set()
    assert document["differences"] == []


def test_comments_and_formatting(checkout: Checkout, edit: Edit, measured: Callable[..., Counts], spy: Spy) -> None:
    """A comment in every file and function, lines broken elsewhere, what gofmt mends; nor is anything compiled."""
    for path in (checkout.root / "benchmarks").glob("*/*_test.go"):
        text = path.read_text()
        changed = re.sub(r"^(func .*\{)$", r"\1 // here\n", text, flags=re.MULTILINE)
        edit(str(path.relative_to(checkout.root)), text, f"// A comment.\n\n{changed}\n\n/* The end. */\n")
    everything = units(checkout)
    name = "benchmarks/stdlib/hash_test.go"
    text = (checkout.root / name).read_text()
    gofmt = checkout.root / ".go-versions" / "go1.25.0" / "bin" / "gofmt"
    rough = text.replace("(b *testing.B) {", "(b   *testing.B)  {").replace("for ", "for  ")
    edit(name, text, rough)
    assert measured() == {}
    assert units(checkout) == everything
    subprocess.run([gofmt, "-w", checkout.root / "benchmarks"], check=True)
    assert (checkout.root / name).read_text() != rough
    assert measured() == {}
    assert spy.compiled() == []


def test_one_function(edit: Edit, measured: Callable[..., Counts], spy: Spy) -> None:
    """That unit, in each version, of one package compiled anew; changed back, nothing."""
    function = "func BenchmarkStrings(b *testing.B) {"
    edit("benchmarks/stdlib/strings_test.go", function, f"{function}\n\t_ = 1")
    assert measured() == each(["stdlib.Strings"])
    assert spy.compiled() == ["./stdlib", "./stdlib"]
    edit("benchmarks/stdlib/strings_test.go", f"{function}\n\t_ = 1", function)
    assert measured() == {}


def test_a_helper(edit: Edit, measured: Callable[..., Counts]) -> None:
    """The units that use it, directly or through another helper."""
    edit("benchmarks/runtime/contention_test.go", "var done sync.WaitGroup", "var done sync.WaitGroup\n\t_ = times")
    assert measured() == each(["runtime.AtomicContention", "runtime.MutexContention"])
    edit("benchmarks/stdlib/hash_test.go", "hashSize = ", "hashSize = 1 * ")
    assert measured() == each(["stdlib.SHA", "stdlib.MD5", "stdlib.CRC32", "stdlib.FNVHash"])


def test_a_new_function_and_a_removed_one(checkout: Checkout, measured: Callable[..., Counts]) -> None:
    """The new one is measured; when it is gone it leaves merged and exported results, and nothing is measured."""
    before = derived(checkout)
    path = checkout.root / "benchmarks" / "stdlib" / "new_test.go"
    path.write_text(
        'package stdlib\n\nimport "testing"\n\n// BenchmarkNew measures nothing.\nfunc BenchmarkNew(b *testing.B) {\n'
        "\tfor range b.N {\n\t\tsinkUint64++\n\t}\n}\n"
    )
    assert measured() == each(["stdlib.New"])
    assert all(b'"New"' in path.read_bytes() for path in tree(checkout).glob("go*/merged.json"))
    path.unlink()
    assert measured() == {}
    assert derived(checkout) == before


def test_a_module_in_one_template(checkout: Checkout, edit: Edit, measured: Callable[..., Counts]) -> None:
    """The units that import it, in the versions of that template, each with its reference; `doit why` names it."""
    sums = (checkout.root / "benchmarks" / "go.sum.1.23.0").read_text()
    (old,) = re.findall(r"golang\.org/x/crypto v\S+", (checkout.root / "benchmarks" / "go.mod.1.23.0").read_text())
    edit("benchmarks/go.mod.1.25.0", "golang.org/x/crypto v0.47.0", old)
    new = (checkout.root / "benchmarks" / "go.sum.1.25.0").read_text()
    # Both versions' hashes: a build takes those that it needs.
    edit("benchmarks/go.sum.1.25.0", new, "".join(sorted({*new.splitlines(True), *sums.splitlines(True)})))
    said = checkout.doit("why", *TINY)
    assert re.search(r"module golang\.org/x/crypto: v0\.47\.0 h1:\S+ -> v0\.27\.0 h1:", said), said
    assert measured() == each(["stdlib.SHA"])


def test_a_version_added_and_a_version_removed(checkout: Checkout, edit: Edit, measured: Callable[..., Counts]) -> None:
    """That version, and its neighbour as its reference; taken away again, nothing."""
    edit("config.yaml", '  - "1.24.0"\n', '  - "1.23.0"\n  - "1.24.0"\n')
    assert measured() == each(units(checkout), "go1.23.0", "go1.24.0")
    edit("config.yaml", '  - "1.23.0"\n', "")
    assert measured() == {}


def test_one_version_forgotten(checkout: Checkout, measured: Callable[..., Counts]) -> None:
    """That version, with its reference."""
    checkout.doit("forget", "collect:go1.25", *TINY)
    assert measured() == each(units(checkout))


def test_a_higher_count_and_back(checkout: Checkout, measured: Callable[..., Counts]) -> None:
    """The rounds that are missing, and no sample is thrown away; then nothing."""
    before = samples(checkout)
    assert measured("count=3", *TINY[1:]) == each(units(checkout), times=1)
    receipt = schema.read("receipt", tree(checkout) / "go1.24" / "receipts" / "stdlib.SHA.json")
    assert receipt["samples"] == 3
    assert samples(checkout) - before == each(units(checkout), times=1)
    assert measured() == {}


def test_a_threshold(checkout: Checkout, edit: Edit, measured: Callable[..., Counts]) -> None:
    """Verdicts are made anew, and nothing is measured."""
    old = {path: path.read_bytes() for path in tree(checkout).glob("go1.2[45]/variance.json")}
    said = checkout.doit("why", *TINY, "variance_threshold=7")
    assert "variance_threshold: 15 -> 7" in said
    assert measured(*TINY, "variance_threshold=7") == {}
    for path, content in old.items():
        assert json.loads(content)["settings"]["variance_threshold"] == 15
        assert schema.read("variance", path)["settings"]["variance_threshold"] == 7
    assert measured() == {}
    assert {path: path.read_bytes() for path in old} == old


def test_another_benchtime_and_back(checkout: Checkout, measured: Callable[..., Counts]) -> None:
    """Once, then nothing, whichever of them is asked for."""
    other = (f"count={COUNT}", "benchtime=1.5ms", *TINY[2:], "collect:go1.25:stdlib.SHA")
    assert measured(*other) == each(["stdlib.SHA"], "go1.25.0")
    assert measured() == {}
    assert measured(*other) == {}


def test_a_threshold_that_three_units_fail(checkout: Checkout, measured: Callable[..., Counts]) -> None:
    """A retry of those three, in all versions."""
    noisiest: dict[str, float] = {}
    for path in tree(checkout).glob("go1.2[45]/variance.json"):
        for leaf in schema.read("variance", path)["benchmarks"]:
            noisiest[leaf["unit"]] = max(noisiest.get(leaf["unit"], 0.0), leaf["cv"] or 0.0)
    *failing, next_one = sorted(noisiest, key=lambda unit: -noisiest[unit])[:4]
    threshold = 50 * (noisiest[failing[-1]] + noisiest[next_one])
    once = ("max_reruns=1", "rerun_count=1", "interval_target=0", f"variance_threshold={threshold:.6f}")
    arguments = (TINY[0], TINY[1], TINY[3], *once)
    said = checkout.doit("why", *arguments)
    assert "too noisy in go1.2" in said
    # RSA key generation is judged by another limit, which its few samples may fail, too.
    started = {cell: n for cell, n in measured(*arguments).items() if cell[1] != "stdlib.RSAKeyGen"}
    assert started == each([unit for unit in failing if unit != "stdlib.RSAKeyGen"], times=1)


def test_derived_files(checkout: Checkout, measured: Callable[..., Counts]) -> None:
    """Deleted or edited by hand: made again, to the byte."""
    checkout.doit(*TINY)
    before = derived(checkout)
    for path in before:
        path.write_bytes(path.read_bytes().replace(b"go1.25", b"go1.99") + b" ")
    said = checkout.doit("why", *TINY)
    assert said.count("somebody changed it") == 8, said
    assert measured() == {}
    assert derived(checkout) == before
    for path in before:
        path.unlink()
    assert measured() == {}
    assert derived(checkout) == before


def test_samples_that_can_not_be_trusted(checkout: Checkout, measured: Callable[..., Counts]) -> None:
    """One line edited, a text cut in the middle of its last sample, receipts gone: only what is lost is measured."""
    checkout.doit("forget", "collect:go1.25", *TINY)
    checkout.doit(*TINY)
    newest = max(tree(checkout).glob("go1.25/*-[0-9][0-9].txt"))
    file = read_file(newest)
    edited, last = file.samples[0].unit, file.samples[-1].unit
    text = newest.read_text()
    line = file.samples[0].lines[0]
    original = newest.read_bytes()
    newest.write_text(text.replace(line, line.replace(" ns/op", "9 ns/op"), 1)[:-40])
    for path in tree(checkout).glob("go1.24/receipts/stdlib.*.json"):
        path.unlink()
    said = checkout.doit("why", *TINY)
    assert f"{newest.name}:" in said
    assert "this sample, or the file's head, was changed after it was measured" in said
    lost = sorted({edited, last})
    started = measured()
    assert {unit for version, unit in started if version == "go1.25.0"} == set(lost)
    assert started == each(lost, times=1)
    assert measured() == {}
    # Brought back, from a backup perhaps, they count again.
    newest.write_bytes(original)
    assert measured() == {}


def test_no_database_and_another_place(checkout: Checkout, measured: Callable[..., Counts], spy: Spy) -> None:
    """doit's record decides no measuring; a clone may move, and its builds with it: what is edited there is linked."""
    for path in (checkout.root / ".cache").glob("doit.sqlite*"):
        path.unlink()
    assert measured() == {}
    moved = checkout.root.with_name("moved")
    checkout.root.rename(moved)
    try:
        elsewhere = Checkout(moved, checkout.env)
        spy.clear()
        elsewhere.doit(*TINY)
        assert spy.samples() == {}
        # Go's own cache is of no use to linking.
        without_build_cache(moved)
        elsewhere.doit("forget", "collect:go1.25:stdlib.MD5", *TINY)
        elsewhere.doit(*TINY)
        assert spy.samples() == each(["stdlib.MD5"])
        assert spy.compiled() == []
    finally:
        moved.rename(checkout.root)


@pytest.mark.skipif(sys.platform != "linux", reason="another number of cores is what makes another machine here")
def test_another_machine(checkout: Checkout, measured: Callable[..., Counts]) -> None:
    """Everything, and it says why; back on the first, nothing, and its results are as they were."""
    old = os.sched_getaffinity(0)
    if len(old) < 2:
        pytest.skip("needs two cores, to leave one out")
    before = {path: path.read_bytes() for path in tree(checkout).glob("go*/merged.*")}
    os.sched_setaffinity(0, {min(old)})
    try:
        said = checkout.doit("why", *TINY, "collect:go1.25:stdlib.MD5", "collect:go1.24:stdlib.MD5")
    finally:
        os.sched_setaffinity(0, old)
    assert f"the machine's cores: {len(old)} -> 1" in said
    assert measured(affinity={min(old)}) == each(units(checkout))
    assert measured() == {}
    assert {path: path.read_bytes() for path in before} == before


def counted(checkout: Checkout) -> dict[tuple[str, str], int]:
    """How many samples of each cell count, by its receipt; merged results have just as many."""
    found: dict[tuple[str, str], int] = {}
    for version in VERSIONS:
        folder = tree(checkout) / version.removesuffix(".0")
        for row in schema.read("merged", folder / "merged.json")["benchmarks"]:
            receipt = schema.read("receipt", folder / "receipts" / f"{row['unit']}.json")
            found[version, row["unit"]] = receipt["samples"]
            assert row["measures"]["ns/op"]["n"] == receipt["samples"]
    return found


def test_kills_of_the_real_suite(checkout: Checkout, spy: Spy) -> None:
    """kill -9 five times on the way to two more rounds: nothing is lost or counted twice, at most a block repeated."""
    checkout.doit(*TINY)
    count = max(counted(checkout).values()) + 2
    had = counted(checkout)
    wanted = sum(count - n for n in had.values())
    chance, kills = random.Random(5), 0
    more = (f"count={count}", *TINY[1:])
    begun = before = samples(checkout)
    counting = samples(checkout, references=False)
    spy.clear()
    while kills < 5 and killed_after(checkout, chance.uniform(1, 4), *more):
        kills += 1
        assert_nothing_is_half_written(checkout.root)
        assert before <= samples(checkout)
        before = samples(checkout)
    checkout.doit(*more)
    assert kills >= 3
    assert before <= samples(checkout)
    taken = sum((samples(checkout) - begun).values())
    # References that joined a version which a kill had left alone lie in files of their own and count nowhere.
    added = sum((samples(checkout, references=False) - counting).values())
    assert wanted <= added <= wanted + kills * len(VERSIONS)
    assert taken <= sum(spy.samples().values()) <= taken + kills
    assert min(counted(checkout).values()) == count


def test_a_schema_version_raised(checkout: Checkout, measured: Callable[..., Counts]) -> None:
    """Derived files again, and nothing else; a program of before leaves them alone then."""
    program = [checkout.root / "tasks" / "shared" / "schema.py", *(checkout.root / "schemas").glob("*.json")]
    originals = {path: path.read_bytes() for path in program}
    now, then = schema.SCHEMA_VERSION, schema.SCHEMA_VERSION + 1
    changes = ("SCHEMA_VERSION = {}", '"schema_version": {{"const": {}}}', '"minimum": 1, "maximum": {}}}')
    for path in program:
        text = path.read_text()
        for change in changes:
            text = text.replace(change.format(now), change.format(then))
        path.write_text(text)
    assert measured() == {}
    raised = [path for path in derived(checkout) if path.suffix == ".json"]
    assert {schema.read_unchecked(path)["schema_version"] for path in raised} == {then}
    checkout.doit("validate", *TINY)
    for path, content in originals.items():
        path.write_bytes(content)
    results = {path: path.read_bytes() for path in (checkout.root / "results").rglob("*") if path.is_file()}
    assert "written by a newer program" in checkout.doit(*TINY, status=2)
    assert {path: path.read_bytes() for path in results} == results
