"""What ODK XForms adds to XPath 1.0, and what hostile text does to it."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from random import Random

import pytest
from lxml import etree

from inspection.checklist.xpath import XPath, XPathRefused
from inspection.checklist.xpath.evaluate import LONGEST

FORM = etree.fromstring(
    "<data><sells>yes</sells><rooms>3</rooms><empty/><chosen>hot cold</chosen>"
    "<room><t>4</t></room><room><t>12.5</t></room><room><t/></room></data>"
)
NOW = datetime(2026, 11, 26, 8, 30, tzinfo=UTC)


def text(expression, node=FORM):
    return XPath(expression, now=NOW).text(node)


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("if(/data/sells = 'yes', 'open', 'shut')", "open"),
        ("if(/data/empty, 'there', 'not')", "there"),
        ("if(number(/data/empty), 'a number', 'none')", "none"),
        ("coalesce(/data/empty, 'none')", "none"),
        ("coalesce(1 div '', 'none')", "none"),
        ("count-non-empty(/data/room/t)", "2"),
        ("sum(/data/room/t[. != ''])", "16.5"),
        ("max(/data/room/t[. != ''])", "12.5"),
        ("min(/data/room/t)", "NaN"),
        ("max(/data/nothing)", "NaN"),
        ("round(2.5)", "3"),
        ("round(-2.5)", "-2"),
        ("round(16.6667, 1)", "16.7"),
        ("round(1234, -2)", "1200"),
        ("1 div 0", "Infinity"),
        ("-1 div 0", "-Infinity"),
        ("100 div 3", "33.333333333333336"),
        ("concat('a', /data/room/t)", "a412.5"),
        ("'round(1, 2) it says'", "round(1, 2) it says"),
        ("selected(/data/chosen, 'hot')", "true"),
        ("selected(/data/chosen, 'ho')", "false"),
        ("indexed-repeat(/data/room/t, /data/room, 2)", "12.5"),
        ("substr('踏勘记录', 2)", "记录"),
        ("join('、', /data/room/t)", "4、12.5、"),
        ("number('2026-11-26')", "20783"),
        ("today()", "2026-11-26"),
        ("'2026-11-25' < today()", "true"),
        ("today() + 1 > '2026-11-26'", "true"),
        ("format-date('2026-11-26', '%Y年%n月%e日')", "2026年11月26日"),
        ("format-date('2026-02-30', '%Y')", ""),
        ("pow(-1, 0.5)", "NaN"),
        ("pow(0, -1)", "NaN"),
    ],
)
def test_a_function_says(expression, said):
    assert text(expression) == said


def test_a_nan_is_neither_more_nor_less_but_differs():
    for sign, holds in {"=": False, "<": False, ">=": False, "!=": True}.items():
        assert XPath(f"number('') {sign} 3").truth(FORM) is holds


def test_a_room_knows_which_one_it_is():
    assert text("position(..)", FORM[5][0]) == "2"


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "1 +",
        "(" * 20_000,
        "1" + " + 1" * LONGEST,
        "document('/etc/passwd')",
        "unparsed-text('/etc/passwd')",
        "pulldata('a', 'b', 'c', 'd')",
        "$x",
        "unknown:thing(1)",
        "if(1)",
        "round(1, 2, 3)",
        "count-non-empty('text')",
        "position('text')",
    ],
)
def test_what_cannot_be_worked_out_is_refused(expression):
    with pytest.raises(XPathRefused):
        text(expression)


def test_garbage_is_worked_out_or_refused_and_nothing_else():
    pieces = [*"()[]@,./|+-=<>*:'\" \n", "..", "//", "::", "and", "div", "if(", "today()", "t", "1"]
    pieces += [
        "concat(",
        "0.5",
        "'冰'",
        "selected(",
        "[1]",
        "position(",
        "once(",
        "self::",
        "node()",
    ]
    pieces += ["number(", "indexed-repeat(", "round(", "join(", "substr(", "format-date("]
    chance = Random(5)
    for _ in range(3_000):
        expression = "".join(chance.choices(pieces, k=chance.randrange(1, 12)))
        with suppress(XPathRefused):
            text(expression, FORM[5])
