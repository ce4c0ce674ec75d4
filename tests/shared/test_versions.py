"""Names of Go versions, their order, and what people may call them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.shared.errors import PerfError
from tasks.shared.versions import is_exact, labelled, minor_of, nearest, newest_patch, sort_key

ORDERED = ["1.23beta1", "1.23rc1", "1.23rc2", "1.23rc10", "1.23.0", "1.23.1", "1.23.10", "1.24rc1", "1.24.0", "1.100.0"]

_PATCHES = st.builds("1.{}.{}".format, st.integers(20, 40), st.integers(0, 30))
_RELEASES = _PATCHES | st.builds(
    "1.{}{}{}".format, st.integers(20, 40), st.sampled_from(["rc", "beta"]), st.integers(1, 9)
)


def test_release_order() -> None:
    """Beta, candidates, release, patches; numbers count as numbers."""
    assert sorted(sorted(ORDERED), key=sort_key) == ORDERED
    assert sorted(ORDERED) != ORDERED


@given(_RELEASES, _RELEASES)
@settings(deadline=None)
def test_order_tells_versions_apart(one: str, other: str) -> None:
    """Two exact versions have the same place only if they are the same."""
    assert (sort_key(one) == sort_key(other)) == (one == other)


@pytest.mark.parametrize(
    "text", ["1.24x", "2.0", "go1.24", "1", "", "1.24.", "1.24.0.1", "1.24-rc1", " 1.24", "latest"]
)
def test_not_a_version(text: str) -> None:
    """Anything else is named, with what to write."""
    with pytest.raises(PerfError, match=r'is not a Go version; write "1\.24\.0"'):
        sort_key(text)
    assert not is_exact(text)


@pytest.mark.parametrize(("text", "exact"), [("1.24", False), ("1.24.0", True), ("1.25rc1", True), ("1.25beta2", True)])
def test_exact(text: str, exact: bool) -> None:
    """A minor release is a family, anything longer is one toolchain."""
    assert is_exact(text) is exact


@given(st.lists(_RELEASES), st.integers(20, 40))
@settings(deadline=None)
def test_newest_patch(available: list[str], minor: int) -> None:
    """It is a released patch of that minor release and none is newer; None only if there is none."""
    family = [n for n in available if n.startswith(f"1.{minor}.")]
    found = newest_patch(f"1.{minor}", available)
    if not family:
        assert found is None
    else:
        assert found in family
        assert all(int(found.split(".")[2]) >= int(n.split(".")[2]) for n in family)


def test_newest_patch_is_released() -> None:
    """A release candidate is never what "1.25" means."""
    assert newest_patch("1.25", ["1.25rc1", "1.24.3"]) is None
    assert newest_patch("1.24", ["1.24.9", "1.24.10", "1.24.0", "1.25.0"]) == "1.24.10"


@given(_PATCHES, st.lists(_RELEASES, unique=True))
@settings(deadline=None)
def test_nearest(number: str, available: list[str]) -> None:
    """At most four of what is there, in release order, the number itself among them if it is there."""
    found = nearest(number, available)
    assert set(found) <= set(available)
    assert len(found) == min(4, len(available))
    assert found == sorted(found, key=sort_key)
    assert number in found or number not in available


def test_nearest_of_a_family() -> None:
    """A patch that does not exist leads to the patches around it."""
    family = [f"1.24.{patch}" for patch in range(12)]
    assert nearest("1.24.99", family) == ["1.24.8", "1.24.9", "1.24.10", "1.24.11"]


def test_labels_are_short() -> None:
    """A version is called by its minor release, and can be called by its exact name, too."""
    old, new = labelled([("1.25.3", None), ("1.24.0", Path("goroot"))])
    assert (old.exact, old.label, old.number, old.aliases) == ("go1.24.0", "go1.24", "1.24.0", ("go1.24.0",))
    assert (new.exact, new.label, new.goroot) == ("go1.25.3", "go1.25", None)
    assert old.goroot == Path("goroot")


def test_labels_of_two_patches() -> None:
    """Two patches of one minor release are called by their exact names, the lone one still by its short name."""
    versions = labelled([("1.25.5", None), ("1.24.0", None), ("1.25.4", None)])
    assert [v.label for v in versions] == ["go1.24", "go1.25.4", "go1.25.5"]
    assert versions[1].aliases == ()


@given(st.lists(_RELEASES, unique=True, min_size=1))
@settings(deadline=None)
def test_labels_are_unique(numbers: list[str]) -> None:
    """No two versions share a label, and they come in release order."""
    versions = labelled([(number, None) for number in numbers])
    assert len({v.label for v in versions}) == len(numbers)
    assert [v.number for v in versions] == sorted(numbers, key=sort_key)


@given(_RELEASES)
@settings(deadline=None)
def test_minor(number: str) -> None:
    """The minor release is the start of the number."""
    minor = minor_of(number)
    assert number.startswith(minor)
    assert not number.removeprefix(minor)[:1].isdigit()
