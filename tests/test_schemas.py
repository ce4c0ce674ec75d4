"""Every schema is valid and closed, and notices whatever is done to a valid document."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tasks.shared import schema
from tasks.shared.quick_check import compile_check
from tasks.shared.yaml_file import read_yaml
from tests.builders import EXAMPLES, ROOT, claim_part
from tests.mutation import mutants, resolve, thinned, walk

FILES = sorted(schema.FOLDER.glob("*.json"))
KINDS = [path.name.removesuffix(".schema.json") for path in FILES]

#: What somebody wrote or measured, and files that no run makes again.
KEPT = {
    "adopted", "claims", "config", "export-platforms", "forgotten", "inputs", "progress", "sample-head", "syscheck",
    "toolchain", "versions-lock",
}  # fmt: skip

#: What may be null, by its place; anything else that turns null is a mistake.
NULLABLE = {
    "calibration": {
        "median_change", "largest_change", "median_noise_floor", "median_smallest_effect", "smallest_effect", "geomean",
    },
    "comparison": {
        "old", "new", "benchstat", "paired", "q", "outlook", "geomean", "ratio", "low", "high", "low90", "high90",
        "standard_error", "noise_floor", "minutes", "first_sample_at", "collected_at", "settings", "machine",
    },
    "layouts": {"median_width", "geomean"},
    "export-index": {"collected_at", "max_cv", "last_updated"},
    "findings": {"compared", "geomean", "ratio", "low", "high", "low90", "high90", "q"},
    "export-platforms": {"last_updated"},
    "export-version": {
        "collected_at", "first_sample_at", "ns_per_op", "ns_per_op_stddev", "ns_per_op_variance", "ns_per_op_median",
        "ns_per_op_median_interval", "bytes_per_op", "allocs_per_op", "stddev",
    },
    "merged": {"collected_at", "first_sample_at", "stddev", "cv", "median_low", "median_high", "mean_interval"},
    "progress": {"seconds_left"},
    "receipt": {"half_width", "stddev"},
    "variance": {"cv", "interval", "median_cv"},
}  # fmt: skip


def load(kind: str) -> Any:
    """The schema of a kind, as JSON."""
    return json.loads((schema.FOLDER / f"{kind}.schema.json").read_text())


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Every JSON object inside a schema."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from nodes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from nodes(inner)


def objects(kind: str) -> list[dict[str, Any]]:
    """The schemas, inside one, of objects with fixed keys."""
    return [node for node in nodes(load(kind)) if isinstance(node.get("properties"), dict) and "type" in node]


def test_every_schema_has_an_example() -> None:
    """A schema without an example would not be tested below."""
    assert set(KINDS) == set(EXAMPLES)


@pytest.mark.parametrize("path", FILES, ids=KINDS)
def test_schema_is_valid(path: Path) -> None:
    """Each file is itself a valid schema of draft 2020-12 and says so."""
    document = json.loads(path.read_text())
    assert document["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(document)


@pytest.mark.parametrize("kind", KINDS)
def test_schema_is_closed(kind: str) -> None:
    """Objects with fixed keys take no others, and every key is required."""
    found = objects(kind)
    assert found
    for node in found:
        assert node["additionalProperties"] is False, node
        assert sorted(node["required"]) == sorted(node["properties"]), node


@pytest.mark.parametrize("kind", KINDS)
def test_schema_knows_its_version(kind: str) -> None:
    """Each document names the version of its schema; what can't be made again is read in all its versions."""
    newest = schema.SCHEMA_VERSION
    kept = {"type": "integer", "minimum": 1, "maximum": newest}
    assert load(kind)["properties"]["schema_version"] == (kept if kind in KEPT else {"const": newest})


@pytest.mark.parametrize("kind", KINDS)
def test_every_type_is_named(kind: str) -> None:
    """No property is left without a type, an enumeration or a reference, which would take anything."""
    for node in objects(kind):
        for key, value in node["properties"].items():
            assert {"type", "enum", "const", "$ref"} & set(value), key


@pytest.mark.parametrize("kind", KINDS)
def test_example_is_valid(kind: str) -> None:
    """Otherwise its mutants would prove nothing."""
    assert schema.problems(kind, EXAMPLES[kind]()) == []
    assert schema.problems(kind, thinned(EXAMPLES[kind]())) == []


@pytest.mark.parametrize("kind", KINDS)
def test_example_reaches_everything(kind: str) -> None:
    """The example has a value for every property of every object in the schema, and no empty list or map."""
    document, root = EXAMPLES[kind](), load(kind)
    places = list(walk(document, root, root))
    reached = {id(inner) for place in places for inner in place.schema.get("properties", {}).values()}
    wanted = {id(inner) for node in _objects_of(root) for inner in node["properties"].values()}
    assert wanted <= reached
    filled = {place.path[-1] for place in places if place.path and place.value not in ([], {})}
    empty = {place.path[-1] for place in places if place.value in ([], {})} - filled
    assert empty <= {"custom_metrics", "given_up", "iterations", "measures", "ns_per_op_samples"}


def _objects_of(root: Any) -> list[dict[str, Any]]:
    return [node for node in nodes(root) if isinstance(node.get("properties"), dict) and "type" in node]


@pytest.mark.parametrize("kind", KINDS)
def test_every_mutant_is_noticed(kind: str) -> None:
    """A dropped key, a value of another type and an unknown key are mistakes at every level."""
    survivors = [
        m.change for m in mutants(thinned(EXAMPLES[kind]()), load(kind)) if not schema.problems(kind, m.document)
    ]
    assert survivors == []


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_quick_check_lets_pass_is_valid(kind: str) -> None:
    """Compiled checks know every document that is in order, and none that jsonschema finds fault with."""
    validator = jsonschema.Draft202012Validator(load(kind))
    check = compile_check(load(kind), load(kind))
    if check is None:
        # It has a choice of forms, and is small.
        assert kind == "config"
        return
    assert check(EXAMPLES[kind]())
    assert [
        m.change
        for m in mutants(thinned(EXAMPLES[kind]()), load(kind))
        if check(m.document) and not validator.is_valid(m.document)
    ] == []


@pytest.mark.parametrize("kind", KINDS)
def test_only_these_may_be_null(kind: str) -> None:
    """Null stands for "not known" in a few places and is a mistake anywhere else."""
    root = load(kind)
    found = set()
    for node in objects(kind):
        for key, value in node["properties"].items():
            if "null" in resolve(value, root).get("type", []):
                found.add(key)
    assert found == NULLABLE.get(kind, set())


@pytest.mark.parametrize("kind", KINDS)
def test_mutants_are_mutants(kind: str) -> None:
    """The helper above makes many changed documents, each another one, and leaves the original as it is."""
    original = thinned(EXAMPLES[kind]())
    before = copy.deepcopy(original)
    made = list(mutants(original, load(kind)))
    assert original == before
    texts = [json.dumps(m.document) for m in made]
    assert json.dumps(before) not in texts
    assert len({m.change for m in made}) == len(made)
    changes = " ".join(m.change for m in made)
    assert "without schema_version" in changes
    assert "unknown key" in changes
    assert len(made) > 15


def test_mutants_reach_every_level() -> None:
    """The helper drops, adds and replaces in nested objects and lists, and nothing that a map may hold."""
    item = {"type": "object", "required": ["n"], "properties": {"n": {"$ref": "#/$defs/n"}}}
    root = {
        "type": "object",
        "required": ["list"],
        "properties": {
            "list": {"type": "array", "items": item},
            "map": {"type": "object", "additionalProperties": {"type": ["string", "null"]}},
        },
        "$defs": {"n": {"type": "number"}},
    }
    made = {m.change: m.document for m in mutants({"list": [{"n": 1}], "map": {"a": "b"}}, root)}
    assert made["$: without list"] == {"map": {"a": "b"}}
    assert made["$.list[0]: without n"] == {"list": [{}], "map": {"a": "b"}}
    assert made["$.list[0]: with an unknown key"]["list"] == [{"n": 1, "unknown_key": 1}]
    assert made["$.list[0].n: True"]["list"] == [{"n": True}]
    assert made["$.map.a: 12345"]["map"] == {"a": 12345}
    assert "$.map.a: None" not in made
    assert "$.list[0].n: 0.5" not in made
    assert not any(change.startswith("$.map: with an unknown") for change in made)


def test_own_claims_are_valid() -> None:
    """The findings.yaml that comes with the project keeps to its schema."""
    assert schema.problems("claims", read_yaml(ROOT / "findings.yaml")) == []


def test_own_config_is_valid() -> None:
    """The config.yaml that comes with the project keeps to its schema."""
    assert schema.problems("config", read_yaml(ROOT / "config.yaml")) == []


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("config", {"repository": "javascript:alert(1)"}),
        ("config", {"repository": 'https://example.com/"><script>'}),
        ("config", {"packages": ["../etc"]}),
        ("config", {"packages": ["runtime", "runtime"]}),
        ("config", {"versions": []}),
        ("config", {"environment": {"PATH": "/bin"}}),
        ("config", {"environment": {"GOGC": True}}),
        ("config", {"unit_timeout": 0}),
        ("versions-lock", {"versions": {"1.24": "1.24"}}),
        ("blocks", {"blocks": [{"round": 1, "unit": "runtime.X", "samples": {"go1.24.0": "a" * 64}}]}),
        ("receipt", {"status": "fine"}),
        ("receipt", {"fingerprint": "A" * 64}),
        ("toolchain", {"checksum": "md5:0"}),
        ("claims", {"claims": [claim_part(id="Go 1.25")]}),
        ("claims", {"claims": [claim_part(written="today")]}),
        ("claims", {"claims": [claim_part(pair=["1.24"])]}),
        ("claims", {"claims": [claim_part(pair=["1.24", "latest"])]}),
        ("claims", {"claims": [claim_part(benchmarks=["SyncPool"])]}),
        ("claims", {"claims": [claim_part(benchmarks=[])]}),
        ("claims", {"claims": [claim_part(expect={"of": "most", "is": "improved", "by": 5})]}),
        ("claims", {"claims": [claim_part(expect={"of": "every", "is": "better", "by": 5})]}),
        ("claims", {"claims": [claim_part(expect={"of": "every", "is": "improved", "by": -5})]}),
        ("findings", {"findings": [{**EXAMPLES["findings"]()["findings"][0], "outcome": "true"}]}),
        ("comparison", {"rows": [{**EXAMPLES["comparison"]()["rows"][0], "verdict": "faster"}]}),
        ("comparison", {"old": {**EXAMPLES["comparison"]()["old"], "collected_at": "yesterday"}}),
        ("export-platforms", {"last_updated": "yesterday"}),
        ("sample-head", {"session": "today"}),
        ("build", {"status": "maybe"}),
        ("progress", {"state": "bored"}),
    ],
)
def test_wrong_values_are_noticed(kind: str, change: dict[str, Any]) -> None:
    """Values of the right type but of a wrong form are mistakes, too."""
    assert schema.problems(kind, EXAMPLES[kind]() | change)


@pytest.mark.parametrize(
    "change", [{"versions": ["1.24", "1.25rc1", "1.24.11"]}, {"repository": ""}, {"thresholds": {}}]
)
def test_allowed_configs(change: dict[str, Any]) -> None:
    """What docs promise to be possible is."""
    assert schema.problems("config", EXAMPLES["config"]() | change) == []
