"""The refused rows as a workbook: the clerk corrects it and sends it in again."""

from __future__ import annotations

import io
from collections.abc import Callable

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font, PatternFill

from server.services.importing import cells
from server.services.importing.findings import Finding, Severity
from server.services.importing.preview import Preview

Words = Callable[[Finding], str]
"""Says a finding in the reader's language."""

#: What a spreadsheet program takes for the beginning of a formula (OWASP: CSV injection).
_FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r")
_WRONG = PatternFill("solid", fgColor="FBE3E1")


def harmless(text: str) -> str:
    """The text, with an apostrophe before it if a program might run it as a formula."""
    return f"'{text}" if text.startswith(_FORMULA_BEGINS) else text


def refused_rows(preview: Preview, words: Words, *, what_to_do: str = "要改什么") -> bytes:
    """An .xlsx with the sheet's own headings, every cell as text, and a column saying what to do.

    Identifiers stand unmasked: this file is the coordinator's own, given back.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(preview.sheet.name[:31])
    columns = preview.headings.columns
    titles = [column.heading.rpartition("/")[2] for column in columns]
    titles = [c.heading if titles.count(t) > 1 else t for c, t in zip(columns, titles, strict=True)]

    def cell(text: str, *, bold: bool = False, wrong: bool = False) -> WriteOnlyCell:
        made = WriteOnlyCell(sheet, value=harmless(text))
        made.number_format = "@"
        if bold:
            made.font = Font(bold=True)
        if wrong:
            made.fill = _WRONG
        return made

    sheet.append([cell(title, bold=True) for title in [*titles, what_to_do]])
    errors: dict[int, list[Finding]] = {}
    for finding in preview.findings:
        if finding.severity is Severity.ERROR:
            errors.setdefault(finding.row, []).append(finding)
    for row in preview.checked.refused:
        raw = preview.sheet.rows[row - 1]
        found = errors.get(row, [])
        wrong = {finding.field for finding in found if finding.field}
        shown = [
            cell(
                cells.shown(raw[column.index]) if column.index < len(raw) else "",
                wrong=column.field in wrong,
            )
            for column in columns
        ]
        sheet.append([*shown, cell("；".join(map(words, found)))])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
