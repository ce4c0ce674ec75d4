"""Profiles, what a command line changes of them, and the folders they lead to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.shared.errors import PerfError
from tasks.shared.settings import from_profile, names, parse_benchtime, parse_budget
from tests.builders import SETTINGS, profile, project


@given(st.integers(1, 60_000), st.booleans())
@settings(deadline=None)
def test_benchtime_is_read_back(milliseconds: int, as_seconds: bool) -> None:
    """What -test.benchtime gets means the same as what the user wrote."""
    text = f"{milliseconds / 1000}s" if as_seconds else f"{milliseconds}ms"
    seconds = parse_benchtime(text)
    assert seconds == pytest.approx(milliseconds / 1000)
    written = replace(SETTINGS, benchtime=seconds).benchtime_text
    assert parse_benchtime(written) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("text", "written"),
    [("25ms", "25ms"), ("0.025s", "25ms"), ("1s", "1s"), ("1000ms", "1s"), ("1.5s", "1500ms"), ("2.5ms", "2.5ms")],
)
def test_benchtime_has_one_name(text: str, written: str) -> None:
    """Two ways to write a time lead to the same folder."""
    assert replace(SETTINGS, benchtime=parse_benchtime(text)).benchtime_text == written


@pytest.mark.parametrize("text", ["", "25", "25 ms", "0ms", "-1s", "61s", "100x", "1e3ms", "1m", "ms", "25ms "])
def test_benchtime_that_is_none(text: str) -> None:
    """Anything else is named, with what to write; iterations (100x) are none of ours."""
    with pytest.raises(PerfError, match="expected a time from 1ms to 60s"):
        parse_benchtime(text)


@pytest.mark.parametrize(
    ("benchtime", "layouts", "tree"),
    [
        (0.025, "fresh", "stable"),
        (1.0, "fresh", "1s"),
        (0.025, "default", "25ms-default-layout"),
        (0.1, "default", "100ms-default-layout"),
    ],
)
def test_tree(benchtime: float, layouts: str, tree: str) -> None:
    """Samples of another length, or of one layout only, have a folder of their own."""
    assert replace(SETTINGS, benchtime=benchtime, layouts=layouts).tree == tree


@given(st.integers(1, 60_000), st.integers(1, 60_000), st.sampled_from(["fresh", "default"]))
@settings(deadline=None)
def test_trees_do_not_mix(one: int, other: int, layouts: str) -> None:
    """Two benchtimes never share a folder."""
    trees = {replace(SETTINGS, benchtime=ms / 1000, layouts=layouts).tree for ms in (one, other)}
    assert len(trees) == len({one, other})


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({"count": "60"}, "count", 60),
        ({"benchtime": "1s"}, "benchtime", 1.0),
        ({"layouts": "default"}, "layouts", "default"),
        ({"variance_threshold": "7.5"}, "variance_threshold", 7.5),
        ({"interval_target": "0"}, "interval_target", 0.0),
        ({"budget_target": "2.5"}, "budget_target", 2.5),
        ({"max_reruns": "0"}, "max_reruns", 0),
        ({"rerun_count": "30"}, "rerun_count", 30),
        ({"skip_system_check": "1"}, "skip_system_check", True),
        ({"strict_system_check": "true"}, "strict_system_check", True),
        ({"strict": "YES"}, "strict", True),
        ({"verbose": "1"}, "verbose", True),
    ],
)
def test_changes_of_one_run(changes: dict[str, str], field: str, value: object) -> None:
    """A command line changes what it names and nothing else."""
    plain, changed = from_profile("default", profile(), {}), from_profile("default", profile(), changes)
    assert getattr(changed, field) == value
    assert replace(changed, **{field: getattr(plain, field)}) == plain


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"count": "0"}, "a whole number from 1"),
        ({"count": "2.5"}, "a whole number from 1"),
        ({"count": "many"}, "a whole number from 1"),
        ({"variance_threshold": "-1"}, "a number of percent, 0 or more"),
        ({"interval_target": "nan"}, "a number of percent, 0 or more"),
        ({"interval_target": "inf"}, "a number of percent, 0 or more"),
        ({"layouts": "random"}, "fresh or default"),
        ({"max_reruns": "-1"}, "a whole number from 0"),
        ({"rerun_count": "0"}, "a whole number from 1"),
        ({"strict": "maybe"}, "1 or true or yes or 0 or false or no"),
        ({"benchtime": "1h"}, "a time from 1ms to 60s"),
    ],
)
def test_impossible_changes(changes: dict[str, str], expected: str) -> None:
    """A mistake on the command line is named with the setting and what was expected."""
    with pytest.raises(PerfError, match=expected) as caught:
        from_profile("default", profile(), changes)
    assert f"{next(iter(changes))}={next(iter(changes.values()))}" in str(caught.value)


def test_names_and_document() -> None:
    """All settings of a profile can be changed; provenance holds those that bear on samples and verdicts."""
    assert set(names()) == set(profile())
    document = from_profile("default", profile(), {}).document()
    bearing = ("count", "benchtime", "layouts", "variance_threshold", "interval_target")
    assert document == {"profile": "default", **{name: profile()[name] for name in bearing}}


def test_retry_rounds_are_all_that_a_unit_may_get() -> None:
    """Retries times rounds: that is the budget, however often it is interrupted."""
    assert from_profile("default", profile(), {"max_reruns": "5", "rerun_count": "30"}).retry_rounds == 150


@pytest.mark.parametrize(
    ("profile_name", "changes", "words"),
    [
        ("default", {}, ""),
        ("default", {"count": "60"}, ""),
        ("slow", {}, " profile=slow"),
        ("slow", {"benchtime": "50ms"}, " profile=slow benchtime=50ms"),
        ("default", {"benchtime": "0.025s"}, ""),
        ("default", {"layouts": "default", "benchtime": "1s"}, " benchtime=1s layouts=default"),
    ],
)
def test_words_that_lead_to_the_same_results(
    tmp_path: Path, profile_name: str, changes: dict[str, str], words: str
) -> None:
    """What a message tells to type works on the results that it speaks of."""
    known = project(tmp_path)
    configured = replace(known.config, profiles={"default": profile(), "slow": profile(benchtime="3s")})
    found = replace(known, config=configured, settings=configured.settings(profile_name, changes))
    assert found.words == words


@pytest.mark.parametrize(
    ("text", "seconds"), [("20m", 1200), ("90s", 90), ("1h30m", 5400), ("1h", 3600), ("1h1m1s", 3661), ("100m", 6000)]
)
def test_a_budget(text: str, seconds: float) -> None:
    """Hours, minutes and seconds, in this order."""
    assert parse_budget(text) == seconds
    assert from_profile("default", profile(), {"budget": text}).budget == seconds


@pytest.mark.parametrize("text", ["", "20", "0s", "-5m", "20min", "1.5h", "30m1h", "m", "20 m", "1e3s", "169h", "2d"])
def test_a_budget_that_is_none(text: str) -> None:
    """It says what is expected."""
    with pytest.raises(PerfError, match=r"budget=.*: expected a time from 1s to 168h, as in 20m, 90s or 1h30m"):
        parse_budget(text)


def test_there_is_no_budget_unless_named() -> None:
    """It is no setting of a profile."""
    assert from_profile("default", profile(), {}).budget == 0
    assert "budget" not in names()
