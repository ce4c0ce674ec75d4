"""What is known of this machine: facts that results are bound to, and what may disturb a sample.

Reading is split from parsing, so that recorded outputs of other systems test the parsing. What a
system does not tell is ``unknown`` (text) or missing, never guessed.
"""

from __future__ import annotations

import contextlib
import os
import platform
import re
import resource
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

UNKNOWN = "unknown"
#: Seconds of a clock tick in /proc/stat: the kernel shows 100 a second on all processors that Go runs on.
_TICK = 0.01
_GOARCH = {"x86_64": "amd64", "amd64": "amd64", "arm64": "arm64", "aarch64": "arm64"}


@dataclass(frozen=True)
class Machine:
    """Facts of one machine. ``memory`` is in bytes (0: unknown), ``cores`` those that this process may use."""

    goos: str
    goarch: str
    cpu: str
    cores: int
    memory: int
    os: str
    kernel: str

    @property
    def platform(self) -> str:
        """``linux-amd64``: the name of the folder of its results."""
        return f"{self.goos}-{self.goarch}"

    @property
    def identity(self) -> dict[str, Any]:
        """What results are bound to: a kernel update or a few megabytes of memory make no other machine."""
        gigabytes = round(self.memory / 2**30)
        return {
            "goos": self.goos,
            "goarch": self.goarch,
            "cpu": self.cpu,
            "cores": self.cores,
            "memory_gb": gigabytes,
            "os": self.os,
        }

    def document(self) -> dict[str, Any]:
        return asdict(self)


def read_machine() -> Machine:
    """The machine this runs on."""
    system, arch = platform.system(), platform.machine().lower()
    goarch = _GOARCH.get(arch, arch)
    if system == "Darwin":
        values = parse_sysctl(_output(["sysctl", "machdep.cpu.brand_string", "hw.memsize"]))
        cpu, memory = values.get("machdep.cpu.brand_string", UNKNOWN), int(values.get("hw.memsize", 0))
        name = f"macOS {platform.mac_ver()[0]}"
    else:
        cpu = parse_cpuinfo(_text("/proc/cpuinfo"))
        memory = parse_meminfo(_text("/proc/meminfo")).get("MemTotal", 0)
        name = parse_os_release(_text("/etc/os-release"))
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    return Machine(system.lower(), goarch, cpu, cores, memory, name, platform.release())


def disturbance() -> dict[str, float]:
    """What may disturb a sample that starts now: load, steal ticks, pressure, throttling, temperature, other programs.

    Counters are totals since boot: ``steal`` in clock ticks, ``throttled`` in events, ``others`` in seconds of all
    cores that neither this process had nor those of its children that have ended. What counts is how they rise
    (`risen`).
    """
    values: dict[str, float] = {}
    with contextlib.suppress(OSError):
        values["load"] = round(os.getloadavg()[0], 2)
    ticks = re.match(r"cpu +(\d+) +(\d+) +(\d+) +(?:\d+ +){4}(\d+)", _text("/proc/stat"))
    if ticks:
        user, nice, system, steal = map(int, ticks.groups())
        values["steal"] = float(steal)
        values["others"] = (user + nice + system) * _TICK - _own_seconds()
    pressure = re.search(r"some avg10=([\d.]+)", _text("/proc/pressure/cpu"))
    if pressure:
        values["pressure"] = float(pressure[1])
    throttled = _text("/sys/devices/system/cpu/cpu0/thermal_throttle/package_throttle_count").strip()
    if throttled.isdigit():
        values["throttled"] = float(throttled)
    temperature = _text("/sys/class/thermal/thermal_zone0/temp").strip()
    if temperature.lstrip("-").isdigit():
        values["celsius"] = int(temperature) / 1000
    return values


def risen(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    """What disturbed a sample between two readings, where the system tells.

    ``stolen``: seconds of all cores that the host gave to others; ``others``: seconds that other programs here had;
    ``slowed``: how often the processor was throttled.
    """
    told = (("steal", "stolen", _TICK), ("others", "others", 1.0), ("throttled", "slowed", 1.0))
    both = before.keys() & after.keys()
    return {
        name: round(max(0.0, after[counter] - before[counter]) * factor, 3)
        for counter, name, factor in told
        if counter in both
    }


def _own_seconds() -> float:
    """Seconds of processors that this process and its children that have ended had so far."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def parse_cpuinfo(text: str) -> str:
    """The processor's name in /proc/cpuinfo of amd64 or arm64."""
    for key in ("model name", "Model", "Hardware"):
        match = re.search(rf"^{key}[ \t]*:[ \t]*(\S.*)$", text, re.MULTILINE)
        if match:
            return " ".join(match[1].split())
    part = re.search(r"^CPU part\s*:\s*(\S+)$", text, re.MULTILINE)
    implementer = re.search(r"^CPU implementer\s*:\s*(\S+)$", text, re.MULTILINE)
    return f"arm {implementer[1]} {part[1]}" if part and implementer else UNKNOWN


def parse_meminfo(text: str) -> dict[str, int]:
    """Bytes by name in /proc/meminfo."""
    return {name: int(kb) * 1024 for name, kb in re.findall(r"^(\w+):\s+(\d+) kB$", text, re.MULTILINE)}


def parse_os_release(text: str) -> str:
    """The distribution's name and version."""
    match = re.search(r"""^PRETTY_NAME=["']?([^"'\n]+)["']?$""", text, re.MULTILINE)
    return match[1] if match else platform.system()


def parse_sysctl(text: str) -> dict[str, str]:
    """Values by name in what `sysctl NAME ...` prints."""
    return dict(re.findall(r"^([\w.]+): (.+)$", text, re.MULTILINE))


def _text(path: str) -> str:
    try:
        return Path(path).read_text(errors="replace")
    except OSError:
        return ""


def _output(command: list[str]) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=10, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""
