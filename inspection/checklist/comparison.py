"""Two versions of a script, row by row: what is new, what is gone, what reads otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from inspection.checklist.script import COLUMNS, OF_ONE_ROW, Script

#: What a row is known by, in each sheet of several rows.
_KNOWN_BY = {"ks_basis": ("id",), "survey": ("name",), "choices": ("list_name", "name")}

Cells = Mapping[str, Any]


class Kind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"  # the same, but asked before or after others


@dataclass(frozen=True, slots=True)
class CellChange:
    """What one cell said and says; empty where it is not filled in."""

    column: str
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One row. `row` is its name in the sheet; empty for sheets of one row."""

    sheet: str
    row: str
    kind: Kind
    cells: tuple[CellChange, ...]


def compared(before: Script, now: Script) -> list[Difference]:
    """In the order of the sheets, and in each of them what is now there before what is gone."""
    return [
        difference
        for sheet in COLUMNS
        for difference in _of_sheet(sheet, before.content[sheet], now.content[sheet])
    ]


def _of_sheet(sheet: str, before: Any, now: Any) -> Iterator[Difference]:
    if sheet in OF_ONE_ROW:
        if cells := _cells(sheet, before, now):
            yield Difference(sheet, "", Kind.CHANGED, cells)
        return
    earlier, later = _named(sheet, before), _named(sheet, now)
    both = [name for name in earlier if name in later]
    moved = _moved(both, [name for name in later if name in earlier])
    for name, row in later.items():
        if name not in earlier:
            yield Difference(sheet, name, Kind.ADDED, _cells(sheet, {}, row))
        elif cells := _cells(sheet, earlier[name], row):
            yield Difference(sheet, name, Kind.CHANGED, cells)
        elif name in moved:
            yield Difference(sheet, name, Kind.MOVED, ())
    for name, row in earlier.items():
        if name not in later:
            yield Difference(sheet, name, Kind.REMOVED, _cells(sheet, row, {}))


def _named(sheet: str, rows: list[Cells]) -> dict[str, Cells]:
    """Rows by what they are known by; the ends of groups have no name and say nothing."""
    return {
        " ".join(str(row[column]) for column in _KNOWN_BY[sheet]): row
        for row in rows
        if all(column in row for column in _KNOWN_BY[sheet])
    }


def _moved(before: list[str], now: list[str]) -> set[str]:
    """Rows that another one has overtaken: all but the longest run that kept its order."""
    place = {name: at for at, name in enumerate(before)}
    best: list[list[str]] = []  # best[n]: a run of n + 1 that ends as early as can be
    for name in now:
        at = next((n for n, run in enumerate(best) if place[run[-1]] >= place[name]), len(best))
        best[at : at + 1] = [[*(best[at - 1] if at else []), name]]
    return set(now) - set(best[-1] if best else [])


def _cells(sheet: str, before: Cells, now: Cells) -> tuple[CellChange, ...]:
    return tuple(
        CellChange(column, _text(before.get(column)), _text(now.get(column)))
        for column in COLUMNS[sheet]
        if before.get(column) != now.get(column)
    )


def _text(cell: Any) -> str:
    if isinstance(cell, list):
        return "\n".join(map(str, cell))
    return "" if cell is None else str(cell)
