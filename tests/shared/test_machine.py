"""What is known of a machine, from outputs recorded on several systems."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from dataclasses import replace

import pytest

from tasks.shared import machine
from tasks.shared.machine import UNKNOWN, parse_cpuinfo, parse_meminfo, parse_os_release, parse_sysctl, read_machine
from tests.builders import MACHINE

CPUINFO_AMD64 = """processor\t: 0
vendor_id\t: AuthenticAMD
cpu family\t: 25
model\t\t: 1
model name\t: AMD EPYC 7B13
stepping\t: 0
flags\t\t: fpu vme de pse
bugs\t\t: sysret_ss_attrs

processor\t: 1
vendor_id\t: AuthenticAMD
model name\t: Another name that must not be taken
"""

CPUINFO_XEON = "model\t\t: 85\nmodel name\t: Intel(R)  Xeon(R) CPU @ 2.00GHz  \n"

CPUINFO_GRAVITON = """processor\t: 0
BogoMIPS\t: 243.75
Features\t: fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics
CPU implementer\t: 0x41
CPU architecture: 8
CPU variant\t: 0x3
CPU part\t: 0xd0c
CPU revision\t: 1
"""

CPUINFO_RASPBERRY = """processor\t: 0
BogoMIPS\t: 108.00
CPU implementer\t: 0x41
CPU part\t: 0xd08

Hardware\t: BCM2835
Revision\t: c03114
Model\t\t: Raspberry Pi 4 Model B Rev 1.4
"""

MEMINFO = """MemTotal:        8126476 kB
MemFree:          230764 kB
Active(anon):     123456 kB
HugePages_Total:       0
Hugepagesize:       2048 kB
"""

DEBIAN = """PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
ID=debian
"""

SYSCTL = "machdep.cpu.brand_string: Apple M2 Pro\nhw.memsize: 17179869184\n"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (CPUINFO_AMD64, "AMD EPYC 7B13"),
        (CPUINFO_XEON, "Intel(R) Xeon(R) CPU @ 2.00GHz"),
        (CPUINFO_GRAVITON, "arm 0x41 0xd0c"),
        (CPUINFO_RASPBERRY, "Raspberry Pi 4 Model B Rev 1.4"),
        ("processor\t: 0\n", UNKNOWN),
        ("", UNKNOWN),
    ],
)
def test_cpuinfo(text: str, name: str) -> None:
    """The processor's name, else its part number, else "unknown"."""
    assert parse_cpuinfo(text) == name


def test_meminfo() -> None:
    """Sizes in bytes; counts, which have no unit, are none."""
    assert parse_meminfo(MEMINFO) == {"MemTotal": 8_321_511_424, "MemFree": 236_302_336, "Hugepagesize": 2_097_152}
    assert parse_meminfo("") == {}


@pytest.mark.parametrize(
    ("text", "name"),
    [(DEBIAN, "Debian GNU/Linux 12 (bookworm)"), ("ID=alpine\nPRETTY_NAME=Alpine\n", "Alpine")],
)
def test_os_release(text: str, name: str) -> None:
    """The name for people, with or without quotes."""
    assert parse_os_release(text) == name


def test_sysctl() -> None:
    """Values by name, spaces and all."""
    assert parse_sysctl(SYSCTL) == {"machdep.cpu.brand_string": "Apple M2 Pro", "hw.memsize": "17179869184"}
    assert parse_sysctl("") == {}


def test_this_machine() -> None:
    """Whatever this is, its facts are there and name a platform as Go does."""
    here = read_machine()
    assert here.goos in ("linux", "darwin")
    assert here.goarch in ("amd64", "arm64")
    assert here.cores >= 1
    assert here.memory > 2**27
    assert here.platform == f"{here.goos}-{here.goarch}"
    assert here.document()["kernel"]


def _linux(monkeypatch: pytest.MonkeyPatch, arch: str, files: dict[str, str]) -> machine.Machine:
    monkeypatch.setattr(platform, "system", lambda: "Linux")
    monkeypatch.setattr(platform, "machine", lambda: arch)
    monkeypatch.setattr(platform, "release", lambda: "6.1.0")
    monkeypatch.setattr(machine, "_text", lambda path: files.get(path, ""))
    return read_machine()


def test_linux_on_arm(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel's aarch64 is Go's arm64."""
    files = {"/proc/cpuinfo": CPUINFO_GRAVITON, "/proc/meminfo": MEMINFO, "/etc/os-release": DEBIAN}
    here = _linux(monkeypatch, "aarch64", files)
    assert (here.platform, here.cpu, here.memory) == ("linux-arm64", "arm 0x41 0xd0c", 8_321_511_424)
    assert here.os == "Debian GNU/Linux 12 (bookworm)"


def test_linux_that_tells_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A container without /proc is no reason to fail, and nothing is guessed."""
    here = _linux(monkeypatch, "x86_64", {})
    assert (here.platform, here.cpu, here.memory, here.os) == ("linux-amd64", UNKNOWN, 0, "Linux")


def test_mac(monkeypatch: pytest.MonkeyPatch) -> None:
    """macOS tells its facts by sysctl."""
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    monkeypatch.setattr(platform, "machine", lambda: "arm64")
    monkeypatch.setattr(platform, "mac_ver", lambda: ("15.1", ("", "", ""), "arm64"))
    monkeypatch.setattr(machine, "_output", lambda command: SYSCTL)
    here = read_machine()
    assert (here.platform, here.cpu, here.memory) == ("darwin-arm64", "Apple M2 Pro", 2**34)
    assert here.os == "macOS 15.1"


def test_identity() -> None:
    """A kernel update or a few megabytes make no other machine; a core or another processor does."""
    same = replace(MACHINE, kernel="6.2", memory=MACHINE.memory + 2**20)
    assert same.identity == MACHINE.identity
    for other in (replace(MACHINE, cores=4), replace(MACHINE, cpu="x"), replace(MACHINE, memory=2 * MACHINE.memory)):
        assert other.identity != MACHINE.identity


STAT = "cpu  100 2 300 4000 5 0 7 42 0 0\ncpu0 50 1 150 2000 2 0 3 41 0 0\n"
PRESSURE = "some avg10=1.23 avg60=0.50 avg300=0.10 total=1\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n"


def test_disturbance(monkeypatch: pytest.MonkeyPatch) -> None:
    """Load, steal, pressure, throttling and temperature as Linux tells them."""
    files = {
        "/proc/stat": STAT,
        "/proc/pressure/cpu": PRESSURE,
        "/sys/devices/system/cpu/cpu0/thermal_throttle/package_throttle_count": "3\n",
        "/sys/class/thermal/thermal_zone0/temp": "48500\n",
    }
    monkeypatch.setattr(machine, "_text", lambda path: files.get(path, ""))
    monkeypatch.setattr(os, "getloadavg", lambda: (0.456, 1.0, 2.0))
    # 100 + 2 + 300 ticks of 10 ms, of which this process and its children had a second.
    monkeypatch.setattr(machine, "_own_seconds", lambda: 1.0)
    expected = {
        "load": 0.46, "steal": 42.0, "others": pytest.approx(3.02), "pressure": 1.23, "throttled": 3.0, "celsius": 48.5
    }  # fmt: skip
    assert machine.disturbance() == expected


def test_what_has_risen() -> None:
    """Differences of counters in seconds, of those that both readings have; a counter that was set back has not."""
    before = {"load": 1.0, "steal": 40.0, "others": 3.0, "throttled": 2.0}
    after = {"load": 2.0, "steal": 43.0, "others": 3.25, "throttled": 1.0}
    assert machine.risen(before, after) == {"stolen": 0.03, "others": 0.25, "slowed": 0.0}
    assert machine.risen({"load": 1.0}, after) == {}


def test_children_that_have_ended_are_our_own() -> None:
    """What a sample has used is not somebody else's."""
    before = machine._own_seconds()
    subprocess.run([sys.executable, "-c", "sum(range(2_000_000))"], check=True)
    assert machine._own_seconds() - before > 0.01


def test_disturbance_that_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a system does not tell is left out."""

    def no_load() -> tuple[float, float, float]:
        raise OSError

    monkeypatch.setattr(machine, "_text", lambda path: "")
    monkeypatch.setattr(os, "getloadavg", no_load)
    assert machine.disturbance() == {}
