"""A checkout in which real doit measures with invented toolchains: shell scripts that print numbers, in no time.

Everything else is real: processes, files, locks, doit. Each sample prints a number of its own, so that none can be
counted twice or lost unnoticed.
"""

from __future__ import annotations

import functools
import shutil
from collections.abc import Mapping
from pathlib import Path

from tasks.shared import config, schema
from tasks.shared.files import sha256, write_atomic
from tasks.shared.machine import read_machine
from tasks.shared.paths import Paths
from tasks.shared.project import Project
from tasks.site.library import kept_in, make_library
from tasks.suite.build import Target, read_record
from tests.builders import toolchain
from tests.checkout import Checkout, copy_checkout
from tests.conftest import CONFIG, SOURCE, Bed

#: Writes a test binary that prints a line for the benchmark that it is asked for, after the seconds that stand in
#: LOG.pause, if there is such a file, and notes in LOG when it began and ended.
_LINK = """#!/bin/sh
cat > "$2" <<'END'
#!/bin/sh
for word in "$@"; do
    case "$word" in
    -test.list=*) echo BenchmarkWhatever; exit ;;
    -test.bench=*) name=$(echo "$word" | sed 's/.*\\^//; s/\\$//') ;;
    esac
done
# Whoever reads may have been killed.
trap '' PIPE
echo "begin $$" >> "LOG"
[ ! -f "LOG.pause" ] || sleep "$(cat "LOG.pause")"
echo "$name-2 1000 1000.$(date +%N)$$ ns/op"
echo "end $$" >> "LOG"
END
chmod +x "$2"
"""

_GO = """#!/bin/sh
echo "go version $(sed 1q "$(dirname "$0")/../VERSION") linux/amd64"
"""


#: What is claimed of these benchmarks: nothing that three samples could tell.
FINDINGS = """schema_version: 1
claims:
  - id: one-is-faster
    says: One takes less time.
    source: {document: an invented text, section: its only one, url: "", figure: ""}
    written: 2026-11-24
    pair: ["1.24", "1.25"]
    benchmarks: [alpha.One]
    measure: sec/op
    expect: {of: every, is: improved, by: 0}
"""

#: Settings of a short run: no retries, no look at the machine.
PLAIN = ("count=3", "max_reruns=0", "skip_system_check=1")


_library = functools.cache(make_library)


def fake_checkout(folder: Path, env: Mapping[str, str], text: str = CONFIG) -> Checkout:
    """Two packages of two units each under three versions, built; nothing is measured yet."""
    checkout = copy_checkout(folder, env)
    shutil.rmtree(checkout.root / "benchmarks")
    for package, first, second in (("alpha", "One", "Two"), ("beta", "Three", "Four")):
        source = checkout.root / "benchmarks" / package / f"{package}_test.go"
        source.parent.mkdir(parents=True)
        source.write_text(SOURCE.format(package=package, first=first, second=second))
    (checkout.root / "benchmarks" / "go.mod.template").write_text("module example.test/suite\n\ngo 1.23\n")
    (checkout.root / "benchmarks" / "go.sum.template").write_text("")
    (checkout.root / "config.yaml").write_text(text)
    (checkout.root / "findings.yaml").write_text(FINDINGS)
    # It takes seconds to make, and every checkout would.
    write_atomic(kept_in(checkout.root / ".cache"), _library())
    link = _LINK.replace("LOG", str(log_of(checkout)))
    bed = bed_of(checkout)
    bed.refresh()
    for version in bed.project.config.versions:
        goroot = bed.project.paths.toolchain(version.exact)
        (goroot / "VERSION").write_text(f"{version.exact}\n")
        installed = bed.project.paths.toolchains / f"{version.exact}.json"
        schema.write("toolchain", installed, {**toolchain(), "version": version.exact})
        for program, script in (
            ("bin/go", _GO),
            ("pkg/tool/linux_amd64/link", link),
        ):
            (goroot / program).parent.mkdir(parents=True, exist_ok=True)
            (goroot / program).write_text(script)
            (goroot / program).chmod(0o755)
        for package in bed.project.config.packages:
            build = bed.project.paths.build_of(version.exact)
            (build / "src" / package).mkdir(parents=True, exist_ok=True)
            (build / f"{package}.link").mkdir(exist_ok=True)
            (build / f"{package}.link" / "main.a").touch()
            target = Target(bed.project.paths, version, package)
            target.binary.touch()
            schema.write("build", target.record, {**read_record(target), "binary_sha256": sha256("")})
    return checkout


def bed_of(checkout: Checkout, **changes: str) -> Bed:
    """What dodo.py makes of it, to look into its results."""
    paths = Paths(checkout.root)
    configured = config.load(paths, lambda minor: f"{minor}.0")
    project = Project(paths, configured, configured.settings("default", changes), read_machine())
    return Bed(checkout.root, project)


def log_of(checkout: Checkout) -> Path:
    """Where the invented benchmarks note when they ran."""
    return checkout.root.with_name(f"{checkout.root.name}.log")


def pause(checkout: Checkout, seconds: float) -> None:
    """Let each benchmark take that long."""
    log_of(checkout).with_name(f"{log_of(checkout).name}.pause").write_text(str(seconds))


def running(checkout: Checkout) -> int:
    """How many benchmarks have begun and not ended."""
    words = [line.split()[0] for line in log_of(checkout).read_text().splitlines()]
    return words.count("begin") - words.count("end")


def overlaps(checkout: Checkout) -> int:
    """How many benchmarks began while another was running."""
    running: set[str] = set()
    found = 0
    for line in log_of(checkout).read_text().splitlines():
        what, process = line.split()
        if what == "begin":
            found += bool(running)
            running.add(process)
        else:
            running.discard(process)
    return found
