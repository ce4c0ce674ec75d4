"""What three systems show at two moments: a laptop with Linux, a virtual machine in a cloud, a Mac."""

from __future__ import annotations

from collections.abc import Mapping

from tasks.measure.looks import PMSET, PS, SYSCTL, VM_STAT, Look

CPU = "/sys/devices/system/cpu"
OWN = 4242


def process(pid: int, name: str, parent: int, ticks: int, start: int = 1000) -> dict[str, str]:
    """/proc/PID/stat of a process that has used so many clock ticks, a quarter of them in the kernel."""
    system = ticks // 4
    return {
        f"/proc/{pid}/stat": f"{pid} ({name}) S {parent} {pid} {pid} 34816 -1 4194560 1517 903 12 0 {ticks - system} "
        f"{system} 7700 8800 20 0 4 0 {start} 311255040 20141 18446744073709551615 1 1 0 0 0 0 0 4096 134217730 "
        "0 0 0 17 2 0 0 0 0 0 0 0 0 0 0 0 0 0\n"
    }


def linux(at: float, load: float, cores: int, *texts: Mapping[str, str]) -> Look:
    """A look at a Linux system by process 4242."""
    return Look("linux", at, cores, load, OWN, {path: text for part in texts for path, text in part.items()})


def our_line(ticks: int) -> dict[str, str]:
    """The first process, the terminal and shell that we run in, ourselves, and a child of ours."""
    return {
        **process(1, "systemd", 0, 500 + ticks, start=1),
        **process(1500, "gnome-terminal-", 1, 900 + ticks),
        **process(4000, "bash", 1500, 20 + ticks),
        **process(OWN, "doit", 4000, 100 + ticks),
        **process(4243, "compile", OWN, 50 + ticks),
    }


def _ticks(everything: str, first: str) -> dict[str, str]:
    return {"/proc/stat": f"cpu  {everything}\n{first}\nintr 58043955 0 0 0\nctxt 123456\n"}


_LAPTOP = {
    "/proc/meminfo": """MemTotal:       16234512 kB
MemFree:          812344 kB
MemAvailable:    7654320 kB
Buffers:          210044 kB
Cached:          6120044 kB
SwapCached:        10240 kB
Active(anon):    4123456 kB
SwapTotal:       8388604 kB
SwapFree:        8338604 kB
HugePages_Total:       0
""",
    "/proc/pressure/cpu": "some avg10=1.50 avg60=0.80 avg300=0.44 total=99\nfull avg10=0.00 avg60=0.00 total=0\n",
    **{f"{CPU}/cpu{n}/cpufreq/scaling_governor": "powersave\n" for n in range(8)},
    f"{CPU}/intel_pstate/no_turbo": "0\n",
    "/sys/class/thermal/thermal_zone0/type": "acpitz\n",
    "/sys/class/thermal/thermal_zone0/temp": "90000\n",
    "/sys/class/thermal/thermal_zone1/type": "x86_pkg_temp\n",
    "/sys/class/thermal/thermal_zone1/temp": "51000\n",
    "/sys/class/hwmon/hwmon3/name": "coretemp\n",
    "/sys/class/hwmon/hwmon3/temp1_input": "52500\n",
    "/sys/class/hwmon/hwmon2/name": "nvme\n",
    "/sys/class/hwmon/hwmon2/temp1_input": "81850\n",
}


def _throttle_counts(slowed: int, package: int) -> dict[str, str]:
    counts = {}
    for n in range(8):
        folder = f"{CPU}/cpu{n}/thermal_throttle"
        counts[f"{folder}/core_throttle_count"] = f"{7 + (n < slowed)}\n"
        counts[f"{folder}/package_throttle_count"] = f"{12 + package}\n"
    return counts


#: i7-8550U with 8 threads: powersave, turbo, a browser at work, two cores that were too hot in between.
LAPTOP = (
    linux(
        100.0,
        1.25,
        8,
        _LAPTOP,
        _throttle_counts(0, 0),
        our_line(0),
        process(2000, "firefox", 1, 90_000),
        process(2001, "Web Content", 2000, 40_000),
        _ticks("1204817 3912 340127 9180221 10444 0 21883 0 0 0", "cpu0 150000 400 42000 1140000 0 0 0 0 0 0"),
        {"/proc/vmstat": "nr_free_pages 203086\npswpin 120\npswpout 2560\n"},
    ),
    linux(
        100.5,
        1.2,
        8,
        _LAPTOP,
        _throttle_counts(2, 0),
        our_line(40),
        process(2000, "firefox", 1, 90_015),
        process(2001, "Web Content", 2000, 40_002),
        _ticks("1204897 3912 340137 9180531 10444 0 21883 0 0 0", "cpu0 150010 400 42001 1140039 0 0 0 0 0 0"),
        {"/proc/vmstat": "nr_free_pages 203086\npswpin 120\npswpout 2560\n"},
    ),
)

_CLOUD = {
    "/proc/meminfo": "MemTotal:        8126476 kB\nMemFree:          230764 kB\nMemAvailable:    6926476 kB\n"
    "SwapTotal:             0 kB\nSwapFree:              0 kB\n",
    "/proc/vmstat": "nr_free_pages 57691\npswpin 0\npswpout 0\n",
    "/proc/pressure/cpu": "some avg10=0.00 avg60=0.00 avg300=0.00 total=1\n",
}

#: Two cores of an EPYC without cpufreq, sensors or counts; the host takes 7 of 100 ticks.
CLOUD = (
    linux(
        50.0,
        0.08,
        2,
        _CLOUD,
        our_line(0),
        _ticks("942166 0 250402 1209087 5759 0 36451 835 100 0", "cpu0 453611 0 116459 633201 774 0 1 421 0 0"),
    ),
    linux(
        50.5,
        0.08,
        2,
        _CLOUD,
        our_line(1),
        _ticks("942168 0 250403 1209177 5759 0 36451 842 102 0", "cpu0 453612 0 116459 633250 774 0 1 425 0 0"),
    ),
)

VM_STAT_TEXT = """Mach Virtual Memory Statistics: (page size of 16384 bytes)
Pages free:                              100000.
Pages active:                            246313.
Pages inactive:                           90000.
Pages speculative:                        10000.
Pages throttled:                              0.
Pages wired down:                        143231.
Pages purgeable:                           4321.
"Translation faults":                 123456789.
Pages copy-on-write:                   12345678.
Swapins:                                  {swapins}.
Swapouts:                                   512.
"""

PS_TEXT = """  PID  PPID  %CPU COMM
    0     0   0.0 kernel_task
    1     0   0.3 /sbin/launchd
  410     1  12.5 /System/Library/Frameworks/CoreServices.framework/Support/mds_stores
  500     1   4.0 /Applications/Google Chrome.app/Contents/MacOS/Google Chrome
  501   500  31.0 /Applications/Google Chrome.app/Contents/MacOS/Google Chrome
 4000     1  50.0 -zsh
 4242  4000  99.0 /opt/homebrew/bin/python3
 4243  4242  60.0 ps
"""

PMSET_INTEL = """2026-11-24 09:00:00 +0100 CPU Power notify
\tCPU_Scheduler_Limit \t= 100
\tCPU_Available_CPUs \t= 8
\tCPU_Speed_Limit \t= 70
"""

PMSET_APPLE = """Note: No thermal warning level has been recorded
Note: No performance warning level has been recorded
Note: No CPU power status has been recorded
"""


def mac(at: float, swapins: int, pmset: str = PMSET_APPLE) -> Look:
    """A look at a MacBook with 16 GB of memory."""
    texts = {
        SYSCTL: "hw.memsize: 17179869184\n"
        "vm.swapusage: total = 2048.00M  used = 1022.50M  free = 1025.50M  (encrypted)\n",
        VM_STAT: VM_STAT_TEXT.format(swapins=swapins),
        PMSET: pmset,
        PS: PS_TEXT,
    }
    return Look("darwin", at, 10, 2.5, OWN, texts)


#: An M2 Pro that swaps; an Intel one is the same with PMSET_INTEL.
MAC = (mac(10.0, 128), mac(10.5, 131))
