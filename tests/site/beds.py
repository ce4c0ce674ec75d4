"""Pages of measured test beds and of invented exports."""

from __future__ import annotations

import copy
import functools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from typing import Any

from tasks.compare.document import comparison
from tasks.compare.judging import Facts
from tasks.compare.neighbours import Leaf
from tasks.compare.versions import version_side
from tasks.export.documents import fill_missing, index_document, version_document
from tasks.shared.rules import Rules
from tasks.site.exported import Platform, read_platforms
from tasks.site.library import make_library
from tasks.site.page import write_page
from tests.builders import MEASURES, merged, merged_row, paired_blocks
from tests.conftest import Bed
from tests.export.beds import exported

RULES = Rules(better={}, equivalence_margin=0.03)


_library = functools.cache(make_library)


def publish(platforms: list[Platform], folder: Path) -> None:
    """Write a page with the real library, which is made once."""
    write_page(platforms, folder, _library())


def measured_page(bed: Bed) -> Path:
    """The page of what a bed has measured; its folder."""
    publish(read_platforms(exported(bed)), bed.project.paths.site)
    return bed.project.paths.site


def data(page: Path, name: str) -> Any:
    """What a data file hands over."""
    text = (page / "data" / f"{name}.js").read_text()
    head = f'perf.add("{name}", '
    assert text.startswith(head)
    assert text.endswith(");\n")
    return json.loads(text[len(head) : -len(");\n")])


def unpacked(table: dict[str, Any]) -> list[dict[str, Any]]:
    """Rows by the names of their fields."""
    return [dict(zip(table["fields"], row, strict=True)) for row in table["rows"]]


def platform(
    names: Sequence[tuple[str, str]] = (("runtime", "SyncPool"), ("runtime", "Open"), ("stdlib", "Unlucky")),
    labels: Sequence[str] = ("go1.24", "go1.25"),
    rounds: int = 14,
    name: str = "linux-amd64",
    repository: str = "https://example.com/perf",
    of_units: Mapping[str, Sequence[str]] | None = None,
) -> Platform:
    """A platform as it would be read from an export: each benchmark 10 % less from version to version, but some.

    ``Open...`` change by nothing that can be told, ``Unlucky...`` fail in the newest version; ``of_units`` says what
    differs besides Go for some units.
    """
    documents = {label: merged(label, list(_rows(names, label == labels[-1], rounds))) for label in labels}
    exports = {label: version_document(document) for label, document in documents.items()}
    rows = fill_missing(
        list(exports.values()), [row for document in documents.values() for row in document["benchmarks"]]
    )
    return Platform(
        name=name,
        display=f"{name} (A CPU)",
        index=index_document(list(exports.values()), rows, repository),
        versions=exports,
        comparisons=dict(_compared(documents, rounds, of_units or {})),
        noise=None,
        findings=None,
    )


def _rows(names: Sequence[tuple[str, str]], newest: bool, rounds: int) -> Iterator[dict[str, Any]]:
    for package, name in names:
        fails = name.startswith("Unlucky") and newest
        samples = {unit: (values * rounds)[:rounds] for unit, values in MEASURES.items()}
        # What has no sample at all is a row of the unit.
        yield merged_row(name.split("/")[0], package) if fails else merged_row(name, package, samples)


def _compared(
    documents: dict[str, Any], rounds: int, of_units: Mapping[str, Sequence[str]]
) -> Iterator[tuple[tuple[str, str], Any]]:
    labels = list(documents)
    for old, new in permutations(labels, 2):
        facts = _facts(documents[old], documents[new], labels.index(new) - labels.index(old), rounds)
        facts = replace(facts, of_units=of_units)
        yield (old, new), comparison(version_side(documents[old]), version_side(documents[new]), facts, RULES)


def _facts(old: Any, new: Any, steps: int, rounds: int) -> Facts:
    pairs = {}
    for row, other in zip(old["benchmarks"], new["benchmarks"], strict=True):
        ratio, noise = (1.0, 0.08) if row["name"].startswith("Open") else (0.9**steps, 0.02)
        for unit, measure in (("ns/op", "sec/op"), ("B/op", "B/op")):
            if unit in row["measures"] and unit in other["measures"]:
                pairs[Leaf(row["package"], row["name"], measure)] = paired_blocks(ratio, rounds, noise)
    return Facts(pairs=pairs, count=40)


def eventful() -> Platform:
    """A platform on which everything happens: a finding, another module, from zero, units of which more is better."""
    names = [("runtime", "SyncPool"), ("runtime", "Open"), ("stdlib", "Hash"), ("stdlib", "Unlucky/Small")]
    made = platform(names, of_units={"stdlib.Hash": ["module golang.org/x/crypto: v0.27.0 -> v0.47.0"]})
    for compared in made.comparisons.values():
        for row in compared["rows"]:
            if row["name"] == "SyncPool" and row["measure"] == "B/op":
                row.update({"verdict": "regressed", "words": "regressed: from zero"})
                row["paired"].update({"ratio": None, "low": None, "high": None, "low90": None, "high90": None})
            elif row["name"] == "SyncPool" and row["measure"] == "p99-sec":
                paired = {**compared["rows"][0]["paired"], "ratio": 1.2}
                row.update({"verdict": "improved", "paired": paired, "flags": [], "counted": True})
    return replace(made, findings=_findings("Pools are faster.", "https://example.com/notes"))


#: What somebody who means harm could put into a name or a description.
HOSTILE = (
    "<img src=x onerror=\"document.body.dataset.broken='1'\">",
    "\"'><script>document.body.dataset.broken='1'</script>",
    "javascript:document.body.dataset.broken='1'",
    "\x1b[31mred\x1b[0m",
    "long" * 400,
    "\u202egnp.exe\u202c \u05e9\u05dc\u05d5\u05dd",
    "a|b`c\\d*e_f[g](h)",
    '=HYPERLINK("x")',
    "</script><script>document.body.dataset.broken='1'</script>",
)


def hostile() -> Platform:
    """A platform in which every text that comes from data means harm."""
    names = [("runtime", f"X{text}") for text in HOSTILE]
    made = platform(names)
    return Platform(
        name=made.name,
        display=HOSTILE[0],
        index=_poisoned(made.index, ("description", "source_file", "url")),
        versions={label: _poisoned(document, _TEXTS) for label, document in made.versions.items()},
        comparisons={pair: _poisoned(document, _TEXTS) for pair, document in made.comparisons.items()},
        noise=None,
        findings=_findings("".join(HOSTILE), "javascript:alert(1)"),
    )


_TEXTS = (
    "cpu", "os", "kernel", "os_release", "output", "description", "go_version_full", "benchtime", "profile", "words",
    "session", "through",
)  # fmt: skip


def _poisoned(document: Any, keys: Sequence[str]) -> Any:
    """A copy in which the texts of these keys, and all lists of texts, mean harm."""
    poison = "".join(HOSTILE[:3])

    def change(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: change(its, name) for name, its in value.items()}
        if isinstance(value, list):
            if key in ("flags", "differences", "notes"):
                return [poison]
            return [change(its) for its in value]
        return poison if key in keys and isinstance(value, str) else value

    return change(copy.deepcopy(document))


def _findings(text: str, url: str) -> dict[str, Any]:
    source = {"document": text, "section": text, "url": url, "figure": text}
    return {
        "schema_version": 3,
        "platform": "linux-amd64",
        "counts": {"holds": 1, "contradicted": 2, "not enough data": 3},
        "findings": [
            {
                "id": "x", "says": text, "source": source, "written": "2026-11-24", "pair": ["1.24", "1.25"],
                "benchmarks": [text], "measure": "sec/op", "expect": {"of": "any", "is": "improved", "by": 0},
                "condition": text, "outcome": "holds", "why": text, "compared": None, "geomean": None, "rows": [],
            }
        ],
    }  # fmt: skip
