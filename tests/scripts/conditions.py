"""Random conditions that scripts may use, and whether they hold on the server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random
from typing import Any

from lxml import etree

from inspection.checklist.expression import ExpressionRefused, parse
from inspection.checklist.xpath import XPath

VALUES = ("", "0", "1", "4", "-2.5", "2.50", "007", " 3", "yes", "x")
LITERALS = ("1", "0", "2.5", "'yes'", "'x'", "''", "' 4 '", "'0'", "true()", "false()")
#: One answer and another, one for each of what is looked at, and none; `.` is the answer itself.
ANSWERS = ("${one}", "${other}", "${each}", "${none}")
SIGNS = ("or", "and", "=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "div", "mod")
OF_ONE = ("-", "not", "number", "round", "floor", "ceiling")
OF_ANSWERS = ("sum", "count-non-empty")


def conditions(random: Random) -> Iterator[dict[str, Any]]:
    """Without end. `answers` are by name, `here` is the answer itself."""
    while True:
        try:
            condition = parse(_expression(random, random.randint(1, 4)))
        except ExpressionRefused:
            continue
        answers = {
            "one": [random.choice(VALUES)],
            "other": [random.choice(VALUES)],
            "each": random.choices(VALUES, k=random.randint(0, 4)),
            "none": [],
        }
        here = random.choice(VALUES)
        path = re.sub(r"\$\{(\w+)\}", r"/form/\1", condition.about("here"))
        yield {
            "text": condition.text,
            "tree": condition.tree,
            "answers": answers,
            "here": here,
            "holds": XPath(path).truth(_form(answers, here)),
        }


def _expression(random: Random, depth: int) -> str:
    def part() -> str:
        return _expression(random, depth - 1)

    if depth == 0 or random.random() < 0.2:
        return random.choice((random.choice(LITERALS), random.choice(ANSWERS), "."))
    kind = random.randrange(8)
    if kind == 0:
        return f"{random.choice(OF_ONE)}({part()})"
    if kind == 1:
        return f"{random.choice(OF_ANSWERS)}({random.choice(ANSWERS)})"
    if kind == 2:
        return f"if({part()}, {part()}, {part()})"
    if kind == 3:
        picked = ", ".join(part() for _ in range(random.randint(1, 3)))
        return random.choice((f"min({picked})", f"max({picked})", f"coalesce({part()}, {part()})"))
    return f"({part()} {random.choice(SIGNS)} {part()})"


def _form(answers: dict[str, list[str]], here: str) -> etree._Element:
    """Filled in as `form.py` does it; the element of the answer itself."""
    form = etree.Element("form")
    for name, values in answers.items():
        for value in values:
            etree.SubElement(form, name).text = value
    element = etree.SubElement(form, "here")
    element.text = here
    return element
