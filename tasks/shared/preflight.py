"""Whether there is room for what is about to be downloaded and built."""

from __future__ import annotations

import shutil
from pathlib import Path

from tasks.shared.errors import PerfError

#: Measured on linux-amd64 with 1.23 to 1.25: a toolchain is 260 MB and its archive 80 MB; a package's archives,
#: binary and share of Go's cache come to 150 MB; modules and the Go that downloads to 500 MB.
_TOOLCHAIN, _BUILD, _COMMON = 350, 150, 500


def megabytes_needed(toolchains: int, builds: int) -> int:
    """Room for installing so many toolchains and building so many packages."""
    return toolchains * _TOOLCHAIN + builds * _BUILD + (_COMMON if toolchains or builds else 10)


def check_disk(folder: Path, toolchains: int, builds: int) -> None:
    """PerfError if the disk of ``folder`` has no room for it."""
    needed = megabytes_needed(toolchains, builds)
    free = shutil.disk_usage(folder).free // 10**6
    if free < needed:
        raise PerfError(
            f"Not enough room on the disk of {folder}: {needed} MB are needed "
            f"({toolchains} toolchains to install, {builds} packages to build), {free} MB are free. "
            "Free some, or name fewer versions in config.yaml. Nothing has been changed."
        )
