"""Two sides set against each other: a table for each configuration and unit of measure, as benchstat arranges them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tasks.compare.benchstat import Center, Geomeans, UTest, center, compare, geomeans
from tasks.compare.sides import Key, Side


@dataclass(frozen=True)
class Row:
    """One benchmark of a table; None where a side has not got it."""

    key: Key
    old: Center | None
    new: Center | None
    test: UTest | None

    @property
    def delta(self) -> str:
        """What benchstat calls the change; empty if there is nothing to compare."""
        return self.test.delta(self.old.value, self.new.value) if self.old and self.new and self.test else ""


@dataclass(frozen=True)
class Table:
    """The benchmarks of one configuration in one unit of measure."""

    config: Mapping[str, str]
    measure: str
    rows: Sequence[Row]
    geomeans: Geomeans


def tables(old: Side, new: Side, alpha: float) -> list[Table]:
    """All tables, in benchstat's order.

    Configurations are sorted by their values, taken in the order in which their keys were seen; within one, measures
    and benchmarks stand in the order in which they were first seen, on the old side before the new one.
    """
    keys = dict.fromkeys([*old.samples, *new.samples])
    names = _places(key.name for key in keys)
    measures = _places(key.measure for key in keys)
    fields = list(dict.fromkeys([*old.fields, *new.fields]))
    metadata = {**new.metadata, **old.metadata}
    groups: dict[tuple[tuple[tuple[str, str], ...], str], list[Key]] = {}
    for key in keys:
        groups.setdefault((key.config, key.measure), []).append(key)

    def place(group: tuple[tuple[tuple[str, str], ...], str]) -> tuple[list[str], int]:
        values = dict(group[0])
        return [values.get(field, "") for field in fields], measures[group[1]]

    made = []
    for config, measure in sorted(groups, key=place):
        exact = metadata.get((measure, "assume")) == "exact"
        in_order = sorted(groups[config, measure], key=lambda key: names[key.name])
        rows = [_row(key, old.samples.get(key), new.samples.get(key), alpha, exact) for key in in_order]
        middles = [(row.old.value if row.old else None, row.new.value if row.new else None) for row in rows]
        known = dict(config)
        made.append(Table({field: known.get(field, "") for field in fields}, measure, rows, geomeans(middles)))
    return made


def _row(key: Key, before: Sequence[float] | None, after: Sequence[float] | None, alpha: float, exact: bool) -> Row:
    return Row(
        key,
        center(before, exact) if before else None,
        center(after, exact) if after else None,
        compare(before, after, alpha, exact) if before and after else None,
    )


def _places(values: Iterable[str]) -> dict[str, int]:
    """The place of each value among those that differ, as they come."""
    return {value: place for place, value in enumerate(dict.fromkeys(values))}
