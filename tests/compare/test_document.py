"""The whole comparison: families of tests, what counts, and what is said of rows that do not."""

from __future__ import annotations

import json
import random
from collections import Counter
from typing import Any

import pytest

from tasks.compare.document import comparison
from tasks.compare.judging import Facts
from tasks.compare.neighbours import Leaf, Pair
from tasks.compare.versions import version_side
from tasks.shared import schema
from tasks.shared.rules import Rules
from tests.builders import EXAMPLES, MEASURES, Document, merged, merged_row, paired_blocks


def rows_by_name(document: Document, measure: str = "sec/op") -> dict[str, Document]:
    """The rows of one unit of measure."""
    return {row["name"]: row for row in document["rows"] if row["measure"] == measure}


def blocks_of(ratios: dict[str, float], blocks: int = 40, noise: float = 0.03, seed: int = 1) -> dict[Leaf, list[Pair]]:
    """The blocks of invented benchmarks in sec/op, with normal noise."""
    draw = random.Random(seed)
    return {
        Leaf("runtime", name, "sec/op"): [
            Pair(f"s/{i}", 1e-7, 1e-7 * ratio * (1 + draw.gauss(0, noise))) for i in range(blocks)
        ]
        for name, ratio in ratios.items()
    }


def many(ratios: dict[str, float], blocks: int = 40, noise: float = 0.03, seed: int = 1, **facts: Any) -> Document:
    """A comparison of invented benchmarks in sec/op, with normal noise in their blocks."""
    pairs = blocks_of(ratios, blocks, noise, seed)
    rows = [merged_row(name, measures={"ns/op": MEASURES["ns/op"]}) for name in ratios]
    sides = version_side(merged("go1.24", rows)), version_side(merged("go1.25", rows))
    return comparison(*sides, Facts(pairs=pairs, count=40, **facts), Rules())


def test_identical_versions_are_not_called_different() -> None:
    """An A/A comparison of 76 benchmarks, ten times: false discoveries are an exception, not one in twenty."""
    wrong = 0
    for seed in range(10):
        verdicts = many({f"B{i}": 1.0 for i in range(76)}, seed=seed)["summary"][0]["verdicts"]
        wrong += verdicts["improved"] + verdicts["regressed"]
    assert wrong <= 2


def test_what_differs_is_found() -> None:
    """Six changes of 5 % among 70 that are none."""
    ratios = {
        **{f"B{i}": 1.0 for i in range(70)},
        **{f"Fast{i}": 0.95 for i in range(3)},
        **{f"Slow{i}": 1.05 for i in range(3)},
    }
    found = rows_by_name(many(ratios))
    improved, regressed = (
        {name for name, row in found.items() if row["verdict"] == verdict} for verdict in ("improved", "regressed")
    )
    assert improved >= {"Fast0", "Fast1", "Fast2"}
    assert regressed >= {"Slow0", "Slow1", "Slow2"}
    # At q <= 0.05 one in twenty of those found may be wrong.
    assert len(improved | regressed) <= 7
    assert Counter(row["verdict"] for row in found.values())["equivalent"] > 60


@pytest.mark.parametrize(("blocks", "verdict"), [(11, "cannot decide"), (12, "improved")])
def test_twelve_blocks_for_one_among_76(blocks: int, verdict: str) -> None:
    """With eleven nothing could be found, and it is said instead of guessed; with twelve a large change is."""
    document = many({**{f"B{i}": 1.0 for i in range(75)}, "Fast": 0.5}, blocks=blocks)
    row = rows_by_name(document)["Fast"]
    assert row["paired"]["blocks_needed"] == 12
    assert row["verdict"] == verdict
    if verdict == "cannot decide":
        assert row["words"] == "cannot decide: 11 shared blocks, it takes 12; about 1 round more would decide"
        assert document["summary"][0]["verdicts"]["cannot decide"] == 76


def test_each_unit_of_measure_is_a_family_of_its_own() -> None:
    """q of a row does not depend on rows in other measures."""
    rows = [merged_row(name, measures=MEASURES) for name in ("A", "B")]
    sides = version_side(merged("go1.24", rows)), version_side(merged("go1.25", rows))
    pairs = {Leaf("runtime", name, measure): paired_blocks(0.9) for name in "AB" for measure in ("sec/op", "B/op")}
    alone = {leaf: blocks for leaf, blocks in pairs.items() if leaf.measure == "sec/op"}
    both, one = (comparison(*sides, Facts(pairs=its), Rules()) for its in (pairs, alone))
    assert [row["q"] for row in rows_by_name(both).values()] == [row["q"] for row in rows_by_name(one).values()]
    assert rows_by_name(both)["A"]["q"] == pytest.approx(rows_by_name(both)["A"]["paired"]["p"])


def test_flagged_rows_are_shown_and_never_counted() -> None:
    """A changed module: the row keeps its numbers and verdict, counts as nothing, and is out of family and geomean."""
    ratios = {"A": 0.8, "B": 1.0}
    plain, marked = many(ratios), many(ratios, of_units={"runtime.A": ["module x v1 -> v2"]})
    row = rows_by_name(marked)["A"]
    assert (row["verdict"], row["counted"], row["flags"]) == ("improved", False, ["module x v1 -> v2"])
    assert row["words"].endswith("[not Go alone: module x v1 -> v2]")
    summary = marked["summary"][0]
    assert (summary["verdicts"]["improved"], summary["flagged"]) == (0, 1)
    assert plain["summary"][0]["verdicts"]["improved"] == 1
    assert summary["geomean"]["benchmarks"] == 1
    assert summary["geomean"]["ratio"] == pytest.approx(1.0, abs=0.02)
    assert plain["summary"][0]["geomean"]["ratio"] == pytest.approx(0.8**0.5, abs=0.02)


def test_differences_of_everything_flag_everything() -> None:
    """Another machine: nothing is Go's improvement or regression."""
    document = many({"A": 0.8, "B": 1.0}, differences=["machine: cpu X -> Y"])
    assert document["differences"] == ["machine: cpu X -> Y"]
    assert document["summary"][0]["flagged"] == 2
    assert set(document["summary"][0]["verdicts"].values()) == {0}
    assert document["summary"][0]["geomean"] is None


def test_without_shared_blocks() -> None:
    """benchstat's columns are there, and that they rest on no neighbours is said."""
    rows = [merged_row("A", measures=MEASURES)]
    document = comparison(version_side(merged("go1.24", rows)), version_side(merged("go1.25", rows)), Facts(), Rules())
    row = rows_by_name(document)["A"]
    assert (row["verdict"], row["flags"], row["paired"], row["outlook"]) == (
        "cannot decide",
        ["no shared blocks"],
        None,
        None,
    )
    assert row["benchstat"]["words"] == "p=1.000 n=6"


def test_what_only_one_side_has() -> None:
    """With why the other has no result, if it is known."""
    row = merged_row("A", measures=MEASURES)
    old, new = merged("go1.24", [row]), merged("go1.25", [{**merged_row("A"), "status": "timeout"}])
    document = comparison(version_side(old), version_side(new), Facts(), Rules())
    found = rows_by_name(document)["A"]
    assert (found["verdict"], found["words"]) == ("only in old", "only in go1.24; runtime.A failed in go1.25 (timeout)")
    assert (found["new"], found["benchstat"], found["q"], found["counted"]) == (None, None, None, True)
    assert document["without_result"] == [{"side": "new", "label": "go1.25", "unit": "runtime.A", "status": "timeout"}]
    other = comparison(version_side(new), version_side(old), Facts(), Rules())
    assert rows_by_name(other)["A"]["verdict"] == "only in new"


def test_direction_of_custom_measures() -> None:
    """Nobody knows, unless config.yaml says: in the unit that is printed."""
    rows = [merged_row("A", measures=MEASURES)]
    sides = version_side(merged("go1.24", rows)), version_side(merged("go1.25", rows))
    facts = Facts(pairs={Leaf("runtime", "A", "p99-sec"): paired_blocks(1.5)})
    for better, verdict in (({}, "changed"), ({"p99-ns": "lower"}, "regressed"), ({"p99-ns": "higher"}, "improved")):
        row = rows_by_name(comparison(*sides, facts, Rules(better=better)), "p99-sec")["A"]
        assert row["verdict"] == verdict
        assert row["printed"] == "p99-ns"


def test_every_row_is_counted_once() -> None:
    """Verdicts and flagged rows add up to all rows, in each unit of measure."""
    document = EXAMPLES["comparison"]()
    for summary in document["summary"]:
        rows = [row for row in document["rows"] if row["measure"] == summary["measure"]]
        assert sum(summary["verdicts"].values()) + summary["flagged"] == summary["benchmarks"] == len(rows)
    assert {row["verdict"] for row in document["rows"]} >= {"improved", "inconclusive", "cannot decide", "only in new"}


def test_the_same_again() -> None:
    """Nothing in it depends on the time or on chance."""
    assert json.dumps(many({"A": 0.9, "B": 1.0})) == json.dumps(many({"A": 0.9, "B": 1.0}))


def test_it_keeps_to_its_schema() -> None:
    """Also where there are no blocks, and where one side has nothing."""
    rows = [merged_row("A", measures={"ns/op": [0.0, 0.0], "x": [-1.0, 2.0]}), merged_row("Unlucky")]
    sides = version_side(merged("go1.24", rows)), version_side(merged("go1.25", [], collected_at=None))
    for old, new in (sides, sides[::-1], (sides[0], sides[0])):
        assert schema.problems("comparison", comparison(old, new, Facts(), Rules())) == []
