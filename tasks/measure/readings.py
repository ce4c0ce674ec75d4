"""What the machine is doing now, for the system check, in numbers of base units.

Two looks half a second apart: steal, throttling and busy processes are differences between them. What a system does
not tell is None (or empty), never guessed. Nothing is judged here: that is for ``syscheck``.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from tasks.measure.busy import busy
from tasks.measure.looks import INTERVAL, PMSET, SYSCTL, TURBO_SWITCHES, VM_STAT, Look, two_looks
from tasks.shared.machine import parse_meminfo, parse_sysctl

#: Sensors of a processor. Others (acpitz, nvme, the battery) tell of their surroundings.
_PROCESSOR = re.compile(r"cpu|soc|x86_pkg_temp|coretemp|k10temp|zenpower", re.IGNORECASE)


@dataclass(frozen=True)
class Readings:
    """What two looks tell, in seconds, bytes, degrees Celsius and fractions.

    ``governors`` counts cores by governor; ``turbo_switch`` is the file that turns turbo on and off. ``load`` is the
    average of the last minute, ``pressure`` the share of the last ten seconds in which somebody waited for a core,
    ``swapped`` the pages moved to or from swap between the looks, ``steal`` the share of all cores' time that the host
    gave to others, ``throttled`` how many cores of how many were slowed, ``speed_limit`` the share of its speed that
    macOS grants the processor, ``busy`` what other programs took of one core, by name.
    """

    goos: str
    seconds: float = INTERVAL
    cores: int | None = None
    governors: Mapping[str, int] = field(default_factory=dict)
    turbo: bool | None = None
    turbo_switch: str = ""
    load: float | None = None
    pressure: float | None = None
    celsius: float | None = None
    memory: int | None = None
    memory_free: int | None = None
    swap_used: int | None = None
    swapped: int | None = None
    steal: float | None = None
    throttled: tuple[int, int] | None = None
    speed_limit: float | None = None
    busy: Mapping[str, float] | None = None


def read(goos: str) -> Readings:
    """What this machine is doing; takes half a second."""
    return parse(*two_looks(goos, time.sleep))


def parse(before: Look, after: Look) -> Readings:
    """What two looks at the same system tell."""
    if after.goos == "linux":
        return _linux(before, after)
    if after.goos == "darwin":
        return _mac(before, after)
    return Readings(after.goos, after.at - before.at, after.cores, load=after.load)


def _linux(before: Look, after: Look) -> Readings:
    memory = parse_meminfo(after.text("/proc/meminfo"))
    pressure = re.search(r"some avg10=([\d.]+)", after.text("/proc/pressure/cpu"))
    swaps = [_numbers(r"^(pswp(?:in|out)) (\d+)$", look.text("/proc/vmstat")) for look in (before, after)]
    turbo, switch = _turbo(after)
    return Readings(
        goos=after.goos,
        seconds=after.at - before.at,
        cores=after.cores,
        governors=dict(Counter(after.matching(r".*/scaling_governor").values())),
        turbo=turbo,
        turbo_switch=switch,
        load=after.load,
        pressure=float(pressure[1]) / 100 if pressure else None,
        celsius=_celsius(after),
        memory=memory.get("MemTotal"),
        memory_free=memory.get("MemAvailable"),
        swap_used=memory["SwapTotal"] - memory["SwapFree"] if {"SwapTotal", "SwapFree"} <= set(memory) else None,
        swapped=_risen(*swaps),
        steal=_steal(before, after),
        throttled=_throttled(before, after),
        busy=busy(before, after),
    )


def _mac(before: Look, after: Look) -> Readings:
    facts = parse_sysctl(after.text(SYSCTL))
    pages = _numbers(r"^Pages (free|inactive|speculative): +(\d+)\.$", after.text(VM_STAT))
    page = re.search(r"page size of (\d+) bytes", after.text(VM_STAT))
    swap = re.search(r"used = ([\d.]+)M", facts.get("vm.swapusage", ""))
    swaps = [_numbers(r"^(Swap(?:ins|outs)): +(\d+)\.$", look.text(VM_STAT)) for look in (before, after)]
    limit = re.search(r"CPU_Speed_Limit\s*=\s*(\d+)", after.text(PMSET))
    return Readings(
        goos=after.goos,
        seconds=after.at - before.at,
        cores=after.cores,
        load=after.load,
        memory=int(facts["hw.memsize"]) if "hw.memsize" in facts else None,
        memory_free=int(page[1]) * sum(pages.values()) if page and len(pages) == 3 else None,
        swap_used=round(float(swap[1]) * 2**20) if swap else None,
        swapped=_risen(*swaps),
        speed_limit=int(limit[1]) / 100 if limit else None,
        busy=busy(before, after),
    )


def _numbers(pattern: str, text: str) -> dict[str, int]:
    """Numbers by name, of each line that matches."""
    return {name: int(number) for name, number in re.findall(pattern, text, re.MULTILINE)}


def _risen(before: Mapping[str, int], after: Mapping[str, int]) -> int | None:
    """By how much counters have risen together; None if there are none."""
    return sum(after[name] - before[name] for name in before) if before and set(before) == set(after) else None


def _turbo(look: Look) -> tuple[bool | None, str]:
    """Whether turbo is on, and the file that says so."""
    for path, off in TURBO_SWITCHES.items():
        if look.text(path) in ("0", "1"):
            return look.text(path) != off, path
    return None, ""


def _celsius(look: Look) -> float | None:
    """The hottest of the processor's own sensors."""
    places = (("type", "temp", "/sys/class/thermal/.*/type"), ("name", "temp1_input", "/sys/class/hwmon/.*/name"))
    found = []
    for kind, value, pattern in places:
        for path, sensor in look.matching(pattern).items():
            text = look.text(path.removesuffix(kind) + value)
            # A sensor that sleeps shows zero or less.
            if _PROCESSOR.search(sensor) and text.isdigit() and int(text) > 0:
                found.append(int(text) / 1000)
    return max(found, default=None)


def _steal(before: Look, after: Look) -> float | None:
    ticks = []
    for look in (before, after):
        match = re.match(r"cpu((?: +\d+){8})", look.text("/proc/stat"))
        if not match:
            return None
        # user nice system idle iowait irq softirq steal; the guests that follow are a part of user.
        ticks.append([int(number) for number in match[1].split()])
    total = sum(ticks[1]) - sum(ticks[0])
    return max(ticks[1][7] - ticks[0][7], 0) / total if total > 0 else None


def _throttled(before: Look, after: Look) -> tuple[int, int] | None:
    """Cores slowed, of those that count it; what slows a whole package is counted on each of its cores."""
    pattern = r"/sys/devices/system/cpu/cpu\d+/thermal_throttle/.*"
    earlier, later = before.matching(pattern), after.matching(pattern)
    cores: dict[str, bool] = {}
    for path in earlier.keys() & later.keys():
        if earlier[path].isdigit() and later[path].isdigit():
            core = path.split("/")[5]
            cores[core] = cores.get(core, False) or int(later[path]) > int(earlier[path])
    return (sum(cores.values()), len(cores)) if cores else None
