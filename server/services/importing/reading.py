"""Opening a spreadsheet: sheets, and rows of values where merged cells are filled in."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from server.services.importing.cells import Value
from server.services.importing.csvtext import read_csv
from server.services.importing.findings import Cause, Code
from server.services.importing.guard import Kind, kind_of_file, refused
from server.services.importing.sheetxml import Package, SheetMarks

MOST_CELLS = 8_000_000  # a rectangle of this size is about 250 MB while it is read
MOST_ROWS = 200_000


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet from its cell A1 on; `rows[0]` is row 1.

    `hidden` holds row numbers. `formulas` names cells with a formula, by row number and column
    index, `broken` those without a usable value, because the spreadsheet says "#N/A" or never
    calculated its formula. All are known of .xlsx only: the reader does not tell them of .xls.
    """

    name: str
    rows: list[list[Value]]
    hidden: frozenset[int] = frozenset()
    formulas: frozenset[tuple[int, int]] = frozenset()
    broken: dict[tuple[int, int], Code] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Book:
    """An opened spreadsheet. `names` are its sheets: visible ones first, hidden ones last."""

    names: tuple[str, ...]
    read: Callable[[str], Sheet]
    has_macros: bool = False

    def sheet(self, name: str) -> Sheet:
        """Raises: SpreadsheetRefused: no sheet of this name, or one too large to read."""
        if name not in self.names:
            raise refused(Cause.NO_SHEET, sheet=name)
        return self.read(name)


def open_book(content: bytes) -> Book:
    """Open .xlsx, .xls or CSV, whatever its name says.

    Raises:
        SpreadsheetRefused: the file is none of these, broken, encrypted or too large.
    """
    kind = kind_of_file(content)
    if kind is Kind.CSV:
        rows = read_csv(content)
        if len(rows) > MOST_ROWS and sum(map(any, rows)) > MOST_ROWS:
            raise refused(Cause.TOO_MANY_ROWS, most=MOST_ROWS)
        return Book(("CSV",), lambda name: Sheet(name, rows))

    workbook = _guarded(lambda: CalamineWorkbook.from_filelike(io.BytesIO(content)))
    package = Package(content) if kind is Kind.XLSX else None
    sheets = [sheet for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    sheets.sort(key=lambda sheet: sheet.visible != SheetVisibleEnum.Visible)
    if not sheets:
        raise refused(Cause.EMPTY_SHEET)
    return Book(
        tuple(sheet.name for sheet in sheets),
        lambda name: _read_sheet(workbook, package, name),
        has_macros=package is not None and package.has_macros,
    )


def _read_sheet(workbook: CalamineWorkbook, package: Package | None, name: str) -> Sheet:
    marks = package.marks(name) if package else SheetMarks()
    if marks.height * marks.width > MOST_CELLS:
        raise refused(Cause.TOO_WIDE, rows=marks.height, columns=marks.width)
    sheet = _guarded(lambda: workbook.get_sheet_by_name(name))
    if (sheet.total_height + 1) * (sheet.total_width + 1) > MOST_CELLS:
        raise refused(Cause.TOO_WIDE, rows=sheet.total_height, columns=sheet.total_width)
    rows: list[list[Value]] = _guarded(lambda: sheet.to_python(skip_empty_area=False))
    if len(rows) > MOST_ROWS and sum(map(any, rows)) > MOST_ROWS:
        raise refused(Cause.TOO_MANY_ROWS, most=MOST_ROWS)
    _fill_merged(rows, _merged(sheet))
    return Sheet(name, rows, marks.hidden, marks.formulas, marks.broken)


def _guarded(read: Callable[[], Any]) -> Any:
    """Whatever the reader says about a broken file, we say `unreadable`."""
    try:
        return read()
    except PasswordError as problem:
        raise refused(Cause.ENCRYPTED) from problem
    except (CalamineError, ValueError, OSError) as problem:
        raise refused(Cause.UNREADABLE) from problem
    except BaseException as problem:
        # A Rust panic arrives as a BaseException of a class that cannot be imported.
        if type(problem).__name__ != "PanicException":
            raise
        raise refused(Cause.UNREADABLE) from problem


Range = tuple[tuple[int, int], tuple[int, int]]


def _merged(sheet: CalamineSheet) -> Iterable[Range]:
    return _guarded(lambda: sheet.merged_cell_ranges) or ()


def _fill_merged(rows: list[list[Value]], ranges: Iterable[Range]) -> None:
    """Every cell of a merged range holds its value, as it does for the reader of the sheet."""
    filled = 0
    for (top, left), (bottom, right) in ranges:
        if top >= len(rows) or left >= len(rows[top]) or rows[top][left] == "":
            continue
        for row in rows[top : bottom + 1]:
            cells = len(row[left : right + 1])
            row[left : left + cells] = [rows[top][left]] * cells
            filled += cells
        if filled > MOST_CELLS:
            raise refused(Cause.UNREADABLE)
