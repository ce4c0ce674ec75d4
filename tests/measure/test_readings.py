"""What two looks tell, from outputs recorded on several systems, and from this machine."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from tasks.measure import looks
from tasks.measure.busy import busy
from tasks.measure.looks import TURBO_SWITCHES, VM_STAT, Look, look, two_looks
from tasks.measure.readings import Readings, parse, read
from tasks.shared.machine import read_machine
from tests.measure import recorded
from tests.measure.recorded import CPU, OWN, PMSET_INTEL, linux, mac, our_line, process

NO_TURBO, BOOST = TURBO_SWITCHES
ZONE = "/sys/class/thermal/thermal_zone"
HWMON = "/sys/class/hwmon/hwmon"


def told(texts: Mapping[str, str], earlier: Mapping[str, str] | None = None) -> Readings:
    """Readings of a Linux system that shows these files."""
    return parse(linux(1.0, 0.0, 2, texts if earlier is None else earlier), linux(1.5, 0.0, 2, texts))


def test_laptop() -> None:
    """Bare metal tells everything."""
    expected = Readings(
        goos="linux",
        seconds=0.5,
        cores=8,
        governors={"powersave": 8},
        turbo=True,
        turbo_switch=NO_TURBO,
        load=1.2,
        pressure=0.015,
        celsius=52.5,
        memory=16_234_512 * 1024,
        memory_free=7_654_320 * 1024,
        swap_used=50_000 * 1024,
        swapped=0,
        steal=0.0,
        throttled=(2, 8),
        busy={"firefox": pytest.approx(0.3), "Web Content": pytest.approx(0.04)},  # type: ignore[dict-item]
    )
    assert parse(*recorded.LAPTOP) == expected


def test_virtual_machine() -> None:
    """A guest sees what the host takes from it, and nothing of frequencies and heat."""
    expected = Readings(
        goos="linux",
        seconds=0.5,
        cores=2,
        load=0.08,
        pressure=0.0,
        memory=8_126_476 * 1024,
        memory_free=6_926_476 * 1024,
        swap_used=0,
        swapped=0,
        steal=0.07,
        busy={},
    )
    assert parse(*recorded.CLOUD) == expected


def test_mac() -> None:
    """macOS tells by commands; names are without their folders, and those of one program are one."""
    expected = Readings(
        goos="darwin",
        seconds=0.5,
        cores=10,
        load=2.5,
        memory=2**34,
        memory_free=200_000 * 16_384,
        swap_used=1_072_168_960,
        swapped=3,
        busy={"mds_stores": 0.125, "Google Chrome": 0.35},
    )
    assert parse(*recorded.MAC) == expected
    assert parse(mac(1.0, 0), mac(1.5, 0, PMSET_INTEL)).speed_limit == 0.7


def test_mac_that_tells_a_part() -> None:
    """A sum that lacks a part is no sum."""
    whole = mac(1.0, 0)
    pages = whole.texts[VM_STAT].replace("Pages speculative", "Pages of another kind")
    part = replace(whole, at=1.5, texts={**whole.texts, VM_STAT: pages})
    assert parse(whole, part).memory_free is None


def test_paths_match_as_a_whole() -> None:
    """A pattern is no part of a path; texts come stripped and in order."""
    shown = linux(1.0, 0, 1, {"/b/2": " x\n", "/b/1": "y", "/a/b/1": "z", "/b/1/c": "z"})
    assert list(shown.matching(r"/b/\d").items()) == [("/b/1", "y"), ("/b/2", "x")]


@pytest.mark.parametrize("goos", ["linux", "darwin", "freebsd"])
def test_system_that_tells_nothing(goos: str) -> None:
    """Whatever is not told is unknown; nothing is guessed."""
    nothing = Look(goos, 1.0, None, None, OWN, {})
    assert parse(nothing, replace(nothing, at=1.5)) == Readings(goos)


@pytest.mark.parametrize(
    ("before", "after", "steal"),
    [
        ("cpu  10 0 0 80 0 0 0 10 0 0", "cpu  10 0 0 170 0 0 0 20 0 0", 0.1),
        # Time of guests is within that of user, and must not count twice.
        ("cpu  10 0 0 80 0 0 0 10 0 0", "cpu  60 0 0 120 0 0 0 20 50 50", 0.1),
        # Some hosts correct it downwards.
        ("cpu  10 0 0 80 0 0 0 10 0 0", "cpu  10 0 0 180 0 0 0 9 0 0", 0.0),
        ("cpu  10 0 0 80 0 0 0 10 0 0", "cpu  10 0 0 80 0 0 0 10 0 0", None),
        ("cpu  10 0 0 80 0 0 0", "cpu  10 0 0 180 0 0 0", None),
        ("", "cpu  10 0 0 180 0 0 0 9 0 0", None),
    ],
)
def test_steal(before: str, after: str, steal: float | None) -> None:
    """A share of all cores' time between the looks, whatever was before."""
    assert told({"/proc/stat": f"{after}\ncpu0 1\n"}, {"/proc/stat": f"{before}\ncpu0 1\n"}).steal == steal


@pytest.mark.parametrize(
    ("texts", "turbo", "switch"),
    [
        ({NO_TURBO: "1\n"}, False, NO_TURBO),
        ({NO_TURBO: "0\n"}, True, NO_TURBO),
        ({BOOST: "1\n"}, True, BOOST),
        ({BOOST: "0\n"}, False, BOOST),
        ({NO_TURBO: "1\n", BOOST: "1\n"}, False, NO_TURBO),
        ({NO_TURBO: "\n", BOOST: "0\n"}, False, BOOST),
        ({NO_TURBO: "maybe\n"}, None, ""),
    ],
)
def test_turbo(texts: dict[str, str], turbo: bool | None, switch: str) -> None:
    """The two switches mean the opposite of each other."""
    found = told(texts)
    assert (found.turbo, found.turbo_switch) == (turbo, switch)


def test_governors() -> None:
    """Cores are counted by governor."""
    governors = ("performance", "powersave", "powersave")
    texts = {f"{CPU}/cpu{n}/cpufreq/scaling_governor": f"{name}\n" for n, name in enumerate(governors)}
    assert told(texts).governors == {"performance": 1, "powersave": 2}


@pytest.mark.parametrize(
    ("texts", "celsius"),
    [
        ({f"{ZONE}0/type": "cpu-thermal\n", f"{ZONE}0/temp": "48312\n"}, 48.312),
        ({f"{ZONE}0/type": "x86_pkg_temp\n", f"{ZONE}0/temp": "41000\n"}, 41.0),
        ({f"{ZONE}0/type": "TCPU\n", f"{ZONE}0/temp": "42000\n"}, 42.0),
        ({f"{ZONE}0/type": "soc_thermal\n", f"{ZONE}0/temp": "40000\n"}, 40.0),
        ({f"{HWMON}0/name": "k10temp\n", f"{HWMON}0/temp1_input": "61250\n"}, 61.25),
        ({f"{HWMON}0/name": "acpitz\n", f"{HWMON}0/temp1_input": "61250\n"}, None),
        ({f"{ZONE}0/type": "iwlwifi_1\n", f"{ZONE}0/temp": "61000\n"}, None),
        ({f"{ZONE}0/type": "x86_pkg_temp\n"}, None),
        ({f"{ZONE}0/type": "x86_pkg_temp\n", f"{ZONE}0/temp": "0\n"}, None),
        ({f"{ZONE}0/type": "x86_pkg_temp\n", f"{ZONE}0/temp": "-274000\n"}, None),
    ],
)
def test_temperature(texts: dict[str, str], celsius: float | None) -> None:
    """Only sensors of the processor count, and only while they are awake."""
    assert told(texts).celsius == celsius


def test_throttling() -> None:
    """A package that slows down counts on each core; files that come or go between the looks say nothing."""
    files = [f"{CPU}/cpu{n}/thermal_throttle/{kind}_throttle_count" for n in (0, 1) for kind in ("core", "package")]
    before = dict.fromkeys(files, "5\n")
    assert told(before).throttled == (0, 2)
    assert told({**before, files[0]: "6\n"}, before).throttled == (1, 2)
    assert told({**before, files[0]: "6\n", files[1]: "6\n"}, before).throttled == (1, 2)
    assert told({**before, files[1]: "6\n", files[3]: "6\n"}, before).throttled == (2, 2)
    assert told({**before, files[0]: "\n"}, before).throttled == (0, 2)
    assert told(before, {}).throttled is None


def test_memory_and_swap() -> None:
    """Available memory is what counts, not unused memory; half an answer is none."""
    assert told({"/proc/meminfo": "MemTotal: 1000 kB\nMemFree: 10 kB\n"}).memory_free is None
    assert told({"/proc/meminfo": "SwapTotal: 1000 kB\n"}).swap_used is None
    assert told({"/proc/meminfo": "SwapTotal: 1000 kB\nSwapFree: 400 kB\n"}).swap_used == 600 * 1024
    before, after = ({"/proc/vmstat": f"pswpin {n}\npswpout {2 * n}\n"} for n in (10, 11))
    assert told(after, before).swapped == 3
    assert told(after, {}).swapped is None
    assert told({"/proc/vmstat": "pswpin 11\n"}, before).swapped is None
    assert told(after, {"/proc/vmstat": "pswpin 11\n"}).swapped is None


def shares(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, float] | None:
    """Busy programs between two sets of processes, in whole percent of a core."""
    found = busy(linux(1.0, 0, 2, our_line(0), before), linux(1.5, 0, 2, our_line(40), after))
    return None if found is None else {name: round(100 * share) for name, share in found.items()}


def test_busy_processes() -> None:
    """Ticks of user and kernel between the looks; programs of one name together; the idle are left out."""
    before = {**process(70, "cc1", 60, 10), **process(71, "cc1", 60, 10), **process(60, "make", 1, 5)}
    after = {**process(70, "cc1", 60, 60), **process(71, "cc1", 60, 35), **process(60, "make", 1, 5)}
    assert shares(before, after) == {"cc1": 150}


def test_busy_is_none_of_ours() -> None:
    """What we are, started, or were started by is left out; what our shell started besides is not."""
    assert shares({}, {}) == {}
    grandchild = process(4300, "link", 4243, 40)
    sibling = process(4400, "sleep", 4000, 5)
    assert shares({}, {**grandchild, **sibling}) == {"sleep": 10}


def test_processes_that_come_and_go() -> None:
    """A new process did all it did since; a number that was given anew is another process."""
    assert shares({}, process(70, "new", 1, 5)) == {"new": 10}
    assert shares(process(70, "gone", 1, 500), {}) == {}
    assert shares(process(70, "old", 1, 500, start=7), process(70, "new", 1, 5, start=9)) == {"new": 10}
    assert shares(process(70, "old", 1, 500, start=7), process(70, "old", 1, 505, start=7)) == {"old": 10}


@pytest.mark.parametrize("name", ["Web Content", "a) S 1 (b", "(sd-pam)"])
def test_names_of_processes(name: str) -> None:
    """Blanks and brackets are a part of the name."""
    assert shares({}, process(70, name, 1, 5)) == {name: 10}


def test_names_move_no_cursor() -> None:
    """Control characters are not passed on to the terminal."""
    assert shares({}, process(70, "\x1b[2Jx", 1, 5)) == {"?[2Jx": 10}


def test_processes_that_are_hidden() -> None:
    """Who does not see the first process does not see those of others."""
    visible = {path: text for path, text in our_line(0).items() if path != "/proc/1/stat"}
    assert told({**visible, **process(70, "firefox", 1, 5)}).busy is None
    assert told({**visible, "/proc/1/stat": "1 (cut) S 0 1"}).busy is None


def test_parents_in_a_circle() -> None:
    """A parent that ended and whose number was given to a descendant is no reason to hang."""
    assert shares({}, {**process(70, "a", 71, 5), **process(71, "b", 70, 5)}) == {"a": 10, "b": 10}


def test_files_are_read(tmp_path: Path) -> None:
    """Whatever there is of the known files, and no others; one that can't be read is left out."""
    for path in ("proc/12/stat", "proc/self/stat", "sys/class/thermal/thermal_zone0/type", "proc/version"):
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"x\xff\n")
    (tmp_path / "proc" / "13" / "stat").mkdir(parents=True)
    assert looks._read_files(tmp_path) == {
        "/proc/12/stat": "x\ufffd\n",
        "/sys/class/thermal/thermal_zone0/type": "x\ufffd\n",
    }


def test_commands_are_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers are asked for with a point; a program that is not there is left out."""
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    monkeypatch.setattr(looks, "_COMMANDS", ("printenv LC_ALL", "go-perf-no-such-program"))
    assert looks._read_commands() == {"printenv LC_ALL": "C\n"}
    assert look("darwin").texts == {"printenv LC_ALL": "C\n"}


def test_load_that_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some containers have no load."""

    def no_load() -> tuple[float, float, float]:
        raise OSError

    monkeypatch.setattr(os, "getloadavg", no_load)
    assert look("freebsd").load is None


def test_looks_are_apart() -> None:
    """The wait lies between them."""
    waited: list[float] = []
    before, after = two_looks("freebsd", waited.append)
    assert waited == [0.5]
    assert before.at < after.at
    assert (before.pid, before.texts) == (os.getpid(), {})


def test_this_machine() -> None:
    """Whatever this is, it tells its memory, its load and what runs, and takes half a second for it."""
    goos = read_machine().goos
    found = read(goos)
    assert 0.5 <= found.seconds < 5
    assert found.memory and found.memory_free and 0 < found.memory_free <= found.memory
    assert found.load is not None and found.load >= 0
    assert found.cores and found.cores >= 1
    assert (found.busy is not None) == (goos == "darwin" or Path("/proc/1/stat").exists())
    for name in ("steal", "pressure", "speed_limit"):
        value = getattr(found, name)
        assert value is None or 0 <= value <= 1
    assert found.celsius is None or 0 < found.celsius < 150


@pytest.mark.skipif(sys.platform != "linux", reason="shares of half a second are told by Linux only")
def test_spinning_program_is_seen(tmp_path: Path) -> None:
    """A real program that takes a core is busy for others, and for us, who started it, it is not."""
    script = tmp_path / "spins-for-test"
    script.write_text("#!/bin/sh\nwhile :; do :; done\n")
    script.chmod(0o755)
    spinning = subprocess.Popen([script])
    try:
        before, after = two_looks("linux", time.sleep)
    finally:
        spinning.kill()
        spinning.wait()
    ours = busy(before, after)
    others = busy(replace(before, pid=0), replace(after, pid=0))
    assert ours is not None and others is not None
    assert "spins-for-test" not in ours
    assert 0 < others["spins-for-test"] < 1.5
