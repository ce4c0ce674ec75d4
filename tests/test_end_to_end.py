"""From nothing to exported results, with real Go: two versions, all 76 benchmarks, tiny samples.

The tests of this module share one checkout and follow a user through it, in order. Toolchains, modules and
tools come through the ordinary clients; nothing of this checkout's own builds is used.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import termios
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tasks.measure.names import CONTROL, session_of
from tasks.measure.reader import read_file
from tasks.measure.schedule import Need
from tasks.measure.surroundings import binaries_of, read_records
from tasks.shared import schema
from tasks.shared.paths import Paths
from tasks.shared.process import SystemProcesses
from tasks.suite.linking import link, link_command
from tasks.toolchains.tools import install_tool
from tests.checkout import Checkout, copy_checkout, snapshot, without_build_cache
from tests.fake_go import bed_of
from tests.site.beds import data
from tests.suite_names import NAMES

#: Samples as short as can be, and no more of them for being noisy, which they are.
SHORT = ("benchtime=1ms", "max_reruns=0", "skip_system_check=1")
TINY = ("count=2", *SHORT)

#: A user's own Go settings, all of which must change nothing.
HOSTILE = {
    "GOFLAGS": "-mod=vendor -tags=hostile",
    "GOPATH": "/nonexistent/gopath",
    "GOROOT": "/nonexistent/goroot",
    "GOTOOLCHAIN": "go1.1.1",
    "GOEXPERIMENT": "nosuchexperiment",
    "GOARCH": "mips",
    "GOGC": "1",
    "GODEBUG": "gctrace=1",
    "GOMAXPROCS": "1",
    "CGO_ENABLED": "1",
}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """A copy of the project with two versions configured, under a user with odd settings and no results."""
    home = tmp_path_factory.mktemp("home")
    goenv = home / "goenv"
    goenv.write_text("GOFLAGS=-mod=vendor\nGOTOOLCHAIN=go1.1.1\nGOGC=1\nGO111MODULE=off\nGOOS=plan9\nGOARCH=mips\n")
    env = {**os.environ, **HOSTILE, "HOME": str(home), "GOENV": str(goenv)}
    copied = copy_checkout(tmp_path_factory.mktemp("checkout") / "clone", env)
    text = (copied.root / "config.yaml").read_text()
    (copied.root / "config.yaml").write_text(text.replace('  - "1.23.0"\n', ""))
    yield copied
    shutil.rmtree(copied.root.parent, ignore_errors=True)


def tree(checkout: Checkout) -> Path:
    """The folder of this platform's tiny samples."""
    (folder,) = (checkout.root / "results" / "1ms").iterdir()
    return folder


def sample_counts(checkout: Checkout) -> Counter[str]:
    """How many samples there are on disk, by version and kind: each is a process that was started. No controls."""
    counts: Counter[str] = Counter()
    for path in filter(session_of, tree(checkout).glob("go*/*.txt")):
        file = read_file(path)
        assert file.problems == ()
        if file.head.kind != CONTROL:
            counts[f"{file.head.version} {file.head.kind}"] += len(file.samples)
    return counts


def exported(checkout: Checkout, label: str) -> dict[str, Any]:
    """The exported document of a version."""
    path = next((checkout.root / "data" / "1ms").glob(f"*/{label}.json"))
    document: dict[str, Any] = schema.read("export-version", path)
    return document


def test_one_command_brings_everything_up_to_date(checkout: Checkout) -> None:
    """Toolchains, builds, two rounds, merge and export, told to the user as it goes."""
    before = snapshot(checkout.root / "benchmarks")
    said = checkout.doit(*TINY)
    assert "this takes about" in said
    assert "measured 192 samples" in said
    assert "samples and merged results: results/1ms/" in said
    assert sample_counts(checkout) == {"go1.24.0 main": 96, "go1.25.0 main": 96}
    # Of the 48 units a quarter has a control, of the older version.
    (path,) = tree(checkout).glob("go*/*_control.txt")
    assert (path.parent.name, len(read_file(path).samples)) == ("go1.24", 24)
    assert snapshot(checkout.root / "benchmarks") == before


@pytest.mark.parametrize("label", ["go1.24", "go1.25"])
def test_exactly_the_promised_benchmarks_are_exported(checkout: Checkout, label: str) -> None:
    """76 names, 20 + 35 + 21, each with times, sizes, allocations and a description."""
    benchmarks = exported(checkout, label)["benchmarks"]
    by_category: dict[str, set[str]] = {}
    for name, benchmark in benchmarks.items():
        by_category.setdefault(benchmark["category"], set()).add(name)
        assert benchmark["status"] == "ok"
        assert benchmark["samples"] == 2
        assert benchmark["ns_per_op"] > 0
        assert benchmark["bytes_per_op"] is not None
        assert benchmark["allocs_per_op"] is not None
        assert len(benchmark["description"]) > 10
    assert by_category == {package: set(names) for package, names in NAMES.items()}
    assert {package: len(names) for package, names in by_category.items()} == {
        "runtime": 20, "stdlib": 35, "networking": 21,
    }  # fmt: skip


def test_throughput_and_latency_survive_to_the_export(checkout: Checkout) -> None:
    """MB/s stands beside B/op, and what GC benchmarks report is there by its own name."""
    benchmarks = exported(checkout, "go1.24")["benchmarks"]
    assert "MB/s" in benchmarks["AESGCM/Size64KB"]["custom_metrics"]
    latency = benchmarks["GCLatency"]["custom_metrics"]
    assert len([name for name in latency if name.startswith("p")]) >= 2, latency


def test_metadata_is_true(checkout: Checkout) -> None:
    """Go says its own version; nothing of the user's settings is in the provenance."""
    for label in ("go1.24", "go1.25"):
        document = exported(checkout, label)
        assert document["metadata"]["go_version_full"].startswith(f"go version {label}.0 ")
        assert document["metadata"]["benchmark_config"]["environment"] == {"GOAMD64": "v1"}
        assert document["metadata"]["benchmark_config"]["iterations"] == 2
        assert document["metadata"]["system"]["cores"] == len(os.sched_getaffinity(0))
    for record in (checkout.root / ".build").glob("go*/networking.build.json"):
        modules = schema.read("build", record)["modules"]
        assert modules["google.golang.org/grpc"] == "v1.68.2"
        assert modules["github.com/quic-go/quic-go"] == "v0.48.2"
        assert modules["golang.org/x/crypto"] == "v0.47.0"


def test_the_go_directive_is_the_versions_own(checkout: Checkout) -> None:
    """It sets the GODEBUG defaults, so it must not be the template's."""
    for version in ("1.24.0", "1.25.0"):
        text = (checkout.root / ".build" / f"go{version}" / "go.mod").read_text()
        assert f"\ngo {version}\n" in text


def test_nothing_is_done_twice(checkout: Checkout) -> None:
    """The second run starts no process and changes no file of results."""
    before = snapshot(checkout.root / "results"), snapshot(checkout.root / "data")
    assert checkout.doit(*TINY) == "everything is up to date\n"
    assert (snapshot(checkout.root / "results"), snapshot(checkout.root / "data")) == before


def test_deleted_and_edited_derived_files_are_made_again(checkout: Checkout) -> None:
    """Nothing is measured for them, and they come out the same to the byte."""
    before = snapshot(checkout.root / "results"), snapshot(checkout.root / "data")
    (tree(checkout) / "go1.24" / "merged.json").unlink()
    index = next((checkout.root / "data" / "1ms").glob("*/index.json"))
    index.write_text(index.read_text().replace("benchmarks", "Benchmarks"))
    next(iter((tree(checkout) / "go1.25" / "receipts").iterdir())).unlink()
    checkout.doit(*TINY)
    assert (snapshot(checkout.root / "results"), snapshot(checkout.root / "data")) == before


def test_the_doit_database_never_decides_measuring(checkout: Checkout) -> None:
    """Without database and caches everything is looked at again, and nothing is measured."""
    before = sample_counts(checkout)
    shutil.rmtree(checkout.root / ".cache")
    checkout.doit(*TINY)
    assert sample_counts(checkout) == before


def test_forgetting_a_cell_measures_it_and_its_reference(checkout: Checkout) -> None:
    """`doit forget` is durable: two rounds of one unit in two versions."""
    before = sample_counts(checkout)
    assert "1 cells in 1 versions" in checkout.doit("forget", "collect:go1.25:runtime.SyncPool", *TINY)
    checkout.doit("collect:go1.25.0", *TINY)
    assert sample_counts(checkout) - before == {"go1.25.0 main": 2, "go1.24.0 reference": 2}


def test_a_moved_clone_without_gos_cache_still_links(checkout: Checkout) -> None:
    """Link inputs lie below the build folder under relative paths: one more round compiles nothing."""
    checkout.doit("build", *TINY)
    checkout.doit(*TINY)
    moved = checkout.root.with_name("moved")
    checkout.root.rename(moved)
    checkout.root = moved
    without_build_cache(moved)
    before = sample_counts(checkout)
    assert checkout.doit(*TINY) == "everything is up to date\n"
    said = checkout.doit("collect:go1.24:stdlib.MD5", "count=3", *SHORT)
    assert "build:" not in said
    assert (sample_counts(checkout) - before)["go1.24.0 main"] == 1
    assert not (moved / ".build" / "gocache").exists()


def test_another_environment_is_built_and_measured_anew(checkout: Checkout) -> None:
    """GOAMD64 reaches the compiler through doit, in this run and back in the next."""
    config = checkout.root / "config.yaml"
    text = config.read_text()
    config.write_text(text.replace("GOAMD64: v1", "GOAMD64: v2"))
    before = sample_counts(checkout)
    record = checkout.root / ".build" / "go1.24.0" / "stdlib.build.json"
    old = schema.read("build", record)
    checkout.doit("collect:go1.24:stdlib.MD5", "count=1", *SHORT)
    assert schema.read("build", record)["inputs"] != old["inputs"]
    assert (sample_counts(checkout) - before)["go1.24.0 main"] == 1
    config.write_text(text)
    before = sample_counts(checkout)
    checkout.doit(*TINY)
    assert sample_counts(checkout) == before


def test_workers_of_doit_share_what_is_known(checkout: Checkout) -> None:
    """`doit -n 2` measures in one session, and leaves nothing to be done again."""
    before = sample_counts(checkout)
    checkout.doit("-n", "2", "count=3", *SHORT)
    new = sample_counts(checkout) - before
    # One unit of 1.24 has its third sample already, and joins that of 1.25 as its reference.
    assert new == {"go1.24.0 main": 47, "go1.25.0 main": 48, "go1.24.0 reference": 1}
    assert checkout.doit("-n", "2", "count=3", *SHORT) == "everything is up to date\n"
    assert checkout.doit("count=3", *SHORT) == "everything is up to date\n"
    checkout.doit(*TINY)


def test_what_fails_is_run_again_and_nothing_else(checkout: Checkout) -> None:
    """A threshold that one unit can't meet: a retry of it in both versions, a list, a warning, and then nothing."""
    config = checkout.root / "config.yaml"
    text = config.read_text()
    changed = text.replace("networking: {default: 20, quick: 30, ci: 35, production: 15}", "stdlib.MD5: 0")
    config.write_text(changed.replace("stdlib.RSAKeyGen: 30", "stdlib.RSAKeyGen: 1000"))
    settings = ("count=2", "benchtime=1ms", "skip_system_check=1", "variance_threshold=1000", "interval_target=0")
    before = sample_counts(checkout)
    said = checkout.doit(*settings, "max_reruns=1", "rerun_count=2")
    assert sample_counts(checkout) - before == {"go1.24.0 retry1": 2, "go1.25.0 retry1": 2}
    assert "go1.24: 1 of 76 benchmarks are too noisy" in said
    listed = max(tree(checkout).glob("go1.25/*_failed_benchmarks.txt"))
    assert [line.split()[0] for line in listed.read_text().splitlines() if line[0] != "#"] == ["stdlib.MD5"]
    assert checkout.doit(*settings, "max_reruns=1", "rerun_count=2") == "everything is up to date\n"
    merged = schema.read("merged", tree(checkout) / "go1.25" / "merged.json")
    # Three of main rounds, since the count was three before, and two of the retry.
    assert {row["measures"]["ns/op"]["n"] for row in merged["benchmarks"] if row["unit"] == "stdlib.MD5"} == {5}
    before = sample_counts(checkout)
    checkout.doit("retry:go1.24", f"failed={listed}", *settings, "rerun_count=1")
    assert sample_counts(checkout) - before == {"go1.24.0 retry1": 1, "go1.25.0 retry1": 1}
    config.write_text(text)
    checkout.doit(*TINY)


def on_a_terminal(checkout: Checkout, *arguments: str) -> str:
    """What doit shows on a terminal of 120 columns, control sequences left out."""
    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    env = {**checkout.env, "TERM": "xterm-256color"}
    env.pop("CI", None)
    process = subprocess.Popen(
        [sys.executable, "-m", "doit", *arguments], cwd=checkout.root, env=env, stdin=child, stdout=child, stderr=child
    )
    os.close(child)
    shown = b""
    with contextlib.suppress(OSError):
        while data := os.read(parent, 65536):
            shown += data
    os.close(parent)
    assert process.wait(timeout=120) == 0
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.decode(errors="replace"))


def test_a_terminal_shows_a_live_view(checkout: Checkout) -> None:
    """Phase, round, time left, the unit at hand with its running CV and class, and classes by version."""
    arguments = ("collect:go1.24:stdlib.MD5", "collect:go1.25:stdlib.MD5", "count=60", "benchtime=20ms", *SHORT[1:])
    shown = on_a_terminal(checkout, *arguments)
    assert re.search(r"round \d+ of 60, +\d+% of the samples, \d+ too noisy so far, about \d+ s left", shown)
    assert re.search(r"stdlib\.MD5 +go1\.24 CV [\d.]+% (good|acceptable|warning|high|very high)", shown)
    assert "CV classes so far, per 20ms sample" in shown
    shutil.rmtree(checkout.root / "results" / "20ms")


def test_verbose_shows_each_result_line(checkout: Checkout) -> None:
    """As it is measured, with its version."""
    said = checkout.doit("collect:go1.24:stdlib.MD5", "count=2", "benchtime=2ms", *SHORT[1:], "verbose=1")
    assert len(re.findall(r"^go1\.24 BenchmarkMD5\S* +\d+ +[\d.]+ ns/op", said, re.MULTILINE)) == 2
    shutil.rmtree(checkout.root / "results" / "2ms")


def test_an_export_elsewhere_is_the_same(checkout: Checkout) -> None:
    """out=DIR is for once: the same bytes in another place."""
    checkout.doit(*TINY)
    checkout.doit("export", "out=elsewhere", *TINY)
    assert snapshot(checkout.root / "elsewhere") == snapshot(checkout.root / "data" / "1ms")


def test_everything_there_is_valid(checkout: Checkout) -> None:
    """Every artefact keeps to its schema and every sample to its hash."""
    said = checkout.doit("validate", *TINY)
    assert "valid: " in said
    assert re.search(r"\), \d{3,} samples$", said, re.MULTILINE), said


def test_benchstat_reads_every_text_as_it_is(checkout: Checkout) -> None:
    """The real benchstat finds all 76 benchmarks and no line to complain about."""
    benchstat = install_tool(Paths(checkout.root), "benchstat", SystemProcesses(), lambda _: None)
    for path in sorted(tree(checkout).glob("go*/*.txt")):
        done = subprocess.run([benchstat, "-format=csv", path], capture_output=True, text=True, check=True)
        assert done.stderr.strip() in ("", *(line for line in [done.stderr.strip()] if "need >= " in line)), path
        assert "syntax error" not in done.stdout
    old, new = (tree(checkout) / label / "merged.txt" for label in ("go1.24", "go1.25"))
    done = subprocess.run([benchstat, "-row=.name", old, new], capture_output=True, text=True, check=True)
    assert all(name.split("/")[0] in done.stdout for names in NAMES.values() for name in names)


def test_the_suite_is_clean_under_vet_and_staticcheck(checkout: Checkout) -> None:
    """They have nothing to say of the suite, and say it of a mistake, with its place."""
    assert "have nothing to say of runtime, stdlib, networking" in checkout.doit("lint")
    path = checkout.root / "benchmarks" / "stdlib" / "wrong_test.go"
    path.write_text('package stdlib\n\nimport "fmt"\n\nfunc unused() { fmt.Printf("%d\\n", "text") }\n')
    said = checkout.doit("lint", status=1)
    path.unlink()
    assert re.search(r"benchmarks/stdlib/wrong_test\.go:5:\d+: fmt\.Printf format %d has arg", said), said
    assert "func unused is unused" in said


def test_versions_and_tools_are_shown_with_their_paths(checkout: Checkout) -> None:
    """What is configured, installed and available; where the pinned tools are."""
    said = checkout.doit("versions")
    assert ".go-versions/go1.24.0/bin/go" in said
    assert "could be added to config.yaml: 1.23." in said
    paths = re.findall(r"^\S+ v\S+: (\S+)$", checkout.doit("tools"), re.MULTILINE)
    assert len(paths) == 2
    assert all((checkout.root / path).exists() for path in paths)


def test_by_hand_the_suite_runs_as_the_readme_says(checkout: Checkout) -> None:
    """Two copies make benchmarks/ a module; they are ignored by git, builds and fingerprints."""
    folder = checkout.root / "benchmarks"
    shutil.copy(folder / "go.mod.1.24.0", folder / "go.mod")
    shutil.copy(folder / "go.sum.1.24.0", folder / "go.sum")
    go = checkout.root / ".go-versions" / "go1.24.0" / "bin" / "go"
    env = {"PATH": "/usr/bin:/bin", "HOME": str(checkout.root / ".build"), "GOTOOLCHAIN": "local"}
    env["GOMODCACHE"] = str(checkout.root / ".build" / "gomodcache")
    command = [str(go), "test", "-bench=SyncPool", "-benchmem", "-benchtime=1ms", "./runtime/"]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "BenchmarkSyncPool" in done.stdout
    before = sample_counts(checkout)
    checkout.doit(*TINY)
    assert sample_counts(checkout) == before


def functions_of(go: Path, binary: Path) -> list[str]:
    """The functions of a program, in the order in which they lie in it."""
    said = subprocess.run([str(go), "tool", "nm", "-n", str(binary)], capture_output=True, text=True, check=True).stdout
    return [words[2] for line in said.splitlines() if len(words := line.split(maxsplit=2)) == 3 and words[1] in "tT"]


def test_the_pages_command_takes_a_sample_again(checkout: Checkout, tmp_path: Path) -> None:
    """With a plain go test, in the very layout that the page names: functions lie where our linking puts them."""
    page = checkout.root / "site"
    (platform,) = (path.name for path in (page / "data").iterdir() if path.is_dir())
    names = [row["name"] for row in data(page, f"{platform}/index")["benchmarks"]]
    command = data(page, f"{platform}/samples/{names.index('SyncPool')}")["versions"][0]["command"]
    env = {"PATH": "/usr/bin:/bin", "HOME": str(checkout.root / ".build")}
    env["GOMODCACHE"] = str(checkout.root / ".build" / "gomodcache")

    def run(text: str) -> str:
        done = subprocess.run(
            ["sh", "-c", text], cwd=checkout.root, env=env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    assert re.search(r"^BenchmarkSyncPool\S*\s+\d+\s", run(command), re.M)
    run(command.replace(" test ", f" test -c -o {tmp_path}/theirs.test "))
    project = bed_of(checkout).project
    _, records = read_records(project, [Need("runtime.SyncPool", {"go1.24.0": 1})])
    binary = binaries_of(project, records)["go1.24.0", "runtime"]
    layout = re.search(r"-randlayout=(\d+)", command)
    assert layout
    ours = link_command(binary.linker, binary.link_arguments, int(layout[1]), tmp_path / "ours.test")
    # Its symbol table is what is looked at here.
    link(binary.link_folder, [w for w in ours if w not in ("-s", "-w")], binary.link_environment, SystemProcesses())
    go = checkout.root / ".go-versions" / "go1.24.0" / "bin" / "go"
    assert functions_of(go, tmp_path / "theirs.test") == functions_of(go, tmp_path / "ours.test")
    assert functions_of(go, tmp_path / "ours.test") != functions_of(go, binary.default)


def reported(checkout: Checkout, unit: str, metric: str, benchtime: str, gogc: str) -> float:
    """What a GC benchmark of the runtime package reports of one metric under a GOGC."""
    binary = checkout.root / ".build" / "go1.24.0" / "runtime.test"
    command = [str(binary), "-test.run=^$", f"-test.bench=^Benchmark{unit}$", f"-test.benchtime={benchtime}"]
    done = subprocess.run(command, env={"GOGC": gogc}, capture_output=True, text=True, check=True)
    words = done.stdout.split()
    return float(words[words.index(metric) - 1])


def test_lower_gogc_changes_what_the_gc_benchmarks_report(checkout: Checkout) -> None:
    """GCLatency and its siblings measure the collector, so they see how often it runs."""
    often, seldom = (reported(checkout, "GCThroughput", "gc-cycles/op", "20000x", gogc) for gogc in ("25", "100"))
    assert often > 2 * seldom > 0


def test_latencies_rise_with_the_number_of_collections(checkout: Checkout) -> None:
    """The percentiles that GCLatency reports are those of a program that is being collected."""
    often, seldom = (reported(checkout, "GCLatency", "p99-ns", "100ms", gogc) for gogc in ("10", "400"))
    assert often > 2 * seldom


def test_code_that_one_version_cannot_build_is_a_status_there(checkout: Checkout) -> None:
    """Go 1.25's library used in stdlib: 1.24 says why it has no result, 1.25 is measured."""
    path = checkout.root / "benchmarks" / "stdlib" / "newer_test.go"
    path.write_text(
        'package stdlib\n\nimport "sync"\n\nfunc goes(w *sync.WaitGroup) { w.Go(func() {}) }\n\n'
        "func init() { goes(new(sync.WaitGroup)) }\n"
    )
    said = checkout.doit(*TINY)
    assert "stdlib does not compile for go1.24" in said
    assert "newer_test.go:5" in said
    old, new = exported(checkout, "go1.24")["benchmarks"], exported(checkout, "go1.25")["benchmarks"]
    assert old["MD5"]["status"] == "not-built"
    assert old["MD5"]["ns_per_op"] is None
    assert "w.Go" in old["MD5"]["output"]
    assert new["MD5"]["status"] == "ok"
    assert len([name for name in new if new[name]["status"] == "ok"]) == 76
    assert checkout.doit(*TINY) == "everything is up to date\n"
    path.unlink()
    before = sample_counts(checkout)
    checkout.doit(*TINY)
    assert sample_counts(checkout) == before
    assert json.dumps(exported(checkout, "go1.24")).count('"not-built"') == 0


@pytest.mark.parametrize("number", ["1.26.8", "1.27.3"])
def test_a_newer_version_is_one_line_in_the_configuration(checkout: Checkout, number: str) -> None:
    """It takes the nearest template, compiles everything and is measured along with its reference."""
    config = checkout.root / "config.yaml"
    config.write_text(config.read_text().replace('  - "1.24.0"\n', f'  - "1.24.0"\n  - "{number}"\n'))
    label = f"go{number.rsplit('.', 1)[0]}"
    checkout.doit(f"merge:{label}", "count=1", *SHORT)
    merged = schema.read("merged", tree(checkout) / label / "merged.json")
    assert Counter(row["package"] for row in merged["benchmarks"]) == {"runtime": 20, "stdlib": 35, "networking": 21}
    assert {row["status"] for row in merged["benchmarks"]} == {"ok"}
    assert f"\ngo {number}\n" in (checkout.root / ".build" / f"go{number}" / "go.mod").read_text()
    assert sample_counts(checkout)[f"go{number} main"] == 48


def test_an_unknown_version_names_the_nearest(checkout: Checkout) -> None:
    """The module proxy lists what there is."""
    config = checkout.root / "config.yaml"
    config.write_text(config.read_text().replace('  - "1.24.0"\n', '  - "1.24.0"\n  - "1.26.99"\n'))
    said = checkout.doit("toolchain:go1.26.99", status=1)
    assert "There is no Go 1.26.99 for this platform. The nearest are " in said
    assert "1.26.8" in said


def test_a_minor_version_is_pinned_when_it_is_resolved(checkout: Checkout) -> None:
    """1.23 becomes its newest patch, today and tomorrow."""
    config = checkout.root / "config.yaml"
    config.write_text(config.read_text().replace('  - "1.26.99"\n', '  - "1.23"\n'))
    assert "finding the newest patch of Go 1.23" in checkout.doit("list")
    lock = schema.read("versions-lock", checkout.root / "versions.lock.json")
    assert lock["versions"]["1.23"].startswith("1.23.")
    assert "finding the newest" not in checkout.doit("list")


def test_what_is_cleaned_or_purged_comes_back_without_measuring(checkout: Checkout) -> None:
    """A real build is made again, and samples copied back from the trash count again."""
    checkout.doit("collect:go1.24", *TINY)
    before = sample_counts(checkout)
    checkout.doit("clean", "collect:go1.24", "build:go1.24:stdlib", *TINY)
    assert not (checkout.root / ".build" / "go1.24.0" / "stdlib.test").exists()
    checkout.doit("collect:go1.24", "build:go1.24:stdlib", *TINY)
    assert (checkout.root / ".build" / "go1.24.0" / "stdlib.test").exists()
    assert sample_counts(checkout) == before
    checkout.doit("purge:go1.24.0", *TINY)
    assert not [kind for kind in sample_counts(checkout) if kind.startswith("go1.24.0")]
    (trash,) = (checkout.root / "results" / ".trash").iterdir()
    shutil.copytree(trash, checkout.root / "results", dirs_exist_ok=True)
    checkout.doit("collect:go1.24", *TINY)
    assert sample_counts(checkout) == before
