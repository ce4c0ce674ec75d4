"""One checkout under one command line: its paths, configuration, settings and machine."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

from tasks.shared.config import Config
from tasks.shared.errors import PerfError
from tasks.shared.files import digest_of
from tasks.shared.machine import Machine
from tasks.shared.paths import Paths, Tree
from tasks.shared.settings import Settings, parse_benchtime
from tasks.shared.versions import Version


@dataclass(frozen=True)
class Project:
    """Everything that is fixed when tasks are made."""

    paths: Paths
    config: Config
    settings: Settings
    machine: Machine

    @functools.cached_property
    def tree(self) -> Tree:
        """Where this run's results lie: ``results/stable/linux-amd64``."""
        return Tree(self.paths.results / self.settings.tree / self.machine.platform)

    @functools.cached_property
    def conditions(self) -> str:
        """Hash of what samples depend on besides the code: benchtime, layouts and the machine."""
        return conditions_of(self.settings.benchtime_text, self.settings.layouts, self.machine)

    @property
    def export_folder(self) -> Path:
        """Where this tree is exported to: other trees than stable have a folder of their own."""
        out = self.config.export_dir
        return out if self.settings.tree == "stable" else out / self.settings.tree

    @property
    def words(self) -> str:
        """What a command line must say besides to mean the same results, with a blank before it; mostly nothing."""
        settings, profile = self.settings, self.config.profiles[self.settings.profile]
        said = [] if settings.profile == "default" else [f"profile={settings.profile}"]
        if parse_benchtime(str(profile["benchtime"])) != settings.benchtime:
            said.append(f"benchtime={settings.benchtime_text}")
        if profile["layouts"] != settings.layouts:
            said.append(f"layouts={settings.layouts}")
        return "".join(f" {word}" for word in said)

    def version(self, name: str) -> Version:
        """The configured version of an exact name."""
        for version in self.config.versions:
            if version.exact == name:
                return version
        known = ", ".join(version.exact for version in self.config.versions)
        raise PerfError(f"{name} is not in config.yaml, which has {known}")

    def relative(self, path: Path) -> str:
        """A path as people and doit's record have it: relative, where it lies below the project's root.

        So a clone that was moved is still up to date.
        """
        return str(path.relative_to(self.paths.root)) if path.is_relative_to(self.paths.root) else str(path)


def conditions_of(benchtime: str, layouts: str, machine: Machine) -> str:
    """Hash of what samples depend on besides the code."""
    return digest_of({"benchtime": benchtime, "layouts": layouts, "machine": machine.identity})
