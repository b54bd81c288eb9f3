"""What an import has to say about a cell: a stable code, the values its words need, how grave.

The words are in static/shared/messages/import.{zh,en}.json, one entry a code.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    ERROR = "error"  # 要改: the row is refused
    WARNING = "warning"  # 请您看一眼: the row is imported all the same


class Code(StrEnum):
    """Everything that can be said about one cell."""

    # What the spreadsheet program did to the value.
    DIGITS_LOST = "digits_lost"
    BECAME_DATE = "became_date"
    CELL_ERROR = "cell_error"
    FORMULA_NOT_CALCULATED = "formula_not_calculated"
    FORMULA_TEXT = "formula_text"
    TOO_LONG = "too_long"

    NAME_MISSING = "name_missing"
    ITEM_MISSING = "item_missing"
    ADDRESS_MISSING = "address_missing"
    ACCEPTED_MISSING = "accepted_missing"

    USCC_LENGTH = "uscc_length"
    USCC_CHARACTERS = "uscc_characters"
    USCC_LOOKALIKE = "uscc_lookalike"
    USCC_CHECK = "uscc_check"
    RESIDENT_LENGTH = "resident_length"
    RESIDENT_CHARACTERS = "resident_characters"
    RESIDENT_CHECK = "resident_check"
    RESIDENT_DATE = "resident_date"
    PHONE_SHORT = "phone_short"
    PHONE_LONG = "phone_long"
    PHONE_WRONG = "phone_wrong"

    DATE_UNREADABLE = "date_unreadable"
    DATE_IMPOSSIBLE = "date_impossible"
    DEADLINE_BEFORE_ACCEPTANCE = "deadline_before_acceptance"
    DAYS_UNREADABLE = "days_unreadable"

    ITEM_UNKNOWN = "item_unknown"
    ITEM_AMBIGUOUS = "item_ambiguous"
    DATUM_UNKNOWN = "datum_unknown"
    NUMBER_REPEATED = "number_repeated"
    ROW_REPEATED = "row_repeated"
    DISTRICT_OUTSIDE = "district_outside"
    DISTRICT_NEEDED = "district_needed"

    # Warnings.
    IDENTIFIER_OLD = "identifier_old"
    IDENTIFIER_OTHER = "identifier_other"
    TASK_CODE_UNUSUAL = "task_code_unusual"
    PHONE_MISSING = "phone_missing"
    DATE_AHEAD = "date_ahead"
    DISTRICT_MISSING = "district_missing"
    DISTRICT_UNKNOWN = "district_unknown"
    PLACE_MISSING = "place_missing"
    PLACE_UNREADABLE = "place_unreadable"
    PLACE_SWAPPED = "place_swapped"
    PLACE_FAR = "place_far"
    HIDDEN_ROW = "hidden_row"
    SAME_PLACE_BEFORE = "same_place_before"

    @property
    def severity(self) -> Severity:
        return Severity.WARNING if self in _WARNINGS else Severity.ERROR


_WARNINGS = frozenset(list(Code)[list(Code).index(Code.IDENTIFIER_OLD) :])


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is wrong with a value, before anybody knows which cell it stood in."""

    code: Code
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """A doubt about one cell, by its name in the spreadsheet ("F7").

    `field` is ours ("identifier"), `heading` the spreadsheet's ("身份证号"). `shown` is what the
    cell holds, unmasked: it must be seen to be corrected, and never goes to a log.
    """

    cell: str
    row: int
    field: str
    heading: str
    code: Code
    values: dict[str, Any]
    shown: str = ""

    @property
    def severity(self) -> Severity:
        return self.code.severity

    def as_json(self) -> dict[str, Any]:
        return {
            "cell": self.cell,
            "row": self.row,
            "field": self.field,
            "heading": self.heading,
            "code": self.code.value,
            "severity": self.severity.value,
            "values": self.values,
            "shown": self.shown,
        }


class Cause(StrEnum):
    """Why a file as a whole is refused (`SpreadsheetRefused.values["cause"]`)."""

    EMPTY_FILE = "empty_file"
    TOO_LARGE = "too_large"
    UNPACKS_TOO_LARGE = "unpacks_too_large"
    ENCRYPTED = "encrypted"
    NOT_A_WORKBOOK = "not_a_workbook"
    WEB_PAGE = "web_page"
    UNREADABLE = "unreadable"
    ENCODING = "encoding"
    NO_SHEET = "no_sheet"
    EMPTY_SHEET = "empty_sheet"
    TOO_MANY_ROWS = "too_many_rows"
    TOO_WIDE = "too_wide"
    NO_HEADING = "no_heading"
    MISSING_COLUMNS = "missing_columns"
