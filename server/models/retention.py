"""How long recordings are kept (保存期限): what stops their end, and what is left of them after."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.models.base import Base, closed
from server.models.case import Case
from server.models.lifecycle import Lives
from server.models.recording import Side


class RecordingHold(Base):
    """As long as it stands (封存), none of a case's recordings is deleted."""

    __tablename__ = "recording_holds"

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bureaus.id"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    reason: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]
    lifted_by: Mapped[str] = mapped_column(default="")
    lifted_at: Mapped[datetime | None]


class DisposalStatus(StrEnum):
    PROPOSED = "proposed"  # 待复核
    CONFIRMED = "confirmed"  # 正在销毁
    DONE = "done"  # 已销毁
    WITHDRAWN = "withdrawn"  # 未销毁


class Disposal(Lives, Base):
    """The end of a case's recordings (到期销毁): proposed by one, confirmed by another.

    Confirmed, its files are on no other page any more, and go one by one; see `services.disposing`.
    """

    MOVES = {
        DisposalStatus.PROPOSED: {DisposalStatus.CONFIRMED, DisposalStatus.WITHDRAWN},
        DisposalStatus.CONFIRMED: {DisposalStatus.DONE},
        DisposalStatus.DONE: set(),
        DisposalStatus.WITHDRAWN: set(),
    }
    SUBJECT = "disposal"

    __tablename__ = "disposals"

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bureaus.id"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    status: Mapped[DisposalStatus] = mapped_column(
        closed(DisposalStatus), default=DisposalStatus.PROPOSED
    )
    months: Mapped[int]  # the rule: kept for so many after the case was closed
    closed_at: Mapped[datetime]
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime]
    confirmed_by: Mapped[str] = mapped_column(default="")
    confirmed_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]

    case: Mapped[Case] = relationship()


class DisposedFile(Base):
    """What is left of a file that was deleted: everything but what was in it."""

    __tablename__ = "disposed_files"

    disposal_id: Mapped[int] = mapped_column(ForeignKey("disposals.id"), index=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id"))
    side: Mapped[Side] = mapped_column(closed(Side, "disposed_side"))
    identity: Mapped[str]
    name: Mapped[str]  # as the recorder called it; a joined file's is its kind
    sha256: Mapped[str]
    bytes: Mapped[int] = mapped_column(BigInteger)
    starts_at: Mapped[datetime]
    seconds: Mapped[float]
    gone_at: Mapped[datetime | None]  # None: it is still to be deleted
    shared: Mapped[bool] = mapped_column(default=False)  # another record has the same: it stays
