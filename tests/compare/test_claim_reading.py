"""findings.yaml: every mistake at once, with its path and the way out; which versions a claim is about."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tasks.compare.claim_document import in_words
from tasks.compare.claim_reading import load, missing_versions, pair_of
from tasks.compare.claims import Condition
from tasks.shared import config, schema
from tasks.shared.errors import InvalidDocument, PerfError
from tasks.shared.machine import read_machine
from tasks.shared.paths import Paths
from tasks.shared.project import Project
from tests.builders import ROOT, Document, claim, claim_part, claims_document
from tests.conftest import CONFIG, Bed


@pytest.fixture
def write(bed: Bed) -> Callable[..., Project]:
    """Writes claims about the bed's benchmarks into its findings.yaml."""

    def write(*parts: Document) -> Project:
        bed.project.paths.findings.write_text(yaml.safe_dump(claims_document(*parts)))
        return bed.project

    return write


def part(**changes: Any) -> Document:
    """A claim about the bed's suite."""
    return claim_part(**{"benchmarks": ["alpha.One"], **changes})


def mistakes(project: Project) -> dict[str, str]:
    """What is wrong, by path."""
    with pytest.raises(InvalidDocument) as caught:
        load(project)
    assert str(caught.value).startswith("findings.yaml is not valid:")
    return {problem.path: problem.message for problem in caught.value.problems}


def expect(word: str, by: float = 0, of: str = "every") -> Document:
    """A condition as it is written."""
    return {"of": of, "is": word, "by": by}


def test_own_claims_load() -> None:
    """What comes with the project is in order, of its suite, and each release is spoken of; each can fail."""
    paths = Paths(ROOT)
    configured = config.load(paths, lambda minor: f"{minor}.0")
    project = Project(paths, configured, configured.settings("default", {}), read_machine())
    claims = load(project)
    assert len(claims) >= 12
    assert {its.pair[1] for its in claims} >= {"1.24", "1.25", "1.26", "1.27"}
    assert {its.written for its in claims} == {"2026-11-24"}
    assert all(its.source.section for its in claims)


def test_a_claim(write: Callable[..., Project]) -> None:
    """Read as it is written; percent become fractions, folds in words blanks."""
    project = write(part(says="One takes\n  less time.", expect=expect("not regressed", 3, "any")))
    (its,) = load(project)
    assert its.says == "One takes less time."
    assert its.condition == Condition("any", "not regressed", 0.03)
    assert its.document()["expect"] == expect("not regressed", 3, "any")
    assert load(write(part(id="other")))[0].id == "other"


def test_a_day_needs_no_quotes(write: Callable[..., Project]) -> None:
    """YAML takes it for a date."""
    project = write(part())
    text = project.paths.findings.read_text()
    project.paths.findings.write_text(text.replace("'2026-11-24'", "2026-11-24"))
    assert load(project)[0].written == "2026-11-24"


def test_no_claims(bed: Bed) -> None:
    """An empty list is in order; a missing file is not, and says how to get it back."""
    bed.project.paths.findings.write_text("schema_version: 1\nclaims: []\n")
    assert load(bed.project) == ()
    bed.project.paths.findings.unlink()
    with pytest.raises(PerfError, match=r"git checkout findings\.yaml"):
        load(bed.project)


@pytest.mark.parametrize(
    ("changes", "path", "words"),
    [
        ({"benchmarks": ["alpha.One", "alpha.Ome"]}, "benchmarks[1]", "alpha.Ome fits no benchmark function"),
        ({"benchmarks": ["gamma.*"]}, "benchmarks[0]", "whose packages are alpha, beta; `doit list --all` names them"),
        ({"pair": ["1.22", "1.24"]}, "pair[0]", "the suite needs Go 1.23 or newer, not 1.22"),
        ({"pair": ["1.25", "1.24"]}, "pair", "1.25 is not older than 1.24; name two versions, the older one first"),
        ({"pair": ["1.24", "1.24"]}, "pair", "1.24 is not older than 1.24"),
        ({"pair": ["1.24.3", "1.24"]}, "pair", "1.24.3 is not older than 1.24"),
        ({"pair": ["1.24", "1.24.3"]}, "pair", "1.24 is not older than 1.24.3"),
        ({"pair": ["1.24", "newest"]}, "pair[1]", "a Go version in quotes"),
        ({"measure": "secs/op"}, "measure", "no benchmark reports 'secs/op'; there are sec/op, B/op, allocs/op, B/s"),
        ({"expect": expect("equivalent")}, "expect.by", "equivalent within 0 % can never be shown"),
        ({"expect": expect("improved", 100)}, "expect.by", "nothing becomes lower by 100 % or more"),
        ({"expect": expect("not lower", 150)}, "expect.by", "nothing becomes lower by 100 % or more"),
        ({"expect": expect("faster")}, "expect.is", "improved, regressed, lower, higher, each also with `not` before"),
        ({"expect": expect("improved", of="most")}, "expect.of", "every (each benchmark), any (at least one)"),
        ({"id": "One Claim"}, "id", "a name of its own, of small letters, digits, dots and hyphens"),
        ({"colour": "green"}, "", "'colour' was unexpected"),
    ],
)
def test_a_mistake(write: Callable[..., Project], changes: Document, path: str, words: str) -> None:
    """Each says where it is, and what to do."""
    found = mistakes(write(part(id="first"), part(**changes)))
    where = f"$.claims[1].{path}".rstrip(".")
    assert list(found) == [where]
    assert words in found[where]


def test_measures_of_ones_own(write: Callable[..., Project], bed: Bed) -> None:
    """A benchmark that reports it makes it known; which way is better, only config.yaml does."""
    source = bed.root / "benchmarks" / "alpha" / "alpha_test.go"
    source.write_text(source.read_text() + '// b.ReportMetric(1, "p99-ns")\n')
    project = write(part(measure="p99-ns"))
    assert "say lower or higher, or add it to better in config.yaml" in mistakes(project)["$.claims[0].expect.is"]
    assert load(write(part(measure="p99-ns", expect=expect("lower", 5))))
    bed.project.config.rules.__dict__["better"] = {"p99-ns": "lower"}
    assert load(write(part(measure="p99-ns")))


def test_all_mistakes_at_once(write: Callable[..., Project]) -> None:
    """Those of form, and of the claims whose form is right those of meaning; an id that stands twice."""
    project = write(
        part(), part(), part(id="x", colour="green"), part(id="y", pair=["1.25", "1.24"], benchmarks=["alpha.Ome"])
    )
    found = mistakes(project)
    assert list(found) == ["$.claims[2]", "$.claims[3].pair", "$.claims[3].benchmarks[0]", "$.claims[1].id"]
    assert "stands at $.claims[0] already; give it an id of its own" in found["$.claims[1].id"]


def test_a_key_that_stands_twice_and_a_newer_file(write: Callable[..., Project]) -> None:
    """As in config.yaml."""
    project = write(part())
    path = project.paths.findings
    text = path.read_text()
    path.write_text(text.replace("measure: sec/op", "measure: sec/op\n  measure: B/op"))
    with pytest.raises(PerfError, match="the key 'measure' stands twice"):
        load(project)
    path.write_text(text.replace(f"schema_version: {schema.SCHEMA_VERSION}", "schema_version: 99"))
    with pytest.raises(PerfError, match="update this checkout"):
        load(project)


def configured(make_bed: Callable[..., Bed], versions: str, pairs: str = "[]") -> Project:
    """A project with these versions and pairs."""
    text = CONFIG.replace('["1.23.0", "1.24.0", "1.25.0"]', versions).replace("pairs: []", f"pairs: {pairs}")
    return make_bed(text).project


def names(project: Project, *pair: str) -> list[str] | None:
    """The exact versions that a claim about a pair is about."""
    found = pair_of(claim(pair=list(pair)), project)
    return [version.exact for version in found] if found else None


def test_a_minor_release_stands_for_its_patch(make_bed: Callable[..., Bed]) -> None:
    """Whichever is configured; an exact version only for itself."""
    project = configured(make_bed, '["1.24.7", "1.25.3"]')
    assert names(project, "1.24", "1.25") == ["go1.24.7", "go1.25.3"]
    assert names(project, "1.24.7", "1.25") == ["go1.24.7", "go1.25.3"]
    assert names(project, "1.24.0", "1.25") is None
    assert names(project, "1.24", "1.26") is None
    assert missing_versions(claim(pair=["1.23", "1.26"]), project) == ["1.23", "1.26"]


def test_several_patches_side_by_side(make_bed: Callable[..., Bed]) -> None:
    """The pair that is compared anyway, else the newest of both."""
    versions = '["1.24.0", "1.24.7", "1.25.0", "1.25.3"]'
    assert names(configured(make_bed, versions), "1.24", "1.25") == ["go1.24.0", "go1.25.3"]
    assert names(configured(make_bed, versions), "1.24.7", "1.25") == ["go1.24.7", "go1.25.0"]
    assert names(configured(make_bed, versions, '[["1.24.0", "1.24.7"]]'), "1.24", "1.25") == ["go1.24.7", "go1.25.3"]
    assert names(configured(make_bed, versions), "1.24.0", "1.24.7") == ["go1.24.0", "go1.24.7"]


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (Condition("every", "improved", 0.5), "each improved by at least 50 %"),
        (Condition("any", "lower", 0.0), "at least one lower"),
        (Condition("geomean", "equivalent", 0.01), "geometric mean within +-1 %"),
        (Condition("every", "not regressed", 0.03), "each not regressed by more than 3 %"),
    ],
)
def test_conditions_in_words(condition: Condition, words: str) -> None:
    """What a reader is told was expected."""
    assert in_words(condition) == words


def test_the_path_is_beside_the_configuration(tmp_path: Path) -> None:
    """At top level."""
    assert Paths(tmp_path).findings == tmp_path / "findings.yaml"
