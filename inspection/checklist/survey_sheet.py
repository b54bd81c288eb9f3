"""The survey and choices sheets of a script, read into groups and points."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inspection.checklist.cells import (
    check_name,
    name_taken,
    read_basis,
    read_evidence,
    read_expression,
    read_own_limits,
)
from inspection.checklist.point import (
    AnswerKind,
    Choice,
    Confirm,
    Group,
    Mark,
    Point,
    Remote,
    Severity,
)
from inspection.checklist.rows import Faults, Row

_BOTH = ["label", "hint", "guidance_hint", "constraint_message", "ks_standard", "ks_rectify"]
_BOTH += ["ks_tip_good", "ks_tip_bad", "ks_unit", "ks_each"]

QUESTION_COLUMNS = frozenset(
    {"type", "name", "required", "relevant", "constraint"}
    | {f"bind::ks:{name}" for name in ("severity", "basis", "evidence", "remote")}
    | {f"bind::ks:{name}" for name in ("pass", "confirm")}
    | {f"{name}::{language}" for name in _BOTH for language in ("zh", "en")}
)
GROUP_COLUMNS = frozenset({"type", "name", "label::zh", "label::en"})
CHOICE_COLUMNS = frozenset({"list_name", "name", "label::zh", "label::en", "ks_mark"})

#: The choice list of a plain judgement: met, not met, not applicable.
JUDGEMENT = "pfn"
_JUDGEMENT_CHOICES = {"pass": Mark.MET, "fail": Mark.UNMET, "na": Mark.NOT_APPLICABLE}

Lists = Mapping[str, tuple[Choice, ...]]


@dataclass
class _Reading:
    faults: Faults
    lists: Lists
    bases: Mapping[str, bool]  # id -> still to be confirmed
    group: str = ""


def read_choices(rows: Sequence[Row]) -> Lists:
    """The choice lists by name."""
    lists: dict[str, tuple[Choice, ...]] = {}
    for row in rows:
        row.known(CHOICE_COLUMNS)
        list_name, name = row.text("list_name"), row.text("name")
        check_name(row, name)
        if any(choice.name == name for choice in lists.get(list_name, ())):
            name_taken(row, name)
        mark = row.word("ks_mark", Mark) if row.has("ks_mark") else None
        choice = Choice(name, row.both("label"), mark)
        lists[list_name] = (*lists.get(list_name, ()), choice)
    return lists


def read_survey(
    rows: Sequence[Row], lists: Lists, bases: Mapping[str, bool], faults: Faults
) -> tuple[tuple[Group, ...], tuple[Point, ...]]:
    """Groups and points in script order; faults are noted."""
    reading = _Reading(faults, lists, bases)
    groups: list[Group] = []
    points: list[tuple[Row, Point]] = []
    for row in rows:
        match row.cells.get("type"):
            case "begin_group":
                groups.append(_begin_group(row, reading))
            case "end_group":
                _end_group(row, reading)
            case _:
                points.append((row, _point(row, len(points) + 1, reading)))
    if reading.group:
        rows[-1].fault(
            f"分组“{reading.group}”没有结束",
            f"group {reading.group!r} is not closed",
            '最后加一行 type = "end_group"',
            'add a row with type = "end_group"',
        )
    _check_names([*groups, *(point for _, point in points)], rows)
    _check_relevance(points)
    return tuple(groups), tuple(point for _, point in points)


def _begin_group(row: Row, reading: _Reading) -> Group:
    row.known(GROUP_COLUMNS)
    if reading.group:
        row.fault(
            "分组里不能再分组",
            "a group inside a group",
            "先用 end_group 结束上一组",
            "close the group before with end_group",
        )
    group = Group(row.text("name"), row.both("label"))
    check_name(row, group.name)
    reading.group = group.name
    return group


def _end_group(row: Row, reading: _Reading) -> None:
    row.known({"type"})
    if not reading.group:
        row.fault(
            "没有可以结束的分组",
            "there is no group to close",
            "删去这一行，或在前面加 begin_group",
            "remove this row, or add begin_group before",
        )
    reading.group = ""


def _point(row: Row, number: int, reading: _Reading) -> Point:
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
    kind, choices, whole = _answer(row, reading.lists)
    judges = row.has("bind::ks:severity")
    severity = row.word("bind::ks:severity", Severity) if judges else None
    _check_marks(row, choices, judges)
    basis = read_basis(row, reading.bases) if judges else ()
    confirm = row.word("bind::ks:confirm", Confirm) if row.has("bind::ks:confirm") else None
    number_wanted = kind is AnswerKind.NUMBER
    return Point(
        name=name,
        number=number,
        group=reading.group,
        label=row.both("label"),
        hint=row.both("hint") if judges else row.both_or_none("hint"),
        spoken=row.both("guidance_hint"),
        kind=kind,
        choices=choices,
        whole=whole,
        unit=row.both("ks_unit") if number_wanted else row.both_or_none("ks_unit"),
        accepted=read_own_limits(row, "constraint") if number_wanted else None,
        accepted_message=row.both("constraint_message") if number_wanted else None,
        passes=read_own_limits(row, "bind::ks:pass") if number_wanted and judges else None,
        relevant=read_expression(row, "relevant") if row.has("relevant") else None,
        severity=severity,
        standard=row.both("ks_standard") if judges else None,
        rectify=row.both("ks_rectify") if judges else None,
        tip_good=row.both("ks_tip_good") if judges else None,
        tip_bad=row.both("ks_tip_bad") if judges else None,
        basis=basis,
        evidence=read_evidence(row) if judges else (),
        remote=row.word("bind::ks:remote", Remote) if judges else Remote.OK,
        each=row.both_or_none("ks_each"),
        confirm=confirm,
        to_confirm=confirm is not None or any(reading.bases.get(one, False) for one in basis),
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


def _check_names(named: Sequence[Group | Point], rows: Sequence[Row]) -> None:
    counts = Counter(one.name for one in named)
    for row in rows:
        name = row.cells.get("name")
        if isinstance(name, str) and counts[name] > 1:
            name_taken(row, name)


def _check_relevance(points: Sequence[tuple[Row, Point]]) -> None:
    """Conditions look back only, as a conversation does; so they can never form a circle."""
    before: dict[str, Point] = {}
    for row, point in points:
        for comparison in point.relevant.comparisons if point.relevant else ():
            looked_at = before.get(comparison.name)
            if looked_at is None:
                row.fault(
                    f"relevant 提到的“{comparison.name or '.'}”不是前面的一项",
                    f"relevant looks at {comparison.name or '.'!r}, which is no question before it",
                    "写前面某一项的 name；条件不能绕圈，也不能看后面的项",
                    "name a question before it; conditions may not form a circle or look ahead",
                )
            elif (
                comparison.word is not None
                and looked_at.choices
                and comparison.word not in [choice.name for choice in looked_at.choices]
            ):
                row.fault(
                    f"“{comparison.name}”没有选项“{comparison.word}”",
                    f"{comparison.name!r} has no choice {comparison.word!r}",
                    "改成它的一个选项",
                    "use one of its choices",
                )
        before[point.name] = point
