"""Questions of viewers: written, bounded, and taken up one at a time."""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from server.errors import NotFound, QuestionRefused
from server.models.guidance import GuidanceQuestion, GuidanceSession, QuestionStatus
from server.services import guidance as sessions
from server.services.watching import Viewer

#: Changes whenever the words beside the question's box change; stored with each question.
CONSENT_VERSION = "2026-11-26"

LONGEST = 200  # characters

#: How often, and how many: of one browser, and of all of them. A browser that forgets its cookie
#: is another one, so that all together are bounded, too.
PAUSE = timedelta(seconds=20)
MOST_OF_ONE = 10
MOST_A_MINUTE = 60
MOST_OF_ALL = 500

#: Characters that turn the direction of what stands around them (UAX #9): invisible, and able to
#: make a text read as another one.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def ask(
    db: Session, viewer: Viewer, text: str, *, agreed_to: str, at: datetime
) -> GuidanceQuestion:
    """Keep a question as it was written, without control characters. The caller commits.

    Raises:
        MoveRefused: nobody answers now.
        QuestionRefused: other words stood beside the box; empty or too long, too soon, too many.
    """
    if agreed_to != CONSENT_VERSION:
        raise QuestionRefused(cause="agreed_to")
    sessions.must_be_live(viewer.guidance)
    plain = without_controls(text)
    if not plain:
        raise QuestionRefused(cause="empty")
    if len(plain) > LONGEST:
        raise QuestionRefused(cause="long", most=LONGEST)
    _must_have_room(db, viewer, at)
    question = GuidanceQuestion(
        guidance_id=viewer.guidance.id,
        asker=viewer.key,
        text=plain,
        text_version=agreed_to,
        created_at=at,
    )
    db.add(question)
    db.flush()
    return question


def without_controls(text: str) -> str:
    """The words alone: one line, nothing that steers a screen."""
    kept = "".join(
        " " if unicodedata.category(one) in ("Cc", "Zl", "Zp") else one
        for one in text
        if one not in _TURNING
    )
    return " ".join(kept.split())


def _must_have_room(db: Session, viewer: Viewer, at: datetime) -> None:
    of_all = select(func.count()).where(GuidanceQuestion.guidance_id == viewer.guidance.id)
    of_one = of_all.where(GuidanceQuestion.asker == viewer.key)
    newest = db.scalar(
        select(func.max(GuidanceQuestion.created_at)).where(
            GuidanceQuestion.guidance_id == viewer.guidance.id,
            GuidanceQuestion.asker == viewer.key,
        )
    )
    if newest is not None and at - newest < PAUSE:
        seconds = max(1, round((newest + PAUSE - at).total_seconds()))
        raise QuestionRefused(cause="soon", seconds=seconds)
    if (db.scalar(of_one) or 0) >= MOST_OF_ONE:
        raise QuestionRefused(cause="enough", most=MOST_OF_ONE)
    lately = of_all.where(GuidanceQuestion.created_at > at - timedelta(minutes=1))
    if (db.scalar(lately) or 0) >= MOST_A_MINUTE or (db.scalar(of_all) or 0) >= MOST_OF_ALL:
        raise QuestionRefused(cause="full")


def of_session(db: Session, guidance: GuidanceSession) -> list[GuidanceQuestion]:
    """In the order they were asked, hidden ones too."""
    return list(
        db.scalars(
            select(GuidanceQuestion)
            .where(GuidanceQuestion.guidance_id == guidance.id)
            .order_by(GuidanceQuestion.id)
        )
    )


def put(
    db: Session,
    guidance: GuidanceSession,
    question_id: int,
    to: QuestionStatus,
    *,
    at: datetime,
) -> GuidanceQuestion:
    """The presenter takes a question up, has answered it, hides it or shows it again.

    One is answered at a time: whichever was in hand has been answered. Shown again, one that was
    answered is answered; put off, it was not. The caller commits.

    Raises:
        NotFound: no such question in this session.
        MoveRefused: it would be taken up while nobody speaks.
    """
    question = db.get(GuidanceQuestion, question_id)
    if question is None or question.guidance_id != guidance.id:
        raise NotFound(f"question {question_id}")
    if to is QuestionStatus.ANSWERING:
        sessions.must_be_live(guidance)
        db.execute(
            update(GuidanceQuestion)
            .where(
                GuidanceQuestion.guidance_id == guidance.id,
                GuidanceQuestion.status == QuestionStatus.ANSWERING,
                GuidanceQuestion.id != question.id,
            )
            .values(status=QuestionStatus.ANSWERED)
        )
        question.taken_up_at = at
    elif to is QuestionStatus.ANSWERED and question.taken_up_at is None:
        question.taken_up_at = at
    elif to is QuestionStatus.WAITING and question.status is QuestionStatus.HIDDEN:
        to = QuestionStatus.ANSWERED if question.taken_up_at else to
    elif to is QuestionStatus.WAITING:
        question.taken_up_at = None
    question.status = to
    return question


def finish(db: Session, guidance: GuidanceSession) -> None:
    """The session ends: what was in hand has been answered. The caller commits."""
    db.execute(
        update(GuidanceQuestion)
        .where(
            GuidanceQuestion.guidance_id == guidance.id,
            GuidanceQuestion.status == QuestionStatus.ANSWERING,
        )
        .values(status=QuestionStatus.ANSWERED)
    )
