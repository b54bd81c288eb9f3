"""The replay (回看) of a guidance session, and where in it each question was taken up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.models.guidance import (
    GuidanceQuestion,
    GuidanceSession,
    GuidanceStatus,
    GuidanceStretch,
    QuestionStatus,
)
from server.models.lifecycle import Event
from server.services.recordings import place_in

#: After the end. The last files are kept within a minute or two; a recorder that had to begin anew
#: takes longer. What is not there by then was not recorded.
KEPT_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Moment:
    """When a question was taken up (the last time), and what was being recorded then."""

    question_id: int
    stretch_id: int
    seconds: float  # into the stretch


def stretches_of(db: Session, guidance: GuidanceSession) -> list[GuidanceStretch]:
    """In the order of time."""
    return list(
        db.scalars(
            select(GuidanceStretch)
            .where(GuidanceStretch.guidance_id == guidance.id)
            .order_by(GuidanceStretch.starts_at, GuidanceStretch.id)
        )
    )


def may_grow(db: Session, guidance: GuidanceSession, *, at: datetime) -> bool:
    """More of it may still come."""
    ended = db.scalar(
        select(func.max(Event.at)).where(
            Event.subject == guidance.SUBJECT,
            Event.subject_id == guidance.id,
            Event.to == GuidanceStatus.ENDED,
        )
    )
    return ended is not None and at - ended < KEPT_WITHIN


def moments_of(
    asked: Sequence[GuidanceQuestion], stretches: Sequence[GuidanceStretch]
) -> list[Moment]:
    """Of every answered question that was recorded, in the order of answers."""
    answered = [
        (one.taken_up_at, one.id)
        for one in asked
        if one.status is QuestionStatus.ANSWERED and one.taken_up_at is not None
    ]
    found = []
    for at, question_id in sorted(answered):
        if (place := place_in(stretches, at)) is not None:
            found.append(Moment(question_id, *place))
    return found
