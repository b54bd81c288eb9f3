"""A survey as its record prints it, in one language: at any moment, also before the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inspection.checklist.point import AnswerKind, Mark, Point, Severity, Text
from inspection.checklist.run import Lack
from inspection.record import survey as sheet
from inspection.record.draft import Facts
from server.models.evidence import Evidence
from server.models.lifecycle import Event
from server.models.observer import Observer, ObserverStatus
from server.models.round import Visit
from server.models.session import InspectionSession
from server.models.survey import Survey, SurveyStatus
from server.services.checklists import Worked
from server.services.surveys import crew_of


def facts_of(
    db: Session,
    survey: Survey,
    worked: Worked,
    pieces: Sequence[Evidence],
    language: sheet.Language,
    *,
    ended_at: datetime | None,
) -> Facts:
    """What is to be told of a survey; `ended_at` is None while it goes on."""
    crew, applicant, premises = crew_of(db, survey), survey.case.applicant, survey.case.premises
    officers = [sheet.Officer(crew.lead.name, sheet.Role.LEAD, crew.lead.badge)]
    if crew.second:
        officers.append(sheet.Officer(crew.second.name, sheet.Role.SECOND, crew.second.badge))
    position = (
        f"{premises.longitude:.6f}, {premises.latitude:.6f} (WGS-84)"
        if premises.longitude is not None and premises.latitude is not None
        else ""
    )
    return Facts(
        mode=sheet.Mode(survey.mode or ""),
        started_at=_moved_at(db, survey, SurveyStatus.UNDER_WAY),
        ended_at=ended_at,
        officers=tuple(officers),
        observers=tuple(_observers(db, survey)),
        premises=sheet.Premises(premises.name, premises.address, position),
        applicant=applicant.name,
        contact=applicant.contact,
        script=said(worked.script.title, language),
        points=tuple(points_of(worked, pieces, language)),
        photos=len(pieces),
        open_points=sum(Lack.ANSWER in one.lacks for one in worked.run.remaining()),
    )


def points_of(
    worked: Worked, pieces: Sequence[Evidence], language: sheet.Language
) -> list[sheet.Point]:
    """Every point that was asked and judges something, in script order."""
    results = {
        Mark.MET: sheet.Result.PASS,
        Mark.UNMET: sheet.Result.FAIL,
        Mark.NOT_APPLICABLE: sheet.Result.NOT_APPLICABLE,
    }
    shown: dict[str, list[str]] = {}
    for piece in pieces:
        shown.setdefault(piece.point, []).append(f"{piece.number:03}")
    groups = {group.name: said(group.label, language) for group in worked.script.groups}
    printed = []
    for place, point in enumerate(worked.run.asked, start=1):  # as the officers' page counts
        mark, given = worked.run.mark(point), worked.run.given.get(point.name)
        if mark is None or given is None:
            continue
        printed.append(
            sheet.Point(
                number=str(place),
                section=groups.get(point.group, ""),
                check=said(point.label, language),
                standard=said(point.standard, language),
                result=results[mark],
                answer=in_words(point, given.answer.value, language),
                note=given.answer.note,
                key=point.severity is Severity.KEY,
                evidence=tuple(shown.get(point.name, ())),
            )
        )
    return printed


def said(text: Text | None, language: sheet.Language) -> str:
    """A text of the script; empty where it says nothing."""
    if text is None:
        return ""
    return text.en if language is sheet.Language.EN else text.zh


def in_words(point: Point, value: str, language: sheet.Language) -> str:
    """A measured figure with its unit, or the option chosen; a plain pass or fail says nothing."""
    match point.kind:
        case AnswerKind.PASS_FAIL_NA:
            return ""
        case AnswerKind.NUMBER:
            return f"{value} {said(point.unit, language)}".strip()
        case AnswerKind.CHOICE:
            chosen = next(choice for choice in point.choices if choice.name == value)
            return said(chosen.label, language)


def _observers(db: Session, survey: Survey) -> list[sheet.Observer]:
    """Who watched at all, in the order in which they came."""
    came_at = func.min(Event.at)
    watched = (
        select(Observer, came_at)
        .join(InspectionSession, InspectionSession.id == Observer.session_id)
        .join(Visit, Visit.id == InspectionSession.visit_id)
        .join(Event, Event.subject_id == Observer.id)
        .where(Visit.survey_id == survey.id)
        .where(Event.subject == Observer.SUBJECT, Event.to == ObserverStatus.WATCHING)
        .group_by(Observer.id)
        .order_by(came_at, Observer.id)
    )
    return [
        sheet.Observer(observer.name, sheet.Capacity(observer.capacity), at)
        for observer, at in db.execute(watched)
    ]


def _moved_at(db: Session, survey: Survey, to: SurveyStatus) -> datetime | None:
    return db.scalar(
        select(Event.at)
        .where(Event.subject == Survey.SUBJECT, Event.subject_id == survey.id, Event.to == to)
        .order_by(Event.id)
        .limit(1)
    )
