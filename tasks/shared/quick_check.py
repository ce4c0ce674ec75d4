"""A schema compiled to plain Python, a hundred times as fast as jsonschema, for documents that are in order.

A check that says yes is right; one that says no only means that jsonschema itself must look, and say what is wrong.
So a run in which all is well never imports it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

Check = Callable[[Any], bool]
Schema = Mapping[str, Any]

#: JSON types by Python's, without the latitude that JSON Schema leaves (1.0 is an integer there).
_TYPES: Mapping[str, tuple[type, ...]] = {
    "number": (int, float), "integer": (int,), "string": (str,), "null": (type(None),), "boolean": (bool,),
}  # fmt: skip

#: Keywords that say nothing of what is valid.
_WORDS = {"$schema", "$defs", "title", "description"}
_RANGE = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}
_SCALAR = {"type", "minLength", "pattern"} | _RANGE
_ARRAY = {"type", "items", "minItems", "maxItems"}
_MAP = {"type", "additionalProperties", "propertyNames", "minProperties"}
_CLOSED = {"type", "properties", "required", "additionalProperties"}


def compile_check(schema: Schema, root: Schema) -> Check | None:
    """A check of values by a schema; None if it has keywords that are not known here."""
    reference = schema.get("$ref", "")
    if reference.startswith("#/$defs/") and len(schema) == 1:
        schema = root["$defs"][reference.removeprefix("#/$defs/")]
    keywords = schema.keys() - _WORDS
    if keywords in ({"const"}, {"enum"}):
        return _one_of([schema["const"]] if "const" in schema else schema["enum"])
    types = schema.get("type", ())
    names = {types} if isinstance(types, str) else set(types)
    container = names - {"null"}
    check = None
    if names and names <= _TYPES.keys() and keywords <= _SCALAR:
        return _scalar(schema, frozenset(kind for name in names for kind in _TYPES[name]))
    if container == {"array"} and keywords <= _ARRAY:
        check = _array(schema, root)
    elif container == {"object"} and "properties" in keywords and keywords <= _CLOSED:
        check = _closed(schema, root)
    elif container == {"object"} and keywords <= _MAP:
        check = _map(schema, root)
    return _or_none(check) if check and "null" in names else check


def _one_of(allowed: Iterable[Any]) -> Check:
    known = {(type(value), value) for value in allowed}
    return lambda value: type(value) in (str, int, bool) and (type(value), value) in known


def _or_none(check: Check) -> Check:
    return lambda value: value is None or check(value)


def _scalar(schema: Schema, types: frozenset[type]) -> Check:
    minimum, maximum = schema.get("minimum", float("-inf")), schema.get("maximum", float("inf"))
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    length = schema.get("minLength", 0)
    pattern = re.compile(schema["pattern"]).search if "pattern" in schema else None
    if schema.keys() <= {"type"} | _WORDS:
        return lambda value: type(value) in types

    def check(value: Any) -> bool:
        kind = type(value)
        if kind not in types:
            return False
        if kind is str:
            return len(value) >= length and (pattern is None or pattern(value) is not None)
        return kind in (bool, type(None)) or (
            minimum <= value <= maximum and (above is None or value > above) and (below is None or value < below)
        )

    return check


def _array(schema: Schema, root: Schema) -> Check | None:
    shortest, longest = schema.get("minItems", 0), schema.get("maxItems", float("inf"))
    inner = schema.get("items")
    check = _each(inner, root) if inner else None
    if check is None:
        return None
    return lambda value: type(value) is list and shortest <= len(value) <= longest and check(value)


def _each(inner: Schema, root: Schema) -> Check | None:
    """A check of a whole list: numbers by the hundred thousand are looked at together."""
    kinds = _TYPES.get(str(inner.get("type")))
    if kinds and kinds[0] is int and inner.keys() <= {"type", "minimum"}:
        allowed, minimum = set(kinds), inner.get("minimum", float("-inf"))
        return lambda values: set(map(type, values)) <= allowed and (not values or min(values) >= minimum)
    check = compile_check(inner, root)
    return (lambda values: all(map(check, values))) if check else None


def _map(schema: Schema, root: Schema) -> Check | None:
    fewest = schema.get("minProperties", 0)
    names = schema.get("propertyNames", {})
    name = compile_check(names if "enum" in names else {"type": "string", **names}, root)
    inner = schema.get("additionalProperties")
    check = compile_check(inner, root) if isinstance(inner, dict) else None
    if check is None or name is None:
        return None
    return lambda value: (
        type(value) is dict and len(value) >= fewest and all(map(name, value)) and all(map(check, value.values()))
    )


def _closed(schema: Schema, root: Schema) -> Check | None:
    properties = schema["properties"]
    if schema.get("additionalProperties") is not False or set(schema.get("required", ())) != set(properties):
        return None
    compiled = {name: compile_check(inner, root) for name, inner in properties.items()}
    checks = {name: check for name, check in compiled.items() if check is not None}
    if len(checks) < len(compiled):
        return None
    keys = checks.keys()
    return lambda value: (
        type(value) is dict and value.keys() == keys and all(checks[name](item) for name, item in value.items())
    )
