"""noise.json of a tree: what its controls and calibrations tell of noise, and what comparisons make of it.

Derived from the texts session by session, so that only sessions that are new are looked at.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tasks.compare.controls import Control, controls_of, different
from tasks.compare.noise import FACTOR, Noise
from tasks.measure import names
from tasks.measure.archive import Archive, Listing
from tasks.measure.forgotten import read_marks
from tasks.measure.precision import LEAST
from tasks.shared import console, schema
from tasks.shared.errors import PerfError
from tasks.shared.files import sha256
from tasks.shared.project import Project
from tasks.shared.verified import Verified, read_known

#: From so many comparisons of like with like on, these tell the factor.
ENOUGH = 30

#: The share of them that is to be within the noise floor.
_SHARE = 0.95

Document = dict[str, Any]


def factor_of(ratios: Sequence[float]) -> float:
    """The q95 of |estimate| / standard error of what does not differ; what chance gives, until there are enough."""
    if len(ratios) < ENOUGH:
        return FACTOR
    ordered = sorted(ratios)
    place = _SHARE * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


def make(project: Project, archive: Archive, verified: Verified) -> Document:
    """Write noise.json anew."""
    path = project.tree.noise
    document = _document(project, archive, verified)
    schema.write("noise", path, document, rows="sessions")
    verified.remember(path)
    verified.save()
    return document


def of_today(project: Project, archive: Archive, verified: Verified) -> Noise:
    """What noise.json would say if it were made now; nothing is written."""
    if is_current(project, archive, verified):
        return load(project, verified)
    return _noise(_document(project, archive, verified))


def _document(project: Project, archive: Archive, verified: Verified) -> Document:
    """Of sessions that have controls and have changed since it was written, and of all others as it was."""
    known = _known_sessions(project, verified)
    marks = read_marks(project.tree)
    sessions = []
    for session, listing in _with_controls(archive):
        files = _files(project, listing)
        row = known.get(session)
        if row is None or row["files"] != files or not all(verified.knows(text) for text, _ in listing):
            controls = controls_of(_read(archive, listing), project.conditions, marks)
            row = _row(session, files, controls, project.config.rules.alpha)
            for text, _ in listing:
                verified.remember(text)
        sessions.append(row)
    told = (Control(**control) for row in sessions for control in row["controls"])
    # Of few blocks, how wide an interval is says little.
    ratios = [control.ratio for control in told if control.blocks >= LEAST]
    calibrations = [_of_calibration(project, its, verified) for its in _calibrations(project)]
    ratios += [ratio for calibration in calibrations for ratio in calibration["ratios"]]
    return {
        **_head(project),
        "factor": factor_of(ratios),
        "comparisons": len(ratios),
        "calibrations": calibrations,
        "sessions": sessions,
    }


def is_current(project: Project, archive: Archive, verified: Verified) -> bool:
    """Whether noise.json is as it was made, and of the texts that there are."""
    path = project.tree.noise
    if not verified.knows(path):
        return False
    document = schema.read_unchecked(path)
    if any(document.get(key) != value for key, value in _head(project).items()):
        return False
    there = {session: _files(project, listing) for session, listing in _with_controls(archive)}
    texts = [text for _, listing in _with_controls(archive) for text, _ in listing]
    calibrations = _calibrations(project)
    return (
        {row["session"]: row["files"] for row in document["sessions"]} == there
        and [row["file"] for row in document["calibrations"]] == [path.name for path in calibrations]
        and all(map(verified.knows, [*texts, *calibrations]))
    )


def load(project: Project, verified: Verified) -> Noise:
    """The noise of the project's tree, for its comparisons; as chance has it if nobody has measured it here yet."""
    path = project.tree.noise
    if not path.exists():
        return Noise()
    document = read_known("noise", path, verified)
    if document["conditions"] != project.conditions:
        # Of another machine, or of samples of another length.
        return Noise()
    return _noise(document)


def _noise(document: Mapping[str, Any]) -> Noise:
    return Noise(document["factor"], said=tuple(in_words(document)))


def in_words(document: Mapping[str, Any]) -> list[str]:
    """What people are told of it beside a comparison, a line each."""
    count, factor = document["comparisons"], document["factor"]
    if count < ENOUGH:
        lines = [
            f"noise floor: {FACTOR} standard errors; on this machine {count} of {ENOUGH} comparisons of a version with "
            "itself are there that could tell better"
        ]
    else:
        lines = [f"noise floor: {factor:.2f} standard errors, by {count} comparisons of a version with itself here"]
    measured = [row for row in document["sessions"] if row["units"]]
    if measured:
        newest = measured[-1]
        lines.append(f"{newest['different']} of {newest['units']} controls looked different in {newest['session']}")
    if document["layouts"] == "default":
        lines.append("layout is not in the noise floor: a control runs the very binary of its base")
    return lines


def _head(project: Project) -> Document:
    """What all of it depends on besides the texts."""
    marks = project.tree.forgotten
    return {
        "schema_version": schema.SCHEMA_VERSION,
        "conditions": project.conditions,
        "layouts": project.settings.layouts,
        "alpha": project.config.rules.alpha,
        "forgotten": sha256(marks.read_bytes()) if marks.exists() else "",
    }


def _row(session: str, files: list[Document], controls: Sequence[Control], alpha: float) -> Document:
    return {
        "session": session,
        "files": files,
        "units": len({control.unit for control in controls}),
        "different": len(different(controls, alpha)),
        "controls": [asdict(control) for control in controls],
    }


def _calibrations(project: Project) -> list[Path]:
    """The reports of `doit calibrate` on this platform."""
    return sorted(project.paths.calibration(project.machine.platform).folder.glob("*.json"))


def _of_calibration(project: Project, path: Path, verified: Verified) -> Document:
    """What a report adds: the comparisons of its design that are like those of this tree; none of another machine."""
    try:
        report = read_known("calibration", path, verified)
    except PerfError as error:
        # Of an older program, or damaged: its texts are there, and nothing else depends on it.
        console.warn_once(f"{error}\nit is left out; `doit calibrate` makes it anew from its texts")
        return {"file": path.name, "ratios": []}
    design = project.settings.layouts
    alike = any(d["design"] == design and d["conditions"] == project.conditions for d in report["designs"])
    rows = [row for row in report["benchmarks"] if row["design"] == design] if alike else []
    return {"file": path.name, "ratios": [abs(row["shift"]) / row["standard_error"] for row in rows]}


def _known_sessions(project: Project, verified: Verified) -> dict[str, Document]:
    """What is known from before, by session; nothing if that was under other terms."""
    try:
        document = read_known("noise", project.tree.noise, verified)
    except PerfError:
        return {}
    if any(document[key] != value for key, value in _head(project).items()):
        return {}
    return {row["session"]: row for row in document["sessions"]}


def _with_controls(archive: Archive) -> list[tuple[str, Listing]]:
    """The sessions that have controls, oldest first, each with all of its texts."""
    return sorted(
        (session, listing)
        for session, listing in archive.listing().items()
        if any(names.kind_of(path) == names.CONTROL for path, _ in listing)
    )


def _files(project: Project, listing: Listing) -> list[Document]:
    return [{"file": str(path.relative_to(project.tree.folder)), "size": size} for path, (size, _) in listing]


def _read(archive: Archive, listing: Listing) -> list[Any]:
    """The texts of a session that have a head of ours; an empty one is what a kill leaves."""
    found = []
    for path, _ in listing:
        try:
            found.append(archive.read(path))
        except PerfError:
            continue
    return found
