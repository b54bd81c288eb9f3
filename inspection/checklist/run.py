"""A checklist being worked (核查过程): what is asked, what remains, what the answers suggest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from inspection.checklist.answers import (
    Answer,
    AnswerFault,
    AnswerRefused,
    Given,
    check_value,
    reduce,
)
from inspection.checklist.point import Mark, Point, Severity
from inspection.checklist.script import Script


class Suggested(StrEnum):
    """The finding that follows from the answers. The officer decides."""

    PASS = "pass"  # 通过
    RECTIFY = "rectify"  # 整改后通过
    FAIL = "fail"  # 不通过
    INCOMPLETE = "incomplete"  # 未完成


class Lack(StrEnum):
    ANSWER = "answer"
    NOTE = "note"  # why it is not met, or does not apply
    PHOTOS = "photos"


@dataclass(frozen=True, slots=True)
class Missing:
    """What a point still lacks."""

    point: Point
    lacks: tuple[Lack, ...]
    photos_missing: int


class ChecklistRun:
    """One script, the answers given so far in order of arrival, and stills kept per point.

    Nothing is stored here: a run is finished when `remaining()` is empty.
    """

    def __init__(
        self,
        script: Script,
        answers: Iterable[Answer] = (),
        photos: Mapping[str, int] | None = None,
    ) -> None:
        self.script = script
        self.photos = photos or {}
        self._all = reduce(answers)
        self.asked = _asked(script, self._all)
        self.given = {
            point.name: self._all[point.name] for point in self.asked if point.name in self._all
        }

    def check(self, point: str, value: str) -> Point:
        """Whether ``value`` may be added now as an answer to ``point``, which is returned.

        Raises:
            AnswerRefused: no such point, closed by another answer, or a value that does not fit.
        """
        found = self.script.point(point)
        if found is None:
            raise AnswerRefused(AnswerFault.UNKNOWN_POINT, point, value)
        if found not in self.asked:
            raise AnswerRefused(AnswerFault.NOT_ASKED, point, value)
        check_value(found, value)
        return found

    def mark(self, point: Point) -> Mark | None:
        """Met, unmet or not applicable; None while open, and for opening questions."""
        given = self.given.get(point.name)
        return point.mark(given.answer.value) if given else None

    def remaining(self) -> list[Missing]:
        """Points that keep the run from being finished, in script order.

        A failure and a "does not apply" need a reason. A met point needs all the stills it
        asks for, an unmet one a still of what is wrong, one that does not apply none.
        """
        missing = (self._missing(point) for point in self.asked)
        return [one for one in missing if one.lacks]

    def failed(self) -> list[Point]:
        """Points that are not met, in script order; `Point.rectify` says what to do."""
        return [point for point in self.asked if self.mark(point) is Mark.UNMET]

    def suggested(self) -> Suggested:
        """A failed key point fails; general failures are put right unless there are too many."""
        failed = self.failed()
        if any(point.severity is Severity.KEY for point in failed):
            return Suggested.FAIL
        if any(point.name not in self.given for point in self.asked):
            return Suggested.INCOMPLETE
        if not failed:
            return Suggested.PASS
        few_enough = len(failed) * 100 <= self.script.rectify_up_to_percent * self._general()
        return Suggested.RECTIFY if few_enough else Suggested.FAIL

    def _general(self) -> int:
        """General points that apply."""
        return sum(
            point.severity is Severity.GENERAL and self.mark(point) in (Mark.MET, Mark.UNMET)
            for point in self.asked
        )

    def _missing(self, point: Point) -> Missing:
        given = self.given.get(point.name)
        mark = self.mark(point)
        lacks: list[Lack] = []
        if given is None:
            lacks.append(Lack.ANSWER)
        elif mark in (Mark.UNMET, Mark.NOT_APPLICABLE) and not given.answer.note.strip():
            lacks.append(Lack.NOTE)
        photos = max(0, _photos_needed(point, mark) - self.photos.get(point.name, 0))
        if photos:
            lacks.append(Lack.PHOTOS)
        return Missing(point, tuple(lacks), photos)


def _photos_needed(point: Point, mark: Mark | None) -> int:
    match mark:
        case Mark.NOT_APPLICABLE:
            return 0
        case Mark.UNMET:
            return point.photos_when_unmet
        case _:
            return point.photos


def _asked(script: Script, given: Mapping[str, Given]) -> tuple[Point, ...]:
    """The points that are relevant. An answer to a closed question counts as no answer."""
    asked = []
    values: dict[str, str] = {}
    for point in script.points:  # conditions look back only
        if point.relevant is None or point.relevant.holds(values):
            asked.append(point)
            if point.name in given:
                values[point.name] = given[point.name].answer.value
    return tuple(asked)
