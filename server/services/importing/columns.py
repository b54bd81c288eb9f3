"""How the values under each heading are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from server.services.importing import cells
from server.services.importing.cells import Reading, Value
from server.services.importing.headings import Field, Headings

Reader = Callable[[Value], Reading[Any]]

READERS: Mapping[Field, Reader] = {
    Field.NUMBER: cells.read_number,
    Field.NAME: cells.read_text,
    Field.SHOP: cells.read_text,
    Field.IDENTIFIER: cells.read_identifier,
    Field.REGISTRATION: cells.read_registration,
    Field.CONTACT: cells.read_text,
    Field.PHONE: cells.read_phone,
    Field.ADDRESS: cells.read_text,
    Field.DISTRICT: cells.read_code,
    Field.ITEM: cells.read_text,
    Field.ITEM_CODE: cells.read_code,
    Field.TASK_CODE: cells.read_code,
    Field.ACCEPTED_ON: cells.read_date,
    Field.SURVEY_BY: cells.read_date,
    Field.WORKING_DAYS: cells.read_days,
    Field.WISH: cells.read_text,
    Field.LONGITUDE: cells.read_degrees,
    Field.LATITUDE: cells.read_degrees,
    Field.PLACE: cells.read_place,
    Field.DATUM: cells.read_datum,
}


def columns_of(headings: Headings, constants: Mapping[Field, str]) -> dict[Field, ReadColumn]:
    """By field. A constant counts only where no column says anything."""
    columns = {
        column.field: ReadColumn(
            column.field,
            column.heading,
            letters(column.index),
            column.index,
            "",
            READERS[column.field],
        )
        for column in headings.columns
        if column.field
    }
    for name, text in constants.items():
        columns.setdefault(name, ReadColumn(name, "", "", -1, text, READERS[name]))
    return columns


@dataclass(slots=True)
class ReadColumn:
    """A column, or a constant for all rows, and how its values are read."""

    means: Field
    heading: str
    letter: str  # "" for a constant: it stands in no cell
    index: int
    constant: str
    reader: Reader
    seen: dict[str, Reading[Any]] = field(default_factory=dict)

    def read(self, value: Value) -> Reading[Any]:
        """Read a value; the same text again costs nothing."""
        if type(value) is not str:
            return self.reader(value)
        reading = self.seen.get(value)
        if reading is None:
            reading = self.seen[value] = self.reader(value)
        return reading


def letters(index: int) -> str:
    """A for 0, AA for 26."""
    name = ""
    while index >= 0:
        index, rest = divmod(index, 26)
        name = chr(65 + rest) + name
        index -= 1
    return name
