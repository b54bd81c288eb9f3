"""A script as a spreadsheet: written for a clerk who knows Excel, read back without loss.

The sheets and columns are those of the script, spelled as XLSForm spells them (xlsform.org). The
item type has many cells and one row, so its sheet stands upright: a line for each cell, and several
lines where the cell is a list.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from inspection.checklist.item_type import LISTS, WHOLE_NUMBERS
from inspection.checklist.point import Text
from inspection.checklist.rows import Faults
from inspection.checklist.script import COLUMNS, OF_ONE_ROW, Script, read

#: The order of the tabs: the questions first.
TABS = ("survey", "choices", "ks_basis", "ks_meta", "settings")
UPRIGHT = "ks_meta"
UPRIGHT_COLUMNS = ("column", "value")

#: Widths in characters: of texts that are read, and of words and numbers.
WIDE, NARROW = 44, 16

Cell = object  # what a spreadsheet can hold: a text, a number, yes or no, a day; "" for nothing
Rows = Sequence[Sequence[Cell]]


def workbook_of(content: Mapping[str, Any]) -> bytes:
    """The .xlsx file of a script's content."""
    book = Workbook()
    book.remove(book.active)
    book.properties.title = content["ks_meta"]["name::zh"]
    book.properties.creator = "云勘"
    for name in TABS:
        sheet = book.create_sheet(name)
        if name == UPRIGHT:
            _write(sheet, UPRIGHT_COLUMNS, _lines(content[name]))
            continue
        rows = [content[name]] if name in OF_ONE_ROW else content[name]
        used = [column for column in COLUMNS[name] if any(column in row for row in rows)]
        _write(sheet, used, ([row.get(column, "") for column in used] for row in rows))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def script_of(sheets: Mapping[str, Rows], *, key: str, file: str) -> Script:
    """The script in a workbook's sheets; row 1 of each has the names of its columns.

    Raises:
        ScriptRefused: with every fault, each naming sheet and row as the spreadsheet numbers it.
    """
    faults = Faults(file)
    content: dict[str, Any] = {"key": key}
    numbers: dict[str, list[int]] = {}
    for name, rows in sheets.items():
        if not any(cell != "" for row in rows for cell in row):
            continue  # a spreadsheet program adds empty sheets by itself
        found = dict(_rows(name, rows, faults))
        numbers[name] = list(found)
        if name == UPRIGHT:
            content[name] = _upright(found, faults)
        elif name in OF_ONE_ROW:
            content[name] = _only(name, found, faults)
        else:
            content[name] = list(found.values())
    faults.refuse_if_any()
    return read(content, file=file, numbers=numbers)


# --- writing --------------------------------------------------------------------------------


def _lines(cells: Mapping[str, Any]) -> Iterator[Sequence[str | int]]:
    for column in COLUMNS[UPRIGHT]:
        value = cells.get(column, ())
        for one in (value,) if isinstance(value, str | int) else value:
            yield column, one


def _write(sheet: Worksheet, columns: Sequence[str], rows: Any) -> None:
    sheet.append(list(columns))
    for number, row in enumerate(rows, start=2):
        for place, value in enumerate(row, start=1):
            if value == "":
                continue
            cell = sheet.cell(number, place)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"  # also where it begins with "="
                cell.number_format = "@"  # so that 0101 stays 0101 when it is typed again
            cell.alignment = Alignment(vertical="top", wrap_text=True)
    for place, column in enumerate(columns, start=1):
        heading = sheet.cell(1, place)
        heading.font = Font(bold=True)
        wide = "::" in column or column == "value"
        sheet.column_dimensions[heading.column_letter].width = WIDE if wide else NARROW
    sheet.freeze_panes = "C2" if "name" in columns else "A2"


# --- reading --------------------------------------------------------------------------------


def _rows(sheet: str, rows: Rows, faults: Faults) -> Iterator[tuple[int, dict[str, Any]]]:
    """Rows that hold something, by their number in the spreadsheet."""
    headings = [str(cell).strip() for cell in rows[0]]
    _check_headings(sheet, headings, rows, faults)
    for number, row in enumerate(rows[1:], start=2):
        named = zip(headings, row, strict=True)
        values = ((column, _value(column, cell)) for column, cell in named if column)
        if cells := {column: value for column, value in values if value != ""}:
            yield number, cells


def _check_headings(sheet: str, headings: Sequence[str], rows: Rows, faults: Faults) -> None:
    for heading, many in Counter(headings).items():
        if heading and many > 1:
            faults.add(
                f"{sheet} 1",
                Text(f"列名“{heading}”用了不止一次", f"the column {heading!r} is there twice"),
                Text("删去一列，或改名", "remove one, or rename it"),
            )
    for place, heading in enumerate(headings):
        if not heading and any(row[place] != "" for row in rows):
            faults.add(
                f"{sheet} 1",
                Text(f"第 {place + 1} 列没有列名", f"column {place + 1} has no name"),
                Text("在第 1 行写上列名，或清空这一列", "name it in row 1, or empty it"),
            )


def _only(sheet: str, found: Mapping[int, dict[str, Any]], faults: Faults) -> dict[str, Any]:
    for number in list(found)[1:]:
        faults.add(
            f"{sheet} {number}",
            Text("这张表只有一行", "this sheet has one row"),
            Text("删去多余的行", "remove the others"),
        )
    return next(iter(found.values()), {})


def _upright(found: Mapping[int, Mapping[str, Any]], faults: Faults) -> dict[str, Any]:
    cells: dict[str, Any] = {}
    for number, line in found.items():
        column, value = line.get("column"), line.get("value")
        if not isinstance(column, str) or value is None or set(line) - set(UPRIGHT_COLUMNS):
            faults.add(
                f"{UPRIGHT} {number}",
                Text("这一行不成对", "this line is no pair"),
                Text("A 列写列名，B 列写内容", "write the column's name in A, its content in B"),
            )
            continue
        value = _value(column, value)
        if column in LISTS:
            cells.setdefault(column, []).append(value)
        elif column in cells:
            faults.add(
                f"{UPRIGHT} {number} {column}",
                Text(f"“{column}”写了不止一次", f"{column!r} is there twice"),
                Text("删去一行", "remove one"),
            )
        else:
            cells[column] = value
    return cells


def _value(column: str, cell: Cell) -> Any:
    """As a script has it: spreadsheets make numbers of 0101 and of 2026112401."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if column in (*WHOLE_NUMBERS, "value"):  # what an upright sheet's value is, its column says
        return int(cell) if isinstance(cell, str) and _is_whole(column, cell) else cell
    if isinstance(cell, int | float):
        return str(cell)
    return cell.strip() if isinstance(cell, str) else cell


def _is_whole(column: str, cell: str) -> bool:
    return column in WHOLE_NUMBERS and cell.strip().isascii() and cell.strip().isdecimal()
