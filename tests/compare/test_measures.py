"""Units of measure and numbers, as benchstat shows them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.compare.measures import base_unit, common_scale, counts_bytes, tidy


@pytest.mark.parametrize(
    ("unit", "base", "factor"),
    [
        ("ns/op", "sec/op", 1e-9),
        ("p99-ns", "p99-sec", 1e-9),
        ("MB/s", "B/s", 1e6),
        ("MB*MB/s", "B*B/s", 1e12),
        ("MB/MB", "B/MB", 1e6),
        ("op/ns", "op/ns", 1.0),
        ("B/op", "B/op", 1.0),
        ("turns/op", "turns/op", 1.0),
        ("ns*ns", "sec*sec", 1e-18),
    ],
)
def test_base_units(unit: str, base: str, factor: float) -> None:
    """ns and MB become sec and B above a line, nowhere else, and not inside a longer word."""
    found, multiplied = base_unit(unit)
    assert found == base
    assert multiplied == pytest.approx(factor, rel=1e-15)


def test_zero_keeps_its_unit() -> None:
    """What multiplication does not change is left under its own name."""
    assert tidy(0.0, "ns/op") == (0.0, "ns/op")
    assert tidy(2.0, "ns/op") == (2e-9, "sec/op")
    assert tidy(0.0, "B/op") == (0.0, "B/op")


@pytest.mark.parametrize(
    ("unit", "bytes_"),
    [
        ("B/op", True),
        ("disk-B/sec", True),
        ("sec/B*B", True),
        ("bytes", True),
        ("sec/disk-B", False),
        ("sec/op", False),
    ],
)
def test_what_counts_bytes(unit: str, bytes_: bool) -> None:
    """Bytes above a line mean powers of 1024."""
    assert counts_bytes(unit) is bytes_


#: (value, how it is written, how the next smaller number is): where the prefix or the digits change.
_DECIMAL = [
    (9999500000000000, "9999.5T", "9999.5T"),
    (99995000000000, "100.0T", "99.99T"),
    (9999500000000, "10.00T", "9.999T"),
    (999950000000, "1.000T", "999.9G"),
    (99.995, "100.0", "99.99"),
    (9.9995, "10.00", "9.999"),
    (0.99995, "1.000", "999.9m"),
    (0.0000099995, "10.00µ", "9.999µ"),
    (0.00000000099995, "1.000n", "0.9999n"),
    (0.0000000000099995, "0.01000n", "0.009999n"),
    (0.000000000000099995, "0.0001000n", "0.00009999n"),
]
_BINARY = [
    (0.99995 * 2**50, "1023.9Ti", "1023.9Ti"),
    (99.995 * 2**40, "100.0Ti", "99.99Ti"),
    (0.99995 * 2**20, "1.000Mi", "1023.9Ki"),
    (0.99995 * 2**10, "1.000Ki", "1023.9"),
    (0.99995, "1.000", "0.9999"),
    (0.00000000095, "0.0000000010", "0.0000000009"),
    (0.00000000005, "0.0000000001", "0.0000000000"),
]


@pytest.mark.parametrize(("unit", "cases"), [("sec/op", _DECIMAL), ("B/op", _BINARY)])
def test_prefixes_and_digits(unit: str, cases: list[tuple[float, str, str]]) -> None:
    """Rounding never shows a fourth digit before the next prefix."""
    for value, written, before in cases:
        smaller = math.nextafter(value, 0)
        assert common_scale([value], unit).show(value) == written
        assert common_scale([smaller], unit).show(smaller) == before
        assert common_scale([-value], unit).show(-value) == f"-{written}"


def test_the_smallest_decides_for_all() -> None:
    """Values beside each other have one prefix; zeros do not count."""
    scale = common_scale([0.0, 0.0025, 12.5], "sec/op")
    assert [scale.show(value) for value in (0.0, 0.0025, 12.5)] == ["0.000m", "2.500m", "12500.000m"]
    assert common_scale([0.0], "sec/op").show(0.0) == "0.000"


@given(st.floats(1e-11, 1e14))
def test_what_is_shown_is_near(value: float) -> None:
    """At least three digits tell, whatever the size."""
    scale = common_scale([value], "sec/op")
    number = float(scale.show(value).removesuffix(scale.prefix)) * scale.factor
    assert number == pytest.approx(value, rel=1e-3)
