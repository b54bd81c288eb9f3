"""What single cells of a script may say: names, laws, evidence, conditions."""

from __future__ import annotations

import re
from collections.abc import Mapping

from inspection.checklist.expression import Expression, ExpressionRefused, parse
from inspection.checklist.point import EvidenceAsked, EvidenceKind
from inspection.checklist.rows import Row

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_EVIDENCE = re.compile(r"(?P<kind>[a-z]+)(?::(?P<least>[1-9]))?")


def read_basis(row: Row, bases: Mapping[str, bool]) -> tuple[str, ...]:
    ids = tuple(row.text("bind::ks:basis").split("+"))
    for one in ids:
        if one and one not in bases:
            row.fault(
                f"依据“{one}”不在 ks_basis 里",
                f"basis {one!r} is not in ks_basis",
                "改依据编号，或在 [[ks_basis]] 里补上",
                "correct the id, or add it under [[ks_basis]]",
            )
    return ids


def read_evidence(row: Row) -> tuple[EvidenceAsked, ...]:
    asked = []
    for part in row.text("bind::ks:evidence").split("+"):
        match = _EVIDENCE.fullmatch(part)
        if match is not None and match["kind"] in list(EvidenceKind):
            asked.append(EvidenceAsked(EvidenceKind(match["kind"]), int(match["least"] or 1)))
        elif part:
            row.fault(
                f"佐证要求“{part}”看不懂",
                f"cannot read the evidence {part!r}",
                f"写成 photo:2+video 这样；种类有 {'、'.join(EvidenceKind)}",
                f"write it like photo:2+video; kinds are {', '.join(EvidenceKind)}",
            )
    return tuple(asked)


def read_own_limits(row: Row, column: str) -> Expression | None:
    expression = read_expression(row, column)
    if expression is not None and expression.names:
        row.fault(
            f"“{column}”只能看这一项自己的数",
            f"{column!r} may only look at its own number",
            "写成 . >= 0 and . <= 60 这样",
            "write it like . >= 0 and . <= 60",
        )
    return expression


def read_expression(row: Row, column: str) -> Expression | None:
    text = row.text(column)
    if not text:
        return None
    try:
        return parse(text)
    except ExpressionRefused as refused:
        row.fault(
            f"“{column}”看不懂：{text}",
            f"{column!r}: {refused}",
            "只用比较，用 and 连接，例如 ${sells_chilled} = 'yes'",
            "use comparisons joined by and, such as ${sells_chilled} = 'yes'",
        )
        return None


def check_name(row: Row, name: str) -> None:
    if name and not _NAME.fullmatch(name):
        row.fault(
            f"名称“{name}”不能用",
            f"the name {name!r} cannot be used",
            "用小写英文字母开头，只含小写字母、数字和下划线，最多 40 个字符",
            "start with a lower-case letter; lower-case letters, digits and _ only, at most 40",
        )


def name_taken(row: Row, name: str) -> None:
    row.fault(
        f"名称“{name}”用了不止一次",
        f"the name {name!r} is used more than once",
        "改名；已经发布过的名称留给原来那一项",
        "rename one; a name already published stays with its point",
    )
