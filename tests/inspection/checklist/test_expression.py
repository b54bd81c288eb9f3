"""The conditions scripts may use mean what XPath 1.0 means by them."""

from __future__ import annotations

import pytest

from inspection.checklist.expression import ExpressionRefused, parse


@pytest.mark.parametrize(
    ("text", "answers", "here", "holds"),
    [
        ("${chilled} = 'yes'", {"chilled": "yes"}, "", True),
        ("${chilled} = 'yes'", {}, "", False),
        ("${chilled} != 'yes'", {}, "", True),
        ("${chilled} = 'yes' and ${rooms} > 2", {"chilled": "yes", "rooms": "3"}, "", True),
        ("${chilled} = 'yes' and ${rooms} > 2", {"chilled": "yes", "rooms": "2"}, "", False),
        (". >= 2 and . <= 8", {}, "8.0", True),
        (". < 6", {}, "6", False),
        (". < 6", {}, "", False),
        (". != 6", {}, "", True),
        (". = 0.3", {}, "0.30", True),
    ],
)
def test_a_condition_holds_or_not(text, answers, here, holds):
    assert parse(text).holds(answers, here) is holds


@pytest.mark.parametrize(
    "text",
    ["", "${a}", "1 div 0", "${a} = yes", "${a} > 'yes'", "${a} = 'x' or ${b} = 'y'", ". >= １"],
)
def test_anything_else_is_refused(text):
    with pytest.raises(ExpressionRefused):
        parse(text)


def test_the_limits_to_show_are_read_from_the_condition():
    span = parse(". >= 2 and . < 8")

    assert (span.lowest, span.highest) == (2, 8)
    assert parse(". <= 8").lowest is None
