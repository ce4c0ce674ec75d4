"""config.yaml: what to measure and how. Every mistake is reported at once, with its path."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tasks.shared import rules, schema, settings
from tasks.shared.errors import InvalidDocument, PerfError, Problem
from tasks.shared.paths import Paths
from tasks.shared.rules import Rules
from tasks.shared.settings import Settings
from tasks.shared.statistics import Limits
from tasks.shared.verified import mistakes_in, verified_for
from tasks.shared.versions import OLDEST_MINOR, Version, is_exact, labelled, minor_of, sort_key, usual_pairs
from tasks.shared.yaml_file import read_yaml

#: Finds the newest patch of a minor release: ``1.24`` -> ``1.24.11``.
Resolve = Callable[[str], str]


@dataclass(frozen=True)
class Config:
    """A valid configuration.

    ``environment`` holds Go's variables that a build or a sample gets; ``pairs`` are the versions to compare.
    """

    versions: tuple[Version, ...]
    packages: tuple[str, ...]
    export_dir: Path
    repository: str
    profiles: Mapping[str, Mapping[str, Any]]
    thresholds: Mapping[str, float | Mapping[str, float]]
    varies_by_nature: Mapping[str, float]
    environment: Mapping[str, str]
    unit_timeout: float
    rules: Rules
    pairs: tuple[tuple[Version, Version], ...]

    def settings(self, profile: str, changes: Mapping[str, str]) -> Settings:
        """The settings of one run; PerfError for an unknown profile."""
        if profile not in self.profiles:
            raise PerfError(f"profile={profile}: there is no such profile; choose {', '.join(self.profiles)}")
        return settings.from_profile(profile, self.profiles[profile], changes)

    def limits(self, package: str, leaf: str, chosen: Settings) -> Limits:
        """When a benchmark is too noisy: by its own entry, its unit's or its package's, else by the settings."""
        unit = leaf.split("/", 1)[0]
        # The closest entry counts.
        for key in (f"{package}.{leaf}", f"{package}.{unit}", package):
            if key in self.varies_by_nature:
                return Limits(0.0, self.varies_by_nature[key], by_nature=True)
            threshold = _in_profile(self.thresholds.get(key), chosen.profile)
            if threshold is not None:
                return Limits(threshold, chosen.interval_target)
        return Limits(chosen.variance_threshold, chosen.interval_target)


def _in_profile(value: float | Mapping[str, float] | None, profile: str) -> float | None:
    """A threshold that holds in all profiles, or the one of this profile."""
    return value.get(profile) if isinstance(value, Mapping) else value


def load(paths: Paths, resolve: Resolve) -> Config:
    """Read, validate and resolve config.yaml; PerfError or InvalidDocument say what to change."""
    source = paths.config.name
    document = read_yaml(paths.config)
    mistakes = mistakes_in("config", paths.config, document, verified_for(paths.verified))
    # Rules that a schema can't express; each looks only at parts of the document that their schema found in order.
    for parts, rule in _RULES.items():
        looked_at = tuple(f"$.{part}" for part in parts.split())
        if not any(problem.path == "$" or problem.path.startswith(looked_at) for problem in mistakes):
            mistakes = [*mistakes, *rule(document, paths)]
    if mistakes:
        raise InvalidDocument(source, mistakes)
    versions = _versions(document, paths, source, resolve)
    return Config(
        versions=versions,
        packages=tuple(document["packages"]),
        export_dir=paths.root / document["export_dir"],
        repository=document["repository"],
        profiles=document["profiles"],
        thresholds=document["thresholds"],
        varies_by_nature=document["varies_by_nature"],
        environment={name: str(value) for name, value in document["environment"].items()},
        unit_timeout=float(document["unit_timeout"]),
        rules=rules.from_config(document["compare"]),
        pairs=_pairs(document, versions),
    )


def _entries(document: Mapping[str, Any]) -> list[tuple[str, Path | None]]:
    """(number, goroot) of each entry under versions."""
    return [
        (entry, None) if isinstance(entry, str) else (entry["version"], Path(entry["goroot"]).expanduser())
        for entry in document["versions"]
    ]


def _version_mistakes(document: Mapping[str, Any], _paths: Paths) -> list[Problem]:
    mistakes = []
    seen: dict[str, int] = {}
    for index, (number, goroot) in enumerate(_entries(document)):
        path = f"$.versions[{index}]"
        if sort_key(number)[0] < OLDEST_MINOR:
            mistakes.append(Problem(path, f"the suite needs Go 1.{OLDEST_MINOR} or newer, not {number}"))
        if number in seen:
            mistakes.append(Problem(path, f"{number} stands at $.versions[{seen[number]}] already; remove one"))
        if goroot and not is_exact(number):
            mistakes.append(Problem(path, f"a version with a goroot is exact: {number}.0 or the like"))
        seen.setdefault(number, index)
    return mistakes


def _pair_mistakes(document: Mapping[str, Any], _paths: Paths) -> list[Problem]:
    numbers = [number for number, _ in _entries(document)]
    minors = [minor_of(number) for number in numbers]
    # A minor release will do where it stands for one version.
    there = [*numbers, *(minor for minor in minors if minors.count(minor) == 1)]
    mistakes = []
    for index, pair in enumerate(document["compare"]["pairs"]):
        path = f"$.compare.pairs[{index}]"
        mistakes += [
            Problem(f"{path}[{side}]", f"{name} is not under versions, which has {', '.join(numbers)}")
            for side, name in enumerate(pair)
            if name not in there
        ]
        if _is_one(numbers, pair):
            mistakes.append(Problem(path, f"{pair[0]} is compared with itself; name two versions, older one first"))
        if pair in document["compare"]["pairs"][:index]:
            mistakes.append(Problem(path, "this pair stands there already; remove one"))
    return mistakes


def _is_one(numbers: Sequence[str], pair: Sequence[str]) -> bool:
    """Whether both sides of a pair are one version: by its number, or its minor release where no other is of it."""
    one, other = ([number for number in numbers if name in (number, minor_of(number))] for name in pair)
    return pair[0] == pair[1] or (len(one) == 1 and one == other)


def _package_mistakes(document: Mapping[str, Any], paths: Paths) -> list[Problem]:
    there = _packages(paths)
    return [
        Problem(f"$.packages[{index}]", f"there is no package {name!r} in benchmarks/; there are {', '.join(there)}")
        for index, name in enumerate(document["packages"])
        if name not in there
    ]


def _benchmark_mistakes(part: str, document: Mapping[str, Any], paths: Paths) -> list[Problem]:
    """Keys of thresholds and varies_by_nature that name nothing in the suite."""
    there = _packages(paths)
    mistakes = []
    for key in document[part]:
        package, _, leaf = key.partition(".")
        unit = leaf.split("/", 1)[0]
        path = f"$.{part}['{key}']"
        if package not in there:
            mistakes.append(Problem(path, f"there is no package {package!r}; there are {', '.join(there)}"))
        elif unit and f"func Benchmark{unit}(" not in _text(paths, package):
            words = f"there is no benchmark function {unit} in {package}; `doit list --all` names them"
            mistakes.append(Problem(path, words))
        elif isinstance(document[part][key], dict):
            mistakes += [
                Problem(path, f"there is no profile {name!r}; there are {', '.join(document['profiles'])}")
                for name in document[part][key]
                if isinstance(document.get("profiles"), dict) and name not in {"default", *document["profiles"]}
            ]
    return mistakes


def _packages(paths: Paths) -> list[str]:
    """The folders below benchmarks/ that have benchmarks in them."""
    if not paths.benchmarks.is_dir():
        raise PerfError(f"{paths.benchmarks} is missing. `git checkout benchmarks` brings it back.")
    return sorted(path.name for path in paths.benchmarks.iterdir() if "func Benchmark" in _text(paths, path.name))


def _text(paths: Paths, package: str) -> str:
    """All test sources of a package."""
    return "".join(path.read_text(encoding="utf-8") for path in sorted((paths.benchmarks / package).glob("*_test.go")))


def _profile_mistakes(document: Mapping[str, Any], _paths: Paths) -> list[Problem]:
    mistakes = []
    if "default" not in document["profiles"]:
        mistakes.append(Problem("$.profiles", "there must be a profile named default"))
    for name, profile in document["profiles"].items():
        try:
            settings.parse_benchtime(profile["benchtime"])
        except PerfError as error:
            mistakes.append(Problem(f"$.profiles.{name}.benchtime", str(error)))
    return mistakes


#: By the parts of the document that they look at.
_RULES: dict[str, Callable[[Mapping[str, Any], Paths], list[Problem]]] = {
    "versions": _version_mistakes,
    "versions compare": _pair_mistakes,
    "packages": _package_mistakes,
    "profiles": _profile_mistakes,
    "thresholds": partial(_benchmark_mistakes, "thresholds"),
    "varies_by_nature": partial(_benchmark_mistakes, "varies_by_nature"),
}


def _versions(document: Mapping[str, Any], paths: Paths, source: str, resolve: Resolve) -> tuple[Version, ...]:
    """Exact versions; what the lock file pins stays, and what is resolved now is pinned there."""
    pins: dict[str, str] = {}
    if paths.versions_lock.exists():
        pins = schema.read("versions-lock", paths.versions_lock)["versions"]
    exact: list[tuple[str, Path | None]] = []
    used: dict[str, str] = {}
    for index, (number, goroot) in enumerate(_entries(document)):
        pinned = number
        if not is_exact(number):
            pinned = used[number] = pins.get(number) or resolve(number)
        if pinned in (n for n, _ in exact):
            problem = Problem(f"$.versions[{index}]", f"{number} is {pinned}, which is listed already; remove one")
            raise InvalidDocument(source, [problem])
        exact.append((pinned, goroot))
    if used and {**pins, **used} != pins:
        pinned_now = {"schema_version": schema.SCHEMA_VERSION, "versions": {**pins, **used}}
        schema.write("versions-lock", paths.versions_lock, pinned_now)
    return labelled(exact)


def _pairs(document: Mapping[str, Any], versions: tuple[Version, ...]) -> tuple[tuple[Version, Version], ...]:
    """The pairs of config.yaml; without any, each version against the one before, and the newest against the oldest."""
    named = document["compare"]["pairs"]
    if named:
        return tuple((find_version(old, versions), find_version(new, versions)) for old, new in named)
    return tuple(usual_pairs(versions))


def find_version(name: str, versions: tuple[Version, ...]) -> Version:
    """The configured version that is called ``1.24.0``, ``1.24``, ``go1.24.0`` or ``go1.24``; PerfError if none is."""
    number = name.removeprefix("go")
    for version in versions:
        if number in (version.number, version.label.removeprefix("go")):
            return version
    raise PerfError(f"{name} is not in config.yaml, which has {', '.join(v.number for v in versions)}")
