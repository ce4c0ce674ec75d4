"""What one benchmark says to each form of a condition: all three outcomes, and just at the bounds."""

from __future__ import annotations

from typing import Any

import pytest

from tasks.compare.claim_rows import NO, OPEN, YES, read_row
from tasks.compare.claims import Condition
from tests.builders import Document

MARGIN = 0.01


def row(verdict: str, ratio: float | None, low: float | None, high: float | None, **changes: Any) -> Document:
    """A row of a comparison: a verdict, a ratio and its 95 % interval; the 90 % one is the same unless told."""
    paired = {
        "ratio": ratio, "low": low, "high": high, "low90": low, "high90": high, "blocks": 40, "blocks_needed": 12,
        "through": "", "p": 0.01, "standard_error": 0.005, "noise_floor": 0.0,
    }  # fmt: skip
    inner = {key: changes.pop(key) for key in list(changes) if key in paired}
    known = {
        "name": "SyncPool", "package": "runtime", "measure": "sec/op", "better": "lower", "flags": [], "q": 0.01,
        "verdict": verdict, "words": f"{verdict} in words", "old": {"median": 2.0}, "new": {"median": 1.0},
        "paired": {**paired, **inner},
    }  # fmt: skip
    return known | changes


def meets(its: Document, word: str, by: float = 0.0) -> str:
    """What it says to ``every <word> by <by>``."""
    return read_row(its, Condition("every", word, by), MARGIN).meets


IMPROVED = row("improved", 0.9, 0.85, 0.95)
REGRESSED = row("regressed", 1.1, 1.05, 1.15)
SAME = row("equivalent", 1.0, 0.995, 1.005)
UNCLEAR = row("inconclusive", 1.0, 0.9, 1.1)


@pytest.mark.parametrize(
    ("its", "word", "expected"),
    [
        (IMPROVED, "improved", YES),
        (IMPROVED, "regressed", NO),
        (IMPROVED, "lower", YES),
        (IMPROVED, "higher", NO),
        (REGRESSED, "improved", NO),
        (REGRESSED, "regressed", YES),
        (REGRESSED, "lower", NO),
        (REGRESSED, "higher", YES),
        (SAME, "improved", NO),
        (SAME, "higher", NO),
        (UNCLEAR, "improved", OPEN),
        (UNCLEAR, "higher", OPEN),
        (IMPROVED, "not improved", NO),
        (IMPROVED, "not lower", NO),
        (IMPROVED, "not regressed", YES),
        (REGRESSED, "not regressed", NO),
        (REGRESSED, "not higher", NO),
        (REGRESSED, "not lower", YES),
        (SAME, "not improved", YES),
        (SAME, "not higher", YES),
        (UNCLEAR, "not improved", OPEN),
        (UNCLEAR, "not higher", OPEN),
    ],
)
def test_directions(its: Document, word: str, expected: str) -> None:
    """Each word with no size."""
    assert meets(its, word) == expected


@pytest.mark.parametrize(
    ("high", "by", "expected"), [(0.9, 0.1, YES), (0.9001, 0.1, OPEN), (0.97, 0.03, YES), (0.5, 0.5, YES)]
)
def test_the_near_end_must_reach_the_size(high: float, by: float, expected: str) -> None:
    """By the end of its 95 % interval that is nearest to no change; just that size will do."""
    its = row("improved", high - 0.1, high - 0.3, high)
    assert meets(its, "improved", by) == expected
    assert meets(its, "lower", by) == expected


@pytest.mark.parametrize(("low", "by", "expected"), [(0.95, 0.05, OPEN), (0.9501, 0.05, NO), (0.8, 0.5, NO)])
def test_a_smaller_change_contradicts_a_size(low: float, by: float, expected: str) -> None:
    """If its whole interval falls short of what is claimed, though something did improve."""
    assert meets(row("improved", 0.98, low, 0.985), "improved", by) == expected


def test_the_noise_floor_keeps_from_contradicting() -> None:
    """An interval that is too narrow for this machine excludes no more than its noise floor does."""
    its = row("improved", 0.97, 0.96, 0.98)
    assert meets(its, "improved", 0.05) == NO
    assert meets(row("improved", 0.97, 0.96, 0.98, noise_floor=0.025), "improved", 0.05) == OPEN


@pytest.mark.parametrize(("low", "expected"), [(0.99, OPEN), (0.9901, NO)])
def test_without_a_size_the_margin_counts(low: float, expected: str) -> None:
    """A verdict knows no improvement below 1 %, so nothing is contradicted that may be one of 1 %."""
    assert meets(row("inconclusive", 0.995, low, 1.01), "improved") == expected


def test_a_significant_change_is_not_made_of_an_interval_alone() -> None:
    """An interval off no change without the verdict (many benchmarks, or below the noise floor) is open."""
    assert meets(row("inconclusive", 0.95, 0.9, 0.985), "improved") == OPEN


@pytest.mark.parametrize(
    ("its", "by", "expected"),
    [
        (row("equivalent", 1.0, 0.97, 1.03), 0.03, YES),
        (row("equivalent", 1.0, 0.9699, 1.03), 0.03, OPEN),
        (row("inconclusive", 1.0, 0.97, 1.0301), 0.03, OPEN),
        (row("regressed", 1.05, 1.0301, 1.07), 0.03, NO),
        (row("regressed", 1.05, 1.03, 1.07), 0.03, OPEN),
        (row("improved", 0.9, 0.85, 0.95), 0.03, NO),
        (row("improved", 0.98, 0.975, 0.985), 0.03, YES),
        (row("inconclusive", 1.0, 0.95, 1.05, low90=0.98, high90=1.02), 0.03, YES),
    ],
)
def test_equivalent(its: Document, by: float, expected: str) -> None:
    """Within the bounds by the 90 % interval; beyond them by the near end of the 95 % one."""
    assert meets(its, "equivalent", by) == expected


@pytest.mark.parametrize(
    ("its", "expected"),
    [
        (row("inconclusive", 1.0, 0.8, 1.04, high90=1.03), YES),
        (row("inconclusive", 1.0, 0.8, 1.04, high90=1.0301), OPEN),
        (row("regressed", 1.05, 1.0301, 1.07), NO),
        (row("regressed", 1.05, 1.03, 1.07), OPEN),
    ],
)
def test_not_by_more_than(its: Document, expected: str) -> None:
    """One end only: however much faster, it is not slower."""
    assert meets(its, "not regressed", 0.03) == expected


def test_more_is_better() -> None:
    """Of throughput, improved means higher."""
    its = row("improved", 1.2, 1.1, 1.3, better="higher", measure="B/s")
    assert (meets(its, "improved", 0.1), meets(its, "higher", 0.1), meets(its, "lower")) == (YES, YES, NO)
    assert meets(its, "not regressed", 0.03) == YES


def test_nobody_knows_which_way_is_better() -> None:
    """Then lower and higher can be claimed, improved can't."""
    its = row("changed", 0.9, 0.85, 0.95, better="unknown")
    assert (meets(its, "lower", 0.05), meets(its, "higher"), meets(its, "improved")) == (YES, NO, OPEN)
    assert (meets(its, "not higher", 0.01), meets(its, "not improved", 0.01)) == (YES, OPEN)


def test_from_and_to_zero() -> None:
    """There is a direction and no size."""
    to_zero = row("improved", None, None, None, low90=None, high90=None)
    assert (meets(to_zero, "improved"), meets(to_zero, "improved", 0.5), meets(to_zero, "regressed")) == (YES, OPEN, NO)
    assert (meets(to_zero, "not regressed", 0.03), meets(to_zero, "not improved", 0.03)) == (YES, NO)
    assert meets(to_zero, "equivalent", 0.03) == NO
    changed = row("changed", None, None, None, low90=None, high90=None, better="unknown")
    assert (meets(changed, "lower"), meets(changed, "higher")) == (YES, NO)
    unclear = row("inconclusive", None, None, None, low90=None, high90=None)
    assert {meets(unclear, word, 0.03) for word in ("improved", "not improved", "equivalent")} == {OPEN}


@pytest.mark.parametrize(
    ("its", "why"),
    [
        (
            row("only in old", 0.5, 0.4, 0.6, words="only in go1.24; runtime.X failed in go1.25 (panic)"),
            "only in go1.24",
        ),
        (row("improved", 0.5, 0.4, 0.6, flags=["module x v1 -> v2"]), "differs in more than Go: module x v1 -> v2"),
        (row("cannot decide", 0.5, 0.4, 0.6, words="cannot decide: 3 shared blocks"), "cannot decide: 3 shared blocks"),
        (row("cannot decide", None, None, None, paired=None, flags=["no shared blocks"]), "no shared blocks"),
    ],
)
@pytest.mark.parametrize("word", ["improved", "regressed", "equivalent", "not regressed"])
def test_obstacles(its: Document, why: str, word: str) -> None:
    """What may not count speaks neither for nor against, and says why."""
    reading = read_row(its, Condition("every", word, 0.03), MARGIN)
    assert reading.meets == OPEN
    assert why in reading.why


def test_why() -> None:
    """Change, interval, q, blocks and verdict stand in the reason."""
    reading = read_row(IMPROVED, Condition("every", "improved", 0.05), MARGIN)
    assert reading.why == "-10.0 % (-15.0 ... -5.0 %), q 0.010, 40 blocks, improved"
    through = row("improved", 0.9, 0.85, 0.95, through="go1.23")
    assert "40 blocks through go1.23" in read_row(through, Condition("every", "improved", 0.0), MARGIN).why
    assert "decides neither for nor against -5 %" in read_row(UNCLEAR, Condition("every", "improved", 0.05), MARGIN).why
    assert "excludes -50 %" in read_row(IMPROVED, Condition("every", "improved", 0.5), MARGIN).why
