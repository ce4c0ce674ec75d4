"""Validation of every artefact against schemas/ (JSON Schema draft 2020-12), when written and when read.

Schemas are closed: an unknown key is a mistake, and so is a missing one. jsonschema is imported late,
because a `doit` that has nothing to do must not pay for it.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson

from tasks.shared.errors import InvalidDocument, NewerSchema, PerfError, Problem
from tasks.shared.files import to_json, write_atomic
from tasks.shared.quick_check import Check, compile_check

FOLDER = Path(__file__).resolve().parents[2] / "schemas"

#: Every artefact carries this number; a document with a higher one was written by a newer program. When it is raised,
#: so are the numbers in schemas/: what is derived is then made again, what is not is read in all its versions.
SCHEMA_VERSION = 3

#: Files that say what somebody decided; all others are made from texts and sources.
_NOT_DERIVED = ("forgotten.json", "versions.lock.json")


@functools.cache
def _schema(kind: str) -> Any:
    return json.loads((FOLDER / f"{kind}.schema.json").read_text())


@functools.cache
def _quick_check(kind: str) -> Check | None:
    return compile_check(_schema(kind), _schema(kind))


@functools.cache
def _validator(kind: str) -> Any:
    import jsonschema

    jsonschema.Draft202012Validator.check_schema(_schema(kind))
    return jsonschema.Draft202012Validator(_schema(kind))


def problems(kind: str, document: Any) -> list[Problem]:
    """All mistakes of a document, in the order of their paths.

    A schema's ``description`` serves as the way out: it says what is expected in this place.
    """
    quick = _quick_check(kind)
    if quick and quick(document):
        return []
    found = []
    for error in sorted(_leaves(_validator(kind).iter_errors(document)), key=lambda e: e.json_path):
        message = error.message if len(error.message) < 200 else error.message[:200] + " ..."
        hint = error.schema.get("description") if isinstance(error.schema, dict) else None
        found.append(Problem(error.json_path, f"{message} (expected: {hint})" if hint else message))
    return found


def _leaves(errors: Iterable[Any]) -> Iterable[Any]:
    """The innermost errors: of an ``oneOf``, those of the alternative that fits best."""
    from jsonschema.exceptions import relevance

    for error in errors:
        if error.context and not (isinstance(error.schema, dict) and error.schema.get("description")):
            yield from _leaves([min(error.context, key=lambda e: (-len(e.path), relevance(e)))])
        else:
            yield error


def check(kind: str, document: Any, source: str) -> None:
    """Raise InvalidDocument, with every mistake, unless the document keeps to its schema."""
    found = check_version(kind, document, source)
    if found:
        raise InvalidDocument(source, found)


def check_version(kind: str, document: Any, source: str) -> list[Problem]:
    """The mistakes of a document; NewerSchema if it was written by a newer program."""
    refuse_newer(document, source)
    return problems(kind, document)


def refuse_newer(document: Any, source: str) -> None:
    """NewerSchema if a document was written by a newer program."""
    written = document.get("schema_version") if isinstance(document, dict) else None
    if isinstance(written, int) and written > SCHEMA_VERSION:
        raise NewerSchema(
            f"{source} has schema version {written}; this program knows {SCHEMA_VERSION}. "
            "It was written by a newer program: update this checkout. The file is left as it is."
        )


def is_older(path: Path) -> bool:
    """Whether a JSON file has an older schema version than today's."""
    try:
        written = json.loads(path.read_bytes())["schema_version"]
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return isinstance(written, int) and 0 < written < SCHEMA_VERSION


def write(kind: str, path: Path, document: Any, rows: str = "") -> bool:
    """Validate and write a JSON artefact atomically; False if the file held just that already.

    ``rows`` names a list that is written an item a line.
    """
    check(kind, document, str(path))
    return write_atomic(path, to_json(document, rows))


def read(kind: str, path: Path) -> Any:
    """Read and validate a JSON artefact; PerfError if it is missing, not JSON, or breaks its schema."""
    document = read_unchecked(path)
    check(kind, document, str(path))
    return document


def read_unchecked(path: Path) -> Any:
    """Read a JSON file whose validity is known from elsewhere (a cache); PerfError if it can't be read."""
    try:
        return orjson.loads(path.read_bytes())
    except OSError as error:
        raise PerfError(f"{path} can't be read: {error.strerror}") from error
    except ValueError as error:
        if path.name in _NOT_DERIVED:
            way_out = (
                "It can't be made again: bring it back from a backup or from git. Deleting it undoes what it says."
            )
        else:
            way_out = "Delete it and run doit: it is made again."
        raise PerfError(f"{path} is not JSON: {error}. {way_out}") from error
