"""Conditions look back only, as a conversation does; so they can never form a circle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from inspection.checklist.expression import Expression, branches
from inspection.checklist.point import Point
from inspection.checklist.rows import Row


def check_looking_back(points: Sequence[tuple[Row, Point]]) -> None:
    """Note every condition that looks at what is not asked before it, or at no choice there is."""
    before: dict[str, Point] = {}
    for row, point in points:
        for column, expression in (
            ("relevant", point.relevant),
            ("constraint", point.accepted),
            ("bind::ks:pass", point.passes),
        ):
            if expression is not None:
                _check(row, column, expression, before)
        before[point.name] = point


def _check(row: Row, column: str, expression: Expression, before: Mapping[str, Point]) -> None:
    unknown = expression.names - set(before)
    if column == "relevant" and ("here",) in branches(expression.tree):
        unknown |= {"."}
    for name in sorted(unknown):
        row.fault(
            f"{column} 提到的“{name}”不是前面的一项",
            f"{column} looks at {name!r}, which is no question before it",
            "写前面某一项的 name；条件不能绕圈，也不能看后面的项",
            "name a question before it; conditions may not form a circle or look ahead",
        )
    for name, word in sorted(expression.words):
        choices = before[name].choices if name in before else ()
        if choices and word not in [choice.name for choice in choices]:
            row.fault(
                f"“{name}”没有选项“{word}”",
                f"{name!r} has no choice {word!r}",
                "改成它的一个选项",
                "use one of its choices",
            )
