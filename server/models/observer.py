"""Observers (旁听): who was invited to watch a call, whether they do, and whether they may."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.models.base import Base, closed
from server.models.lifecycle import Lives
from server.models.session import InspectionSession


class Capacity(StrEnum):
    """As whom somebody watches; the applicant is told."""

    CITIZEN = "citizen"  # 社会监督员
    SUPERIOR = "superior"  # 上级
    OTHER = "other"  # 其他


class ObserverStatus(StrEnum):
    INVITED = "invited"  # 已邀请
    WATCHING = "watching"  # 旁听中
    AWAY = "away"  # 已离开
    REFUSED = "refused"  # 申请人不同意
    WITHDRAWN = "withdrawn"  # 已取消


class Observer(Lives, Base):
    """Every coming and going is a move, and so stands in the history of the survey.

    The link works like the applicant's: the token is in the fragment, we keep its hash.
    """

    MOVES = {
        ObserverStatus.INVITED: {
            ObserverStatus.WATCHING,
            ObserverStatus.REFUSED,
            ObserverStatus.WITHDRAWN,
        },
        ObserverStatus.WATCHING: {
            ObserverStatus.AWAY,
            ObserverStatus.REFUSED,
            ObserverStatus.WITHDRAWN,
        },
        ObserverStatus.AWAY: {
            ObserverStatus.WATCHING,
            ObserverStatus.REFUSED,
            ObserverStatus.WITHDRAWN,
        },
        ObserverStatus.REFUSED: set(),
        ObserverStatus.WITHDRAWN: set(),
    }
    SUBJECT = "observer"

    __tablename__ = "observers"

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bureaus.id"), index=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id"), index=True)
    name: Mapped[str]
    capacity: Mapped[Capacity] = mapped_column(closed(Capacity))
    token_hash: Mapped[str] = mapped_column(unique=True)
    grant_hash: Mapped[str | None] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
    status: Mapped[ObserverStatus] = mapped_column(
        closed(ObserverStatus), default=ObserverStatus.INVITED
    )

    session: Mapped[InspectionSession] = relationship()
