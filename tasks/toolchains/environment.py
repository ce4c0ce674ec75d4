"""The two environments in which Go runs: one that may reach the network, and one made from nothing."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from tasks.shared.machine import read_machine
from tasks.shared.paths import Paths

#: Where modules come from and how they are verified stays the user's choice (also by `go env -w`).
_NETWORK = {
    "GOPROXY", "GOSUMDB", "GOPRIVATE", "GONOPROXY", "GONOSUMDB", "GONOSUMCHECK", "GOINSECURE", "GOVCS", "GOAUTH",
    "GOENV",
}  # fmt: skip


def for_asking() -> dict[str, str]:
    """The user's environment, but of Go's own variables only those about the network."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GO") or name in _NETWORK}
    return {**kept, "GOTOOLCHAIN": "local"}


def for_downloads(module_cache: Path, build_cache: Path) -> dict[str, str]:
    """As for asking, with caches of our own.

    ``-modcacherw`` makes what is downloaded removable by `rm -rf`.
    """
    machine = read_machine()
    return {
        **for_asking(),
        "GOFLAGS": "-modcacherw",
        "GOWORK": "off",
        "GO111MODULE": "on",
        "GOOS": machine.goos,
        "GOARCH": machine.goarch,
        "GOPATH": str(module_cache.parent),
        "GOMODCACHE": str(module_cache),
        "GOCACHE": str(build_cache),
    }


def for_samples(scratch: Path, extra: Mapping[str, str]) -> dict[str, str]:
    """For sampling: nothing of the user's environment, so nothing of it can be measured.

    ``scratch`` is an existing folder for home and temporary files; ``extra`` are the configured variables.
    """
    folders = dict.fromkeys(("HOME", "TMPDIR"), str(scratch))
    return {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": "UTC", **folders, **extra}


def for_compiling(goroot: Path, scratch: Path, extra: Mapping[str, str]) -> dict[str, str]:
    """For compiling and linking: as for sampling, with the one toolchain and without a C compiler."""
    return {
        **for_samples(scratch, extra),
        "GOTMPDIR": str(scratch),
        "GOROOT": str(goroot),
        "GOTOOLCHAIN": "local",
        "GOENV": "off",
        "GOFLAGS": "",
        "GOWORK": "off",
        "CGO_ENABLED": "0",
    }


def for_building(paths: Paths, goroot: Path, scratch: Path, extra: Mapping[str, str]) -> dict[str, str]:
    """For go itself working on the suite: as for compiling, with our caches, and nothing fetched any more."""
    return {
        **for_compiling(goroot, scratch, extra),
        "GOCACHE": str(paths.build / "gocache"),
        "GOMODCACHE": str(paths.build / "gomodcache"),
        "GOPROXY": "off",
    }
