"""Inspection sessions (视频会话): one remote call, and the link that lets the applicant in."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.models.base import Base, Json, closed
from server.models.carried import Carried
from server.models.lifecycle import Lives
from server.models.round import Visit


class SessionStatus(StrEnum):
    WAITING = "waiting"  # 等待中
    LIVE = "live"  # 通话中
    ENDED = "ended"  # 已结束
    MISSED = "missed"  # 未接通


class InspectionSession(Carried, Lives, Base):
    """A weak link is a fact about a peer, not a state of a session."""

    MOVES = {
        SessionStatus.WAITING: {SessionStatus.LIVE, SessionStatus.ENDED, SessionStatus.MISSED},
        SessionStatus.LIVE: {SessionStatus.ENDED},
        SessionStatus.ENDED: set(),
        SessionStatus.MISSED: set(),
    }
    SUBJECT = "session"
    OPEN = (SessionStatus.WAITING, SessionStatus.LIVE)

    __tablename__ = "sessions"

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bureaus.id"), index=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visits.id"), unique=True)
    #: How long its recording is kept after the case is closed (保存期限), as the applicant is told
    #: before. None: it is not recorded, or the bureau had not decided when it was opened.
    kept_months: Mapped[int | None]
    check_code: Mapped[str]  # 核对码: four digits the officer reads out first
    point: Mapped[str] = mapped_column(default="")  # the checklist point the phone shows now
    status: Mapped[SessionStatus] = mapped_column(
        closed(SessionStatus), default=SessionStatus.WAITING
    )

    visit: Mapped[Visit] = relationship()


class JoinLink(Base):
    """A link sent to an applicant. The token (256 bits) is in the fragment; we keep its hash.

    Opening the address never uses the link up (preview robots open it too): only the POST
    that follows a tap does. `grant_hash` is the phone's cookie after that.
    """

    __tablename__ = "join_links"

    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    first_used_at: Mapped[datetime | None]
    grant_hash: Mapped[str | None] = mapped_column(unique=True)

    session: Mapped[InspectionSession] = relationship()


class ConsentChoice(StrEnum):
    AGREED = "agreed"  # 同意视频踏勘
    ON_SITE = "on_site"  # 请到现场来


class Consent(Base):
    """What the applicant chose, and the exact words that were shown."""

    __tablename__ = "consents"

    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id"), index=True)
    choice: Mapped[ConsentChoice] = mapped_column(closed(ConsentChoice))
    text_version: Mapped[str]
    language: Mapped[str]
    at: Mapped[datetime]
    device: Mapped[Json] = mapped_column(default=dict)  # browser and screen, as the phone said
    #: Ids of the observers who were named and agreed to.
    observers: Mapped[list[int]] = mapped_column(JSON, default=list)
