"""A checklist being worked (核查过程): what is asked, what remains, what the answers suggest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from inspection.checklist.answers import (
    Answer,
    AnswerFault,
    AnswerRefused,
    Given,
    check_value,
    reduce,
)
from inspection.checklist.form import Filled, Form
from inspection.checklist.point import Mark, Point
from inspection.checklist.results import SCORE, VERDICT, mark_name
from inspection.checklist.script import Script
from inspection.checklist.xform import Audience, xform_of

#: Forms kept in memory: a bureau has a few dozen scripts, in a few versions each.
MOST_FORMS = 200
_FORMS: dict[str, Form] = {}  # by the script's digest


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

    `asked` are the points that are relevant, those of repeats once for each of what is looked at;
    `given` what holds for each of them, by name. Nothing is stored here: a run is finished when
    `remaining()` is empty.
    """

    def __init__(
        self,
        script: Script,
        answers: Iterable[Answer] = (),
        photos: Mapping[str, int] | None = None,
    ) -> None:
        self.script = script
        self.photos = {} if photos is None else photos
        self._answers = tuple(answers)

    @cached_property
    def asked(self) -> tuple[Point, ...]:
        return tuple(filter(None, map(self.script.point, self._filled.asked)))

    @cached_property
    def given(self) -> Mapping[str, Given]:
        return {name: self._newest[name] for name in self._filled.asked if name in self._newest}

    def with_answer(self, answer: Answer) -> ChecklistRun:
        """The same checklist with one answer more, which may be older than others (it came late).

        Raises:
            AnswerRefused: no such point, closed by another answer, or a value that does not fit.
        """
        after = ChecklistRun(self.script, (*self._answers, answer), self.photos)
        newest = max((one.at for one in self._answers), default=answer.at)
        if answer.at < newest:  # whether it fits is judged as if it were the newest
            now = replace(answer, at=newest)
            ChecklistRun(self.script, (*self._answers, now), self.photos)._check(now)
        else:
            after._check(answer)
        return after

    def _check(self, answer: Answer) -> None:
        point, value = answer.point, answer.value
        found = self.script.point(point)
        if found is None:
            raise AnswerRefused(AnswerFault.UNKNOWN_POINT, point, value)
        if point not in self._filled.asked:
            raise AnswerRefused(AnswerFault.NOT_ASKED, point, value)
        check_value(found, value)
        if point in self._filled.impossible:
            raise AnswerRefused(AnswerFault.OUT_OF_RANGE, point, value)

    def mark(self, point: Point) -> Mark | None:
        """Met, unmet or not applicable; None while open, and for opening questions."""
        name, bracket, nth = point.name.partition("[")
        word = self._filled.results.get(f"{mark_name(name)}{bracket}{nth}", "")
        return Mark(word) if word and point.name in self.given else None

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
        return Suggested(self._filled.results[VERDICT])

    @property
    def score(self) -> float:
        """General points that are met, in per cent of those that apply, with one decimal."""
        return float(self._filled.results[SCORE])

    @cached_property
    def _newest(self) -> Mapping[str, Given]:
        return reduce(self._answers)

    @cached_property
    def _filled(self) -> Filled:
        values = {name: one.answer.value for name, one in self._newest.items()}
        return _form_of(self.script).fill(values)

    def _missing(self, point: Point) -> Missing:
        given = self.given.get(point.name)
        mark = self.mark(point)
        lacks: list[Lack] = []
        if given is None or point.name in self._filled.impossible:
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


def _form_of(script: Script) -> Form:
    known = _FORMS.get(script.sha256)
    if known is None:
        known = Form(xform_of(script, Audience.EXPERT))
        if len(_FORMS) >= MOST_FORMS:
            _FORMS.clear()
        _FORMS[script.sha256] = known
    return known
