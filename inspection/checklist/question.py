"""One question of the survey sheet, read into a point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from inspection.checklist.cells import (
    check_name,
    read_basis,
    read_evidence,
    read_expression,
    read_sketch,
)
from inspection.checklist.point import AnswerKind, Choice, Confirm, Mark, Point, Remote, Severity
from inspection.checklist.rows import Row


def both(*names: str) -> tuple[str, ...]:
    """The columns of texts in both languages."""
    return tuple(f"{name}::{language}" for name in names for language in ("zh", "en"))


#: In the order in which they are written.
QUESTION_COLUMNS = (
    *("type", "name"),
    *both("label", "hint", "guidance_hint", "ks_standard"),
    "media::image",
    *("required", "relevant", "constraint"),
    *both("constraint_message"),
    "bind::ks:pass",
    *both("ks_unit"),
    *(f"bind::ks:{name}" for name in ("severity", "basis", "evidence", "remote", "confirm")),
    *both("ks_rectify", "ks_tip_good", "ks_tip_bad"),
)

#: The choice list of a plain judgement: met, not met, not applicable.
JUDGEMENT = "pfn"
_JUDGEMENT_CHOICES = {"pass": Mark.MET, "fail": Mark.UNMET, "na": Mark.NOT_APPLICABLE}

Lists = Mapping[str, tuple[Choice, ...]]


def read_question(
    row: Row, number: int, group: str, repeat: str, lists: Lists, bases: Mapping[str, bool]
) -> Point:
    """The point of a row, the `number`th of its script; faults are noted on the row.

    `bases` are the ids of the script's laws, and whether each is still to be confirmed.
    """
    row.known(QUESTION_COLUMNS)
    name = row.text("name")
    check_name(row, name)
    if row.cells.get("required") != "yes":
        row.fault(
            "每一项都必须回答",
            "every question must be answered",
            '写 required = "yes"',
            'write required = "yes"',
        )
    kind, choices, whole = _answer(row, lists)
    judges = row.has("bind::ks:severity")
    severity = row.word("bind::ks:severity", Severity) if judges else None
    _check_marks(row, choices, judges)
    basis = read_basis(row, bases) if judges else ()
    confirm = row.word("bind::ks:confirm", Confirm) if row.has("bind::ks:confirm") else None
    number_wanted = kind is AnswerKind.NUMBER
    return Point(
        name=name,
        number=number,
        group=group,
        repeat=repeat,
        label=row.both("label"),
        hint=row.both("hint") if judges else row.both_or_none("hint"),
        sketch=read_sketch(row) if row.has("media::image") else "",
        spoken=row.both("guidance_hint"),
        kind=kind,
        choices=choices,
        whole=whole,
        unit=row.both("ks_unit") if number_wanted else row.both_or_none("ks_unit"),
        accepted=read_expression(row, "constraint") if number_wanted else None,
        accepted_message=row.both("constraint_message") if number_wanted else None,
        passes=read_expression(row, "bind::ks:pass") if number_wanted and judges else None,
        relevant=read_expression(row, "relevant") if row.has("relevant") else None,
        severity=severity,
        standard=row.both("ks_standard") if judges else None,
        rectify=row.both("ks_rectify") if judges else None,
        tip_good=row.both("ks_tip_good") if judges else None,
        tip_bad=row.both("ks_tip_bad") if judges else None,
        basis=basis,
        evidence=read_evidence(row) if judges else (),
        remote=row.word("bind::ks:remote", Remote) if judges else Remote.OK,
        confirm=confirm,
        to_confirm=confirm is not None or any(bases.get(one, False) for one in basis),
    )


def _answer(row: Row, lists: Lists) -> tuple[AnswerKind, tuple[Choice, ...], bool]:
    kind = row.text("type")
    if kind in ("decimal", "integer"):
        return AnswerKind.NUMBER, (), kind == "integer"
    word, _, list_name = kind.partition(" ")
    if word != "select_one":
        row.fault(
            f"题型“{kind}”不能用",
            f"type {kind!r} cannot be used",
            "用 select_one 选项表名、decimal、integer、begin_group 或 end_group",
            "use select_one LIST, decimal, integer, begin_group or end_group",
        )
        return AnswerKind.CHOICE, (), False
    if list_name not in lists:
        row.fault(
            f"选项表“{list_name}”不存在",
            f"there is no choice list {list_name!r}",
            "在 [[choices]] 里补上这个选项表，或改题型",
            "add the list under [[choices]], or change the type",
        )
    choices = lists.get(list_name, ())
    if list_name != JUDGEMENT:
        return AnswerKind.CHOICE, choices, False
    if choices and {choice.name: choice.mark for choice in choices} != _JUDGEMENT_CHOICES:
        row.fault(
            "选项表 pfn 应为 pass、fail、na 三项",
            "the list pfn must be pass, fail and na",
            "照其他脚本抄这三行",
            "copy the three rows from another script",
        )
    return AnswerKind.PASS_FAIL_NA, choices, False


def _check_marks(row: Row, choices: Sequence[Choice], judges: bool) -> None:
    marks = {choice.mark for choice in choices}
    if judges and choices and (None in marks or not {Mark.MET, Mark.UNMET} <= marks):
        row.fault(
            "每个选项都要写明是否合格，且至少一个合格、一个不合格",
            "each choice needs a pass mark, and at least one met and one unmet",
            "在该选项表每一行写 ks_mark",
            "write ks_mark on each row of the list",
        )
    if not judges and marks - {None}:
        row.fault(
            "选项有合格与否，但这一项没有 bind::ks:severity",
            "the choices have pass marks, but the row has no bind::ks:severity",
            '写 "bind::ks:severity" = "key" 或 "general"，或换一个没有 ks_mark 的选项表',
            'write "bind::ks:severity" = "key" or "general", or use a list without ks_mark',
        )
