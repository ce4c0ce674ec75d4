"""Checking, writing and reading artefacts by their schemas."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.shared import schema
from tasks.shared.errors import InvalidDocument, PerfError
from tests.builders import merged, toolchain


def test_problems_have_paths_and_a_way_out() -> None:
    """All mistakes come at once, each with its path and what is expected there."""
    document = merged()
    document["benchmarks"][0]["measures"]["ns/op"]["n"] = 0
    document["benchmarks"][1]["noisy"] = "perhaps"
    problems = [str(problem) for problem in schema.problems("merged", document)]
    assert problems == [
        "$.benchmarks[0].measures['ns/op'].n: 0 is less than the minimum of 1",
        "$.benchmarks[1].noisy: 'perhaps' is not of type 'boolean'",
    ]


def test_long_values_are_cut() -> None:
    """A mistake in a big document does not print the document."""
    problem = schema.problems("merged", {**merged(), "benchmarks": "x" * 10_000})[0]
    assert len(problem.message) < 300


def test_write_and_read(tmp_path: Path) -> None:
    """What was written is read back; the same again is no rewrite."""
    path = tmp_path / "a.json"
    assert schema.write("toolchain", path, toolchain()) is True
    assert schema.write("toolchain", path, toolchain()) is False
    assert schema.read("toolchain", path) == toolchain()


def test_invalid_documents_are_not_written(tmp_path: Path) -> None:
    """A mistake of our own leaves what is there."""
    path = tmp_path / "a.json"
    schema.write("toolchain", path, toolchain())
    with pytest.raises(InvalidDocument, match=r"a\.json is not valid:\n  \$\.provider: 'nobody'"):
        schema.write("toolchain", path, {**toolchain(), "provider": "nobody"})
    assert schema.read("toolchain", path) == toolchain()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", r"is not JSON: .*Delete it and run doit"),
        ('{"schema_version": 1', r"is not JSON"),
        ("[]", r"is not valid"),
        ('{"schema_version": 1}', r"'version' is a required property"),
        (
            '{"schema_version": 99, "more": 0}',
            r"has schema version 99; this program knows \d+.*The file is left as it is",
        ),
        ('{"schema_version": "1"}', r"is not valid"),
    ],
)
def test_reading_what_is_wrong(tmp_path: Path, text: str, expected: str) -> None:
    """A file that is not as it should be is named, with the way out."""
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(PerfError, match=expected) as caught:
        schema.read("toolchain", path)
    assert str(path) in str(caught.value)
    assert path.read_text() == text


def test_reading_what_is_not_there(tmp_path: Path) -> None:
    """A missing file is named."""
    with pytest.raises(PerfError, match=r"a\.json can't be read: No such file"):
        schema.read("toolchain", tmp_path / "a.json")
