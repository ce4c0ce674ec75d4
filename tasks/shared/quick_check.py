"""Checking long lists of simple items: a schema compiled to plain Python, for what jsonschema takes 10 us an item.

A check that says yes is right; one that says no only means that jsonschema itself must look, and say what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

Check = Callable[[Any], bool]

#: JSON types by Python's, without the latitude that JSON Schema leaves (1.0 is an integer there).
_TYPES: Mapping[str, tuple[type, ...]] = {
    "number": (int, float), "integer": (int,), "string": (str,), "null": (type(None),), "boolean": (bool,),
}  # fmt: skip

_KEYWORDS = {"type", "minimum", "minLength", "pattern", "enum", "const", "description"}
_OBJECT = {"type", "properties", "required", "additionalProperties", "description"}


def compile_check(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Check | None:
    """A check of values by a simple schema: a scalar, or a closed object of scalars; None for any other."""
    schema = _resolve(schema, root)
    if schema.get("type") == "object":
        return _object(schema, root)
    types = schema.get("type")
    if not schema.keys() <= _KEYWORDS or types is None:
        return None
    names = [types] if isinstance(types, str) else types
    if not all(name in _TYPES for name in names):
        return None
    return _scalar(schema, frozenset(kind for name in names for kind in _TYPES[name]))


def _resolve(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = schema.get("$ref", "")
    if reference.startswith("#/$defs/") and len(schema) == 1:
        resolved: Mapping[str, Any] = root["$defs"][reference.removeprefix("#/$defs/")]
        return resolved
    return schema


def _scalar(schema: Mapping[str, Any], types: frozenset[type]) -> Check:
    minimum, length = schema.get("minimum"), schema.get("minLength", 0)
    pattern = re.compile(schema["pattern"]).search if "pattern" in schema else None
    allowed = [schema["const"]] if "const" in schema else schema.get("enum")
    if minimum is None and not length and pattern is None and allowed is None:
        return lambda value: type(value) in types

    def check(value: Any) -> bool:
        kind = type(value)
        if kind not in types or (allowed is not None and value not in allowed):
            return False
        if kind is str:
            return len(value) >= length and (pattern is None or pattern(value) is not None)
        return minimum is None or value is None or value >= minimum

    return check


def _object(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Check | None:
    properties = schema.get("properties")
    closed = schema.get("additionalProperties") is False and schema.keys() <= _OBJECT
    if not properties or not closed or set(schema.get("required", ())) != set(properties):
        return None
    compiled = {name: compile_check(inner, root) for name, inner in properties.items()}
    checks = {name: check for name, check in compiled.items() if check is not None}
    if len(checks) < len(compiled):
        return None
    keys = checks.keys()

    def check(value: Any) -> bool:
        return type(value) is dict and value.keys() == keys and all(checks[name](v) for name, v in value.items())

    return check
