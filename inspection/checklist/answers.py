"""Answers: an append-only sequence, reduced to what holds now.

Officers answer from several pages and phones, and a line may deliver late or twice. Answers
are therefore never changed, only added, and everybody reduces them by the same rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from inspection.checklist.point import AnswerKind, Point

#: A number longer than this was not read from an instrument.
LONGEST_NUMBER = 20


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to one point. ``at`` is aware UTC; ``value`` as typed, or a choice's name."""

    point: str
    value: str
    note: str
    by: str
    at: datetime
    device: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """What holds for a point now, and how often it was changed since the first answer."""

    answer: Answer
    changes: int


class AnswerFault(StrEnum):
    UNKNOWN_POINT = "unknown_point"
    NOT_ASKED = "not_asked"  # closed by another answer
    UNKNOWN_CHOICE = "unknown_choice"
    NOT_A_NUMBER = "not_a_number"
    NOT_WHOLE = "not_whole"
    OUT_OF_RANGE = "out_of_range"  # physically impossible, by the script's constraint


class AnswerRefused(ValueError):
    """An answer does not fit its point; nothing has changed."""

    def __init__(self, fault: AnswerFault, point: str, value: str) -> None:
        super().__init__(f"{point} = {value!r}: {fault}")
        self.fault = fault
        self.point = point
        self.value = value


def reduce(answers: Iterable[Answer]) -> dict[str, Given]:
    """What holds for each point: the last by time, and by order of arrival at equal times.

    The same value and note again from the same person is a repeat: it changes nothing.
    """
    state: dict[str, Given] = {}
    for answer in sorted(answers, key=lambda one: one.at):  # sorted() keeps order of arrival
        before = state.get(answer.point)
        if before is None:
            state[answer.point] = Given(answer, changes=0)
        elif not _repeats(answer, before.answer):
            state[answer.point] = Given(answer, changes=before.changes + 1)
    return state


def check_value(point: Point, value: str) -> None:
    """Refuse a value of another kind than ``point`` asks for.

    Raises:
        AnswerRefused: no number, or a choice that is not offered.
    """
    if point.kind is not AnswerKind.NUMBER:
        if value not in [choice.name for choice in point.choices]:
            raise AnswerRefused(AnswerFault.UNKNOWN_CHOICE, point.name, value)
        return
    number = as_number(value) if len(value) <= LONGEST_NUMBER else None
    if number is None:
        raise AnswerRefused(AnswerFault.NOT_A_NUMBER, point.name, value)
    if point.whole and number != int(number):
        raise AnswerRefused(AnswerFault.NOT_WHOLE, point.name, value)


def as_number(value: str) -> Decimal | None:
    """The number a person typed, or None. No exponents, no infinities, no thousands separators."""
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value):
        return None
    return Decimal(value)


def _repeats(answer: Answer, before: Answer) -> bool:
    return (answer.value, answer.note, answer.by) == (before.value, before.note, before.by)
