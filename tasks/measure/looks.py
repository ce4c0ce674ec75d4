"""Raw texts of what the machine is doing now, read from Linux or macOS: files of /proc and /sys, and commands.

Nothing is understood here: that is for ``readings``, which recorded texts test.
"""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

#: Seconds between two looks: enough for fifty clock ticks on each core, little enough to wait for.
INTERVAL = 0.5

#: The files that switch turbo, and what is in them while it is off.
TURBO_SWITCHES = {
    "/sys/devices/system/cpu/intel_pstate/no_turbo": "1",
    "/sys/devices/system/cpu/cpufreq/boost": "0",
}

SYSCTL, VM_STAT, PMSET, PS = "sysctl hw.memsize vm.swapusage", "vm_stat", "pmset -g therm", "ps -Ao pid,ppid,pcpu,comm"

_COMMANDS = (SYSCTL, VM_STAT, PMSET, PS)

_FILES = (
    "proc/[0-9]*/stat",
    "proc/stat",
    "proc/meminfo",
    "proc/vmstat",
    "proc/pressure/cpu",
    "sys/devices/system/cpu/cpu[0-9]*/cpufreq/scaling_governor",
    "sys/devices/system/cpu/cpu[0-9]*/thermal_throttle/*_throttle_count",
    "sys/class/thermal/thermal_zone*/type",
    "sys/class/thermal/thermal_zone*/temp",
    "sys/class/hwmon/hwmon*/name",
    "sys/class/hwmon/hwmon*/temp1_input",
    *(path[1:] for path in TURBO_SWITCHES),
)


@dataclass(frozen=True)
class Look:
    """What the system showed at one moment: ``texts`` by the path of the file or by the command.

    ``at`` is in seconds of a clock that only goes forward, ``load`` the average of the last minute, ``cores`` all
    that the system has, ``pid`` who looked.
    """

    goos: str
    at: float
    cores: int | None
    load: float | None
    pid: int
    texts: Mapping[str, str]

    def text(self, key: str) -> str:
        """What is in a file or a command printed; empty if the system does not have it."""
        return self.texts.get(key, "").strip()

    def matching(self, pattern: str) -> dict[str, str]:
        """The texts whose paths match as a whole, by path."""
        return {path: text.strip() for path, text in sorted(self.texts.items()) if re.fullmatch(pattern, path)}


def two_looks(goos: str, wait: Callable[[float], None]) -> tuple[Look, Look]:
    """The system before and after a wait of so many seconds."""
    before = look(goos)
    wait(INTERVAL)
    return before, look(goos)


def look(goos: str) -> Look:
    """All texts that this system has of those that are known here."""
    load = None
    with contextlib.suppress(OSError):
        load = os.getloadavg()[0]
    at = time.monotonic()
    texts = _read_commands() if goos == "darwin" else _read_files(Path("/")) if goos == "linux" else {}
    return Look(goos, at, os.cpu_count(), load, os.getpid(), texts)


def _read_files(root: Path) -> dict[str, str]:
    texts = {}
    for pattern in _FILES:
        for path in root.glob(pattern):
            # Processes end while they are looked at, and drivers refuse to be read while they sleep.
            with contextlib.suppress(OSError):
                texts[f"/{path.relative_to(root)}"] = path.read_text(encoding="utf-8", errors="replace")
    return texts


def _read_commands() -> dict[str, str]:
    # Elsewhere numbers have a comma.
    env = {**os.environ, "LC_ALL": "C"}
    texts = {}
    for command in _COMMANDS:
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            done = subprocess.run(command.split(), capture_output=True, timeout=10, check=False, env=env)
            texts[command] = done.stdout.decode(errors="replace")
    return texts
