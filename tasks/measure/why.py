"""Why a cell is to be measured: which of its inputs changed since its newest samples, with old and new values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from tasks.measure.archive import Terms, counting, of_today
from tasks.measure.kept_inputs import inputs_of
from tasks.measure.part import Part
from tasks.measure.precision import least
from tasks.measure.schedule import Need
from tasks.measure.state import State
from tasks.measure.unfinished import unfinished, widest
from tasks.measure.variance import in_words
from tasks.shared import schema
from tasks.shared.cell import Cell
from tasks.shared.machine import Machine

#: Of a hash, what tells one from another.
_SHOWN = 10
#: Inputs that are named one by one; of more, their number is told.
_NAMED = 6


@dataclass(frozen=True)
class Cause:
    """A cell that is to be measured: how many rounds, and why, a line for each reason."""

    cell: Cell
    rounds: int
    words: tuple[str, ...]


def causes(state: State, needs: Iterable[Need], retries: Iterable[Need]) -> list[Cause]:
    """Why each cell of these needs is to be measured."""
    found = [
        Cause(cell, rounds, tuple(_why_missing(state, cell)))
        for need in needs
        for cell, rounds in ((Cell(version, need.unit), n) for version, n in need.rounds.items())
    ]
    for need in retries:
        words = tuple(_why_retried(state, need))
        found += [Cause(Cell(version, need.unit), rounds, words) for version, rounds in need.rounds.items()]
    return found


def _why_missing(state: State, cell: Cell) -> list[str]:
    terms = state.terms(cell)
    if terms is None:
        return [
            "its fingerprint can't be taken before the toolchain is installed; then it may turn out to be up to date"
        ]
    if state.project.settings.budget and not state.is_given_up(cell) and not state.missing(cell):
        return _why_spent_on(state, cell)
    parts = state.archive.samples(cell.version, cell.unit)
    statuses = [status for part in counting(parts, terms) for status in part.statuses]
    if statuses:
        good = statuses.count("ok")
        lost = len(statuses) - good
        disturbed = sum(len(part.excluded()) for part in of_today(parts, terms))
        return [
            f"it has {good} of {state.project.settings.count} samples"
            + (f"; {lost} failed" if lost else "")
            + (f"; {disturbed} were disturbed" if disturbed else ""),
            *(_why_spent_on(state, cell) if state.project.settings.budget or unfinished(state, [cell]) else ()),
        ]
    if not parts:
        return _why_never(state, cell)
    return _what_changed(state, cell, parts[-1], terms) or ["its samples do not count any more"]


def _why_spent_on(state: State, cell: Cell) -> list[str]:
    """How wide what is to be narrowed by a budget is, or was left by one."""
    left = "left unfinished by a budget: " if unfinished(state, [cell]) else ""
    found = widest(state, cell)
    if found is None:
        return [f"{left}its neighbours are not known well enough" if not left else f"{left}no interval yet"]
    interval, target = found
    to = f" to {state.project.version(interval.other).label}" if interval.other else ""
    known = "no interval" if interval.half_width is None else f"+-{interval.half_width:.1%}"
    enough = least(state.project.config)
    return [f"{left}{interval.name}{to} {known} in {interval.blocks} blocks, target +-{target:.1%} from {enough} on"]


def _why_never(state: State, cell: Cell) -> list[str]:
    """Nothing of the cell lies in this tree; perhaps in that of other settings."""
    settings, label = state.project.settings, state.project.version(cell.version).label
    others = []
    for folder in sorted(state.project.paths.results.glob(f"*/{state.project.machine.platform}")):
        if folder != state.project.tree.folder and (folder / label / "receipts" / f"{cell.unit}.json").exists():
            others.append(folder.parent.name)
    if not others:
        return ["it has never been measured here"]
    today = f"{settings.benchtime_text} in {settings.layouts} layouts"
    return [f"benchtime or layouts: {', '.join(others)} -> {settings.tree} ({today})"]


def _why_retried(state: State, need: Need) -> list[str]:
    found = []
    for version in need.rounds:
        label = state.project.version(version).label
        for leaf in state.noisy(Cell(version, need.unit)):
            found.append(f"too noisy in {label}: {leaf.name}, {in_words(asdict(leaf))}")
    return found


def _what_changed(state: State, cell: Cell, newest: Part, terms: Terms) -> list[str]:
    """What differs between the cell's newest sample and today."""
    found = []
    head, sample = newest.head, newest.sample(-1)
    if head.conditions != terms.conditions:
        machine = Machine(**head.provenance["machine"])
        found += _differences(machine.identity, state.project.machine.identity, "the machine's ")
        found = found or ["the machine or the settings are others"]
    old = head.fingerprints.get(cell.unit, "")
    if old != terms.fingerprint:
        kept = inputs_of(newest.file.path, cell.unit, old)
        if kept is None:
            found.append(f"its code changed ({old[:_SHOWN]} -> {terms.fingerprint[:_SHOWN]}; the inputs were not kept)")
        else:
            today = schema.read_unchecked(state.project.paths.fingerprint(cell.version, cell.unit))
            found += differences_of_inputs(kept, today)
    if terms.mark.covers(sample.session, sample.round):
        found.append(f"its samples were forgotten at {terms.mark.before}")
    return found


def differences_of_inputs(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """The inputs in which two fingerprint documents differ, each with its old and new value."""
    single = {"toolchain": "toolchain", "goroot": "the toolchain's files", "build_recipe": "the way of building"}
    found = _differences({what: old[key] for key, what in single.items()}, {w: new[k] for k, w in single.items()}, "")
    found += _differences(old["environment"], new["environment"], "environment ")
    found += _differences(old["declarations"], new["declarations"], "")
    found += _differences(old["files"], new["files"], "")
    found += _differences(old["packages"], new["packages"], "package ")
    found += _differences(old["modules"], new["modules"], "module ")
    old_lines, new_lines = (dict.fromkeys(document["directives"], "there") for document in (old, new))
    found += _differences(old_lines, new_lines, "go.mod ")
    if not found:
        found += _differences(dict.fromkeys(old["imports"], "imported"), dict.fromkeys(new["imports"], "imported"), "")
    return found


def _differences(old: Mapping[str, Any], new: Mapping[str, Any], what: str) -> list[str]:
    changed = [key for key in sorted({*old, *new}) if old.get(key) != new.get(key)]
    found = [f"{what}{key}: {_short(old.get(key))} -> {_short(new.get(key))}" for key in changed[:_NAMED]]
    return found + ([f"and {len(changed) - _NAMED} more"] if len(changed) > _NAMED else [])


def _short(value: Any) -> str:
    """A value for people: hashes by their beginning."""
    if value is None:
        return "none"
    text = str(value)
    return text[:_SHOWN] if len(text) == 64 and set(text) <= set("0123456789abcdef") else text
