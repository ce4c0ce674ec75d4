"""Which samples are paired: just those that count today and were taken side by side."""

from __future__ import annotations

from tasks.compare.neighbours import Leaf, Neighbours, Pair
from tasks.measure.archive import Archive
from tasks.measure.forgotten import forget
from tasks.shared.cell import Cell
from tasks.shared.process import Finished
from tasks.shared.verified import Verified
from tests.compare.beds import merged
from tests.conftest import Bed
from tests.fakes import prints

SMALL = Leaf("alpha", "One/Small", "sec/op")


def neighbours(bed: Bed) -> Neighbours:
    """As the files are now."""
    tree = bed.project.tree
    return Neighbours(tree, Archive(tree), Verified(bed.root / ".cache" / "v.json"), *merged(bed))


def values(pairs: list[Pair]) -> list[tuple[int, int]]:
    """(old, new) in nanoseconds."""
    return [(round(pair.old * 1e9), round(pair.new * 1e9)) for pair in pairs]


def test_each_block_is_a_pair(bed: Bed) -> None:
    """Three rounds of three versions: three pairs of any two, of every leaf and measure."""
    bed.run()
    found = neighbours(bed).between("go1.24.0", "go1.25.0")
    assert values(found[SMALL]) == [(340, 350), (341, 351), (342, 352)]
    assert {leaf.measure for leaf in found} == {"sec/op", "B/s", "B/op", "allocs/op"}
    assert len(found) == 4 * 3 + 4 * 4
    assert all(len(pairs) == 3 for pairs in found.values())
    (session,) = {pair.round.split("/")[0] for pair in found[SMALL]}
    assert [pair.round for pair in found[SMALL]] == [f"{session}/{number}" for number in (1, 2, 3)]


def test_references_are_paired_but_add_nothing_else(bed: Bed) -> None:
    """A version measured anew meets the one before it again: these are the pairs; with the third it shares none."""
    bed.run()
    forget(bed.project.tree, [Cell("go1.24.0", unit.id) for unit in bed.units], bed.clock.now())
    bed.run()
    found = neighbours(bed)
    assert values(found.between("go1.23.0", "go1.24.0")[SMALL]) == [(330, 340), (331, 341), (332, 342)]
    assert found.between("go1.24.0", "go1.25.0") == {}
    assert len(found.between("go1.23.0", "go1.25.0")[SMALL]) == 3


def test_samples_of_other_code_are_not_paired(bed: Bed) -> None:
    """After an edit the old blocks are of code that is gone; edited back, they count again."""
    bed.run()
    source = bed.root / "benchmarks" / "alpha" / "alpha_test.go"
    before = source.read_text()
    source.write_text(before + "// more\n")
    bed.refresh()
    bed.run(behaviour=lambda v, u, n: prints(f"Benchmark{u.split('.')[1]}/Small-2 10 {700 + n} ns/op"))
    assert values(neighbours(bed).between("go1.24.0", "go1.25.0")[SMALL]) == [(700, 700), (701, 701), (702, 702)]
    source.write_text(before)
    bed.refresh()
    bed.adopt()
    assert values(neighbours(bed).between("go1.24.0", "go1.25.0")[SMALL]) == [(340, 350), (341, 351), (342, 352)]


def test_blocks_of_a_session_that_was_killed(bed: Bed) -> None:
    """Without a file of blocks, the texts tell."""
    bed.run()
    expected = neighbours(bed).between("go1.24.0", "go1.25.0")
    (path,) = bed.project.tree.folder.glob("*_blocks.json")
    path.unlink()
    assert neighbours(bed).between("go1.24.0", "go1.25.0") == expected
    assert not path.exists()


def test_failed_samples_pair_with_nothing(bed: Bed) -> None:
    """A block with a failed sample is none; the others stay."""

    def behave(version: str, unit: str, number: int) -> Finished:
        name = unit.split(".")[1]
        if (version, name, number) == ("go1.25.0", "One", 0):
            return prints("panic: out of luck", status=2)
        return prints(f"Benchmark{name}-2 10 {100 + number} ns/op")

    bed.run(behaviour=behave)
    found = neighbours(bed)
    one, two = (found.between("go1.23.0", "go1.25.0")[Leaf("alpha", name, "sec/op")] for name in ("One", "Two"))
    # The lost sample is made up for in a round of its own.
    assert [pair.round.split("/")[1] for pair in one] == ["2", "3", "4"]
    assert [pair.round.split("/")[1] for pair in two] == ["1", "2", "3"]


def test_zeros_are_paired_in_base_units(bed: Bed) -> None:
    """A custom measure that is zero now and then loses no block."""
    bed.run(behaviour=lambda v, u, n: prints(f"Benchmark{u.split('.')[1]}-2 10 5 ns/op {n % 2} p99-ns"))
    found = neighbours(bed).between("go1.24.0", "go1.25.0")
    assert len(found[Leaf("alpha", "One", "p99-sec")]) == 3


def test_other_texts_are_left_alone(bed: Bed) -> None:
    """A text of somebody else, also one that is called like ours."""
    bed.run()
    folder = bed.project.tree.version("go1.24")
    (folder / "2020-01-01_00-00-00.txt").write_text("BenchmarkOne/Small-2 1 1 ns/op\n")
    (folder / "notes.txt").write_text("BenchmarkOne/Small-2 1 1 ns/op\n")
    assert len(neighbours(bed).between("go1.24.0", "go1.25.0")[SMALL]) == 3


def test_seconds(bed: Bed) -> None:
    """The median wall time of a unit's samples."""
    bed.run()
    assert neighbours(bed).seconds("go1.24.0")["alpha.One"] == 0.05
