"""What the system check makes of readings: a verdict on each thing that disturbs measuring, and what to do next.

Thresholds are here, each with its reason. What can't be known is said to be unknown, and why.
"""

from __future__ import annotations

from dataclasses import dataclass

from tasks.measure.looks import TURBO_SWITCHES
from tasks.measure.readings import Readings
from tasks.shared.machine import UNKNOWN

OK, WARN = "ok", "warn"

#: The one governor that does not make the speed depend on what ran a moment ago.
GOVERNOR = "performance"

#: Waiting or running programs per core in the last minute. doit's own planning is part of it, and should not warn.
MOST_LOAD = 0.3

#: Share of the last ten seconds in which somebody waited for a core: while nothing is measured, nobody should.
MOST_PRESSURE = 0.1

#: Most processors slow down somewhere between 85 and 105 °C, and samples will heat what is warm already.
MOST_CELSIUS = 75

#: Bytes. Below, the kernel drops what it has cached of binaries and begins to swap. What a sample needs does not grow
#: with the machine, so this is no share of the whole.
LEAST_MEMORY = 10**9

#: Bytes. Some pages that nobody wants are swapped even when there is room; more tells that there was none.
MOST_SWAP = 100 * 10**6

#: Share of all cores' time. In half a second, one clock tick is 1 % of two cores: that is chance.
MOST_STEAL = 0.02

#: Share of one core's time. In half a second, one clock tick is 2 %: a few are chance.
MOST_BUSY = 0.1

#: How many busy programs are named.
_NAMED = 5


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. ``status`` is ok, warn or unknown; ``value`` and ``advice`` are for people.

    ``advice`` says what to do about a warning, or why something is unknown; it is empty for what is ok.
    """

    name: str
    status: str
    value: str
    advice: str


def examine(readings: Readings) -> list[Finding]:
    """The findings, always the same ones in the same order."""
    looks = (_governor, _turbo, _load, _temperature, _memory, _swap, _steal, _throttling, _busy)
    return [look(readings) for look in looks]


def _judge(name: str, bad: bool, value: str, advice: str) -> Finding:
    return Finding(name, WARN, value, advice) if bad else Finding(name, OK, value, "")


def _unknown(name: str, goos: str, linux: str, mac: str) -> Finding:
    """What a system does not tell, with the reason that holds for this one."""
    reasons = {"linux": linux, "darwin": mac}
    return Finding(name, UNKNOWN, UNKNOWN, reasons.get(goos, f"It is not read on {goos}."))


def _governor(r: Readings) -> Finding:
    name = "CPU governor"
    if not r.governors:
        linux = "The kernel controls no frequency here (no cpufreq); of a virtual machine, its host does."
        return _unknown(name, r.goos, linux, "macOS has no governors; it sets the speed itself.")
    total = sum(r.governors.values())
    others = {governor: cores for governor, cores in sorted(r.governors.items()) if governor != GOVERNOR}
    value = ", ".join(f"{governor} on {cores} of {_cores(total)}" for governor, cores in others.items())
    advice = f"Until the next start: sudo cpupower frequency-set -g {GOVERNOR}"
    return _judge(name, bool(others), value or f"{GOVERNOR} on {_cores(total)}", advice)


def _turbo(r: Readings) -> Finding:
    if r.turbo is None:
        linux = (
            "The kernel shows no switch for it (intel_pstate, cpufreq/boost); of a virtual machine, its host has it."
        )
        return _unknown("turbo", r.goos, linux, "macOS has no switch for it; low power mode is the nearest to one.")
    advice = f"Until the next start: echo {TURBO_SWITCHES.get(r.turbo_switch)} | sudo tee {r.turbo_switch}"
    return _judge("turbo", r.turbo, "on" if r.turbo else "off", advice)


def _load(r: Readings) -> Finding:
    per_core = r.load / r.cores if r.load is not None and r.cores else None
    if per_core is None and r.pressure is None:
        reason = "The system tells no load average."
        return _unknown("load per core", r.goos, reason, reason)
    parts = [] if per_core is None else [f"{per_core:.2f} in the last minute"]
    if r.pressure is not None:
        parts.append(f"somebody waited for a core {_percent(r.pressure)} of the last ten seconds")
    bad = (per_core or 0) > MOST_LOAD or (r.pressure or 0) > MOST_PRESSURE
    advice = f"See with top what runs, and wait until the load is below {MOST_LOAD} per core; builds count, too."
    return _judge("load per core", bad, ", ".join(parts), advice)


def _temperature(r: Readings) -> Finding:
    if r.celsius is None:
        linux = "No sensor of the processor is shown; unless this is a virtual machine, sudo sensors-detect may help."
        mac = "macOS tells it to root only: sudo powermetrics -n 1 --samplers thermal"
        return _unknown("temperature", r.goos, linux, mac)
    advice = f"Wait until it has cooled below {MOST_CELSIUS} °C; if it does not, see to its vents and fans."
    return _judge("temperature", r.celsius > MOST_CELSIUS, f"{r.celsius:.0f} °C", advice)


def _memory(r: Readings) -> Finding:
    if r.memory_free is None:
        linux = "/proc/meminfo has no MemAvailable; kernels before 3.14 and some containers lack it."
        return _unknown("free memory", r.goos, linux, "vm_stat did not tell it.")
    value = _size(r.memory_free) + (f" of {_size(r.memory)}" if r.memory is not None else "")
    command = "top -o mem" if r.goos == "darwin" else "ps aux --sort=-rss | head"
    advice = f"Close what uses most, until {_size(LEAST_MEMORY)} are free: {command}"
    return _judge("free memory", r.memory_free < LEAST_MEMORY, value, advice)


def _swap(r: Readings) -> Finding:
    if r.swap_used is None:
        linux = "/proc/meminfo does not tell it; some containers hide it."
        return _unknown("swap in use", r.goos, linux, "sysctl vm.swapusage did not tell it.")
    value = _size(r.swap_used) + (f", {r.swapped} pages moved within {r.seconds:.1f} s" if r.swapped else "")
    back = "restart the Mac" if r.goos == "darwin" else "sudo swapoff -a && sudo swapon -a"
    advice = f"Close what needs the memory, then bring back what was swapped: {back}"
    return _judge("swap in use", r.swap_used > MOST_SWAP or bool(r.swapped), value, advice)


def _steal(r: Readings) -> Finding:
    if r.steal is None:
        mac = "macOS does not count it; outside of a virtual machine there is none."
        return _unknown("steal", r.goos, "/proc/stat does not count it; some containers hide it.", mac)
    advice = "The host runs others on these cores: take a dedicated or bare-metal machine, or a quieter hour."
    return _judge("steal", r.steal > MOST_STEAL, f"{_percent(r.steal)} within {r.seconds:.1f} s", advice)


def _throttling(r: Readings) -> Finding:
    advice = "The processor is too hot or short of power: let it cool, and plug in the power supply."
    if r.throttled is not None:
        slowed, cores = r.throttled
        value = f"{slowed or 'none'} of {_cores(cores)} within {r.seconds:.1f} s"
        return _judge("throttling", slowed > 0, value, advice)
    if r.speed_limit is not None:
        return _judge("throttling", r.speed_limit < 1, f"{_percent(r.speed_limit)} of its speed", advice)
    linux = "Only Intel's processors count it, and not in a virtual machine; watch the temperature instead."
    mac = "pmset -g therm told no speed limit; root sees the pressure: sudo powermetrics -n 1 --samplers thermal"
    return _unknown("throttling", r.goos, linux, mac)


def _busy(r: Readings) -> Finding:
    if r.busy is None:
        linux = "/proc does not show the processes of others: sudo mount -o remount,hidepid=0 /proc"
        return _unknown("busy processes", r.goos, linux, "ps -A did not list all processes.")
    most = sorted(((share, name) for name, share in r.busy.items() if share > MOST_BUSY), key=lambda p: (-p[0], p[1]))
    named = [f"{name} {_percent(share)}" for share, name in most[:_NAMED]]
    if len(most) > _NAMED:
        named.append(f"{len(most) - _NAMED} more")
    advice = "Stop them while measuring, or wait until they have ended; the percents are of one core."
    return _judge("busy processes", bool(most), ", ".join(named) or f"none above {_percent(MOST_BUSY)}", advice)


def _percent(fraction: float) -> str:
    return f"{100 * fraction:.0f} %"


def _size(size: int) -> str:
    return f"{size / 10**9:.1f} GB" if size >= 10**9 else f"{size / 10**6:.0f} MB"


def _cores(count: int) -> str:
    return f"{count} core" if count == 1 else f"{count} cores"
