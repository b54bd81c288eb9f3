"""The preview: everything an import would do, before it does anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from server.models.identifiers import mask_identifier, mask_name, mask_phone
from server.services.importing import cells
from server.services.importing.caserow import CaseRow, Known
from server.services.importing.choices import Choices, position
from server.services.importing.columns import letters
from server.services.importing.findings import Cause, Code, Finding, Severity
from server.services.importing.guard import refused
from server.services.importing.headings import Field, Headings, find_headings
from server.services.importing.reading import Book, Sheet, open_book
from server.services.importing.rows import Checked, check_rows


class Outcome(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    WARNED = "warned"  # imported too, but somebody should look
    KNOWN = "known"  # there already: nothing changes
    REFUSED = "refused"
    SKIPPED = "skipped"  # the coordinator said so


class Notice(StrEnum):
    """What is true of the sheet as a whole, and is not said again on every row."""

    NO_NUMBER_COLUMN = "no_number_column"
    NO_ACCEPTED_COLUMN = "no_accepted_column"  # today counts as the day of acceptance
    NO_PHONE_COLUMN = "no_phone_column"
    NO_PLACE_COLUMN = "no_place_column"
    HIDDEN_ROWS = "hidden_rows"


_WITHOUT = {
    Field.NUMBER: Notice.NO_NUMBER_COLUMN,
    Field.ACCEPTED_ON: Notice.NO_ACCEPTED_COLUMN,
    Field.PHONE: Notice.NO_PHONE_COLUMN,
}


@dataclass(frozen=True, slots=True)
class Preview:
    """What the coordinator looks at. `cases` are the rows that would be stored or are known.

    Where `missing` names fields, no column was found for them and no row was checked.
    """

    file_name: str
    sheets: tuple[str, ...]
    sheet: Sheet
    headings: Headings
    constants: Mapping[Field, str]
    missing: tuple[Field, ...]
    notices: tuple[Notice, ...]
    checked: Checked

    @property
    def cases(self) -> list[CaseRow]:
        return self.checked.cases

    @property
    def findings(self) -> list[Finding]:
        return self.checked.findings

    def outcomes(self) -> dict[int, Outcome]:
        """By row number, for every row that means to be a case, in the order of the sheet."""
        warned = {found.row for found in self.findings if found.severity is Severity.WARNING}
        outcomes = dict.fromkeys(self.checked.refused, Outcome.REFUSED)
        outcomes |= dict.fromkeys(self.checked.skipped, Outcome.SKIPPED)
        for case in self.cases:
            new = Outcome.WARNED if case.row in warned else Outcome.NEW
            outcomes[case.row] = Outcome.KNOWN if case.known else new
        return dict(sorted(outcomes.items()))

    def counts(self) -> dict[Outcome, int]:
        outcomes = list(self.outcomes().values())
        return {outcome: outcomes.count(outcome) for outcome in Outcome}

    def rows_outside(self) -> int:
        """Refused rows that lie outside the district the import is limited to."""
        return len({found.row for found in self.findings if found.code is Code.DISTRICT_OUTSIDE})

    def as_json(self) -> dict[str, Any]:
        """All but the rows, which `page` gives."""
        outcomes = self.counts()
        return {
            "file": self.file_name,
            "sheet": self.sheet.name,
            "sheets": list(self.sheets),
            "heading_row": self.headings.row,
            "columns": [
                {
                    "letter": letters(column.index),
                    "heading": column.heading,
                    "field": column.field.value if column.field else None,
                }
                for column in self.headings.columns
            ],
            "constants": {name.value: text for name, text in self.constants.items()},
            "missing": [name.value for name in self.missing],
            "notices": [notice.value for notice in self.notices],
            "counts": {"total": sum(outcomes.values())}
            | {outcome.value: count for outcome, count in outcomes.items()},
            "leftovers": [{"row": row, "kind": kind.value} for row, kind in self.checked.leftovers],
        }

    def page(
        self, *, first: int = 0, most: int = 200, only: frozenset[Outcome] = frozenset(Outcome)
    ) -> list[dict[str, Any]]:
        """Rows as the page draws them, each with its cells by field and its findings.

        Personal data is masked, except in a cell that has to be corrected.
        """
        chosen = [item for item in self.outcomes().items() if item[1] in only]
        findings: dict[int, list[Finding]] = {}
        for found in self.findings:
            findings.setdefault(found.row, []).append(found)
        return [
            {
                "row": row,
                "outcome": outcome.value,
                "cells": self._cells(row, {found.field for found in findings.get(row, [])}),
                "findings": [found.as_json() for found in findings.get(row, [])],
            }
            for row, outcome in chosen[first : first + most]
        ]

    def _cells(self, row: int, blamed: set[str]) -> dict[str, str]:
        raw = self.sheet.rows[row - 1]
        shown = {name.value: text for name, text in self.constants.items()}
        for column in self.headings.columns:
            if column.field is None or column.index >= len(raw):
                continue
            name, value = column.field, raw[column.index]
            if name in (Field.ACCEPTED_ON, Field.SURVEY_BY) and name not in blamed:
                day, _ = cells.read_date(value)
                shown[name] = day.isoformat() if day else cells.shown(value)
                continue
            text = cells.shown(value)
            mask = _MASKS.get(name)
            shown[name] = mask(text) if mask and name not in blamed else text
        return shown


_MASKS = {
    Field.IDENTIFIER: mask_identifier,
    Field.PHONE: mask_phone,
    Field.CONTACT: mask_name,
}


def make_preview(
    content: bytes, *, file_name: str, known: Known, today: date, choices: Choices | None = None
) -> Preview:
    """Read and check a whole file; nothing is stored. `today` is the local day.

    Raises:
        SpreadsheetRefused: the file as a whole cannot be read; its `cause` says why.
    """
    choices = choices or Choices()
    preset = choices.known_preset()
    meant = {**(preset.columns if preset else {}), **choices.columns}
    constants = {**(preset.constants if preset else {}), **choices.constants}
    book = open_book(content)
    sheet, headings = _sheet_with_headings(book, choices.sheet, meant)
    _correct(sheet, choices.corrections)
    missing = tuple(headings.missing(constants))
    checked = Checked()
    if not missing:
        checked = check_rows(
            sheet,
            headings,
            known=known,
            today=today,
            constants=constants,
            preset=preset,
            source=choices.source,
            skip=choices.skip,
            declined=frozenset(heading for heading, field in meant.items() if field is None),
        )
    return Preview(
        file_name=file_name,
        sheets=book.names,
        sheet=sheet,
        headings=headings,
        constants=constants,
        missing=missing,
        notices=_notices(sheet, headings, constants),
        checked=checked,
    )


def _sheet_with_headings(
    book: Book, wanted: str, meant: Mapping[str, Field | None]
) -> tuple[Sheet, Headings]:
    """The sheet asked for, or the first that looks like a list of cases."""
    empty = True
    for name in [wanted] if wanted else book.names:
        sheet = book.sheet(name)
        if headings := find_headings(sheet.rows, meant):
            return sheet, headings
        empty = empty and not any(any(row) for row in sheet.rows)
    raise refused(Cause.EMPTY_SHEET if empty else Cause.NO_HEADING)


def _correct(sheet: Sheet, corrections: Mapping[str, str]) -> None:
    for cell, text in corrections.items():
        row, column = position(cell)
        if row <= len(sheet.rows):
            values = sheet.rows[row - 1]
            values += [""] * (column + 1 - len(values))
            values[column] = text
            sheet.broken.pop((row, column), None)


def _notices(
    sheet: Sheet, headings: Headings, constants: Mapping[Field, str]
) -> tuple[Notice, ...]:
    have = {column.field for column in headings.columns} | set(constants)
    notices = [notice for field, notice in _WITHOUT.items() if field not in have]
    if not have & {Field.PLACE, Field.LONGITUDE}:
        notices.append(Notice.NO_PLACE_COLUMN)
    if any(row > headings.row for row in sheet.hidden):
        notices.append(Notice.HIDDEN_ROWS)
    return tuple(notices)
