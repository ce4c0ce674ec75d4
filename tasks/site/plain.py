"""What is shown until scripts have run, and without JavaScript: one comparison as a plain table of its times."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from tasks.compare.measures import TIME
from tasks.compare.view import (
    Choice,
    Document,
    Notes,
    cells,
    columns,
    has_pairs,
    heading,
    important_first,
    in_sum,
    sections,
)


def title_of(comparison: Document | None, display: str) -> str:
    """``Go 1.24 -> Go 1.25, Linux amd64 (AMD EPYC)``."""
    if comparison is None:
        return f"Go performance, {display}"
    old, new = (str(comparison[side]["label"]).removeprefix("go") for side in ("old", "new"))
    return f"Go {old} → Go {new}, {display}"


def headline(comparison: Document | None) -> str:
    """What is compared and what it comes to, as HTML."""
    if comparison is None:
        return "<p>Nothing has been compared yet: that takes two versions in config.yaml.</p>"
    summaries = [in_sum(comparison, its) for its in comparison["summary"] if its["measure"] == TIME]
    lines = [f"<p><strong>{escape(line)}</strong></p>" for line in summaries]
    return "".join([*lines, "<ul>", *(f"<li>{escape(line)}</li>" for line in heading(comparison)), "</ul>"])


def table(comparison: Document | None) -> str:
    """Its rows on time as HTML, what changed first."""
    chosen = sections(comparison, Choice(measure=TIME)) if comparison and _has_times(comparison) else []
    if comparison is None or not chosen:
        return ""
    notes, pairs = Notes(), has_pairs(comparison)
    body = [_line("td", cells(row, notes, pairs)) for row in important_first(chosen[0].rows)]
    footnotes = "".join(f"<p class=small>{escape(note)}</p>" for note in notes.in_words())
    head = _line("th", columns(comparison))
    return (
        f"<div class=scroll><table class=plain><caption>{escape(str(comparison['name']))}, {TIME}</caption>"
        f"<thead>{head}</thead><tbody>{''.join(body)}</tbody></table></div>{footnotes}"
        "<noscript><p>With JavaScript, this page compares any two versions.</p></noscript>"
    )


def _has_times(comparison: Document) -> bool:
    return any(row["measure"] == TIME for row in comparison["rows"])


def _line(tag: str, texts: Sequence[str]) -> str:
    scope = " scope=col" if tag == "th" else ""
    first, *others = texts
    name = f"<th scope={'col' if tag == 'th' else 'row'}>{escape(first)}</th>"
    return f"<tr>{name}{''.join(f'<{tag}{scope}>{escape(text)}</{tag}>' for text in others)}</tr>"
