"""The reference page is what the code and the schema say."""

from __future__ import annotations

import re

from tests.builders import ROOT
from tests.checkout import Checkout


def test_the_page_is_up_to_date(bare: Checkout) -> None:
    """`doit reference` would change nothing; if this fails, run it."""
    page = bare.root / "docs" / "reference.md"
    before = page.read_text()
    page.unlink()
    bare.doit("reference")
    assert page.read_text() == before


def test_the_page_does_not_depend_on_ones_versions(bare: Checkout) -> None:
    """Another list of versions and packages leaves it as it is."""
    config = bare.root / "config.yaml"
    text = config.read_text()
    page = bare.root / "docs" / "reference.md"
    before = page.read_text()
    config.write_text(text.replace('"1.24.0"', '"1.26.8"').replace("[runtime, stdlib, networking]", "[runtime]"))
    bare.doit("reference")
    config.write_text(text)
    assert page.read_text() == before


def test_all_that_a_command_line_takes_is_there() -> None:
    """Every variable and task that other pages mention stands in the reference."""
    reference = (ROOT / "docs" / "reference.md").read_text()
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    lines = [line for page in pages for line in re.findall(r"doit [^`\n]+", page.read_text())]
    used = {name for line in lines for name in re.findall(r"\b([a-z_]+)=", line)}
    assert len(used) > 8
    assert [name for name in sorted(used) if f"| `{name}` |" not in reference] == []


def test_every_link_of_the_docs_leads_somewhere() -> None:
    """Relative links name files that are there, and headings that they have."""
    broken = []
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
            if target.startswith("http"):
                continue
            path, _, heading = target.partition("#")
            file = (page.parent / path).resolve() if path else page
            lines = file.read_text().splitlines() if heading and file.is_file() else []
            if not file.exists() or (heading and heading not in {_anchor(line) for line in lines}):
                broken.append(f"{page.name}: {target}")
    assert broken == []


def _anchor(line: str) -> str:
    """The anchor that a heading gets."""
    return re.sub(r"[^\w\- ]", "", line.lstrip("#").strip().lower()).replace(" ", "-") if line.startswith("#") else ""
