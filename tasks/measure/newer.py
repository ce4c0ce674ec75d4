"""A tree in which a newer program has written is refused as a whole, before anything in it is touched."""

from __future__ import annotations

import re
from pathlib import Path

from tasks.shared import schema
from tasks.shared.paths import Tree
from tasks.shared.verified import Verified

_VERSION = re.compile(rb'^\{\s*"schema_version": (\d+)')


def refuse_newer_tree(tree: Tree, verified: Verified) -> None:
    """NewerSchema if a JSON file of the tree says to be of a newer schema version; receipts are looked at elsewhere."""
    for path in (*tree.folder.glob("*.json"), *tree.folder.glob("go*/*.json")):
        if not verified.knows(path):
            _refuse(path)


def _refuse(path: Path) -> None:
    try:
        with path.open("rb") as file:
            match = _VERSION.match(file.read(64))
    except OSError:
        return
    if match:
        schema.refuse_newer({"schema_version": int(match[1])}, str(path))
