"""Where everything lies, relative to the project's root. Only this module joins these names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Paths:
    """The folders and files of one checkout."""

    root: Path

    @property
    def config(self) -> Path:
        return self.root / "config.yaml"

    @property
    def findings(self) -> Path:
        """Claims about the data; what becomes of them lies in a tree."""
        return self.root / "findings.yaml"

    @property
    def versions_lock(self) -> Path:
        return self.root / "versions.lock.json"

    @property
    def schemas(self) -> Path:
        return self.root / "schemas"

    @property
    def benchmarks(self) -> Path:
        return self.root / "benchmarks"

    @property
    def toolchains(self) -> Path:
        return self.root / ".go-versions"

    @property
    def build(self) -> Path:
        """Everything that compiling needs or makes; may be deleted at any time."""
        return self.root / ".build"

    @property
    def cache(self) -> Path:
        """What was computed once and can be again: unit names, validated files, the doit database."""
        return self.root / ".cache"

    @property
    def verified(self) -> Path:
        """What was validated and hashed before."""
        return self.cache / "verified.json"

    @property
    def results(self) -> Path:
        return self.root / "results"

    @property
    def reference(self) -> Path:
        """Committed results of a real run, a folder for each machine."""
        return self.results / "reference"

    @property
    def site(self) -> Path:
        """The page; made from the export."""
        return self.root / "site"

    def calibration(self, platform: str) -> Tree:
        """The samples and reports of `doit calibrate` on one platform."""
        return Tree(self.results / "calibration" / platform)

    def layouts(self, platform: str) -> Tree:
        """The samples and reports of `doit layouts` on one platform."""
        return Tree(self.results / "layouts" / platform)

    def toolchain(self, version: str) -> Path:
        """The GOROOT of an exact version, ``go1.24.0``."""
        return self.toolchains / version

    def build_of(self, version: str) -> Path:
        return self.build / version

    def fingerprint(self, version: str, cell: str) -> Path:
        """The fingerprint of a unit (``runtime.GCLatency``) under an exact version."""
        return self.build_of(version) / "fingerprints" / f"{cell}.json"


@dataclass(frozen=True)
class Tree:
    """The results of one platform under one benchtime and layout setting."""

    folder: Path

    def version(self, label: str) -> Path:
        return self.folder / label

    def receipt(self, label: str, unit: str) -> Path:
        return self.version(label) / "receipts" / f"{unit}.json"

    def merged_text(self, label: str) -> Path:
        return self.version(label) / "merged.txt"

    def merged_json(self, label: str) -> Path:
        return self.version(label) / "merged.json"

    def variance(self, label: str) -> Path:
        """How noisy each benchmark of a version is."""
        return self.version(label) / "variance.json"

    @property
    def forgotten(self) -> Path:
        """Marks of ``doit forget``: samples of a cell from before a moment do not count."""
        return self.folder / "forgotten.json"

    def blocks(self, session: str) -> Path:
        return self.folder / f"{session}_blocks.json"

    @property
    def noise(self) -> Path:
        """What controls have told of the noise here."""
        return self.folder / "noise.json"

    def comparison(self, name: str, suffix: str) -> Path:
        """A comparison of two versions (``go1.24-go1.25``) in one of its forms: json, txt, md, csv."""
        return self.folder / "comparisons" / f"{name}.{suffix}"

    def findings(self, suffix: str) -> Path:
        """What became of the claims of findings.yaml, in one of its forms: json, txt, md."""
        return self.folder / f"findings.{suffix}"
