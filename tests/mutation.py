"""Spoiling valid documents in every way that a closed schema must notice.

A mutant is a deep copy of a document with one change: a required key dropped, a value of another JSON type,
or a key that nobody knows. The schema is walked beside the document, so that a map (whose keys are data) is
told from an object (whose keys are fixed).
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Path = tuple[str | int, ...]

_OTHER_TYPES: tuple[Any, ...] = (None, True, 12345, 0.5, "\x00", [], {})


@dataclass(frozen=True)
class Place:
    """One value in a document, with the (resolved) schema that it has to meet."""

    path: Path
    value: Any
    schema: Any


@dataclass(frozen=True)
class Mutant:
    """A spoiled document, and what was done to it where."""

    change: str
    document: Any


def resolve(schema: Any, root: Any) -> Any:
    """Follow ``$ref`` into ``$defs``."""
    while "$ref" in schema:
        schema = root["$defs"][schema["$ref"].removeprefix("#/$defs/")]
    return schema


def walk(value: Any, schema: Any, root: Any, path: Path = ()) -> Iterator[Place]:
    """Every value of a document, the document itself first."""
    schema = resolve(schema, root)
    for alternative in schema.get("oneOf", ()):
        resolved = resolve(alternative, root)
        if resolved["type"] == ("object" if isinstance(value, dict) else "string"):
            schema = resolved
    yield Place(path, value, schema)
    if isinstance(value, dict):
        for key, inner in value.items():
            below = schema.get("properties", {}).get(key) or schema["additionalProperties"]
            yield from walk(inner, below, root, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from walk(inner, schema["items"], root, (*path, index))


def thinned(value: Any) -> Any:
    """A document without those items of its lists that have the shape of an item before: they would spoil alike."""
    if isinstance(value, dict):
        return {key: thinned(inner) for key, inner in value.items()}
    if isinstance(value, list) and all(isinstance(inner, dict) for inner in value):
        return list({_shape(inner): thinned(inner) for inner in reversed(value)}.values())[::-1]
    return value


def _shape(value: Any) -> Any:
    """The keys, all the way down."""
    if isinstance(value, dict):
        return tuple((key, _shape(inner)) for key, inner in sorted(value.items()))
    if isinstance(value, list):
        return ("list", *dict.fromkeys(map(_shape, value)))
    return "leaf"


def mutants(document: Any, schema: Any) -> Iterator[Mutant]:
    """All mutants of a document that is valid under the schema."""
    for place in list(walk(document, schema, schema)):
        where = "$" + "".join(f".{key}" if isinstance(key, str) else f"[{key}]" for key in place.path)
        if isinstance(place.value, dict) and "properties" in place.schema:
            for key in place.schema["required"]:
                yield Mutant(f"{where}: without {key}", _changed(document, place.path, drop=key))
            yield Mutant(f"{where}: with an unknown key", _changed(document, place.path, add="unknown_key"))
        elif isinstance(place.value, dict) and "propertyNames" in place.schema:
            yield Mutant(f"{where}: with an unknown name", _changed(document, place.path, add="?"))
        for other in _OTHER_TYPES:
            if not _may_be(place.schema, other):
                yield Mutant(f"{where}: {other!r}", _changed(document, place.path, replace=other))


def _may_be(schema: Any, value: Any) -> bool:
    """Whether a schema's ``type`` names the type of this value (const and enum allow no other type at all)."""
    named = schema.get("type", [])
    types = [named] if isinstance(named, str) else named
    names = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    name = "null" if value is None else names[type(value)]
    return name in types or (name == "integer" and "number" in types)


def _changed(document: Any, path: Path, drop: str = "", add: str = "", **replace: Any) -> Any:
    changed = {"root": copy.deepcopy(document)}
    at: Any = changed
    full: Path = ("root", *path)
    for key in full[:-1]:
        at = at[key]
    if drop:
        del at[full[-1]][drop]
    elif add:
        at[full[-1]][add] = next(iter(at[full[-1]].values()), "")
    else:
        at[full[-1]] = replace["replace"]
    return changed["root"]
