"""Realistic projects and documents for tests, made by the program's own functions where it has any."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tasks.compare.claim_document import document as findings_document
from tasks.compare.claims import Claim, Condition, Source
from tasks.compare.document import comparison as compare_sides
from tasks.compare.judging import Facts
from tasks.compare.neighbours import Leaf, Pair
from tasks.compare.versions import version_side
from tasks.export.documents import index_document, platforms_document, version_document
from tasks.measure import syscheck
from tasks.measure.findings import Finding
from tasks.measure.variance import variance_document
from tasks.shared.config import Config
from tasks.shared.files import sha256
from tasks.shared.machine import Machine
from tasks.shared.paths import Paths
from tasks.shared.project import Project
from tasks.shared.rules import Rules
from tasks.shared.settings import Settings
from tasks.shared.statistics import mean_interval, summarize, variance_class
from tasks.shared.versions import Version
from tasks.suite.fingerprint import Inputs
from tasks.suite.fingerprint import document as fingerprint_document
from tasks.suite.scan import Unit

Document = dict[str, Any]

ROOT = Path(__file__).resolve().parents[1]
SESSION = "2026-11-24_08-00-00"
TIME = "2026-11-24T08:00:07.125Z"
MACHINE = Machine("linux", "amd64", "AMD EPYC 7B13", 2, 8_321_511_424, "Debian GNU/Linux 12 (bookworm)", "6.1.0-13")
SETTINGS = Settings("default", 40, 0.025, "fresh", 15, 10, 3, 1, 20, False, False, False, False)
GO_1_24 = Version("go1.24.0", "go1.24")
UNIT = Unit("runtime", "SyncPool", "Getting and putting a buffer", "runtime/alloc_test.go")
HASH = sha256("a")


def profile(**changes: Any) -> Document:
    """A profile of config.yaml."""
    known = {
        "count": 40, "benchtime": "25ms", "layouts": "fresh", "variance_threshold": 15, "interval_target": 10,
        "budget_target": 3, "max_reruns": 1, "rerun_count": 20, "skip_system_check": False,
        "strict_system_check": False, "strict": False, "verbose": False,
    }  # fmt: skip
    return known | changes


def compare_part(**changes: Any) -> Document:
    """What config.yaml says of comparisons."""
    known = {"pairs": [], "alpha": 0.05, "margin": 1, "equivalence_margin": 3, "better": {"p99-ns": "lower"}}
    return known | changes


def config_document(**changes: Any) -> Document:
    """config.yaml as it is read, with every kind of entry that it may hold."""
    document = {
        "schema_version": 3,
        "versions": ["1.24.0", {"version": "1.25.0", "goroot": "~/go"}],
        "packages": ["runtime"],
        "export_dir": "data",
        "repository": "https://example.com/perf",
        "profiles": {"default": profile()},
        "thresholds": {"runtime": {"default": 20}, "runtime.SyncPool": 12.5},
        "varies_by_nature": {"runtime.SyncPool/Large": 30},
        "environment": {"GOAMD64": "v1", "GOGC": 100},
        "unit_timeout": 60,
        "compare": compare_part(),
    }
    return document | changes


def project(root: Path, *versions: Version) -> Project:
    """A project in ``root`` that measures ``runtime`` under the versions (one if none is named)."""
    config = Config(
        versions=versions or (GO_1_24,),
        packages=("runtime",),
        export_dir=root / "data",
        repository="https://example.com/perf",
        profiles={"default": profile()},
        thresholds={},
        varies_by_nature={},
        environment={"GOAMD64": "v1"},
        unit_timeout=60,
        rules=Rules(),
        pairs=(),
    )
    return Project(Paths(root), config, SETTINGS, MACHINE)


def measure(values: Sequence[float]) -> Document:
    """A measure of merged.json."""
    summary = summarize(values)
    return {
        "samples": list(values),
        "n": summary.n,
        "mean": summary.mean,
        "median": summary.median,
        "stddev": summary.stddev,
        "cv": summary.cv,
        "median_low": summary.low,
        "median_high": summary.high,
        "mean_interval": mean_interval(summary.n, summary.cv),
    }


def merged_row(
    name: str = "SyncPool", package: str = "runtime", measures: Mapping[str, Sequence[float]] | None = None
) -> Document:
    """A row of merged.json; without measures, one of a unit that has no samples."""
    described = {unit: measure(values) for unit, values in (measures or {}).items()}
    time = described.get("ns/op")
    return {
        "package": package,
        "unit": f"{package}.{name.split('/', maxsplit=1)[0]}",
        "name": name,
        "description": f"What {name} measures",
        "source": f"{package}/{name.split('/', maxsplit=1)[0].lower()}_test.go",
        "fingerprint": HASH,
        "status": "ok" if measures else "panic",
        "output": "" if measures else "panic: out of luck",
        "failures": 0 if measures else 2,
        "excluded": {"burst": 1},
        "iterations": [1_892_455] * len(next(iter(measures.values()))) if measures else [],
        "measures": described,
        "class": variance_class(time["cv"] if time else None),
        "noisy": False,
        "layouts": 5 if measures else 0,
        "origins": _origins(len(next(iter(measures.values())))) if measures else [],
    }


def _origins(samples: int) -> list[Document]:
    """The last of these samples comes from a retry."""
    parts = {"main": samples - 1, "retry1": 1}
    return [
        {"session": SESSION, "kind": kind, "samples": number, "layout": 1193}
        for kind, number in parts.items()
        if number
    ]


#: Six samples, so that every interval is there, of the usual measures and one of the benchmark's own.
MEASURES = {
    "ns/op": [100.0, 102.0, 98.0, 101.0, 99.0, 100.0],
    "B/op": [64.0] * 6,
    "allocs/op": [2.0] * 6,
    "p99-ns": [310.0, 305.5, 320.0, 299.0, 330.0, 315.0],
}


def merged(label: str = "go1.24", rows: Sequence[Document] | None = None, collected_at: str | None = TIME) -> Document:
    """merged.json of a version, by default with a measured unit and one that panicked."""
    return {
        "schema_version": 3,
        "version": f"{label}.0",
        "label": label,
        "go_version": f"go version {label}.0 linux/amd64",
        "collected_at": collected_at,
        "first_sample_at": collected_at and "2026-11-24T08:00:00.500Z",
        "settings": SETTINGS.document(),
        "environment": {"GOAMD64": "v1"},
        "machine": MACHINE.document(),
        "modules": {"runtime": {"golang.org/x/sync": "v0.10.0"}},
        "sessions": [SESSION],
        "benchmarks": list(rows if rows is not None else [merged_row(measures=MEASURES), merged_row("Unlucky")]),
    }


def exported(*labels: str) -> list[Document]:
    """The exported documents of some versions."""
    return [version_document(merged(label)) for label in labels or ("go1.24",)]


def index() -> Document:
    """index.json of two versions."""
    return index_document(exported("go1.24", "go1.25"), merged()["benchmarks"], "https://example.com/perf")


def paired_blocks(ratio: float, n: int = 14, noise: float = 0.02) -> list[Pair]:
    """Blocks of a benchmark whose new version takes so many times as long, up and down by ``noise``."""
    return [Pair(f"{SESSION}/{i}", 1e-7, 1e-7 * ratio * (1 + noise * (i % 3 - 1))) for i in range(1, n + 1)]


def comparison() -> Document:
    """A comparison in which every kind of row and note is there: found, open, flagged, failed, too few, in one only."""
    rows = [merged_row(name, measures=MEASURES) for name in ("SyncPool", "Open", "Flagged")]
    few = merged_row("Few", measures={"ns/op": [100.0, 101.0]})
    old = merged("go1.24", [*rows, few, merged_row("Unlucky")])
    new = merged("go1.25", [*rows, few, merged_row("New", measures=MEASURES)])
    blocks = {
        "SyncPool": paired_blocks(0.9),
        "Open": paired_blocks(1.0, noise=0.08),
        "Flagged": paired_blocks(1.2),
        "Few": paired_blocks(1.0, n=2),
    }
    facts = Facts(
        pairs={Leaf("runtime", name, "sec/op"): pairs for name, pairs in blocks.items()},
        of_units={"runtime.Flagged": ["module golang.org/x/sync: v0.9.0 -> v0.10.0"]},
        seconds={"runtime.Open": 0.7},
        count=40,
    )
    rules = Rules(better={"p99-ns": "lower"}, equivalence_margin=0.03)
    made = compare_sides(version_side(old), version_side(new), facts, rules)
    # What only texts have, or only some versions.
    for part in (*made["rows"], *made["tables"]):
        part["config"] = {"cpu": "AMD EPYC 7B13"}
    for table in made["tables"]:
        table["old_notes"] = table["new_notes"] = ["summaries must be >0 to compute geomean"]
    return {**made, "differences": ["environment: GOGC none -> 50"], "notes": ["bench.txt:6: not a result: Benchmark"]}


def sample_head() -> Document:
    """The head of a file of samples."""
    provenance = {
        "program": "go-perf-tracking 1",
        "started_at": TIME,
        "seed": 7,
        "settings": SETTINGS.document(),
        "environment": {"GOAMD64": "v1"},
        "machine": MACHINE.document(),
        "go_version": "go version go1.24.0 linux/amd64",
        "modules": {"runtime": {"golang.org/x/sync": "v0.10.0"}},
    }
    return {
        "schema_version": 3,
        "session": SESSION,
        "kind": "main",
        "version": "go1.24.0",
        "conditions": HASH,
        "fingerprints": {"runtime.SyncPool": HASH},
        "provenance": provenance,
    }


def build_record() -> Document:
    """What became of a build."""
    return {
        "schema_version": 3,
        "version": "go1.24.0",
        "package": "runtime",
        "inputs": HASH,
        "status": "built",
        "units": ["runtime.SyncPool"],
        "fingerprints": {"runtime.SyncPool": HASH},
        "modules": {"golang.org/x/sync": "v0.10.0"},
        "link_arguments": ["-buildmode=exe", "-X", "testing.testBinary=1"],
        "binary_sha256": HASH,
        "output": "",
    }


def variance() -> Document:
    """The variance of a version with one benchmark."""
    return variance_document(project(ROOT), GO_1_24, [receipt()])


def receipt() -> Document:
    """The receipt of a cell."""
    return {
        "schema_version": 3,
        "version": "go1.24.0",
        "unit": "runtime.SyncPool",
        "fingerprint": HASH,
        "conditions": HASH,
        "not_before": "",
        "status": "ok",
        "output": "",
        "failures": 0,
        "retry_rounds": 0,
        "budget_rounds": 12,
        "intervals": [{"name": "SyncPool", "other": "go1.23.0", "blocks": 38, "half_width": 0.025}],
        "benchmarks": [{"name": "SyncPool", "n": 40, "mean": 13.25, "stddev": 0.5}],
        "samples": 40,
        "texts": [{"file": f"go1.24/{SESSION}.txt", "rounds": [[1, 38], [40, 41]], "sha256": HASH}],
        "excluded": [{"file": f"go1.24/{SESSION}.txt", "round": 2, "sha256": sha256("b"), "rule": "burst"}],
    }


def progress() -> Document:
    """How far a session is."""
    row = {
        "package": "runtime", "units": 11, "failed": 1, "benchmarks": 20, "done": 3, "passed": 2, "to_retry": 1,
        "samples": 140, "samples_wanted": 440,
    }  # fmt: skip
    return {
        "schema_version": 3,
        "session": SESSION,
        "state": "running",
        "phase": "main",
        "round": 4,
        "rounds": 40,
        "started_at": TIME,
        "updated_at": TIME,
        "seconds_left": 61.5,
        "versions": [{"version": "go1.24", "packages": [row]}],
    }


def blocks() -> Document:
    """Which samples of a session were neighbours."""
    files = {version: {"main": f"{SESSION}.txt"} for version in ("go1.24.0", "go1.25.0")}
    block = {"round": 1, "unit": "runtime.SyncPool", "samples": {"go1.25.0": HASH, "go1.24.0": sha256("b")}}
    return {"schema_version": 3, "session": SESSION, "files": files, "blocks": [block]}


def calibration() -> Document:
    """A version against itself."""
    design = {
        "design": "fresh",
        "words": "rounds, with both sides linked anew in each",
        "conditions": HASH,
        "benchmarks": 1,
        "n": 40,
        "different_by_p": 0,
        "different_by_q": 0,
        "factor": 1.96,
        "median_change": 0.002,
        "largest_change": 0.002,
        "median_noise_floor": 0.008,
        "median_smallest_effect": 0.021,
        "geomean": {"ratio": 1.001, "low": 0.998, "high": 1.004},
    }
    counts = ("design", "benchmarks", "n", "different_by_p", "different_by_q", "geomean")
    row = {
        "design": "fresh",
        "package": "runtime",
        "unit": "runtime.SyncPool",
        "name": "SyncPool",
        "n": 40,
        "shift": -0.002,
        "standard_error": 0.004,
        "p": 0.6,
        "q": 0.6,
        "noise_floor": 0.008,
        "smallest_effect": 0.021,
    }
    return {
        "schema_version": 3,
        "version": "go1.24.0",
        "label": "go1.24",
        "machine": MACHINE.document(),
        "benchtime": "25ms",
        "rules": Rules().document(),
        "sessions": [SESSION],
        "designs": [design],
        "sets": [{"set": 1, **{key: design[key] for key in counts}}],
        "benchmarks": [row],
    }


def layouts() -> Document:
    """Two releases, each linked as Go does it and anew."""
    side = {"blocks": 40, "shift": 0.04, "low": 0.02, "high": 0.06, "p": 0.001, "q": 0.01}
    fresh = {**side, "shift": 0.001, "low": -0.01, "high": 0.012, "p": 0.8, "q": 0.8}
    geomean = {"ratio": 1.001, "low": 0.998, "high": 1.004}
    summary = {"different_by_p": 1, "different_by_q": 1, "median_width": 0.04, "geomean": geomean}
    named = {"package": "runtime", "unit": "runtime.SyncPool", "name": "SyncPool"}
    pair = {
        "name": "go1.24-go1.25",
        "old": "go1.24.0",
        "new": "go1.25.0",
        "left_out": [{"unit": "stdlib.SHA", "flags": ["module golang.org/x/crypto: v0.27.0 -> v0.47.0"]}],
        "benchmarks": 1,
        "blocks": 40,
        "default": summary,
        "fresh": {**summary, "different_by_p": 0, "different_by_q": 0},
        "fates": {"stays": 0, "turns": 0, "vanishes": 1, "appears": 0, "none": 0},
    }
    return {
        "schema_version": 3,
        "versions": ["go1.24.0", "go1.25.0"],
        "machine": MACHINE.document(),
        "benchtime": "25ms",
        "rules": Rules().document(),
        "sessions": [SESSION],
        "pairs": [pair],
        "benchmarks": [{"pair": "go1.24-go1.25", **named, "default": side, "fresh": fresh, "fate": "vanishes"}],
    }


def claim_part(**changes: Any) -> Document:
    """A claim of findings.yaml."""
    known = {
        "id": "go1.25-sync-pool",
        "says": "Getting a buffer from a pool takes less time.",
        "source": {
            "document": "Go 1.25 release notes",
            "section": "sync",
            "url": "https://example.com/go1.25",
            "figure": "a tenth less",
        },
        "written": "2026-11-24",
        "pair": ["1.24", "1.25"],
        "benchmarks": ["runtime.SyncPool"],
        "measure": "sec/op",
        "expect": {"of": "every", "is": "improved", "by": 5},
    }
    return known | changes


def claim(of: str = "every", word: str = "improved", by: float = 0.0, **changes: Any) -> Claim:
    """The same as it is read; ``by`` is a fraction."""
    part = claim_part(**changes)
    return Claim(
        id=part["id"],
        says=part["says"],
        source=Source(**part["source"]),
        written=part["written"],
        pair=tuple(part["pair"]),
        benchmarks=tuple(part["benchmarks"]),
        measure=part["measure"],
        condition=Condition(of, word, by),
    )


def claims_document(*parts: Document) -> Document:
    """findings.yaml."""
    return {"schema_version": 3, "claims": list(parts or (claim_part(),))}


def findings() -> Document:
    """What became of claims: one holds, one is contradicted, others lack data, each in a way of its own."""
    made = comparison()
    claims = [
        claim(),
        claim(id="against", word="regressed", says="Getting a buffer from a pool takes more time."),
        claim(id="open", benchmarks=["runtime.*"]),
        claim(id="mean", of="geomean", benchmarks=["runtime.SyncPool", "runtime.Open"]),
        claim(id="absent", benchmarks=["runtime.Nothing"]),
    ]
    not_measured = (claim(id="not-measured"), "not measured: Go 1.25 is not among the versions of config.yaml")
    return findings_document([*((its, made) for its in claims), not_measured], "linux-amd64")


def noise() -> Document:
    """What controls have told."""
    control = {"unit": "runtime.SyncPool", "name": "SyncPool", "blocks": 40, "shift": 0.003, "p": 0.4}
    session = {
        "session": SESSION,
        "files": [{"file": f"go1.24/{SESSION}_control.txt", "size": 4096}],
        "units": 1,
        "different": 0,
        "controls": [{**control, "standard_error": 0.004}],
    }
    return {
        "schema_version": 3,
        "conditions": HASH,
        "layouts": "fresh",
        "alpha": 0.05,
        "forgotten": HASH,
        "factor": 1.96,
        "comparisons": 3,
        "calibrations": [{"file": "go1.23.0_25ms.json", "ratios": [0.4, 1.9]}],
        "sessions": [session],
    }


def fingerprint() -> Document:
    """What a cell measures."""
    inputs = Inputs(
        declarations={"BenchmarkSyncPool": HASH},
        imports=["golang.org/x/sync/errgroup", "testing"],
        packages={"goperf.dev/benchmarks/internal/leakcheck": HASH},
        files={"runtime/testdata/text": HASH},
        modules={"golang.org/x/sync": "v0.10.0 h1:3NQrjDixjgGwUOCaF8w2+VYHv0Ve/vGYSbdkTa98gmQ="},
        directives=["module goperf.dev/benchmarks", "go 1.24"],
    )
    return fingerprint_document(UNIT.id, GO_1_24, inputs, {"GOAMD64": "v1"})


def inputs() -> Document:
    """What the units measured in a session were made of."""
    rows = [{key: value for key, value in fingerprint().items() if key != "schema_version"}]
    return {"schema_version": 3, "session": SESSION, "version": "go1.24.0", "units": rows}


def forgotten() -> Document:
    """What does not count any more."""
    mark = {"before": TIME, "rounds": {SESSION: 40}, "cells": {"go1.24.0": ["runtime.SyncPool"]}}
    return {"schema_version": 3, "marks": [mark]}


def adopted() -> Document:
    """Where results of another tool came from."""
    return {
        "schema_version": 3,
        "version": "go1.24",
        "from": "old/results/stable/darwin-arm64/go1.24",
        "adopted_at": TIME,
        "files": [{"name": "2026-01-25_10-00-00.txt.backup", "sha256": HASH}],
        "left_out": [{"name": "2026-01-25_10-00-00.txt", "why": "retries were merged into it"}],
    }


def toolchain() -> Document:
    """What is installed."""
    return {
        "schema_version": 3,
        "version": "go1.24.0",
        "provider": "module proxy",
        "checksum": "h1:E8ZGNdu+DUcCXkxcxlvu0QtMvjzv0PU5iz4xzpHF7ZU=",
        "installed_at": TIME,
    }


def syscheck_document() -> Document:
    """What a system check found."""
    governor = Finding(
        "CPU governor", "warn", "powersave on 2 of 2 cores", "sudo cpupower frequency-set -g performance"
    )
    return syscheck.document([Finding("load per core", "ok", "0.05 in the last minute", ""), governor], TIME)


#: A valid document of each kind, one for each file in schemas/.
EXAMPLES: Mapping[str, Callable[[], Document]] = {
    "adopted": adopted,
    "blocks": blocks,
    "build": build_record,
    "calibration": calibration,
    "layouts": layouts,
    "claims": claims_document,
    "comparison": comparison,
    "config": lambda: config_document(compare=compare_part(pairs=[["1.24.0", "1.25.0"]])),
    "export-index": index,
    "export-platforms": lambda: platforms_document(None, "linux-amd64", "Linux amd64 (AMD EPYC)", TIME),
    "export-version": lambda: exported()[0],
    "findings": findings,
    "fingerprint": fingerprint,
    "forgotten": forgotten,
    "inputs": inputs,
    "merged": merged,
    "noise": noise,
    "progress": progress,
    "receipt": receipt,
    "sample-head": sample_head,
    "syscheck": syscheck_document,
    "toolchain": toolchain,
    "variance": variance,
    "versions-lock": lambda: {"schema_version": 3, "versions": {"1.24": "1.24.11"}},
}
