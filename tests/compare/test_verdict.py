"""The verdict, case by case."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.compare.noise import Noise
from tasks.compare.outlook import Prospects, outlook
from tasks.compare.paired import Paired
from tasks.compare.verdict import VERDICTS, Evidence, verdict
from tasks.compare.words import flagged, in_words, percent
from tasks.shared.rules import Rules

RULES = Rules()


def paired(change: float, error: float = 0.005, blocks: int = 40) -> Paired:
    """A change with a standard error, both fractions."""
    shift = math.log1p(change)
    around = [(shift - z * error, shift + z * error) for z in (1.96, 1.645)]
    return Paired(blocks, 0.001, (change > 0) - (change < 0), shift, around[0], around[1])


def evidence(
    change: float, q: float = 0.001, better: str = "lower", error: float = 0.005, blocks: int = 40
) -> Evidence:
    """What there is to judge a change by; the floor is the usual one."""
    return Evidence(True, True, better, 12, paired(change, error, blocks), q, Noise().floor(error))


@pytest.mark.parametrize(
    ("change", "better", "said"),
    [
        (-0.05, "lower", "improved"),
        (0.05, "lower", "regressed"),
        (-0.05, "higher", "regressed"),
        (0.05, "higher", "improved"),
        (0.05, "", "changed"),
        (-0.05, "", "changed"),
    ],
)
def test_direction(change: float, better: str, said: str) -> None:
    """Less time is better, more throughput is, and of what nobody knows it is only said that it changed."""
    assert verdict(evidence(change, better=better), RULES) == said


@pytest.mark.parametrize(
    ("change", "q", "error", "said"),
    [
        (-0.05, 0.05, 0.005, "improved"),
        (-0.05, 0.0501, 0.005, "inconclusive"),
        (-0.0101, 0.001, 0.002, "improved"),
        (-0.0099, 0.001, 0.002, "equivalent"),
        (-0.02, 0.001, 0.011, "inconclusive"),
        (0.0, 1.0, 0.015, "equivalent"),
        (0.0, 1.0, 0.02, "inconclusive"),
        (0.02, 0.5, 0.01, "inconclusive"),
    ],
)
def test_bounds(change: float, q: float, error: float, said: str) -> None:
    """alpha, the margin of 1 %, the noise floor, and the 90 % interval within 3 %."""
    assert verdict(evidence(change, q, error=error), RULES) == said


def test_one_side_only() -> None:
    """It is said which."""
    both = evidence(-0.05)
    assert verdict(replace(both, in_new=False), RULES) == "only in old"
    assert verdict(replace(both, in_old=False), RULES) == "only in new"


@pytest.mark.parametrize("blocks", [1, 5, 11])
def test_few_blocks_decide_nothing(blocks: int) -> None:
    """Not even that there is no change: a guess is none."""
    assert verdict(evidence(-0.5, blocks=blocks), RULES) == "cannot decide"
    assert verdict(evidence(0.0, 1.0, error=0.0001, blocks=blocks), RULES) == "cannot decide"
    assert verdict(evidence(-0.5, blocks=12), RULES) == "improved"
    assert verdict(Evidence(True, True, "lower", 12), RULES) == "cannot decide"


def test_from_zero_is_beyond_any_margin() -> None:
    """There is no percentage, but which side has more is known."""
    from_zero = Paired(40, 1e-9, 1, None, None, None)
    assert verdict(Evidence(True, True, "lower", 12, from_zero, 1e-8, None), RULES) == "regressed"
    assert verdict(Evidence(True, True, "lower", 12, replace(from_zero, sign=-1), 1e-8, None), RULES) == "improved"
    assert verdict(Evidence(True, True, "lower", 12, from_zero, 0.5, None), RULES) == "inconclusive"


def test_no_spread_at_all() -> None:
    """One allocation less in every sample is an improvement, the same number is equivalent."""
    assert verdict(evidence(-0.5, 1e-10, error=0.0), RULES) == "improved"
    assert verdict(evidence(0.0, 1.0, error=0.0), Rules(equivalence_margin=0.0)) == "equivalent"


@given(
    st.floats(-0.5, 0.5), st.floats(0, 1), st.sampled_from(["lower", "higher", ""]), st.floats(0.0001, 0.2),
    st.integers(1, 60),
)  # fmt: skip
def test_every_case_has_a_verdict_and_words(change: float, q: float, better: str, error: float, blocks: int) -> None:
    """Improved and regressed are each other's mirror image; words never are a bare number."""
    one = evidence(change, q, better, error, blocks)
    said = verdict(one, RULES)
    assert said in VERDICTS
    mirrored = {"lower": "higher", "higher": "lower", "": ""}[better]
    swapped = {"improved": "regressed", "regressed": "improved"}
    assert verdict(replace(one, better=mirrored), RULES) == swapped.get(said, said)
    assert in_words(said, one, RULES, None)[0].isalpha()


def test_the_floor_of_controls_takes_over() -> None:
    """Where controls have told more noise than a benchmark's own error, a change must be beyond that."""
    assert Noise(factor=4.0).floor(0.02) == pytest.approx(0.08)
    assert verdict(replace(evidence(-0.05), floor=0.08), RULES) == "inconclusive"
    assert verdict(replace(evidence(-0.10), floor=0.08), RULES) == "improved"


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (evidence(-0.052), "improved: -5.2 % (-6.1 ... -4.3 %)"),
        (evidence(0.001, 1.0), "no change beyond +-3 %: -0.7 ... +0.9 % with 90 %"),
        (evidence(0.001, 1.0, error=0.02), "no change found, -3.7 ... +4.1 %; more rounds would hardly decide it"),
        (evidence(0.3, blocks=5), "cannot decide: 5 shared blocks, it takes 12"),
        (Evidence(True, True, "lower", 12), "cannot decide: no shared blocks"),
        (
            replace(evidence(0.05), paired=replace(paired(0.05), through="go1.24")),
            "regressed: +5.0 % (+4.0 ... +6.0 %), through go1.24",
        ),
    ],
)
def test_words(one: Evidence, said: str) -> None:
    """As people read them."""
    assert in_words(verdict(one, RULES), one, RULES, None) == said


def test_flags_are_in_the_words() -> None:
    """What differs besides Go stands beside the verdict; that there are no blocks is said already."""
    assert flagged("improved: ...", ["module x v1 -> v2"]) == "improved: ... [not Go alone: module x v1 -> v2]"
    assert flagged("cannot decide: no shared blocks", ["no shared blocks"]) == "cannot decide: no shared blocks"


def test_percent_has_no_signed_nought() -> None:
    """Neither +0.0 nor -0.0 is a direction."""
    assert [percent(x) for x in (0.0, 1e-9, -1e-9, 0.0212, -0.018)] == ["0.0", "0.0", "0.0", "+2.1", "-1.8"]


PROSPECTS = Prospects(RULES, 0.05 / 76, 40)


def test_rounds_that_would_decide() -> None:
    """Four times the rounds halve an error; what is found then is what was promised."""
    open_ = evidence(0.0, 1.0, error=0.03)
    ahead = outlook(open_, PROSPECTS, seconds=0.6)
    assert ahead is not None
    later = evidence(0.0, 1.0, error=0.03 * math.sqrt(40 / (40 + ahead.rounds)))
    assert verdict(later, RULES) == "equivalent"
    sooner = evidence(0.0, 1.0, error=0.03 * math.sqrt(40 / (40 + ahead.rounds * 0.9)))
    assert verdict(sooner, RULES) == "inconclusive"
    assert ahead.minutes == pytest.approx(ahead.rounds * 0.6 / 60)
    assert ahead.worth_it


def test_a_change_may_be_nearer_than_none() -> None:
    """Of a large change with a larger error it is sooner known that it is one."""
    ahead = outlook(evidence(0.10, 0.2, error=0.05), PROSPECTS, None)
    assert ahead is not None
    # z of p = 0.05 / 76 is 3.41: the error has to fall to 0.0953 / 3.41 = 0.028, which takes 3.2 times the blocks.
    assert ahead.rounds == pytest.approx(40 * (3.41 * 0.05 / math.log(1.1)) ** 2 - 40, abs=2)
    assert ahead.minutes is None


def test_ranks_may_see_less_than_the_size_tells() -> None:
    """With long tails a change of nine standard errors may have p = 0.02: that is not one round from being found."""
    one = evidence(0.15, 0.5, error=0.015)
    assert one.paired
    ahead = outlook(replace(one, paired=replace(one.paired, p=0.02)), PROSPECTS, None)
    assert ahead is not None
    assert ahead.rounds == pytest.approx(40 * (3.41 / 2.33) ** 2 - 40, abs=1)


@pytest.mark.parametrize(("error", "worth_it"), [(0.05, True), (0.06, False)])
def test_not_worth_it(error: float, worth_it: bool) -> None:
    """Above ten times the count."""
    ahead = outlook(evidence(0.0, 1.0, error=error), PROSPECTS, 1.0)
    assert ahead is not None
    assert (ahead.rounds + 40 <= 400) is worth_it
    assert ahead.worth_it is worth_it


def test_without_an_interval_nothing_is_beyond_noise() -> None:
    """Five blocks can pass a test at 10 % of a measure that one benchmark has; nothing tells how much that is."""
    few = replace(evidence(-0.5, blocks=5), needed=5, floor=None)
    assert verdict(few, Rules(alpha=0.1)) == "inconclusive"
    assert verdict(replace(few, floor=0.01), Rules(alpha=0.1)) == "improved"


def test_few_blocks_need_the_rest() -> None:
    """What is missing to the number that it takes; all of them where there are none, or only a way through another."""
    assert outlook(evidence(0.1, blocks=5), PROSPECTS, None) == outlook(evidence(-0.1, blocks=5), PROSPECTS, None)
    for one, rounds in (
        (evidence(0.1, blocks=5), 7),
        (Evidence(True, True, "lower", 12), 12),
        (replace(evidence(0.1, blocks=5), paired=replace(paired(0.1, blocks=5), through="go1.24")), 12),
    ):
        ahead = outlook(one, PROSPECTS, None)
        assert ahead is not None
        assert ahead.rounds == rounds


def test_what_more_rounds_do_not_decide() -> None:
    """A change that lies between the margins for good."""
    rules = Rules(margin=0.05, equivalence_margin=0.03)
    assert outlook(evidence(0.04, 0.001), Prospects(rules, 0.001, 40), 1.0) is None


def test_words_of_an_outlook() -> None:
    """How many rounds and how long, or that it is not worth it."""
    one = evidence(0.0, 1.0, error=0.03)
    ahead = outlook(one, PROSPECTS, seconds=0.6)
    said = in_words("inconclusive", one, RULES, ahead)
    assert said.startswith("no change found, -5.7 ... +6.1 %; about 72 rounds more (43 s) would decide")
    wide = evidence(0.0, 1.0, error=0.3)
    assert "; not worth it: about " in in_words("inconclusive", wide, RULES, outlook(wide, PROSPECTS, 0.6))
