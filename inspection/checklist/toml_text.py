"""A script spelled as the repository keeps it: one line a cell, so that a change reads well."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from inspection.checklist.script import COLUMNS, OF_ONE_ROW

NOTE = "列名见 ../README.md；文字未经执业勘验人员审定，用前由本局确认。"


def toml_of(content: Mapping[str, Any]) -> str:
    """The file of a script's content; what it says is read back as the same content."""
    title = content["ks_meta"]
    lines = [f"# {title['name::zh']}", f"# {title['name::en']}", f"# {NOTE}"]
    for sheet in COLUMNS:
        if sheet in OF_ONE_ROW:
            lines += ["", f"[{sheet}]", *cells_of(COLUMNS[sheet], content[sheet])]
            continue
        for row in content[sheet]:
            lines += ["", f"[[{sheet}]]", *cells_of(COLUMNS[sheet], row)]
    return "\n".join(lines) + "\n"


def cells_of(columns: Sequence[str], row: Mapping[str, Any]) -> Iterator[str]:
    """A line for each cell of a row, in the order of the columns."""
    for column in columns:
        if column in row:
            name = column if column.replace("_", "").isalnum() else _text(column)
            yield f"{name} = {_value(column, row[column])}"


def _value(column: str, value: str | int | Sequence[str]) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int):
        return str(value)
    if "::" not in column:  # a few words
        return f"[{', '.join(map(_text, value))}]"
    return "[\n" + "".join(f"  {_text(one)},\n" for one in value) + "]"


def _text(value: str) -> str:
    """TOML's basic strings escape as JSON's do, and DEL besides."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
