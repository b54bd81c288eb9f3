"""Where ODK XForms means more by a name than XPath 1.0, libxml2 is given another name.

round() takes places, concat() joins all of a set, position() takes a node, number() takes a date;
and between dates < and > compare days.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_TOKEN = re.compile(
    r"'[^']*'|\"[^\"]*\""  # a text
    r"|[A-Za-z_][\w.-]*(?:::?[A-Za-z_*][\w.-]*)?"  # a name
    r"|\d+(?:\.\d*)?|\.\d+"
    r"|<=|>=|!=|//|\.\.|::|\s+|.",
    re.DOTALL,
)
_COMPARES = ("<", "<=", ">", ">=", "=", "!=", "and", "or")
#: Between these only numbers can stand.
_ORDER = ("<", "<=", ">", ">=", "+", "-", "*", "div", "mod")
_DATE_TEXT = re.compile(r"['\"]\d{4}-\d{2}-\d{2}(?:T[^'\"]*)?['\"]")
#: Functions of no operands whose value is a date, or true or false.
_ORDERED = ("today", "now", "true", "false")


def rewritten(expression: str) -> str:
    """The same expression in names that libxml2 knows, or that are registered with it."""
    tokens: list[str] = _TOKEN.findall(expression)
    said = [token for token in tokens if not token.isspace()] if " " in expression else tokens
    if not any(token in _RENAMED or token in _ORDERED for token in said):
        return expression
    for at, token in enumerate(said):
        if token in _RENAMED and said[at + 1 : at + 2] == ["("]:
            operands = said[at + 2 : _closing(said, at + 1)]
            if _RENAMED[token](operands):
                said[at] = f"odk-{token}"
    return " ".join(_ordered(said))


def _may_be_date(operands: list[str]) -> bool:
    """A comparison is true or false: it needs no function of ours, and there are many of them."""
    return bool(operands) and not any(token in _COMPARES for token in operands)


#: Each name, and whether it is changed with these operands.
_RENAMED: dict[str, Callable[[list[str]], bool]] = {
    "concat": lambda operands: True,
    "number": _may_be_date,
    "position": lambda operands: bool(operands),
    "round": lambda operands: "," in operands,
}


def _ordered(said: list[str]) -> list[str]:
    """Dates, true and false are numbers beside what orders or reckons."""
    found: list[str] = []
    at = 0
    while at < len(said):
        width = 3 if said[at] in _ORDERED and said[at + 1 : at + 3] == ["(", ")"] else 1
        part = said[at : at + width]
        around = [*found[-1:], *said[at + width : at + width + 1]]
        is_date = width == 3 or _DATE_TEXT.fullmatch(part[0])
        if is_date and any(token in _ORDER for token in around):
            part = ["odk-number", "(", *part, ")"]
        found += part
        at += width
    return found


def _closing(said: list[str], opening: int) -> int:
    depth = 0
    for at in range(opening, len(said)):
        depth += {"(": 1, ")": -1}.get(said[at], 0)
        if depth == 0:
            return at
    return len(said)
