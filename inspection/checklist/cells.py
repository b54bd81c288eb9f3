"""What single cells of a script may say: names, laws, evidence, conditions."""

from __future__ import annotations

import re
from collections.abc import Mapping

from inspection.checklist.expression import Expression, ExpressionRefused, parse
from inspection.checklist.point import EvidenceAsked, EvidenceKind
from inspection.checklist.rows import Row
from inspection.checklist.sketches import SKETCHES

#: What begins with ks_ is worked out (`compiled.py`).
_NAME = re.compile(r"(?!ks_)[a-z][a-z0-9_]{0,39}")
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
            "写成 ${sells_chilled} = 'yes'、. >= 0 and . <= 60 这样；写法见 scripts/README.md",
            "write it like ${sells_chilled} = 'yes' or . >= 0 and . <= 60; see scripts/README.md",
        )
        return None


def read_sketch(row: Row) -> str:
    name = row.text("media::image").removesuffix(".svg")
    if name and name not in SKETCHES:
        row.fault(
            f"没有示意图“{name}”",
            f"there is no sketch {name!r}",
            f"用其中之一：{'、'.join(SKETCHES)}",
            f"use one of {', '.join(SKETCHES)}",
        )
    return name


def check_name(row: Row, name: str) -> None:
    if name and not _NAME.fullmatch(name):
        row.fault(
            f"名称“{name}”不能用",
            f"the name {name!r} cannot be used",
            "用小写英文字母开头，只含小写字母、数字和下划线，最多 40 个字符，不以 ks_ 开头",
            "start with a lower-case letter, not with ks_; lower-case letters, digits and _ only, "
            "at most 40",
        )


def name_taken(row: Row, name: str) -> None:
    row.fault(
        f"名称“{name}”用了不止一次",
        f"the name {name!r} is used more than once",
        "改名；已经发布过的名称留给原来那一项",
        "rename one; a name already published stays with its point",
    )
