"""config.yaml: every mistake at once, with its path; minor releases resolved once and pinned."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tasks.shared import config
from tasks.shared.errors import InvalidDocument, PerfError
from tasks.shared.paths import Paths
from tasks.shared.schema import SCHEMA_VERSION
from tasks.shared.settings import Settings
from tasks.shared.statistics import Limits
from tests.builders import ROOT, config_document, profile


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """A checkout with two packages; a folder without benchmarks is none."""
    for package in ("runtime", "stdlib"):
        folder = tmp_path / "benchmarks" / package
        folder.mkdir(parents=True)
        (folder / "a_test.go").write_text("func BenchmarkA(b *testing.B) {}\nfunc BenchmarkSyncPool(b *testing.B) {}\n")
    (tmp_path / "benchmarks" / "internal").mkdir()
    return Paths(tmp_path)


@pytest.fixture
def load(paths: Paths) -> Callable[..., config.Config]:
    """Loads a configuration with changes; no version may be looked up unless ``resolve`` is given."""

    def never(minor: str) -> str:
        raise AssertionError(f"{minor} was looked up")

    def load(resolve: config.Resolve = never, **changes: Any) -> config.Config:
        paths.config.write_text(yaml.safe_dump(config_document(**changes)))
        return config.load(paths, resolve)

    return load


def _problems(load: Callable[..., config.Config], **changes: Any) -> dict[str, str]:
    with pytest.raises(InvalidDocument) as caught:
        load(**changes)
    assert "config.yaml is not valid:" in str(caught.value)
    return {problem.path: problem.message for problem in caught.value.problems}


def test_valid(load: Callable[..., config.Config], paths: Paths) -> None:
    """A valid file becomes a configuration, with a home folder spelled out and numbers as Go wants them."""
    loaded = load()
    assert [v.exact for v in loaded.versions] == ["go1.24.0", "go1.25.0"]
    assert loaded.versions[1].goroot == Path("~/go").expanduser()
    assert loaded.packages == ("runtime",)
    assert loaded.export_dir == paths.root / "data"
    assert loaded.environment == {"GOAMD64": "v1", "GOGC": "100"}
    assert loaded.unit_timeout == 60.0
    assert not paths.versions_lock.exists()


def test_own_config_loads() -> None:
    """The config.yaml that comes with the project is in order and names exact versions only."""

    def never(minor: str) -> str:
        raise AssertionError(minor)

    loaded = config.load(Paths(ROOT), never)
    assert loaded.settings("default", {}).tree == "stable"


@pytest.mark.parametrize(
    ("changes", "path", "expected"),
    [
        ({"versions": ["1.24.0", "1.25.0", 1.24]}, "$.versions[2]", r'1\.24 .*in quotes, "1.24.0" or "1.24"'),
        ({"versions": ["1.24x"]}, "$.versions[0]", "'1.24x' .*in quotes"),
        ({"versions": ["go1.24"]}, "$.versions[0]", "'go1.24' .*in quotes"),
        ({"versions": [{"version": "1.24.0"}]}, "$.versions[0]", "goroot"),
        ({"versions": ["1.24.0", "1.25.0", "1.24.0"]}, "$.versions[2]", r"at \$.versions\[0\] already; remove one"),
        ({"versions": ["1.24", "1.24"]}, "$.versions[1]", r"stands at \$.versions\[0\] already"),
        ({"versions": ["1.22.0"]}, "$.versions[0]", "needs Go 1.23 or newer, not 1.22.0"),
        ({"versions": [{"version": "1.24", "goroot": "/go"}]}, "$.versions[0]", "with a goroot is exact: 1.24.0"),
        ({"packages": ["runtime", "nett"]}, "$.packages[1]", "no package 'nett' .*there are runtime, stdlib"),
        ({"packages": ["internal"]}, "$.packages[0]", "no package 'internal'"),
        ({"thresholds": {"runtime": -1}}, "$.thresholds.runtime", "-1 .*a number of percent, 0 or more"),
        ({"thresholds": {"Runtime": 1}}, "$.thresholds", "'Runtime' .*a package .*networking"),
        ({"profiles": {"default": profile(rounds=3)}}, "$.profiles.default", "'rounds' was unexpected"),
        ({"profiles": {"default": profile(count=0)}}, "$.profiles.default.count", "0 .*a number of rounds, 1 or more"),
        ({"profiles": {"default": profile(benchtime="1m")}}, "$.profiles.default.benchtime", "a time from 1ms"),
        ({"profiles": {"default": profile(benchtime=25)}}, "$.profiles.default.benchtime", "25 .*as in 25ms or 1s"),
        ({"profiles": {"quick": profile()}}, "$.profiles", "there must be a profile named default"),
        ({"environment": {"PATH": "/bin"}}, "$.environment", "'PATH' is not one of"),
        ({"unit_timeout": 0}, "$.unit_timeout", "0 .*seconds"),
        ({"version": "1.24"}, "$", "'version' was unexpected"),
    ],
)  # fmt: skip
def test_mistake(load: Callable[..., config.Config], changes: dict[str, Any], path: str, expected: str) -> None:
    """A mistake is named with its path and the way out, and is the only one reported."""
    problems = _problems(load, **changes)
    assert list(problems) == [path]
    assert re.search(expected, problems[path]), problems[path]


def test_missing_key(load: Callable[..., config.Config], paths: Paths) -> None:
    """A key that is not there is named."""
    document = config_document()
    del document["thresholds"]
    paths.config.write_text(yaml.safe_dump(document))
    with pytest.raises(InvalidDocument, match="'thresholds' is a required property"):
        config.load(paths, str)


def test_all_mistakes_of_form_at_once(load: Callable[..., config.Config]) -> None:
    """What breaks the schema is reported together."""
    problems = _problems(
        load,
        versions=["1.25.0", "1.24x", 1.24],
        thresholds={"runtime": -1},
        profiles={"default": profile(speed=1), "quick": profile(layouts="random")},
        unit_timeout="a minute",
    )
    assert list(problems) == [
        "$.profiles.default",
        "$.profiles.quick.layouts",
        "$.thresholds.runtime",
        "$.unit_timeout",
        "$.versions[1]",
        "$.versions[2]",
    ]


def test_all_mistakes_of_meaning_at_once(load: Callable[..., config.Config]) -> None:
    """What a schema can't see is reported together, too."""
    problems = _problems(
        load,
        versions=["1.21.0", "1.24", "1.24"],
        packages=["nett", "runtime", "std"],
        profiles={"quick": profile(benchtime="forever")},
    )
    assert set(problems) == {
        "$.packages[0]",
        "$.packages[2]",
        "$.versions[0]",
        "$.versions[2]",
        "$.profiles",
        "$.profiles.quick.benchtime",
    }


def test_newer_program(load: Callable[..., config.Config]) -> None:
    """A file with a newer schema version asks for a newer checkout, whatever else it holds."""
    with pytest.raises(PerfError, match=r"has schema version 99; this program knows \d+.*update this checkout"):
        load(schema_version=99, novelty=True)


def test_minor_is_resolved_once(load: Callable[..., config.Config], paths: Paths) -> None:
    """ "1.24" is looked up the first time and pinned; a newer patch does not change what is measured."""
    asked: list[str] = []

    def resolve(minor: str) -> str:
        asked.append(minor)
        return f"{minor}.{10 + len(asked)}"

    versions = ["1.24", "1.25", "1.23.0"]
    first = load(resolve, versions=versions)
    assert [v.exact for v in first.versions] == ["go1.23.0", "go1.24.11", "go1.25.12"]
    pinned = json.loads(paths.versions_lock.read_text())
    assert pinned == {"schema_version": SCHEMA_VERSION, "versions": {"1.24": "1.24.11", "1.25": "1.25.12"}}
    again = load(resolve, versions=versions)
    assert again.versions == first.versions
    assert asked == ["1.24", "1.25"]


def test_pins_stay(load: Callable[..., config.Config], paths: Paths) -> None:
    """A pin that is not used today waits for the day it is."""
    paths.versions_lock.write_text('{"schema_version": 1, "versions": {"1.24": "1.24.3"}}')
    load(lambda minor: f"{minor}.7", versions=["1.25"])
    assert json.loads(paths.versions_lock.read_text())["versions"] == {"1.24": "1.24.3", "1.25": "1.25.7"}
    assert [v.exact for v in load(versions=["1.24"]).versions] == ["go1.24.3"]


def test_broken_pins(load: Callable[..., config.Config], paths: Paths) -> None:
    """A lock file that was edited by mistake is named with the mistake."""
    paths.versions_lock.write_text('{"schema_version": 1, "versions": {"1.24": "1.24"}}')
    with pytest.raises(InvalidDocument, match=r"versions.lock.json is not valid:\n.*1\.24"):
        load(versions=["1.24"])


def test_minor_that_is_listed(load: Callable[..., config.Config], paths: Paths) -> None:
    """A minor release that stands for a patch which is listed as well is a mistake, and pins nothing."""
    with pytest.raises(InvalidDocument, match=r"\$.versions\[1\]: 1.24 is 1.24.3, which is listed already; remove one"):
        load(lambda _: "1.24.3", versions=["1.24.3", "1.24"])
    assert not paths.versions_lock.exists()


def test_two_patches_of_one_minor(load: Callable[..., config.Config]) -> None:
    """Side by side they are called by their exact names."""
    loaded = load(lambda _: "1.25.5", versions=["1.25", "1.25.4", "1.24.0"])
    assert [v.label for v in loaded.versions] == ["go1.24", "go1.25.4", "go1.25.5"]


def test_unknown_profile(load: Callable[..., config.Config]) -> None:
    """A profile that is not there leads to those that are."""
    with pytest.raises(PerfError, match="profile=slow: there is no such profile; choose default"):
        load().settings("slow", {})


def _settings(loaded: config.Config, profile: str = "default") -> Settings:
    return loaded.settings(profile, {"variance_threshold": "15", "interval_target": "10"})


@pytest.mark.parametrize(
    ("leaf", "threshold"),
    [("SyncPool/Big", 5.0), ("SyncPool/Small", 12.5), ("SyncPool", 12.5), ("SyncPoolX", 20.0)],
)
def test_threshold(load: Callable[..., config.Config], leaf: str, threshold: float) -> None:
    """The most precise one counts: the benchmark's, its unit's, its package's."""
    loaded = load(thresholds={"runtime": 20, "runtime.SyncPool": 12.5, "runtime.SyncPool/Big": 5}, varies_by_nature={})
    assert loaded.limits("runtime", leaf, _settings(loaded)) == Limits(threshold, 10)
    assert loaded.limits("stdlib", leaf, _settings(loaded)) == Limits(15, 10)


def test_a_threshold_may_be_one_profiles(load: Callable[..., config.Config]) -> None:
    """Profiles that a threshold does not name have their own."""
    profiles = {"default": profile(), "slow": profile()}
    loaded = load(profiles=profiles, thresholds={"runtime": {"slow": 8}}, varies_by_nature={})
    assert loaded.limits("runtime", "X", _settings(loaded)).threshold == 15
    assert loaded.limits("runtime", "X", _settings(loaded, "slow")).threshold == 8


@pytest.mark.parametrize(("leaf", "by_nature"), [("SyncPool/Big", True), ("SyncPool/Small", False), ("Other", False)])
def test_what_varies_by_nature(load: Callable[..., config.Config], leaf: str, by_nature: bool) -> None:
    """It has an interval of its own, whatever its package's threshold and the profile say."""
    loaded = load(thresholds={"runtime": 20}, varies_by_nature={"runtime.SyncPool/Big": 30})
    limits = loaded.limits("runtime", leaf, _settings(loaded))
    assert limits == (Limits(0.0, 30, by_nature=True) if by_nature else Limits(20, 10))


def test_a_closer_threshold_beats_the_nature_of_a_package(load: Callable[..., config.Config]) -> None:
    """Whichever of the two kinds it is, the closest entry counts."""
    loaded = load(thresholds={"runtime.SyncPool": 12}, varies_by_nature={"runtime": 30})
    assert loaded.limits("runtime", "SyncPool", _settings(loaded)) == Limits(12, 10)
    assert loaded.limits("runtime", "Other", _settings(loaded)).by_nature


@pytest.mark.parametrize("part", ["thresholds", "varies_by_nature"])
def test_limits_of_nothing(load: Callable[..., config.Config], part: str) -> None:
    """A package, a benchmark or a profile that is not there is named with what is."""
    found = _problems(load, **{part: {"nosuch": 20, "runtime.NoSuch": 20}})
    assert {f"$.{part}['nosuch']", f"$.{part}['runtime.NoSuch']"} <= set(found)


def test_a_threshold_of_no_profile(load: Callable[..., config.Config]) -> None:
    """The profiles that there are are listed."""
    assert "$.thresholds['runtime']" in _problems(load, thresholds={"runtime": {"nosuch": 20}})


def test_mistakes_of_form_and_of_meaning_at_once(load: Callable[..., config.Config]) -> None:
    """An unknown package is told along with a threshold that is no number."""
    found = _problems(load, packages=["runtime", "nosuch"], thresholds={"runtime": -1}, versions=["1.24.0", "1.24.0"])
    assert {"$.packages[1]", "$.thresholds.runtime", "$.versions[1]"} <= set(found)


def test_a_threshold_of_an_unknown_package(load: Callable[..., config.Config]) -> None:
    """A threshold that could never apply is a mistake."""
    assert "$.thresholds['nosuch.A']" in _problems(load, thresholds={"nosuch.A": 5})
