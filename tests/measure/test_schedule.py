"""Who is sampled when."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.measure.schedule import Need, choose_reference, plan_round, round_count

VERSIONS = ("go1.23.0", "go1.24.0", "go1.25.0", "go1.26.8")

needs_strategy = st.lists(
    st.builds(
        Need,
        unit=st.sampled_from([f"{p}.U{n}" for p in ("alpha", "beta") for n in range(6)]),
        rounds=st.dictionaries(st.sampled_from(VERSIONS[:3]), st.integers(1, 5), min_size=1),
        reference=st.sampled_from([None, VERSIONS[3]]),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda need: need.unit,
)


@given(needs_strategy, st.integers(1, 2**31), st.booleans())
def test_every_cell_gets_just_its_rounds(needs: list[Need], seed: int, fresh: bool) -> None:
    """Over all rounds a stale cell is sampled as often as it needs, or more only as somebody's reference."""
    rounds = [plan_round(needs, n, seed, fresh) for n in range(1, round_count(needs) + 1)]
    taken = Counter(
        (version, block.unit)
        for planned in rounds
        for block in planned.blocks
        for version in block.versions
        if version != block.reference
    )
    assert taken == {(v, need.unit): n for need in needs for v, n in need.rounds.items()}


@given(needs_strategy, st.integers(1, 2**31))
def test_blocks_hold_a_unit_once_a_round(needs: list[Need], seed: int) -> None:
    """A unit has one block in a round, with each version once."""
    for number in range(1, round_count(needs) + 1):
        blocks = plan_round(needs, number, seed, True).blocks
        assert len({block.unit for block in blocks}) == len(blocks)
        assert all(len(set(block.versions)) == len(block.versions) for block in blocks)


@given(needs_strategy, st.integers(1, 2**31), st.integers(1, 5))
def test_a_round_is_the_same_for_the_same_seed(needs: list[Need], seed: int, number: int) -> None:
    """Order and layouts can be drawn again from what is recorded."""
    assert plan_round(needs, number, seed, True) == plan_round(needs, number, seed, True)


def test_layouts_are_new_for_every_version_and_round() -> None:
    """No two versions share a layout seed in a round, none is used in two rounds, none is 0."""
    needs = [Need("alpha.One", dict.fromkeys(VERSIONS, 50))]
    seeds = [seed for n in range(1, 51) for seed in plan_round(needs, n, 7, True).layouts.values()]
    assert len(set(seeds)) == len(seeds) == 200
    assert min(seeds) >= 1


def test_default_layouts_have_no_seed() -> None:
    """With layouts: default nothing is linked anew."""
    assert plan_round([Need("alpha.One", {"go1.24.0": 1})], 1, 7, False).layouts == {}


def test_order_within_blocks_is_balanced() -> None:
    """Each version stands at each place in just as many rounds as any other, and in no fixed order."""
    needs = [Need(f"alpha.U{n}", dict.fromkeys(VERSIONS[:3], 63)) for n in range(10)]
    orders: dict[str, list[tuple[str, ...]]] = {}
    for number in range(3, 63):
        for block in plan_round(needs, number, 3, True).blocks:
            orders.setdefault(block.unit, []).append(block.versions)
    for its in orders.values():
        for place in range(3):
            assert set(Counter(order[place] for order in its).values()) == {20}
        assert len(set(its)) == 6
    # Nor do units keep step with each other.
    assert len({tuple(its) for its in orders.values()}) == 10


def test_a_lone_version_is_joined_by_its_reference() -> None:
    """The reference is in the block, and known as such."""
    (block,) = plan_round([Need("alpha.One", {"go1.24.0": 2}, "go1.23.0")], 1, 7, True).blocks
    assert set(block.versions) == {"go1.23.0", "go1.24.0"}
    assert block.reference == "go1.23.0"


def test_a_version_left_over_is_joined_by_one_that_had_its_rounds() -> None:
    """Rounds that only one version still needs are pairs all the same."""
    needs = [Need("alpha.One", {"go1.23.0": 1, "go1.24.0": 2})]
    (block,) = plan_round(needs, 2, 7, True).blocks
    assert set(block.versions) == {"go1.23.0", "go1.24.0"}
    assert block.reference == "go1.23.0"


@pytest.mark.parametrize(
    ("alone", "fresh", "expected"),
    [
        ("go1.24.0", ["go1.23.0", "go1.25.0"], "go1.23.0"),
        ("go1.24.0", ["go1.25.0", "go1.26.8"], "go1.25.0"),
        ("go1.26.8", ["go1.23.0", "go1.24.0"], "go1.24.0"),
        ("go1.23.0", [], None),
    ],
)
def test_the_reference_is_the_version_before_else_after(alone: str, fresh: list[str], expected: str | None) -> None:
    """Neighbours in release order make the most useful pairs."""
    assert choose_reference(alone, VERSIONS, fresh) == expected
