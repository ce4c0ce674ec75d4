"""Any two versions or texts, compared once: to the terminal, or to named files. Nothing of the results is touched."""

from __future__ import annotations

from pathlib import Path

from tasks.compare import noise_file
from tasks.compare.between_versions import compare_versions
from tasks.compare.document import comparison
from tasks.compare.formats import FORMS, write_forms
from tasks.compare.judging import Facts
from tasks.compare.request import Named
from tasks.compare.show import show
from tasks.compare.texts import read_text
from tasks.compare.view import Choice, Document
from tasks.measure.archive import Archive
from tasks.shared import console
from tasks.shared.errors import PerfError
from tasks.shared.project import Project
from tasks.shared.verified import Verified


def compare_once(
    project: Project, old: Named, new: Named, choice: Choice, out: str, archive: Archive, verified: Verified
) -> None:
    """Compare, and show or write it."""
    made = _compare(project, old, new, archive, verified)
    if not out:
        show(made, choice)
        return
    paths = _named_output(Path(out).expanduser().absolute(), str(made["name"]))
    write_forms(made, paths, choice)
    console.say(f"wrote {', '.join(project.relative(path) for path in paths.values())}")


def _compare(project: Project, old: Named, new: Named, archive: Archive, verified: Verified) -> Document:
    rules = project.config.rules
    if not old.text and not new.text:
        # Sessions may have controls that noise.json has not heard of; that file is left alone, as all results are.
        noise = noise_file.of_today(project, archive, verified)
        made, _ = compare_versions(project, old.label, new.label, rules, archive, verified, noise)
        return made
    # A version beside a text is one, too.
    paths = [its.text or project.tree.merged_text(its.label) for its in (old, new)]
    called = shortest_names(*(path.absolute() for path in paths))
    one, other = (
        read_text(path, its.label if its.text is None else name)
        for its, path, name in zip((old, new), paths, called, strict=True)
    )
    return comparison(one, other, Facts(), rules)


def shortest_names(old: Path, new: Path) -> tuple[str, str]:
    """How to call two files: ``old.txt`` and ``new.txt``; with as many folders as it takes to tell them apart."""
    parts = next((n for n in range(1, len(old.parts)) if old.parts[-n:] != new.parts[-n:]), len(old.parts))
    one, other = ("/".join(path.parts[-parts:]) for path in (old, new))
    return one, other


def _named_output(path: Path, name: str) -> dict[str, Path]:
    """One file in the form that its ending names, or a folder with all forms."""
    form = path.suffix.removeprefix(".")
    if form in FORMS:
        return {form: path}
    if form and not path.is_dir():
        raise PerfError(
            f"out={path.name}: expected a name that ends in .{', .'.join(FORMS)}, or a folder for all of them"
        )
    # Texts are called by their paths.
    stem = name.replace("/", "_")
    return {form: path / f"{stem}.{form}" for form in FORMS}
