"""`doit forget`, `clean`, `ignore` and `purge`, by real doit, in a checkout with invented samples and no Go.

Measuring would need a Go, which can't be had here: each `doit` that succeeds has measured nothing.
"""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tasks.engine.derived import derived_paths
from tasks.engine.selection import through_groups
from tasks.measure import names
from tasks.measure.forgotten import read_marks
from tasks.measure.purge import belongings, move
from tasks.measure.reader import read_file
from tasks.measure.sample_file import read_head
from tasks.shared import config, schema
from tasks.shared.errors import PerfError
from tasks.shared.machine import read_machine
from tasks.shared.paths import Paths
from tasks.shared.project import Project
from tasks.shared.versions import Version
from tests.checkout import Checkout, copy_checkout, snapshot
from tests.conftest import Bed
from tests.fakes import FakeClock

SMALL = {"count": "2", "benchtime": "1ms", "max_reruns": "0", "skip_system_check": "1"}
VARIABLES = tuple(f"{name}={value}" for name, value in SMALL.items())
EVERYTHING = {"results", "data", "site", ".build", ".go-versions", "benchmarks"}


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """A checkout in which everything is up to date: 48 units in three versions, two samples of each."""
    home = str(tmp_path_factory.mktemp("home"))
    env = {"PATH": "/usr/bin:/bin", "HOME": home, "LANG": "C.UTF-8", "PIP_NO_INDEX": "1", "GOPROXY": "off"}
    checkout = copy_checkout(tmp_path_factory.mktemp("checkout") / "clone", env)
    bed = Bed(checkout.root, project_of(checkout), FakeClock(time.time() - 3600))
    bed.refresh()
    bed.run()
    for version in bed.project.config.versions:
        (bed.project.paths.toolchains / f"{version.exact}.json").write_text("{}")
    checkout.doit(*VARIABLES)
    return checkout


@pytest.fixture
def checkout(measured: Checkout, tmp_path: Path) -> Checkout:
    """A copy of it for one test."""
    shutil.copytree(measured.root, tmp_path / "clone", symlinks=True)
    return Checkout(tmp_path / "clone", measured.env)


def project_of(checkout: Checkout) -> Project:
    """What dodo.py makes of the checkout and VARIABLES."""
    paths = Paths(checkout.root)
    configured = config.load(paths, lambda minor: f"{minor}.0")
    return Project(paths, configured, configured.settings("default", SMALL), read_machine())


def files(checkout: Checkout) -> dict[str, bytes]:
    """Every file that a run makes or measures from, with its content; caches left out."""
    return {n: data for n, data in snapshot(checkout.root).items() if n.split("/")[0] in EVERYTHING}


def samples(checkout: Checkout) -> dict[str, bytes]:
    """The sample texts among them."""
    return {name: data for name, data in files(checkout).items() if names.session_of(Path(name))}


def record(checkout: Checkout) -> dict[str, str]:
    """What doit remembers of each task."""
    with closing(sqlite3.connect(checkout.root / ".cache" / "doit.sqlite")) as database:
        return dict(database.execute("select task, data from tasks").fetchall())


def removed(before: dict[str, bytes], checkout: Checkout) -> set[str]:
    """The files that are gone, relative to the checkout; no other has changed."""
    after = files(checkout)
    assert after.items() <= before.items()
    return set(before) - set(after)


def statuses(checkout: Checkout) -> dict[str, str]:
    """doit's letter for each task: I(gnored), U(p to date), R(un) or E(rror)."""
    lines = checkout.doit("list", "--all", "-s", *VARIABLES).splitlines()
    return {line.split()[1]: line.split()[0] for line in lines}


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["forget", "collect:go1.24.0", "--dry-run"], "collect:go1.24: 48 cells"),
        (["forget", "collect", "-n"], "of them 144 cells in 3 versions; nothing was changed"),
        (["clean", "--dry-run"], "collect:go1.24: 48 cells (48 files, "),
        (["clean", "toolchain", "build:*", "-n"], "nothing was changed"),
        (["ignore", "collect:go1.24.0", "--dry-run"], "collect:go1.24: 48 cells"),
        (["ignore", "collect", "-n"], "would ignore 144 tasks; nothing was changed"),
        (["purge:go1.24", "--dry-run"], "would move 96 samples in 1 texts, "),
        (["purge:go1.24.0", "-n"], "nothing was changed"),
    ],
)
def test_a_dry_run_says_what_it_would_do_and_changes_nothing(measured: Checkout, command: list[str], said: str) -> None:
    """Not a file, and nothing of what doit remembers of cells."""
    before = files(measured), {n: row for n, row in record(measured).items() if not n.startswith("purge")}
    answer = measured.doit(*command, *VARIABLES)
    assert said in answer
    assert len(answer.splitlines()) < 17
    after = files(measured), {n: row for n, row in record(measured).items() if not n.startswith("purge")}
    assert after == before


@pytest.mark.parametrize(("name", "count"), [("collect", 144), ("collect:go1.24", 48), ("collect:go1.24.0", 48)])
def test_forgetting_reaches_all_cells(checkout: Checkout, name: str, count: int) -> None:
    """Through groups and aliases; the samples stay and no longer count."""
    before = samples(checkout)
    assert f"of them {count} cells" in checkout.doit("forget", name, *VARIABLES)
    marks = read_marks(project_of(checkout).tree)
    assert len(marks) == count
    assert samples(checkout) == before
    assert list(statuses(checkout).values()).count("R") >= count


def test_clean_removes_what_the_default_tasks_made(checkout: Checkout) -> None:
    """Receipts, analyses, merged results and the export; the next doit makes them again, to the byte."""
    tree = project_of(checkout).tree
    (tree.version("go1.24") / "2026-11-24_08-00-00_failed_benchmarks.txt").write_text("runtime.SyncPool\n")
    before = files(checkout)
    said = checkout.doit("clean", *VARIABLES)
    gone = removed(before, checkout)
    assert f"removed {len(gone)} files, " in said
    assert "no sample was touched" in said
    kinds = {name.split("/")[0] for name in gone}
    assert kinds == {"results", "data", "site"}
    assert sum("/receipts/" in name for name in gone) == 144
    left = [name for name in files(checkout) if name.startswith("results/1ms/")]
    kept = ("_blocks.json", "_inputs.json", "_failed_benchmarks.txt")
    assert [name for name in left if not names.session_of(Path(name)) and not name.endswith(kept)] == []
    checkout.doit(*VARIABLES)
    assert files(checkout) == before
    assert checkout.doit(*VARIABLES) == "everything is up to date\n"


@pytest.mark.parametrize("name", ["collect:go1.24", "collect:go1.24.0", "collect:go1.24:*"])
def test_clean_takes_groups_aliases_and_patterns(checkout: Checkout, name: str) -> None:
    """Receipts of one version, those of the others stay; doit's record of its cells goes with them."""
    before = files(checkout)
    checkout.doit("clean", name, *VARIABLES)
    gone = removed(before, checkout)
    assert sum("/go1.24/receipts/" in path for path in gone) == 48
    assert all("/go1.24/" in path for path in gone)
    assert not [task for task in record(checkout) if task.startswith("collect:go1.24:")]
    checkout.doit(*VARIABLES)
    assert files(checkout) == before


def test_clean_keeps_marks_of_forget_and_ignore(checkout: Checkout) -> None:
    """Neither is derived: without the first old samples would count again, without the second new ones be taken."""
    checkout.doit("forget", "collect:go1.24:runtime.SyncPool", *VARIABLES)
    checkout.doit("ignore", "collect:go1.24:runtime.SyncPool", *VARIABLES)
    before = samples(checkout)
    checkout.doit("clean", *VARIABLES)
    assert project_of(checkout).tree.forgotten.exists()
    assert statuses(checkout)["collect:go1.24:runtime.SyncPool"] == "I"
    checkout.doit(*VARIABLES)
    assert samples(checkout) == before


def test_builds_and_toolchains_go_only_when_they_are_named(checkout: Checkout) -> None:
    """With all that lies beside their targets; a Go of the user's own is only unlinked."""
    own = checkout.root.parent / "own-go"
    shutil.copytree(checkout.root / ".go-versions" / "go1.25.0", own)
    shutil.rmtree(checkout.root / ".go-versions" / "go1.25.0")
    (checkout.root / ".go-versions" / "go1.25.0").symlink_to(own)
    builds = checkout.root / ".build" / "go1.24.0"
    for made in ("stdlib.test", "stdlib.link/main.a", "src/stdlib/x_test.go", "runtime.test"):
        (builds / made).parent.mkdir(parents=True, exist_ok=True)
        (builds / made).write_bytes(b"x")
    checkout.doit("clean", "build:go1.24:stdlib", "fingerprint:go1.23", "toolchain:go1.24.0", *VARIABLES)
    left = {path.name for path in builds.iterdir()}
    assert not {"stdlib.test", "stdlib.build.json"} & left
    assert {"runtime.test", "runtime.build.json", "fingerprints", "go.mod"} <= left
    assert not list((builds / "src").glob("stdlib"))
    assert not (checkout.root / ".build" / "go1.23.0" / "fingerprints").exists()
    installed = {path.name for path in (checkout.root / ".go-versions").iterdir()}
    assert installed == {"go1.23.0", "go1.23.0.json", "go1.25.0", "go1.25.0.json"}
    own_files = snapshot(own)
    checkout.doit("clean", "toolchain", "gomod", *VARIABLES)
    assert snapshot(own) == own_files != {}
    assert not list(checkout.root.glob(".go-versions/*"))
    assert not list(checkout.root.glob(".build/*/go.mod"))


def test_clean_keeps_what_other_machines_have_exported(checkout: Checkout) -> None:
    """platforms.json names their exports, too, and can't be made again here."""
    path = checkout.root / "data" / "1ms" / "platforms.json"
    document = schema.read("export-platforms", path)
    document["platforms"].append({**document["platforms"][0], "name": "plan9-mips", "index": "plan9-mips/index.json"})
    schema.write("export-platforms", path, document)
    checkout.doit("clean", *VARIABLES)
    assert [p.name for p in path.parent.rglob("*") if p.is_file()] == ["platforms.json"]


@pytest.mark.parametrize(
    "path",
    [
        "2026-11-24_08-00-00.txt",
        "2026-11-24_08-00-00-2_retry1.txt",
        "2026-11-24_08-00-00_blocks.json",
        "2026-11-24_08-00-00_inputs.json",
        "forgotten.json",
        "",
    ],
)
def test_clean_refuses_samples_whatever_a_task_says(bed: Bed, path: str) -> None:
    """A target, or a folder, in which a sample lies is a mistake of ours that must cost no sample."""

    class Task:
        name = "odd"
        targets = (f"results/stable/linux-amd64/go1.24/{path}",)
        meta = None

    folder = bed.project.tree.version("go1.24")
    folder.mkdir(parents=True)
    (folder / (path or "2026-11-24_08-00-00.txt")).write_text("x")
    with pytest.raises(PerfError, match="leaves everything as it is"):
        derived_paths(bed.project, Task())


def test_ignored_cells_are_not_measured_until_undone(checkout: Checkout) -> None:
    """Through an alias, although all their samples were forgotten; and what needs them is skipped."""
    checkout.doit("forget", "collect:go1.24", *VARIABLES)
    before = samples(checkout)
    said = checkout.doit("ignore", "collect:go1.24.0", *VARIABLES)
    assert "ignored 48 tasks" in said
    skipped = next(line for line in said.splitlines() if "also skips" in line)
    assert all(name in skipped for name in ("variance:go1.24", "merge: go1.24", "export", "summary"))
    checkout.doit(*VARIABLES)
    checkout.doit("session", *VARIABLES)
    assert samples(checkout) == before
    assert "ignored now: collect:go1.24: 48 cells" in checkout.doit("ignore", *VARIABLES)
    said = checkout.doit("ignore", "--undo", "collect:go1.24:runtime.SyncPool", *VARIABLES)
    assert "took the mark back from 1 tasks" in said
    assert list(statuses(checkout).values()).count("I") == 47
    assert "Tried:" in checkout.doit("collect:go1.24:runtime.SyncPool", *VARIABLES, status=1)


def test_undoing_ignore_forgets_nothing(checkout: Checkout) -> None:
    """What was up to date before is so again, for doit's record, too."""
    before = files(checkout), statuses(checkout)
    checkout.doit("ignore", "collect", *VARIABLES)
    assert list(statuses(checkout).values()).count("I") == 144
    checkout.doit("ignore", "--undo", "collect", *VARIABLES)
    assert (files(checkout), statuses(checkout)) == before
    checkout.doit(*VARIABLES)
    assert files(checkout) == before[0]


@pytest.mark.parametrize("name", ["purge:go1.24", "purge:go1.24.0"])
def test_purged_samples_can_be_had_back(checkout: Checkout, name: str) -> None:
    """All of one version goes to the trash; copied back, it counts again and nothing is measured."""
    before = files(checkout)
    said = checkout.doit(name, *VARIABLES)
    assert "moved 96 samples in 1 texts" in said
    (trash,) = (checkout.root / "results" / ".trash").iterdir()
    assert f"cp -a results/.trash/{trash.name}/. results/" in said
    gone = before.keys() - files(checkout)
    assert {f"results/{path}" for path in snapshot(trash)} == gone
    assert all("/go1.24/" in path or path.endswith("_blocks.json") for path in gone)
    assert list(statuses(checkout).values()).count("R") >= 48
    shutil.copytree(trash, checkout.root / "results", dirs_exist_ok=True)
    shutil.rmtree(trash.parent)
    checkout.doit("clean", "collect:go1.24", *VARIABLES)
    checkout.doit(*VARIABLES)
    assert files(checkout) == before


def test_purge_asks_for_a_version(checkout: Checkout) -> None:
    """Alone it would be a version too many."""
    before = files(checkout)
    said = checkout.doit("purge", *VARIABLES, status=1)
    assert "purge:go1.23, purge:go1.24, purge:go1.25" in said
    assert files(checkout) == before
    checkout.doit("purge:go1.99", *VARIABLES, status=3)


def test_purge_again_has_nothing_to_move(checkout: Checkout) -> None:
    """And makes no folder for it."""
    checkout.doit("purge:go1.24", *VARIABLES)
    assert "there is nothing of go1.24.0" in checkout.doit("purge:go1.24", *VARIABLES)
    assert len(list((checkout.root / "results" / ".trash").iterdir())) == 1


def test_an_unknown_task_is_named(measured: Checkout) -> None:
    """By each command, and nothing is done to those beside it."""
    before = files(measured)
    for command in ("forget", "clean", "ignore"):
        assert "'collect:go1.99' is not a task" in measured.doit(command, "collect", "collect:go1.99", status=3)
    assert files(measured) == before


def test_purge_leaves_what_is_of_another_patch(bed: Bed) -> None:
    """A folder called go1.24 may hold texts of two patches; and blocks are written anew from what remains."""
    bed.run()
    tree = bed.project.tree
    (text,) = (path for path in tree.version("go1.24").glob("*.txt") if names.session_of(path))
    session = names.session_of(text)
    assert session
    other = tree.version("go1.24") / "2026-01-01_00-00-00.txt"
    other.write_text(text.read_text().replace("go1.24.0", "go1.24.7"))
    assert read_head(other).version == "go1.24.7"
    kept = [
        tree.version("go1.24") / names.failed_file("2026-01-01_00-00-00"),
        tree.version("go1.24") / "notes.txt",
        other,
    ]
    for path in kept[:2]:
        path.write_text("x")
    mine = tree.version("go1.24") / names.failed_file(session)
    mine.write_text("x")
    found = belongings(tree, Version("go1.24.0", "go1.24"))
    assert found.samples == 12
    assert set(found.texts) == {text}
    assert {mine, tree.blocks(session), tree.receipt("go1.24", "alpha.One")} <= set(found.others)
    trash = move(bed.project, found, 0.0)
    assert trash.name == "1970-01-01_00-00-00"
    assert all(path.exists() for path in kept)
    assert belongings(tree, Version("go1.24.0", "go1.24")).files == 0
    assert move(bed.project, found.__class__({}, ()), 0.0).name == "1970-01-01_00-00-00-2"
    bed.run(bed.cells("go1.23.0"))
    blocks = schema.read("blocks", tree.blocks(session))
    assert {version for block in blocks["blocks"] for version in block["samples"]} <= {"go1.23.0", "go1.25.0"}


def test_what_a_session_has_as_a_whole_goes_with_its_last_text(bed: Bed) -> None:
    """Notes on the machine stay as long as a version needs them."""
    bed.run(bed.cells("go1.23.0", "go1.24.0"))
    tree = bed.project.tree
    session = next(path.name.removesuffix("_blocks.json") for path in tree.folder.glob("*_blocks.json"))
    note = tree.folder / f"{session}_note.json"
    note.write_text("{}")
    move(bed.project, belongings(tree, Version("go1.24.0", "go1.24")), 0.0)
    assert note.exists()
    move(bed.project, belongings(tree, Version("go1.23.0", "go1.23")), 0.0)
    assert not note.exists()


def test_samples_that_are_back_count_again(bed: Bed) -> None:
    """Nothing is sampled after a purge whose trash was copied back, three controls included."""
    bed.run()
    move_back = [move(bed.project, belongings(bed.project.tree, v), 0.0) for v in bed.project.config.versions]
    assert not list(bed.project.tree.folder.glob("go*/*.txt"))
    for trash in reversed(move_back):
        shutil.copytree(trash, bed.project.paths.results, dirs_exist_ok=True)
    assert bed.run().sampled == []
    texts = bed.project.tree.folder.glob("go*/*.txt")
    assert sum(len(read_file(path).samples) for path in texts if names.session_of(path)) == 36 + 3


def test_groups_are_followed_to_what_does_something() -> None:
    """Not beyond: a cell's own dependencies are not named by its group."""

    class Task:
        def __init__(self, actions: list[Callable[[], None]], *task_dep: str) -> None:
            self.actions, self.task_dep = actions, list(task_dep)

    tasks = {
        "all": Task([], "group"),
        "group": Task([], "cell"),
        "cell": Task([print], "before"),
        "before": Task([print]),
    }
    assert through_groups(tasks, ["all"]) == {"all", "group", "cell"}
