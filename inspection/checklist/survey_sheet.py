"""The survey and choices sheets of a script, read into groups, repeats and points."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from inspection.checklist.cells import check_name, name_taken
from inspection.checklist.looking_back import check_looking_back
from inspection.checklist.point import Choice, Group, Mark, Point, Repeat
from inspection.checklist.question import QUESTION_COLUMNS, Lists, both, read_question
from inspection.checklist.rows import Row

GROUP_COLUMNS = ("type", "name", *both("label"))
REPEAT_COLUMNS = (*GROUP_COLUMNS, "repeat_count")
SURVEY_COLUMNS = (*QUESTION_COLUMNS, "repeat_count")
CHOICE_COLUMNS = ("list_name", "name", *both("label"), "ks_mark")

#: How often a repeat may be asked.
MOST_REPEATED = 100

_COUNT = re.compile(r"\$\{(?P<name>[a-z0-9_]+)\}")


@dataclass(frozen=True, slots=True)
class Questions:
    """What the survey sheet says, in script order."""

    groups: tuple[Group, ...]
    repeats: tuple[Repeat, ...]
    points: tuple[Point, ...]


@dataclass
class _Reading:
    lists: Lists
    bases: Mapping[str, bool]  # id -> still to be confirmed
    groups: list[Group] = field(default_factory=list)
    repeats: list[Repeat] = field(default_factory=list)
    points: list[tuple[Row, Point]] = field(default_factory=list)
    group: str = ""  # the one that is open, or empty
    repeat: str = ""


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


def read_survey(rows: Sequence[Row], lists: Lists, bases: Mapping[str, bool]) -> Questions:
    """Groups, repeats and points; faults are noted on their rows."""
    reading = _Reading(lists, bases)
    for row in rows:
        match row.cells.get("type"):
            case "begin_group":
                _begin_group(row, reading)
            case "end_group":
                _end_group(row, reading)
            case "begin_repeat":
                _begin_repeat(row, reading)
            case "end_repeat":
                _end_repeat(row, reading)
            case _:
                number = len(reading.points) + 1
                point = read_question(
                    row, number, reading.group, reading.repeat, lists, reading.bases
                )
                reading.points.append((row, point))
    _must_be_closed(rows, reading)
    points = tuple(point for _, point in reading.points)
    _check_names([*reading.groups, *reading.repeats, *points], rows)
    check_looking_back(reading.points)
    return Questions(tuple(reading.groups), tuple(reading.repeats), points)


def _begin_group(row: Row, reading: _Reading) -> None:
    row.known(GROUP_COLUMNS)
    if reading.group or reading.repeat:
        row.fault(
            "分组、重复组里不能再分组",
            "a group inside a group or a repeat",
            "先用 end_group 或 end_repeat 结束上一组",
            "close the one before with end_group or end_repeat",
        )
    group = Group(row.text("name"), row.both("label"))
    check_name(row, group.name)
    reading.group = group.name
    reading.groups.append(group)


def _end_group(row: Row, reading: _Reading) -> None:
    row.known({"type"})
    if not reading.group or reading.repeat:
        row.fault(
            "这里没有可以结束的分组",
            "there is no group to close here",
            "删去这一行，或在前面加 begin_group；先结束重复组",
            "remove this row, or add begin_group before; close the repeat first",
        )
    reading.group = ""


def _begin_repeat(row: Row, reading: _Reading) -> None:
    row.known(REPEAT_COLUMNS)
    if reading.repeat:
        row.fault(
            "重复组里不能再重复",
            "a repeat inside a repeat",
            "先用 end_repeat 结束上一个",
            "close the one before with end_repeat",
        )
    repeat = Repeat(row.text("name"), row.both("label"), _counted_by(row, reading))
    check_name(row, repeat.name)
    reading.repeat = repeat.name
    reading.repeats.append(repeat)


def _counted_by(row: Row, reading: _Reading) -> str:
    """The name of the question that says how many there are."""
    match = _COUNT.fullmatch(row.text("repeat_count"))
    before = {point.name: point for _, point in reading.points}
    counting = before.get(match["name"]) if match else None
    if counting is not None and _counts(counting):
        return counting.name
    row.fault(
        "repeat_count 要指向前面的一个计数题",
        "repeat_count must name a counting question before it",
        "在前面加一个 integer 题（不写 bind::ks:severity，不在重复组里，constraint 写明最多几个，"
        f"不超过 {MOST_REPEATED}），这里写 ${{它的 name}}",
        "add an integer question before it (without bind::ks:severity, in no repeat, its "
        f"constraint at most {MOST_REPEATED}) and write ${{its name}} here",
    )
    return ""


def _counts(point: Point) -> bool:
    if point.severity is not None or point.repeat or not point.whole or point.accepted is None:
        return False
    highest = point.accepted.highest
    return highest is not None and highest <= MOST_REPEATED


def _end_repeat(row: Row, reading: _Reading) -> None:
    row.known({"type"})
    if not reading.repeat:
        row.fault(
            "没有可以结束的重复组",
            "there is no repeat to close",
            "删去这一行，或在前面加 begin_repeat",
            "remove this row, or add begin_repeat before",
        )
    elif not any(point.repeat == reading.repeat for _, point in reading.points):
        row.fault(
            f"重复组“{reading.repeat}”里没有问题",
            f"the repeat {reading.repeat!r} asks nothing",
            "在里面加上检查项，或删去这个重复组",
            "add its questions, or remove it",
        )
    reading.repeat = ""


def _must_be_closed(rows: Sequence[Row], reading: _Reading) -> None:
    for name, begun, begins, end in (
        (reading.repeat, "重复组", "repeat", "end_repeat"),
        (reading.group, "分组", "group", "end_group"),
    ):
        if name:
            rows[-1].fault(
                f"{begun}“{name}”没有结束",
                f"{begins} {name!r} is not closed",
                f'最后加一行 type = "{end}"',
                f'add a row with type = "{end}"',
            )


def _check_names(named: Sequence[Group | Repeat | Point], rows: Sequence[Row]) -> None:
    counts = Counter(one.name for one in named)
    for row in rows:
        name = row.cells.get("name")
        if isinstance(name, str) and counts[name] > 1:
            name_taken(row, name)
