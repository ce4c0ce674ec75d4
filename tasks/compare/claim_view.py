"""What is shown of findings: cells and lines, which text, Markdown and terminal lay out.

A claim is stated as a fact only where it holds; what is contradicted or open is told as what it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tasks.compare.claim_judging import CONTRADICTED, HOLDS, NOT_ENOUGH
from tasks.compare.claim_rows import YES
from tasks.compare.claims import ANY
from tasks.compare.words import percent

Document = Mapping[str, Any]
Cells = tuple[str, ...]

#: In the order in which they are shown, each with what stands above.
TITLES = {HOLDS: "Holds here", CONTRADICTED: "Contradicted here", NOT_ENOUGH: "Not enough data to tell"}

HEADS: Cells = ("benchmark", "change", "q", "blocks", "verdict", "as claimed")


def by_outcome(findings: Document) -> list[tuple[str, list[Document]]]:
    """(outcome, its findings) of each outcome that there is."""
    groups = [(outcome, [its for its in findings["findings"] if its["outcome"] == outcome]) for outcome in TITLES]
    return [(outcome, group) for outcome, group in groups if group]


def in_sum(findings: Document) -> str:
    """``findings: 9 of 25 hold here, 2 contradicted, 14 without enough data``."""
    counts = findings["counts"]
    hold, against, lack = (counts[outcome] for outcome in TITLES)
    return f"findings: {hold} of {sum(counts.values())} hold here, {against} contradicted, {lack} without enough data"


def told(finding: Document) -> str:
    """The claim as what it is: a fact, a claim that is contradicted, or one that is open."""
    prefix = {HOLDS: "", CONTRADICTED: "Not so here: ", NOT_ENOUGH: "Open: "}[finding["outcome"]]
    return f"{prefix}{finding['says']}"


def source(finding: Document) -> str:
    """Where it comes from, and what was written down when."""
    its = finding["source"]
    figure = f" ({its['figure']})" if its["figure"] else ""
    url = f", {its['url']}" if its["url"] else ""
    return f"{its['document']}, {its['section']}{figure}{url}; condition written {finding['written']}"


def about(finding: Document) -> str:
    """Of what the condition speaks: measure, benchmarks, and versions as measured or as claimed."""
    compared = finding["compared"]
    old, new = (compared["old"], compared["new"]) if compared else (f"Go {name}" for name in finding["pair"])
    return f"{finding['condition']}, {finding['measure']} of {', '.join(finding['benchmarks'])}, {old} -> {new}"


def shown(finding: Document) -> list[Document]:
    """The benchmarks that a reader is shown: of a claim about any of them that holds, those that bear it out."""
    rows: list[Document] = finding["rows"]
    if finding["expect"]["of"] == ANY and finding["outcome"] == HOLDS:
        return [row for row in rows if row["meets"] == YES]
    return rows


def cells(row: Document) -> Cells:
    """One benchmark, under HEADS."""
    return (
        f"{row['package']}.{row['name']}",
        _change(row),
        "" if row["q"] is None else f"{row['q']:.3f}",
        str(row["blocks"]) + (f" of {row['blocks_needed']}" if row["blocks"] < row["blocks_needed"] else ""),
        str(row["verdict"]) + (" (not Go alone)" if row["flags"] else ""),
        str(row["meets"]),
    )


def _change(row: Document) -> str:
    if row["ratio"] is None:
        return "from or to zero" if row["blocks"] else ""
    around = "" if row["low"] is None else f" ({percent(row['low'] - 1)} ... {percent(row['high'] - 1)} %)"
    way = f" via {row['through']}" if row["through"] else ""
    return f"{percent(row['ratio'] - 1)} %{around}{way}"
