"""CSV as bureaus' systems write it: four encodings, three separators."""

from __future__ import annotations

import codecs
import csv
import io

from server.services.importing.cells import Value
from server.services.importing.findings import Cause
from server.services.importing.guard import refused

_LONGEST_CELL = 131_072  # the csv module's own limit
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    ("\ufeff".encode("gb18030"), "gb18030"),
)


def read_csv(content: bytes) -> list[list[Value]]:
    """All records as text; a record is a row, as Excel counts them.

    Raises:
        SpreadsheetRefused: not text in UTF-8, UTF-16 or GB18030, or no table.
    """
    text = _decoded(content)
    if "\0" in text:
        raise refused(Cause.NOT_A_WORKBOOK)
    try:
        lines = io.StringIO(text, newline="")
        reader = csv.reader(lines, delimiter=_separator(text))
        return [[*row] if any(row) else [] for row in reader]
    except csv.Error as problem:
        raise refused(Cause.UNREADABLE, most=_LONGEST_CELL) from problem


def _decoded(content: bytes) -> str:
    encodings = [name for mark, name in _MARKS if content.startswith(mark)]
    if not encodings and b"\0" in content[:512]:
        # UTF-16 without its mark: in a table the separators and line ends have a zero byte.
        head = content[:512]
        encodings = ["utf-16-le" if head[1::2].count(0) > head[0::2].count(0) else "utf-16-be"]
    for encoding in encodings or ["utf-8", "gb18030"]:
        try:
            return content.decode(encoding).removeprefix("\ufeff")
        except UnicodeDecodeError:
            continue
    raise refused(Cause.ENCODING)


def _separator(text: str) -> str:
    """Whichever of comma, tab and semicolon is most frequent near the top."""
    top = "\n".join(text[:20_000].splitlines()[:30])
    return max((",", "\t", ";"), key=top.count)
