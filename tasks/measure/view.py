"""What somebody who waits for a session sees: a live view on a terminal, elsewhere a line now and then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from tasks.measure.estimate import expected_seconds
from tasks.measure.progress import Progress
from tasks.measure.sample_file import Sample
from tasks.measure.schedule import Need, round_count
from tasks.measure.state import State
from tasks.shared import console
from tasks.shared.benchfmt import parse
from tasks.shared.cell import Cell
from tasks.shared.clock import Clock, for_people
from tasks.shared.project import Project
from tasks.shared.settings import Settings
from tasks.shared.statistics import CLASSES, variance_class

#: Seconds between two lines in a log, and between two drawings of the live view.
_LINE_PAUSE, _DRAW_PAUSE = 15.0, 0.5
#: Characters that the bar is wide.
_BAR = 60

_STYLES = {"good": "green", "acceptable": "green", "warning": "yellow", "high": "red", "very high": "bold red"}


def announce(project: Project, state: State, needs: Sequence[Need], retries: Sequence[Need]) -> None:
    """Say what a session without a budget is about to do and how long that will take."""
    settings = project.settings
    if settings.budget:
        # What becomes of it is told where it is spent.
        return
    everything = [*needs, *retries]
    versions = {version for need in everything for version in need.rounds}
    labels = ", ".join(version.label for version in project.config.versions if version.exact in versions)
    seconds = expected_seconds(everything, state)
    takes = f"this takes about {for_people(seconds)}"
    what = f"{settings.benchtime_text} samples, {settings.layouts} layouts"
    if needs:
        console.say(
            f"measuring {len(needs)} benchmark functions in {labels}: {round_count(needs)} rounds of {what}; {takes}"
        )
        if settings.max_reruns:
            rounds = f"{settings.max_reruns} x {settings.rerun_count}"
            console.say(f"besides, up to {rounds} rounds more of what is too noisy then")
    else:
        console.say(
            f"measuring {len(retries)} benchmark functions again in {labels}: "
            f"{round_count(retries)} rounds of {what}; {takes}"
            + (f", and up to {settings.max_reruns} times as long if they stay noisy" if settings.max_reruns > 1 else "")
        )


def say_outcome(progress: Progress, now: float) -> None:
    """Say what a session has done."""
    console.say(f"measured {progress.total} samples in {for_people(now - progress.started)}")


def say_interrupted(progress: Progress) -> None:
    """Say where a session was ended, and that nothing is lost."""
    console.warn(
        f"session {progress.session} was ended in round {progress.round} of {progress.rounds} ({progress.phase}); "
        f"its {progress.total} samples are kept and count, and the next doit measures only what is missing"
    )


class View:
    """Shows a session's progress. ``update`` may be called as often as one likes.

    It draws between samples, never while one is being taken: drawing takes a core.
    """

    def __init__(self, progress: Progress, settings: Settings, clock: Clock, live: Any = None) -> None:
        self._progress = progress
        self._settings = settings
        self._clock = clock
        self._live = live
        self._shown = clock.monotonic()
        self._phase = "main"

    def update(self, version: str, sample: Sample) -> None:
        """A sample has been taken."""
        if self._settings.verbose:
            self._say_each_line(version, sample)
        if self._progress.phase != self._phase:
            self._phase = self._progress.phase
            console.say(self._phase_line())
        pause = _DRAW_PAUSE if self._live is not None else _LINE_PAUSE
        if self._clock.monotonic() - self._shown < pause:
            return
        self._shown = self._clock.monotonic()
        if self._live is not None:
            self._live.update(self._drawing(sample), refresh=True)
        else:
            console.say(self._line())

    def _say_each_line(self, version: str, sample: Sample) -> None:
        """The result lines of a sample, each with the running CV of its benchmark."""
        label = self._progress.labels[version]
        if sample.status != "ok":
            console.say(f"{label} {sample.unit}: {sample.status}")
            return
        spread = self._progress.spread(Cell(version, sample.unit))
        for result, line in zip((parsed := parse(sample.lines)).results, parsed.lines, strict=True):
            cv = spread[result.name].cv if result.name in spread else None
            shown = "" if cv is None else f"   CV {cv:.1%} {variance_class(cv)}"
            console.say(f"{label} {line}{shown}")

    def _phase_line(self) -> str:
        if self._phase == "budget":
            return "rounds of what narrows the answers most"
        if self._phase == "make-up":
            return f"{self._progress.rounds} rounds more of what has lost samples"
        return f"retry {self._phase.removeprefix('retry')} of what is too noisy: {self._progress.rounds} rounds"

    def _line(self) -> str:
        progress = self._progress
        phase = "" if progress.phase == "main" else f"{progress.phase}, "
        left = for_people(progress.seconds_left(self._clock.now()))
        if progress.until is not None:
            known = f"{progress.settled} of {progress.units} benchmark functions are known well enough"
            return f"round {progress.round}, {known}, about {left} left"
        noisy = sum(row["too noisy"] for row in progress.classes().values())
        return (
            f"{phase}round {progress.round} of {progress.rounds}, {progress.fraction:4.0%} of the samples, "
            f"{noisy} too noisy so far, about {left} left"
        )

    def _drawing(self, sample: Sample) -> Any:
        """The live view: where the session is, the unit at hand, and the CV classes per version."""
        from rich.console import Group
        from rich.text import Text

        done = round(_BAR * self._progress.fraction)
        bar = Text("━" * done, style="green").append("·" * (_BAR - done), style="dim")
        return Group(Text(self._line(), style="bold"), bar, *self._unit_lines(sample.unit), self._classes())

    def _unit_lines(self, unit: str) -> Iterator[Any]:
        """The running CV of each benchmark of a unit, versions side by side."""
        from rich.text import Text

        found: dict[str, list[tuple[str, float | None]]] = {}
        for version, label in self._progress.labels.items():
            for name, spread in self._progress.spread(Cell(version, unit)).items():
                found.setdefault(name, []).append((label, spread.cv))
        for name, cells in found.items():
            text = Text(f"{unit.partition('.')[0]}.{name}  ")
            for label, cv in cells:
                kind = variance_class(cv)
                shown = "CV ?" if cv is None else f"CV {cv:.1%} {kind}"
                text.append(f"  {label} ").append(shown, style=_STYLES.get(kind, "dim"))
            yield text

    def _classes(self) -> Any:
        """How many benchmarks are in each CV class so far."""
        names = [name for _, name, _ in CLASSES]
        classes = self._progress.classes()
        rows = [
            [label, *(str(classes[exact][name]) for name in (*names, "too noisy"))]
            for exact, label in self._progress.labels.items()
            if exact in classes
        ]
        title = f"CV classes so far, per {self._settings.benchtime_text} sample"
        return console.grid(title, ["version", *names, "too noisy"], rows)


@contextmanager
def show(progress: Progress, settings: Settings, clock: Clock) -> Iterator[View]:
    """The view that fits the console."""
    if console.is_terminal():
        with console.live() as live:
            yield View(progress, settings, clock, live)
    else:
        yield View(progress, settings, clock)
