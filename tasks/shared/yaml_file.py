"""Reading YAML strictly: a duplicate key, a tab or an empty file is a named mistake."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tasks.shared.errors import PerfError


def read_yaml(path: Path) -> Any:
    """The document in a YAML file; PerfError with line and column if it can't be read as one."""
    import yaml

    base = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class Strict(base):  # type: ignore[misc, valid-type]
        """The safe loader, but a key that stands twice in a mapping is an error."""

        def construct_mapping(self, node: Any, deep: bool = False) -> Any:
            seen: set[Any] = set()
            for key_node, _ in node.value:
                key = self.construct_object(key_node, deep=True)
                if isinstance(key, str):
                    if key in seen:
                        line = key_node.start_mark.line + 1
                        raise PerfError(f"{path}:{line}: the key {key!r} stands twice; keep one of them")
                    seen.add(key)
            return super().construct_mapping(node, deep=deep)

    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise PerfError(
            f"{path} is missing. `git checkout {path.name}` brings back the one that came with the project."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise PerfError(f"{path} can't be read: {error}") from error
    try:
        document = yaml.load(text, Loader=Strict)  # noqa: S506 - derived from the safe loader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
        has_tab = mark and "\t" in "".join(text.splitlines()[mark.line : mark.line + 1])
        tab = " (YAML indents with spaces, never with tabs)" if has_tab else ""
        raise PerfError(f"{path}{where}: not YAML: {error.problem}{tab}") from error
    except (yaml.YAMLError, ValueError) as error:
        raise PerfError(f"{path}: not YAML: {error}") from error
    if document is None:
        raise PerfError(f"{path} is empty. `git checkout {path.name}` brings back the one that came with it.")
    return document
