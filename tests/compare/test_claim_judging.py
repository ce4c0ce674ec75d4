"""What the benchmarks of a comparison come to: every one, any, or their geometric mean."""

from __future__ import annotations

import math
from typing import Any

import pytest

from tasks.compare.claim_judging import CONTRADICTED, HOLDS, NOT_ENOUGH, Mean, judge, read_mean
from tasks.compare.claim_rows import NO, OPEN, YES
from tasks.compare.claims import Condition
from tests.builders import Document, claim
from tests.compare.test_document import blocks_of, many


def outcome(comparison: Document, of: str = "every", word: str = "improved", by: float = 0.0, **changes: Any) -> str:
    """What becomes of a claim about runtime.* unless told otherwise."""
    return judge(claim(of, word, by, **{"benchmarks": ["runtime.*"], **changes}), comparison).outcome


FASTER = many({"A": 0.8, "B": 0.7})
MIXED = many({"A": 0.8, "B": 1.2, "C": 1.0})


def test_every() -> None:
    """All must be as claimed; one that is not contradicts; one that is open leaves it open."""
    assert outcome(FASTER) == HOLDS
    assert outcome(FASTER, by=0.15) == HOLDS
    assert outcome(FASTER, by=0.25) == CONTRADICTED
    assert outcome(MIXED) == CONTRADICTED
    assert outcome(many({"A": 0.8, "B": 0.7}, of_units={"runtime.A": ["module x v1 -> v2"]})) == NOT_ENOUGH
    assert outcome(many({"A": 1.2, "B": 0.7}, of_units={"runtime.B": ["module x v1 -> v2"]})) == CONTRADICTED


def test_any() -> None:
    """One will do; contradicted only if each is not as claimed."""
    assert outcome(MIXED, "any") == HOLDS
    assert outcome(many({"A": 1.2, "B": 1.3}), "any") == CONTRADICTED
    flagged = many({"A": 1.2, "B": 0.7}, of_units={"runtime.B": ["module x v1 -> v2"]})
    assert outcome(flagged, "any") == NOT_ENOUGH
    assert outcome(flagged, "any", "regressed") == HOLDS


def test_geomean() -> None:
    """Below 1, by its interval; of all benchmarks of a measure it is the comparison's own."""
    assert outcome(FASTER, "geomean") == HOLDS
    assert outcome(FASTER, "geomean", by=0.2) == HOLDS
    assert outcome(FASTER, "geomean", by=0.3) == CONTRADICTED
    assert outcome(many({"A": 0.8, "B": 1.25}), "geomean") == NOT_ENOUGH
    assert outcome(many({"A": 1.2, "B": 1.3}), "geomean") == CONTRADICTED
    mean = judge(claim("geomean", benchmarks=["*"]), FASTER).mean
    own = FASTER["summary"][0]["geomean"]
    assert mean == Mean(own["ratio"], own["low"], own["high"], 2, 2)


def test_the_mean_of_a_part_is_as_wide_as_if_all_moved_together() -> None:
    """Its ends are the means of the ends."""
    mean = judge(claim("geomean", benchmarks=["runtime.A", "runtime.B"]), MIXED).mean
    assert mean is not None
    rows = {row["name"]: row["paired"] for row in MIXED["rows"]}
    for end in ("ratio", "low", "high"):
        assert getattr(mean, end) == pytest.approx(math.sqrt(rows["A"][end] * rows["B"][end]))
    assert (mean.benchmarks, mean.of) == (2, 2)


def test_the_mean_of_a_part_has_an_interval_from_its_rounds() -> None:
    """Narrower than if all moved together, and the same as that of a comparison of these alone."""
    ratios, names = {f"B{i}": 0.98 for i in range(20)}, [f"runtime.B{i}" for i in range(10)]
    part = claim("geomean", benchmarks=names)
    wide = judge(part, many(ratios)).mean
    blocks = blocks_of(ratios)
    mean = judge(part, many(ratios), blocks).mean
    assert wide and mean
    assert mean.ratio == pytest.approx(wide.ratio)
    # Ten benchmarks that vary by themselves: a root of ten narrower, about.
    assert 2 < math.log(wide.high / wide.low) / math.log(mean.high / mean.low) < 5
    alone = many(dict(list(ratios.items())[:10]))["summary"][0]["geomean"]
    assert [mean.low, mean.high] == pytest.approx([alone["low"], alone["high"]], abs=1e-3)
    # Of something that has no blocks at hand, it is as wide as before.
    del blocks[next(iter(blocks))]
    assert judge(part, many(ratios), blocks).mean == wide


def test_a_mean_leaves_out_what_does_not_count() -> None:
    """But half of the group must be there."""
    flags = {"runtime.A": ["module x v1 -> v2"]}
    judged = judge(claim("geomean", benchmarks=["*"]), many({"A": 2.0, "B": 0.8, "C": 0.8}, of_units=flags))
    assert judged.mean is not None
    assert (judged.outcome, judged.mean.benchmarks, judged.mean.of) == (HOLDS, 2, 3)
    flags["runtime.B"] = ["module x v1 -> v2"]
    judged = judge(claim("geomean", benchmarks=["*"]), many({"A": 2.0, "B": 0.8, "C": 0.8}, of_units=flags))
    assert judged.outcome == NOT_ENOUGH
    assert "only 1 of 3 benchmarks can enter a mean: A differs in more than Go" in judged.why
    assert outcome(many({"A": 0.5, "B": 0.5}, blocks=2), "geomean") == NOT_ENOUGH


@pytest.mark.parametrize(
    ("low", "high", "word", "by", "expected"),
    [
        (0.9, 0.999, "improved", 0.0, YES),
        (0.9, 1.0, "improved", 0.0, OPEN),
        (1.0, 1.1, "improved", 0.0, NO),
        (0.999, 1.1, "improved", 0.0, OPEN),
        (0.9, 0.95, "improved", 0.05, YES),
        (0.9, 0.9501, "improved", 0.05, OPEN),
        (0.9501, 0.96, "lower", 0.05, NO),
        (0.95, 0.96, "lower", 0.05, OPEN),
        (1.001, 1.1, "regressed", 0.0, YES),
        (0.99, 1.01, "equivalent", 0.01, YES),
        (0.9899, 1.01, "equivalent", 0.01, OPEN),
        (1.0101, 1.02, "equivalent", 0.01, NO),
        (0.97, 0.98, "equivalent", 0.01, NO),
        (0.9, 1.03, "not regressed", 0.03, YES),
        (0.9, 1.0301, "not regressed", 0.03, OPEN),
        (1.0301, 1.1, "not regressed", 0.03, NO),
    ],
)
def test_bounds_of_a_mean(low: float, high: float, word: str, by: float, expected: str) -> None:
    """The whole 95 % interval as claimed, none of it, or neither."""
    mean = Mean(math.sqrt(low * high), low, high, 5, 5)
    assert read_mean(mean, Condition("geomean", word, by), "lower").meets == expected
    assert read_mean(mean, Condition("geomean", "improved", by), "unknown").meets == OPEN


def test_too_few_blocks() -> None:
    """However large a change seems, nothing is claimed, nor contradicted."""
    few = many({"A": 0.5, "B": 2.0}, blocks=3)
    for of in ("every", "any", "geomean"):
        assert outcome(few, of) == NOT_ENOUGH
    assert "3 shared blocks, it takes" in judge(claim(benchmarks=["*"]), few).why


def test_an_interval_over_the_bound() -> None:
    """It improved, and whether by 20 % can't be told."""
    judged = judge(claim("every", "improved", 0.2, benchmarks=["runtime.A"]), many({"A": 0.8, "B": 1.0}))
    assert judged.outcome == NOT_ENOUGH
    assert "1 undecided: A -" in judged.why
    assert "decides neither for nor against -20 %" in judged.why


def test_a_benchmark_that_is_missing() -> None:
    """A pattern that no result fits leaves the claim open, unless another benchmark contradicts it."""
    two = ["runtime.A", "runtime.Nothing"]
    assert outcome(FASTER, benchmarks=two) == NOT_ENOUGH
    assert outcome(FASTER, "any", benchmarks=two) == HOLDS
    assert outcome(FASTER, word="regressed", benchmarks=two) == CONTRADICTED
    assert outcome(FASTER, "any", "regressed", benchmarks=two) == NOT_ENOUGH
    judged = judge(claim(benchmarks=["runtime.Nothing"]), FASTER)
    assert (judged.outcome, judged.why) == (NOT_ENOUGH, "no result in sec/op fits runtime.Nothing")
    assert "no result in B/op fits runtime.A" in judge(claim(benchmarks=["runtime.A"], measure="B/op"), FASTER).why


def test_a_unit_that_failed_in_both() -> None:
    """A pattern that other benchmarks fit, too, does not hide it."""
    failed = [{"side": side, "label": label, "unit": "runtime.X", "status": "panic"} for side, label in
              (("old", "go1.24"), ("new", "go1.25"))]  # fmt: skip
    judged = judge(claim(benchmarks=["runtime.*"]), {**FASTER, "without_result": failed})
    assert judged.outcome == NOT_ENOUGH
    assert "runtime.X has no result in go1.24 (panic)" in judged.why


def test_measures_are_named_as_they_are_printed_too() -> None:
    """ns/op is sec/op."""
    assert outcome(FASTER, measure="ns/op") == HOLDS


def test_a_unit_covers_its_leaves() -> None:
    """RSAKeyGen speaks of RSAKeyGen/Bits2048; a * stands for any text."""
    keys = claim(benchmarks=["stdlib.RSAKeyGen"])
    assert keys.speaks_of("stdlib", "RSAKeyGen/Bits2048")
    assert not keys.speaks_of("runtime", "RSAKeyGen/Bits2048")
    assert not keys.speaks_of("stdlib", "RSAKeyGenX")
    assert claim(benchmarks=["stdlib.IOReadAll/*MB"]).speaks_of("stdlib", "IOReadAll/Size1MB")
    assert not claim(benchmarks=["stdlib.IOReadAll/*MB"]).speaks_of("stdlib", "IOReadAll/Size1KB")
    assert claim(benchmarks=["*"]).speaks_of("networking", "QUIC/Handshake")


def test_blocks_are_told() -> None:
    """The reason has the numbers that it rests on."""
    assert "40 blocks" in judge(claim(benchmarks=["runtime.A"]), FASTER).why
