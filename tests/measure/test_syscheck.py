"""The system check as it is run: its file, what it says, when it stops a run, its copy beside the samples."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tasks.measure import syscheck
from tasks.measure.findings import examine
from tasks.measure.readings import Readings
from tasks.shared import console, schema
from tasks.shared.errors import PerfError
from tasks.shared.machine import read_machine
from tasks.shared.project import Project
from tests.builders import SESSION, TIME, project
from tests.fakes import FakeClock
from tests.measure.test_findings import CALM, NAMES

HOT = replace(CALM, celsius=91.0, turbo=None, governors={"powersave": 4})


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the console was told, in order."""
    heard: list[Any] = []
    monkeypatch.setattr(console, "say", lambda message: heard.append(("say", message)))
    monkeypatch.setattr(console, "warn", lambda message: heard.append(("warn", message)))
    monkeypatch.setattr(console, "table", lambda *table, words: heard.append(("table", *table)))
    return heard


def with_settings(root: Path, **changes: bool) -> Project:
    """A project in ``root`` under changed settings."""
    here = project(root)
    return replace(here, settings=replace(here.settings, **changes))  # type: ignore[arg-type]


def run(here: Project, readings: Readings, full: bool = False) -> None:
    """A check of a machine that shows these readings."""
    asked: list[str] = []

    def reader(goos: str) -> Readings:
        asked.append(goos)
        return readings

    try:
        syscheck.run_syscheck(here, FakeClock(1_795_507_200.0), full, reader)
    finally:
        assert asked == [here.machine.goos]


def test_document(tmp_path: Path, said: list[Any]) -> None:
    """results/syscheck.json has all findings and keeps to its schema, whatever was found."""
    file = tmp_path / "results" / "syscheck.json"
    here = project(tmp_path)
    for readings in (CALM, HOT, Readings("linux"), Readings("darwin"), Readings("freebsd")):
        run(replace(here, machine=replace(here.machine, goos=readings.goos)), readings)
        document = schema.read("syscheck", file)
        assert document["checked_at"] == "2026-11-24T08:00:00.125Z"
        assert [finding["name"] for finding in document["findings"]] == NAMES
        assert document == syscheck.document(examine(readings), "2026-11-24T08:00:00.125Z")
    run(project(tmp_path), HOT)
    assert schema.read("syscheck", file)["findings"][3] == {
        "name": "temperature",
        "status": "warn",
        "value": "91 °C",
        "advice": "Wait until it has cooled below 75 °C; if it does not, see to its vents and fans.",
    }


@pytest.mark.parametrize(
    "change",
    [{"checked_at": "today"}, {"findings": []}, {"name": "luck"}, {"status": "maybe"}, {"value": ""}],
)
def test_wrong_documents(change: dict[str, Any]) -> None:
    """Values of a wrong form are mistakes."""
    document = syscheck.document(examine(CALM), TIME)
    assert schema.problems("syscheck", document) == []
    (key,) = change
    (document if key in document else document["findings"][0]).update(change)
    assert schema.problems("syscheck", document)


def test_warnings_are_said(tmp_path: Path, said: list[Any]) -> None:
    """One line for each warning, with its way out, and one that counts; nothing of what is ok or unknown."""
    run(project(tmp_path), HOT)
    assert said == [
        (
            "warn",
            "CPU governor: powersave on 4 of 4 cores. Until the next start: sudo cpupower frequency-set -g performance",
        ),
        (
            "warn",
            "temperature: 91 °C. Wait until it has cooled below 75 °C; if it does not, see to its vents and fans.",
        ),
        ("say", "system check: 6 ok, 2 warnings, 1 unknown"),
    ]


@pytest.mark.parametrize(
    ("readings", "count"),
    [
        (CALM, "9 ok, 0 warnings, 0 unknown"),
        (replace(CALM, steal=1.0), "8 ok, 1 warning, 0 unknown"),
        (Readings("linux"), "0 ok, 0 warnings, 9 unknown"),
    ],
)
def test_counts(tmp_path: Path, said: list[Any], readings: Readings, count: str) -> None:
    """The last line counts all nine."""
    run(project(tmp_path), readings)
    assert said[-1] == ("say", f"system check: {count}")


def test_full_table(tmp_path: Path, said: list[Any]) -> None:
    """Who asks gets everything, once."""
    run(project(tmp_path), HOT, full=True)
    (kind, title, columns, rows), last = said
    assert (kind, title, columns) == ("table", "system check", ("what", "status", "value", "advice"))
    assert rows == [(f.name, f.status, f.value, f.advice) for f in examine(HOT)]
    assert last == ("say", "system check: 6 ok, 2 warnings, 1 unknown")


def test_table_can_be_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """On the real console nothing of a line is lost or taken for markup."""
    run(project(tmp_path), replace(HOT, busy={"[bold]x": 0.5}), full=True)
    shown = capsys.readouterr().err
    for text in (*NAMES, "[bold]x 50 %", "system check: 5 ok, 3 warnings, 1 unknown"):
        assert text in shown


@pytest.mark.usefixtures("said")
def test_strict(tmp_path: Path) -> None:
    """A warning stops a strict run, after all was written; the message names the warnings and the way out."""
    strict = with_settings(tmp_path, strict_system_check=True)
    with pytest.raises(PerfError) as caught:
        run(strict, HOT)
    message = str(caught.value)
    assert "CPU governor: powersave on 4 of 4 cores" in message
    assert "sudo cpupower frequency-set -g performance" in message
    assert "temperature: 91 °C" in message
    assert "turbo" not in message
    assert "strict_system_check=0" in message
    assert (tmp_path / "results" / "syscheck.json").exists()


@pytest.mark.usefixtures("said")
def test_strict_takes_what_is_unknown(tmp_path: Path) -> None:
    """Nobody can mend what a system does not tell: it stops nothing."""
    strict = with_settings(tmp_path, strict_system_check=True)
    run(strict, CALM)
    run(strict, Readings("linux"))


@pytest.mark.usefixtures("said")
def test_copy_beside_samples(tmp_path: Path) -> None:
    """The same bytes, under the session's name; a later check leaves an earlier session's copy alone."""
    here = project(tmp_path)
    run(here, HOT)
    syscheck.keep_with_session(here, SESSION)
    copy = tmp_path / "results" / "stable" / "linux-amd64" / f"{SESSION}_syscheck.json"
    original = (tmp_path / "results" / "syscheck.json").read_bytes()
    assert copy.read_bytes() == original
    assert [path.name for path in copy.parent.iterdir()] == [copy.name]
    run(here, CALM)
    syscheck.keep_with_session(here, "2026-11-25_08-00-00")
    assert copy.read_bytes() == original
    assert len(list(copy.parent.iterdir())) == 2


@pytest.mark.usefixtures("said")
def test_no_copy(tmp_path: Path) -> None:
    """Without a check there is none, and an old one does not speak for a session that skips it."""
    here, skipping = project(tmp_path), with_settings(tmp_path, skip_system_check=True)
    syscheck.keep_with_session(here, SESSION)
    run(here, HOT)
    syscheck.keep_with_session(skipping, SESSION)
    assert not here.tree.folder.exists()


@pytest.mark.usefixtures("said")
def test_this_machine(tmp_path: Path) -> None:
    """A real check of whatever this is: valid, complete, and without a question."""
    here = replace(project(tmp_path), machine=read_machine())
    syscheck.run_syscheck(here)
    document = json.loads((tmp_path / "results" / "syscheck.json").read_text())
    assert schema.problems("syscheck", document) == []
    assert [finding["name"] for finding in document["findings"]] == NAMES
    for finding in document["findings"]:
        assert bool(finding["advice"]) == (finding["status"] != "ok")
