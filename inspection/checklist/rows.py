"""Reading rows of a script without stopping at the first fault."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import TypeVar

from inspection.checklist.faults import Fault, ScriptRefused
from inspection.checklist.point import Text

E = TypeVar("E", bound=StrEnum)

#: What no spreadsheet can hold and nobody can see; lines may break.
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


class Faults:
    """The faults of one file, as they are found."""

    def __init__(self, file: str, numbers: Mapping[str, Sequence[int]] | None = None) -> None:
        """`numbers` are those of the rows in the file, by sheet; without them, from 1."""
        self.file = file
        self.numbers = numbers or {}
        self.found: list[Fault] = []

    def add(self, row: str, problem: Text, cure: Text) -> None:
        self.found.append(Fault(self.file, row, problem, cure))

    def refuse_if_any(self) -> None:
        """Raises: ScriptRefused, with everything found."""
        if self.found:
            raise ScriptRefused(self.found)


class Row:
    """One row of a sheet: cells by column name.

    Each reader returns a usable value whatever it finds (an empty text, 0, the first word of
    a set), having noted the fault: the file is refused in the end, with all faults together.
    """

    def __init__(self, faults: Faults, where: str, cells: Mapping[str, object]) -> None:
        self.faults = faults
        self.where = where
        self.cells = cells

    def fault(self, problem_zh: str, problem_en: str, cure_zh: str, cure_en: str) -> None:
        self.faults.add(self.where, Text(problem_zh, problem_en), Text(cure_zh, cure_en))

    def has(self, column: str) -> bool:
        return column in self.cells

    def known(self, columns: Collection[str]) -> None:
        """Note every column that is not one of ``columns``."""
        for column in self.cells:
            if column not in columns:
                self.fault(
                    f"不认识的列“{column}”",
                    f"unknown column {column!r}",
                    "对照 scripts/README.md 改列名，或删去",
                    "spell it as scripts/README.md does, or remove it",
                )

    def text(self, column: str, *, needed: bool = True) -> str:
        value = self.cells.get(column)
        if isinstance(value, str) and value.strip():
            if _CONTROL.search(value):
                self._wrong_type(column, "看得见的文字", "letters that can be seen")
            return value.strip()
        if value is not None and not isinstance(value, str):
            self._wrong_type(column, "文字", "text")
        elif needed or value is not None:
            self.fault(
                f"“{column}”没有填",
                f"{column!r} is empty",
                "补上内容，可选的列也可以整行删去",
                "fill it in, or remove the line where it may be left out",
            )
        return ""

    def both(self, column: str) -> Text:
        """The texts of ``column::zh`` and ``column::en``; both are needed."""
        return Text(self.text(f"{column}::zh"), self.text(f"{column}::en"))

    def both_or_none(self, column: str) -> Text | None:
        """Both texts, or None where neither column is there."""
        if self.has(f"{column}::zh") or self.has(f"{column}::en"):
            return self.both(column)
        return None

    def whole(self, column: str, *, least: int = 1, most: int = 10_000) -> int:
        value = self.cells.get(column)
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        self._wrong_type(column, f"{least} 至 {most} 的整数", f"a whole number {least} to {most}")
        return least

    def word(self, column: str, kinds: type[E]) -> E:
        """One word of a closed set."""
        value = self.cells.get(column)
        if isinstance(value, str) and value in list(kinds):
            return kinds(value)
        words = "、".join(kinds)
        self._wrong_type(column, f"其中之一：{words}", f"one of {', '.join(kinds)}")
        return next(iter(kinds))

    def texts(self, column: str, *, needed: bool = True) -> tuple[str, ...]:
        """A list of texts."""
        value = self.cells.get(column)
        if value is None and not needed:
            return ()
        if isinstance(value, list) and value and all(isinstance(v, str) and v for v in value):
            return tuple(value)
        self._wrong_type(column, "一列文字", "a list of texts")
        return ()

    def yes(self, column: str) -> bool:
        """A column that is ``"yes"``, or left out."""
        if self.has(column) and self.cells[column] != "yes":
            self._wrong_type(column, "“yes”，否则整行删去", '"yes", or left out')
        return self.has(column)

    def _wrong_type(self, column: str, zh: str, en: str) -> None:
        found = self.cells.get(column)
        self.fault(
            f"“{column}”不能是 {_short(found)}",
            f"{column!r} cannot be {_short(found)}",
            f"应为{zh}",
            f"write {en}",
        )


def numbered(
    rows: Sequence[Mapping[str, object]], sheet: str, label: str, faults: Faults
) -> list[Row]:
    """The rows of a sheet, each called by its number in the file and its ``label`` cell."""
    numbers = faults.numbers.get(sheet, range(1, len(rows) + 1))
    return [
        Row(faults, f"{sheet} {number} {cells.get(label, '')}".rstrip(), cells)
        for number, cells in zip(numbers, rows, strict=True)
    ]


def _short(value: object) -> str:
    text = repr(value) if value is not None else "空/empty"
    return text if len(text) <= 40 else text[:37] + "..."
