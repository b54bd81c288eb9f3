"""What the fast reader does not tell of an .xlsx: hidden rows, formulas, errors, true size.

Read straight from the sheet's XML by pattern: a full parse would take longer than the import.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from xml.etree import ElementTree

from server.services.importing.findings import Cause, Code
from server.services.importing.guard import refused


@dataclass(frozen=True, slots=True)
class SheetMarks:
    """`height` and `width` of the rectangle from A1 around all cells that hold something.

    `formulas` and `broken` name cells by row number and column index.
    """

    height: int = 0
    width: int = 0
    hidden: frozenset[int] = frozenset()
    formulas: frozenset[tuple[int, int]] = frozenset()
    broken: dict[tuple[int, int], Code] = field(default_factory=dict)


class Package:
    """The parts of an .xlsx, by the names of its sheets."""

    def __init__(self, content: bytes) -> None:
        self._zip = zipfile.ZipFile(io.BytesIO(content))
        self._paths = self._sheet_paths()

    def marks(self, name: str) -> SheetMarks:
        """Raises: SpreadsheetRefused: the workbook does not say where this sheet is."""
        try:
            xml = self._zip.read(self._paths[name])
        except (KeyError, zipfile.BadZipFile) as problem:
            raise refused(Cause.UNREADABLE) from problem
        height, width = _size(xml)
        formulas, broken = _cells_with_more(xml)
        return SheetMarks(height, width, _hidden_rows(xml), formulas, broken)

    @property
    def has_macros(self) -> bool:
        return any(name.lower().endswith("vbaproject.bin") for name in self._zip.namelist())

    def _sheet_paths(self) -> dict[str, str]:
        try:
            book = _parsed(self._zip.read("xl/workbook.xml"))
            links = _parsed(self._zip.read("xl/_rels/workbook.xml.rels"))
        except (KeyError, ElementTree.ParseError, zipfile.BadZipFile) as problem:
            raise refused(Cause.UNREADABLE) from problem
        targets = {link.get("Id"): link.get("Target", "") for link in links}
        paths = {}
        for sheet in book.iter():
            if sheet.tag.endswith("}sheet"):
                link = next((v for k, v in sheet.attrib.items() if k.endswith("}id")), None)
                path = posixpath.join("xl", targets.get(link, ""))
                paths[sheet.get("name", "")] = posixpath.normpath(path).lstrip("/")
        return paths


def _parsed(xml: bytes) -> ElementTree.Element:
    if b"<!DOCTYPE" in xml:  # no spreadsheet program writes one; entity bombs need it
        raise refused(Cause.UNREADABLE)
    return ElementTree.fromstring(xml)


#: A cell that holds something: not closed at once, in either of XML's two ways.
_CELL = re.compile(
    rb"""<(?:\w+:)?c\s[^>]*?\br\s*=\s*["']([A-Z]{1,3})(\d{1,7})["'][^>]*(?<!/)>(?!</(?:\w+:)?c>)"""
)
_WHOLE_CELL = re.compile(rb"<(?:\w+:)?c(\s[^>]*(?<!/))>(.*?)</(?:\w+:)?c>", re.DOTALL)
_ROW = re.compile(rb"<(?:\w+:)?row\s[^>]*>")
_NUMBER = re.compile(rb"""\sr\s*=\s*["'](\d{1,7})["']""")
_HIDDEN = re.compile(rb"""\shidden\s*=\s*["'](?:1|true)["']""")
_NAME = re.compile(rb"""\sr\s*=\s*["']([A-Z]{1,3})(\d{1,7})["']""")
_TYPE = re.compile(rb"""\st\s*=\s*["'](\w+)["']""")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>[^<]")

_SIGNS_OF_FORMULA_OR_ERROR = (b"<f", b":f>", b":f ", b'"e"', b"'e'")


def _size(xml: bytes) -> tuple[int, int]:
    found = _CELL.findall(xml)
    if not found:
        return 0, 0
    letters = {column for column, _ in found}
    return max(int(row) for _, row in found), max(map(_index, letters)) + 1


def _hidden_rows(xml: bytes) -> frozenset[int]:
    if b"hidden" not in xml:
        return frozenset()
    return frozenset(
        int(number[1])
        for tag in _ROW.findall(xml)
        if _HIDDEN.search(tag) and (number := _NUMBER.search(tag))
    )


def _cells_with_more(
    xml: bytes,
) -> tuple[frozenset[tuple[int, int]], dict[tuple[int, int], Code]]:
    """Cells with a formula, and cells without a usable value."""
    if not any(sign in xml for sign in _SIGNS_OF_FORMULA_OR_ERROR):
        return frozenset(), {}
    formulas, broken = set(), {}
    for attributes, inside in _WHOLE_CELL.findall(xml):
        name, kind = _NAME.search(attributes), _TYPE.search(attributes)
        if name is None:
            continue
        cell = (int(name[2]), _index(name[1]))
        formula = _FORMULA.search(inside)
        if formula:
            formulas.add(cell)
        if kind and kind[1] == b"e":
            broken[cell] = Code.CELL_ERROR
        elif not formula or _VALUE.search(inside):
            continue
        elif kind is None or kind[1] != b"str":  # a formula may well give an empty text
            broken[cell] = Code.FORMULA_NOT_CALCULATED
    return frozenset(formulas), broken


def _index(letters: bytes) -> int:
    """0 for A, 26 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
