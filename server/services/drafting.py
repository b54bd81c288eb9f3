"""The draft of a survey's record (笔录草稿), as it would be written at this moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from inspection.checklist.point import Mark, Point
from inspection.record.draft import summary
from inspection.record.survey import Language
from server.models.record import RecordEdit
from server.models.survey import Survey
from server.services import evidence as evidence_of
from server.services.checklists import Worked
from server.services.printed import facts_of, in_words, said
from server.services.verdicts import verdict_of
from server.services.wording import edits_of


@dataclass(frozen=True, slots=True)
class DraftedPoint:
    """A point that is not met: what was found there, and what is to be done."""

    point: str
    number: int
    label: str
    found: str
    to_do: str


@dataclass(frozen=True, slots=True)
class Draft:
    """`drafted` is written from the answers, `text` is what counts: the same, or an officer's.

    `outdated`: the answers say something else than when an officer worded it.
    """

    drafted: str
    text: str
    outdated: bool
    points: Sequence[DraftedPoint]
    edits: Sequence[RecordEdit]


def draft_of(db: Session, survey: Survey, worked: Worked, language: Language) -> Draft:
    """What the record says now, in the language in which it is read."""
    drafts = {one: _drafted(db, survey, worked, one) for one in Language}
    edits = edits_of(db, survey)
    own = edits[-1] if edits and edits[-1].text else None
    return Draft(
        drafted=drafts[language],
        text=own.text if own else drafts[language],
        outdated=own is not None
        and verdict_of(db, survey) is None
        and own.drafted not in drafts.values(),
        points=[
            _point(worked, point, language)
            for point in worked.run.asked
            if worked.run.mark(point) is Mark.UNMET
        ],
        edits=edits,
    )


def _drafted(db: Session, survey: Survey, worked: Worked, language: Language) -> str:
    verdict = verdict_of(db, survey)
    facts = facts_of(
        db,
        survey,
        worked,
        evidence_of.of_survey(db, survey),
        language,
        ended_at=verdict.at if verdict else None,
    )
    return summary(facts, language)


def _point(worked: Worked, point: Point, language: Language) -> DraftedPoint:
    answer = worked.run.given[point.name].answer
    measured = in_words(point, answer.value, language)
    between = "。" if language is Language.ZH else ". "
    return DraftedPoint(
        point=point.name,
        number=worked.run.asked.index(point) + 1,
        label=said(point.label, language),
        found=between.join(filter(None, (measured, answer.note))),
        to_do=said(point.rectify, language),
    )
