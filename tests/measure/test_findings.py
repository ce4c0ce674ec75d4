"""Verdicts of the system check: each finding in each of its states, thresholds, and whole recorded systems."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tasks.measure.findings import Finding, examine
from tasks.measure.looks import TURBO_SWITCHES
from tasks.measure.readings import Readings, parse
from tests.measure import recorded

NO_TURBO, BOOST = TURBO_SWITCHES
NAMES = [
    "CPU governor", "turbo", "load per core", "temperature", "free memory", "swap in use", "steal", "throttling",
    "busy processes",
]  # fmt: skip

#: A machine that is fit for measuring and tells everything.
CALM = Readings(
    goos="linux",
    cores=4,
    governors={"performance": 4},
    turbo=False,
    turbo_switch=NO_TURBO,
    load=0.2,
    pressure=0.01,
    celsius=44.6,
    memory=16 * 10**9,
    memory_free=12_340_000_000,
    swap_used=0,
    swapped=0,
    steal=0.0,
    throttled=(0, 4),
    busy={"sshd": 0.02},
)


def found(readings: Readings) -> dict[str, Finding]:
    """Findings by name."""
    return {finding.name: finding for finding in examine(readings)}


def statuses(readings: Readings) -> dict[str, str]:
    """Status of each finding that is not ok."""
    return {finding.name: finding.status for finding in examine(readings) if finding.status != "ok"}


def test_calm_machine() -> None:
    """All is ok, in the order of the list, with values and without advice."""
    values = [
        "performance on 4 cores",
        "off",
        "0.05 in the last minute, somebody waited for a core 1 % of the last ten seconds",
        "45 °C",
        "12.3 GB of 16.0 GB",
        "0 MB",
        "0 % within 0.5 s",
        "none of 4 cores within 0.5 s",
        "none above 10 %",
    ]
    assert examine(CALM) == [Finding(name, "ok", value, "") for name, value in zip(NAMES, values, strict=True)]


def test_one_core() -> None:
    """Words agree with numbers."""
    single = found(replace(CALM, governors={"performance": 1}, throttled=(0, 1)))
    assert single["CPU governor"].value == "performance on 1 core"
    assert single["throttling"].value == "none of 1 core within 0.5 s"


WARNINGS: list[tuple[str, dict[str, Any], str, str]] = [
    (
        "CPU governor",
        {"governors": {"performance": 4, "powersave": 4}},
        "powersave on 4 of 8 cores",
        "sudo cpupower frequency-set -g performance",
    ),
    ("CPU governor", {"governors": {"schedutil": 1}}, "schedutil on 1 of 1 core", "-g performance"),
    (
        "CPU governor",
        {"governors": {"powersave": 2, "ondemand": 2}},
        "ondemand on 2 of 4 cores, powersave on 2 of 4 cores",
        "-g performance",
    ),
    ("turbo", {"turbo": True}, "on", f"echo 1 | sudo tee {NO_TURBO}"),
    ("turbo", {"turbo": True, "turbo_switch": BOOST}, "on", f"echo 0 | sudo tee {BOOST}"),
    ("load per core", {"load": 2.0, "pressure": None}, "0.50 in the last minute", "until the load is below 0.3"),
    ("load per core", {"load": None, "pressure": 0.2}, "somebody waited for a core 20 % of", "See with top"),
    ("load per core", {"pressure": 0.11}, "0.05 in the last minute, somebody", "See with top"),
    ("temperature", {"celsius": 88.2}, "88 °C", "below 75 °C"),
    ("free memory", {"memory_free": 734_000_000}, "734 MB of 16.0 GB", "ps aux --sort=-rss | head"),
    ("free memory", {"memory_free": 1, "memory": None, "goos": "darwin"}, "0 MB", "top -o mem"),
    ("swap in use", {"swap_used": 2_500_000_000}, "2.5 GB", "sudo swapoff -a && sudo swapon -a"),
    ("swap in use", {"swapped": 35}, "0 MB, 35 pages moved within 0.5 s", "sudo swapon -a"),
    ("swap in use", {"swap_used": 10**9, "swapped": None, "goos": "darwin"}, "1.0 GB", "restart the Mac"),
    ("steal", {"steal": 0.07}, "7 % within 0.5 s", "bare-metal"),
    ("throttling", {"throttled": (3, 8)}, "3 of 8 cores within 0.5 s", "let it cool"),
    ("throttling", {"throttled": None, "speed_limit": 0.7}, "70 % of its speed", "let it cool"),
    (
        "busy processes",
        {"busy": {"make": 0.12, "firefox": 1.43, "sshd": 0.01}},
        "firefox 143 %, make 12 %",
        "Stop them",
    ),
    (
        "busy processes",
        {"busy": dict.fromkeys("gfedcba", 0.5)},
        "a 50 %, b 50 %, c 50 %, d 50 %, e 50 %, 2 more",
        "Stop them",
    ),
]


@pytest.mark.parametrize(("name", "changes", "value", "advice"), WARNINGS)
def test_warnings(name: str, changes: dict[str, Any], value: str, advice: str) -> None:
    """One thing that is amiss makes one warning, which says what is seen and what to do."""
    readings = replace(CALM, **changes)
    assert statuses(readings) == {name: "warn"}
    finding = found(readings)[name]
    assert finding.value.startswith(value)
    assert advice in finding.advice


NOT_TOLD: dict[str, tuple[dict[str, Any], str, str]] = {
    "CPU governor": ({"governors": {}}, "no cpufreq", "macOS has no governors"),
    "turbo": ({"turbo": None}, "no switch", "low power mode"),
    "load per core": ({"load": None, "pressure": None}, "no load average", "no load average"),
    "temperature": ({"celsius": None}, "sensors-detect", "sudo powermetrics"),
    "free memory": ({"memory_free": None}, "MemAvailable", "vm_stat"),
    "swap in use": ({"swap_used": None}, "/proc/meminfo", "sysctl vm.swapusage"),
    "steal": ({"steal": None}, "/proc/stat", "macOS does not count it"),
    "throttling": ({"throttled": None}, "Only Intel", "powermetrics"),
    "busy processes": ({"busy": None}, "hidepid=0", "ps -A"),
}


@pytest.mark.parametrize("name", NAMES)
def test_unknown(name: str) -> None:
    """What is not told is unknown, neither ok nor a warning, and the advice says why, for this system."""
    changes, linux, mac = NOT_TOLD[name]
    for goos, reason in (("linux", linux), ("darwin", mac), ("freebsd", "not read on freebsd")):
        readings = replace(CALM, goos=goos, **changes)
        assert statuses(readings) == {name: "unknown"}
        finding = found(readings)[name]
        assert finding.value == "unknown"
        assert reason in finding.advice


def test_load_without_cores() -> None:
    """A load is nothing without the number of cores; pressure still is."""
    assert statuses(replace(CALM, cores=None, load=99.0, pressure=None)) == {"load per core": "unknown"}
    assert statuses(replace(CALM, cores=None, load=99.0)) == {}


@pytest.mark.parametrize(
    ("name", "fine", "bad"),
    [
        ("load per core", {"load": 1.2}, {"load": 1.201}),
        ("load per core", {"pressure": 0.1}, {"pressure": 0.101}),
        ("temperature", {"celsius": 75.0}, {"celsius": 75.1}),
        ("free memory", {"memory_free": 10**9}, {"memory_free": 10**9 - 1}),
        ("swap in use", {"swap_used": 100_000_000}, {"swap_used": 100_000_001}),
        ("swap in use", {"swapped": 0}, {"swapped": 1}),
        ("steal", {"steal": 0.02}, {"steal": 0.0201}),
        ("throttling", {"throttled": (0, 1)}, {"throttled": (1, 1)}),
        ("throttling", {"throttled": None, "speed_limit": 1.0}, {"throttled": None, "speed_limit": 0.99}),
        ("busy processes", {"busy": {"make": 0.1}}, {"busy": {"make": 0.101}}),
        ("CPU governor", {"governors": {"performance": 8}}, {"governors": {"performance": 7, "powersave": 1}}),
    ],
)
def test_thresholds(name: str, fine: dict[str, Any], bad: dict[str, Any]) -> None:
    """What is at the threshold is ok; what is past it by the least is not."""
    assert statuses(replace(CALM, **fine)) == {}
    assert statuses(replace(CALM, **bad)) == {name: "warn"}


def test_recorded_laptop() -> None:
    """Powersave, turbo, a core that is slowed and a browser: four warnings, and nothing is unknown."""
    warned = statuses(parse(*recorded.LAPTOP))
    assert warned == dict.fromkeys(("CPU governor", "turbo", "throttling", "busy processes"), "warn")
    assert found(parse(*recorded.LAPTOP))["busy processes"].value == "firefox 30 %"


def test_recorded_virtual_machine() -> None:
    """The host takes time; what a guest can't see is unknown."""
    unknown = dict.fromkeys(("CPU governor", "turbo", "temperature", "throttling"), "unknown")
    assert statuses(parse(*recorded.CLOUD)) == {**unknown, "steal": "warn"}


def test_recorded_mac() -> None:
    """It swaps and indexes; most of the rest macOS does not tell."""
    unknown = dict.fromkeys(("CPU governor", "turbo", "temperature", "steal", "throttling"), "unknown")
    assert statuses(parse(*recorded.MAC)) == {**unknown, "swap in use": "warn", "busy processes": "warn"}
    assert found(parse(*recorded.MAC))["busy processes"].value == "Google Chrome 35 %, mds_stores 12 %"
