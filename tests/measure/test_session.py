"""Sessions with invented programs: what is sampled, what is kept, and what is not measured again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from tasks.measure.forgotten import forget
from tasks.measure.reader import read_file
from tasks.measure.session import run_session
from tasks.shared import schema
from tasks.shared.cell import Cell
from tasks.shared.errors import MachineFault
from tasks.shared.process import Finished
from tasks.suite.build import Target
from tests.conftest import CONFIG, MACHINE, Bed
from tests.fakes import FakeProcesses, prints, steady


def texts(bed: Bed) -> list[str]:
    """The names of all sample files, below the tree."""
    folder = bed.project.tree.folder
    return sorted(str(p.relative_to(folder)) for p in folder.glob("go*/*.txt"))


def test_a_first_session_measures_everything_count_times(bed: Bed) -> None:
    """Every cell gets its rounds, in blocks of all versions back to back."""
    processes = bed.run()
    assert Counter(processes.sampled) == {(c.version, c.unit): 3 for c in bed.cells()}
    for start in range(0, len(processes.sampled), 3):
        block = processes.sampled[start : start + 3]
        assert len({unit for _, unit in block}) == 1
        assert len({version for version, _ in block}) == 3


def test_each_round_links_every_binary_anew_before_it_samples(bed: Bed) -> None:
    """Three versions of two packages, in three rounds, with nine layouts; besides, a control in three of its own."""
    processes = bed.run()
    layouts = {(version, layout) for version, _, layout in processes.linked}
    assert len(processes.linked) == 18 + 3
    assert len(layouts) == len({layout for _, layout in layouts}) == 9 + 3


def test_default_layouts_link_nothing(bed: Bed) -> None:
    """With layouts: default the binary of the build is used, and the samples lie in another tree."""
    fixed = bed.with_settings(layouts="default")
    processes = fixed.run()
    assert processes.linked == []
    assert fixed.project.tree.folder.parent.name == "25ms-default-layout"
    (sample, *_) = read_file(next(fixed.project.tree.folder.glob("go1.23/*.txt"))).samples
    assert sample.layout == 0


def test_only_the_binaries_that_a_round_needs_are_linked(bed: Bed) -> None:
    """One stale unit links its own package."""
    bed.run()
    forget(bed.project.tree, [Cell("go1.24.0", "alpha.One")], bed.clock.now())
    processes = bed.run()
    assert {package for _, package, _ in processes.linked} == {"alpha"}


def test_nothing_is_measured_twice(bed: Bed) -> None:
    """A second run of the same has nothing to do."""
    bed.run()
    assert bed.run().sampled == []


def test_a_forgotten_version_is_measured_with_its_reference(bed: Bed) -> None:
    """The version before joins; its samples serve comparisons and enter no receipt."""
    bed.run()
    receipts = [bed.project.tree.receipt("go1.23", unit.id).read_bytes() for unit in bed.units]
    cells = bed.cells("go1.24.0")
    forget(bed.project.tree, cells, bed.clock.now())
    processes = bed.run()
    assert Counter(version for version, _ in processes.sampled) == {"go1.23.0": 12, "go1.24.0": 12}
    assert [bed.project.tree.receipt("go1.23", unit.id).read_bytes() for unit in bed.units] == receipts
    assert any(name.startswith("go1.23/") and name.endswith("_reference.txt") for name in texts(bed))


def test_a_higher_count_adds_rounds_and_throws_nothing_away(bed: Bed) -> None:
    """3 -> 5 takes two more rounds; back to 3 takes none."""
    bed.run()
    more = bed.with_settings(count="5")
    assert Counter(more.run().sampled) == {(c.version, c.unit): 2 for c in bed.cells()}
    assert bed.run().sampled == []
    receipt = schema.read("receipt", bed.project.tree.receipt("go1.24", "alpha.One"))
    assert receipt["samples"] == 5


def test_a_setting_changed_and_changed_back_measures_once(bed: Bed) -> None:
    """Samples of another benchtime lie in a tree of their own."""
    bed.run()
    other = bed.with_settings(benchtime="50ms")
    assert len(other.run().sampled) == 36
    assert bed.run().sampled == []
    assert other.run().sampled == []


def test_changed_code_makes_its_package_stale(bed: Bed) -> None:
    """Another package's cells stay as they are."""
    bed.run()
    path = bed.project.paths.benchmarks / "alpha" / "alpha_test.go"
    path.write_text(path.read_text() + "\nvar x = 1\n")
    bed.refresh()
    assert {unit for _, unit in bed.run().sampled} == {"alpha.One", "alpha.Two"}


def test_code_changed_back_measures_nothing(bed: Bed) -> None:
    """The texts still hold the samples of the old code."""
    path = bed.project.paths.benchmarks / "alpha" / "alpha_test.go"
    old = path.read_text()
    bed.run()
    path.write_text(old + "\nvar x = 1\n")
    bed.refresh()
    bed.run()
    path.write_text(old)
    bed.refresh()
    assert bed.run().sampled == []


def test_another_machine_measures_everything(bed: Bed, make_bed: Callable[..., Bed]) -> None:
    """Samples of two machines never mix, even on one disk."""
    bed.run()
    other = make_bed(machine=MACHINE.__class__(**{**MACHINE.document(), "cpu": "Another CPU"}))
    assert len(other.run().sampled) == 36
    assert bed.run().sampled == []


def test_a_kernel_update_measures_nothing(bed: Bed, make_bed: Callable[..., Bed]) -> None:
    """The kernel is recorded, but samples are not bound to it."""
    bed.run()
    assert make_bed(machine=MACHINE.__class__(**{**MACHINE.document(), "kernel": "6.2"})).run().sampled == []


def test_an_added_version_is_measured_alone_with_its_reference(bed: Bed, make_bed: Callable[..., Bed]) -> None:
    """Adding 1.26.8 leaves the others' receipts alone and takes 1.25.0 as its reference."""
    bed.run()
    more = make_bed(CONFIG.replace('"1.25.0"]', '"1.25.0", "1.26.8"]'))
    assert {version for version, _ in more.run().sampled} == {"go1.25.0", "go1.26.8"}


def test_a_second_patch_of_a_minor_keeps_what_was_measured(bed: Bed, make_bed: Callable[..., Bed]) -> None:
    """The label of 1.24.0 becomes go1.24.0; its samples are found where they are."""
    bed.run()
    more = make_bed(CONFIG.replace('"1.24.0"', '"1.24.0", "1.24.5"'))
    sampled = Counter(version for version, _ in more.run().sampled)
    assert sampled == {"go1.24.0": 12, "go1.24.5": 12}
    reference = list(more.project.tree.folder.glob("go1.24.0/*_reference.txt"))
    assert len(reference) == 1


@pytest.mark.parametrize("killed_after", [0, 1, 2, 5, 17, 35])
def test_a_kill_costs_at_most_one_block(bed: Bed, killed_after: int) -> None:
    """What was sampled before a kill counts once; the next session takes the rest."""
    seen: list[tuple[str, str]] = []

    def dies(version: str, unit: str, number: int) -> Finished:
        if len(seen) == killed_after:
            raise KeyboardInterrupt
        seen.append((version, unit))
        return steady(version, unit, number)

    with pytest.raises(KeyboardInterrupt):
        bed.run(behaviour=dies)
    progress = schema.read("progress", bed.project.paths.results / "collection_progress.json")
    assert progress["state"] == "interrupted"
    kept = sum(len(read_file(path).samples) for path in bed.project.tree.folder.glob("go*/*-[0-9][0-9].txt"))
    # The rest were controls.
    assert killed_after - 3 <= kept <= killed_after
    again = bed.run().sampled
    assert 36 - kept <= len(again) <= 36 - kept + 3
    for cell in bed.cells():
        receipt = schema.read("receipt", bed.project.tree.receipt(bed.project.version(cell.version).label, cell.unit))
        assert receipt["samples"] == 3
    finished = schema.read("progress", bed.project.paths.results / "collection_progress.json")
    assert finished["state"] == "finished"


def test_the_blocks_of_a_killed_session_are_written_by_the_next(bed: Bed) -> None:
    """Blocks come from the texts, and only complete ones are blocks."""
    seen: list[str] = []

    def dies(version: str, unit: str, number: int) -> Finished:
        if len(seen) == 8:
            raise KeyboardInterrupt
        seen.append(unit)
        return steady(version, unit, number)

    with pytest.raises(KeyboardInterrupt):
        bed.run(behaviour=dies)
    assert list(bed.project.tree.folder.glob("*_blocks.json")) == []
    bed.run()
    first, second = sorted(bed.project.tree.folder.glob("*_blocks.json"))
    assert len(schema.read("blocks", first)["blocks"]) == 2
    # A block that the kill left unfinished is completed with the samples of the versions that miss one.
    assert len(schema.read("blocks", second)["blocks"]) >= 9


def test_a_unit_that_panics_costs_that_cell_alone(bed: Bed, capfd: pytest.CaptureFixture[str]) -> None:
    """It is given up after three samples, named with its output, and is not tried again by the next run."""

    def panics(version: str, unit: str, number: int) -> Finished:
        if (version, unit) == ("go1.24.0", "alpha.One"):
            return prints("BenchmarkOne/Small", status=2, stderr="panic: out of cheese\n\ngoroutine 1 [running]:")
        return steady(version, unit, number)

    processes = bed.run(behaviour=panics)
    counts = Counter(processes.sampled)
    assert counts["go1.24.0", "alpha.One"] == 3
    assert sum(counts.values()) == 36
    said = capfd.readouterr().err
    assert "alpha.One failed in go1.24 (panic)" in said
    assert "out of cheese" in said
    receipt = schema.read("receipt", bed.project.tree.receipt("go1.24", "alpha.One"))
    assert receipt["status"] == "panic"
    assert "out of cheese" in receipt["output"]
    assert bed.run(behaviour=panics).sampled == []


def test_forgetting_a_failed_cell_tries_it_again(bed: Bed) -> None:
    """A failure is a result until it is forgotten."""
    bed.run(behaviour=lambda v, u, n: prints("FAIL", status=1) if u == "beta.Four" else steady(v, u, n))
    forget(bed.project.tree, [Cell(v, "beta.Four") for v in ("go1.23.0", "go1.24.0", "go1.25.0")], bed.clock.now())
    assert Counter(bed.run().sampled) == {(c.version, c.unit): 3 for c in bed.cells(unit="beta.Four")}


def test_a_sample_lost_once_is_made_up_for(bed: Bed) -> None:
    """One failure among good samples is bad luck: the unit's block is repeated in the same session."""

    def unlucky(version: str, unit: str, number: int) -> Finished:
        if (version, unit, number) == ("go1.25.0", "beta.Three", 1):
            return prints("address in use", status=1)
        return steady(version, unit, number)

    counts = Counter(bed.run(behaviour=unlucky).sampled)
    assert counts["go1.25.0", "beta.Three"] == 4
    assert bed.run().sampled == []


def test_code_that_does_not_compile_is_a_result_of_its_version(bed: Bed, capfd: pytest.CaptureFixture[str]) -> None:
    """The other versions and packages are measured; the cells say not-built and why."""
    target = Target(bed.project.paths, bed.project.version("go1.23.0"), "beta")
    bed.set_build(target, "failed", "beta/beta_test.go:3:1: undefined: Frobnicate")
    processes = bed.run()
    assert Counter(version for version, _ in processes.sampled) == {"go1.23.0": 6, "go1.24.0": 12, "go1.25.0": 12}
    assert "undefined: Frobnicate" in capfd.readouterr().err
    receipt = schema.read("receipt", bed.project.tree.receipt("go1.23", "beta.Three"))
    assert (receipt["status"], receipt["samples"]) == ("not-built", 0)
    assert "undefined: Frobnicate" in receipt["output"]
    assert bed.run().sampled == []


def test_a_sample_is_never_filed_under_other_code(bed: Bed) -> None:
    """Sources that changed between fingerprint and build stop the session before it measures."""
    target = Target(bed.project.paths, bed.project.version("go1.23.0"), "beta")
    record = schema.read("build", target.record)
    record["fingerprints"]["beta.Three"] = "f" * 64
    schema.write("build", target.record, record)
    with pytest.raises(Exception, match="changed while they were compiled"):
        bed.run()


@pytest.mark.parametrize(
    ("output", "status"),
    [
        (prints("PASS"), "no-result"),
        (prints("BenchmarkOne-2 10 banana ns/op"), "garbage"),
        (prints("BenchmarkOne-2 10 5 ns/op", "BenchmarkOne-2 10 5 ns/op"), "garbage"),
        (prints("BenchmarkOne-2 10 5 ns/op", status=1), "failed"),
        (prints("x", status=2, stderr="fatal error: all goroutines are asleep"), "fatal"),
        (Finished(-9, b"", b"", 1.0), "signal-9"),
        (Finished(-9, b"", b"", 1.0, stopped="timeout"), "timeout"),
        (Finished(-9, b"", b"", 1.0, stopped="output"), "output"),
        (Finished(0, b"BenchmarkOne-2 10 5 ns/op\n", b"", 1.0, survivors=True), "left-children"),
    ],
)
def test_every_way_to_fail_has_a_name(bed: Bed, output: Finished, status: str) -> None:
    """A cell without a result says why, in its receipt and in the text."""
    cells = bed.cells("go1.24.0", unit="alpha.One")
    bed.run(cells, behaviour=lambda *_: output)
    receipt = schema.read("receipt", bed.project.tree.receipt("go1.24", "alpha.One"))
    assert receipt["status"] == status
    assert receipt["samples"] == 0


def test_an_edited_sample_is_noticed_and_only_it_is_measured_again(bed: Bed) -> None:
    """The changed line loses its sample; the others of the file still count."""
    bed.run()
    path = next(bed.project.tree.folder.glob("go1.24/*.txt"))
    text = path.read_text()
    line = next(line for line in text.splitlines() if line.startswith("BenchmarkTwo/Small"))
    path.write_text(text.replace(line, line.replace(" ns/op", "1 ns/op"), 1))
    counts = Counter(bed.run().sampled)
    assert counts["go1.24.0", "alpha.Two"] == 1
    assert set(counts) <= {("go1.24.0", "alpha.Two"), ("go1.23.0", "alpha.Two")}
    assert any("changed after it was measured" in problem for problem in read_file(path).problems)


def test_a_truncated_file_costs_what_is_gone(bed: Bed) -> None:
    """The samples before the cut still count."""
    bed.run()
    path = next(bed.project.tree.folder.glob("go1.25/*.txt"))
    data = path.read_bytes()
    kept = data[: int(len(data) * 0.6)]
    path.write_bytes(kept)
    left = len(read_file(path).samples)
    assert 0 < left < 12
    sampled = Counter(version for version, _ in bed.run().sampled)
    assert sampled["go1.25.0"] == 12 - left


@pytest.mark.parametrize("damage", ["deleted", "emptied", "edited", "[]", "{}", "null"])
def test_a_lost_receipt_is_made_again_from_the_texts(bed: Bed, damage: str) -> None:
    """Receipts are derived; nothing is measured for them."""
    bed.run()
    path = bed.project.tree.receipt("go1.24", "alpha.One")
    old = path.read_bytes()
    if damage == "deleted":
        path.unlink()
    else:
        contents = {"emptied": b"", "edited": old.replace(b'"failures": 0', b'"failures": -1')}
        path.write_bytes(contents.get(damage, damage.encode()))
    assert bed.run().sampled == []
    assert path.read_bytes() == old


def test_a_text_of_somebody_else_is_left_alone(bed: Bed) -> None:
    """A file without our head is neither read as samples nor changed."""
    folder = bed.project.tree.version("go1.24")
    folder.mkdir(parents=True)
    path = folder / "2025-01-01_00-00-00.txt"
    path.write_text("BenchmarkOne/Small-2 1 1 ns/op\n")
    assert len(bed.run().sampled) == 36
    assert path.read_text() == "BenchmarkOne/Small-2 1 1 ns/op\n"


def test_no_leftovers_of_a_round_stay(bed: Bed) -> None:
    """A round's binaries go with it, and what a kill left goes with the next session."""
    left = bed.project.paths.build / "rounds" / "round-7" / "go1.24.0-alpha.test"
    left.parent.mkdir(parents=True)
    left.write_text("left by a kill")
    bed.run()
    assert list((bed.project.paths.build / "rounds").glob("*")) == []


def test_samples_carry_seed_order_and_times(bed: Bed) -> None:
    """Everything that a reader needs to reproduce one sample stands beside it."""
    processes: FakeProcesses = bed.run()
    file = read_file(next(bed.project.tree.folder.glob("go1.24/*.txt")))
    assert file.head.provenance["settings"]["benchtime"] == "25ms"
    assert file.head.provenance["go_version"] == "go version go1.24.0 linux/amd64"
    linked = {layout for version, _, layout in processes.linked if version == "go1.24.0"}
    assert {sample.layout for sample in file.samples} == linked
    # One of the units has a control.
    assert sorted({sample.unit: sample.of for sample in file.samples}.values()) == [3, 3, 3, 4]
    assert all(0 <= sample.position < sample.of for sample in file.samples)
    assert [sample.started for sample in file.samples] == sorted(sample.started for sample in file.samples)


def test_an_unselected_stale_version_is_not_measured(bed: Bed) -> None:
    """`doit collect:go1.24` measures 1.24 alone while nothing else is up to date."""
    assert {version for version, _ in bed.run(bed.cells("go1.24.0")).sampled} == {"go1.24.0"}


def test_a_cell_is_what_its_version_and_unit_say() -> None:
    """The package is the part before the dot."""
    assert Cell("go1.24.0", "alpha.One").package == "alpha"


def test_a_reference_of_other_code_is_left_out(bed: Bed) -> None:
    """Better no reference than one whose binary is not what its fingerprint says."""
    bed.run()
    target = Target(bed.project.paths, bed.project.version("go1.23.0"), "alpha")
    record = schema.read("build", target.record)
    record["fingerprints"]["alpha.One"] = "f" * 64
    schema.write("build", target.record, record)
    forget(bed.project.tree, [Cell("go1.24.0", "alpha.One")], bed.clock.now())
    assert {version for version, _ in bed.run().sampled} == {"go1.24.0"}


def test_a_reference_without_a_build_is_left_out(bed: Bed) -> None:
    """A missing binary of a version that nobody asked for does not stop the session."""
    bed.run()
    Target(bed.project.paths, bed.project.version("go1.23.0"), "alpha").record.unlink()
    forget(bed.project.tree, [Cell("go1.24.0", "alpha.One")], bed.clock.now())
    assert {version for version, _ in bed.run().sampled} == {"go1.24.0"}


def test_a_package_that_does_not_link_costs_its_own_cells(bed: Bed) -> None:
    """The linker's words are kept, and the others go on."""

    class NoLink(FakeProcesses):
        def run(
            self, command: Sequence[str], *, env: Mapping[str, str], cwd: Path, timeout: float, keep: Sequence[int] = ()
        ) -> Finished:
            if Path(command[0]).name == "link" and "go1.24.0-beta" in " ".join(command):
                return prints(status=2, stderr="link: relocation target not defined")
            return super().run(command, env=env, cwd=cwd, timeout=timeout, keep=keep)

    processes = NoLink()
    run_session(bed.project, bed.state, bed.cells(), bed.system(processes))
    bed.adopt()
    assert Counter(version for version, _ in processes.sampled) == {"go1.23.0": 12, "go1.24.0": 6, "go1.25.0": 12}
    receipt = schema.read("receipt", bed.project.tree.receipt("go1.24", "beta.Three"))
    assert receipt["status"] == "not-linked"
    assert "relocation target" in receipt["output"]


def test_problems_of_texts_are_told(bed: Bed, capfd: pytest.CaptureFixture[str]) -> None:
    """Who edits a sample hears that it no longer counts."""
    bed.run()
    path = next(bed.project.tree.folder.glob("go1.24/*.txt"))
    path.write_text(path.read_text().replace("16 B/op", "17 B/op", 1))
    capfd.readouterr()
    bed.run()
    assert "was changed after it was measured" in capfd.readouterr().err


def test_failures_before_a_kill_count_only_in_a_row(bed: Bed) -> None:
    """Two failures, a good sample, and two more failures are no reason to give a cell up."""

    def flaky(version: str, unit: str, number: int) -> Finished:
        bad = (version, unit) == ("go1.24.0", "alpha.One") and number in (0, 1, 3, 4)
        return prints("busy", status=1) if bad else steady(version, unit, number)

    bed.run(behaviour=flaky)
    assert schema.read("receipt", bed.project.tree.receipt("go1.24", "alpha.One"))["status"] == "ok"


def test_texts_that_come_back_count_again(bed: Bed) -> None:
    """Receipts that were written without them are noticed to know too little, and nothing is measured."""
    bed.run()
    more = bed.with_settings(count="5")
    more.run()
    texts = sorted(bed.project.tree.folder.glob("go1.24/*-[0-9][0-9]*.txt"))
    kept = texts[-1].read_bytes()
    texts[-1].unlink()
    bed.run()
    receipt = bed.state().receipt(Cell("go1.24.0", "alpha.One"))
    assert receipt is not None
    assert receipt["samples"] == 3
    texts[-1].write_bytes(kept)
    state = bed.state()
    state.notice_texts([unit.id for unit in bed.units])
    receipt = bed.state().receipt(Cell("go1.24.0", "alpha.One"))
    assert receipt is not None
    assert receipt["samples"] == 5
    assert more.run().sampled == []


def test_a_clock_that_is_set_back_costs_nothing(bed: Bed) -> None:
    """In the middle of a session, and between two; what was forgotten before is measured once, too."""

    def turning_back(version: str, unit: str, number: int) -> Finished:
        if len(processes.sampled) == 10:
            bed.clock.time -= 7 * 86400
        return steady(version, unit, number)

    processes = FakeProcesses(turning_back)
    run_session(bed.project, bed.state, bed.cells(), bed.system(processes))
    bed.adopt()
    assert len(processes.sampled) == 36
    assert bed.run().sampled == []
    bed.clock.time -= 86400
    forget(bed.project.tree, bed.cells("go1.24.0"), bed.clock.now())
    bed.clock.time -= 86400
    assert {version for version, _ in bed.run().sampled} == {"go1.23.0", "go1.24.0"}
    assert bed.run().sampled == []


def test_a_suspended_machine_costs_a_sample(bed: Bed, capfd: pytest.CaptureFixture[str]) -> None:
    """The sample during which it slept is discarded, said, and made up for; it is no failure of its benchmark."""

    def sleeping(version: str, unit: str, number: int) -> Finished:
        # Three in a row would give a benchmark up, were they failures.
        if (version, unit) == ("go1.24.0", "alpha.One") and number < 3:
            bed.clock.suspended += 100
        return steady(version, unit, number)

    processes = bed.run(behaviour=sleeping)
    receipt = bed.state().receipt(Cell("go1.24.0", "alpha.One"))
    assert receipt is not None
    assert (receipt["status"], receipt["failures"]) == ("ok", 0)
    assert receipt["samples"] == 3
    assert Counter(processes.sampled)["go1.24.0", "alpha.One"] == 6
    said = capfd.readouterr().err
    assert said.count("a sample of alpha.One is discarded: the machine was suspended for 100.0 s") == 3
    path = next(bed.project.tree.folder.glob("go1.24/20*-[0-9][0-9].txt"))
    slept = [sample for sample in read_file(path).samples if sample.status == "suspended"]
    assert [sample.covariates["asleep"] for sample in slept] == [100, 100, 100]


def test_a_disk_that_is_full_while_linking_ends_the_session(bed: Bed) -> None:
    """It says nothing about the code: no cell is given up for it."""

    class Full(FakeProcesses):
        def run(
            self, command: Sequence[str], *, env: Mapping[str, str], cwd: Path, timeout: float, keep: Sequence[int] = ()
        ) -> Finished:
            if Path(command[0]).name == "link":
                return prints(status=2, stderr="link: write go1.24.0-beta.test: no space left on device")
            return super().run(command, env=env, cwd=cwd, timeout=timeout, keep=keep)

    with pytest.raises(MachineFault, match="no space left on device"):
        run_session(bed.project, bed.state, bed.cells(), bed.system(Full()))
    assert len(bed.run().sampled) == 36


def test_a_disk_that_is_full_while_sampling_ends_the_session(bed: Bed) -> None:
    """A benchmark that found no room for its files did not fail."""

    def full(version: str, unit: str, number: int) -> Finished:
        return prints("--- FAIL: write x: no space left on device", status=1)

    with pytest.raises(MachineFault, match="found no room on the disk"):
        bed.run(behaviour=full)
    assert len(bed.run().sampled) == 36
