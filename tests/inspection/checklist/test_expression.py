"""What conditions scripts may use, and how they are read."""

from __future__ import annotations

import pytest

from inspection.checklist.expression import DEEPEST, LONGEST, ExpressionRefused, parse

CHILLED = ("=", ("answers", "chilled"), ("text", "yes"))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("${chilled} = 'yes'", CHILLED),
        ('${chilled}="yes"', CHILLED),
        ("not(${chilled} = 'yes')", ("not", CHILLED)),
        (". < -2.5", ("<", ("here",), ("number", -2.5))),
        (
            "${a} = 'x' or ${a} = 'y' and ${b} > 2",
            (
                "or",
                ("=", ("answers", "a"), ("text", "x")),
                (
                    "and",
                    ("=", ("answers", "a"), ("text", "y")),
                    (">", ("answers", "b"), ("number", 2)),
                ),
            ),
        ),
        (
            ". >= 3 * ${rooms} - 1",
            (
                ">=",
                ("here",),
                ("-", ("*", ("number", 3), ("answers", "rooms")), ("number", 1)),
            ),
        ),
        (
            "7 - 2 - 1 >= sum(${beds}) div 2",
            (
                ">=",
                ("-", ("-", ("number", 7), ("number", 2)), ("number", 1)),
                ("div", ("sum", ("answers", "beds")), ("number", 2)),
            ),
        ),
        (
            "if(${zone} = 'quiet', 45, 55)",
            ("if", ("=", ("answers", "zone"), ("text", "quiet")), ("number", 45), ("number", 55)),
        ),
        ("-number(${a})", ("negative", ("number", ("answers", "a")))),
        ("--${a} = 1", ("=", ("negative", ("negative", ("answers", "a"))), ("number", 1))),
    ],
)
def test_a_condition_is_read_by_the_precedence_of_xpath(text, tree):
    assert parse(text).tree == tree


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "ends too early"),
        ("${a} =", "ends too early"),
        ("${a} = yes", "no 'yes'"),
        ("${a} > 'yes'", "orders words"),
        ("true() > ${a}", "orders words"),
        ("${a} | ${b}", "cannot read"),
        ("/data/a = 1", "cannot read"),
        (". >= １", "cannot read"),
        ("${a} = 'x", "cannot read"),
        (". > 1 div 0", "divides by nothing"),
        (". > 7 mod 0", "divides by nothing"),
        ("sum(2)", "counts answers"),
        ("round(1, 2)", "cannot have 2"),
        ("(${a} = 1", "')' is missing"),
        ("${a} = 1)", "cannot read ')'"),
        ("document('/etc/passwd')", "no 'document'"),
        ("(" * (DEEPEST + 1) + "1" + ")" * (DEEPEST + 1), "levels"),
        ("1 = 1 or " * LONGEST + "1 = 1", "longer than"),
    ],
)
def test_anything_else_is_refused_with_the_reason(text, why):
    with pytest.raises(
        ExpressionRefused, match="(?i)" + why.replace("(", r"\(").replace(")", r"\)")
    ):
        parse(text)


def test_the_limits_to_show_are_read_from_the_condition():
    span = parse(". >= 2 and . < 8.5")

    assert (span.lowest, float(span.highest)) == (2, 8.5)
    assert parse(". <= 8").lowest is None
    assert parse(". >= -40").lowest == -40
    assert parse(". >= 3 * ${rooms}").lowest is None
    assert parse(". >= number(${rooms})").lowest is None


def test_it_is_known_which_questions_and_words_a_condition_looks_at():
    condition = parse("${chilled} = 'yes' and (2 < ${rooms} or 'no' != ${frozen})")

    assert condition.names == {"chilled", "rooms", "frozen"}
    assert condition.words == {("chilled", "yes"), ("frozen", "no")}


def test_the_answer_itself_can_be_called_by_its_name():
    assert parse(". >= 2.5 and '.' != .").about("fridge") == "${fridge} >= 2.5 and '.' != ${fridge}"
