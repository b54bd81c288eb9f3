"""Recordings (录像): what was said and shown in a call, who looked at it, and what is missing."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import Base, closed
from server.models.lifecycle import Lives


class Side(StrEnum):
    """Whose camera and microphone."""

    APPLICANT = "applicant"  # 申请人
    EXPERT = "expert"  # 踏勘专家


class RecordedStretch(Base):
    """Some seconds of one participant (录像段): one file, kept like evidence under its SHA-256.

    It is kept as long as its case.
    """

    __tablename__ = "recorded_stretches"
    __table_args__ = (UniqueConstraint("session_id", "identity", "name"),)

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bureaus.id"), index=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id"), index=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id"))
    side: Mapped[Side] = mapped_column(closed(Side, "stretch_side"))
    identity: Mapped[str]  # of the participant, as the media worker knows it
    name: Mapped[str]  # of the file, as the recorder wrote it
    sha256: Mapped[str]
    bytes: Mapped[int]
    starts_at: Mapped[datetime]
    seconds: Mapped[float]
    width: Mapped[int]  # 0: sound alone
    height: Mapped[int]
    broke_off: Mapped[str]  # why, if it was not ended in an orderly way


class RecordingGap(Base):
    """What a recording does not have (录像缺口), and why: `cause` as the recorder said it."""

    __tablename__ = "recording_gaps"
    __table_args__ = (UniqueConstraint("session_id", "identity", "starts_at", "cause"),)

    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id"), index=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id"))
    side: Mapped[Side] = mapped_column(closed(Side, "gap_side"))
    identity: Mapped[str]
    starts_at: Mapped[datetime]
    seconds: Mapped[float]
    packets: Mapped[int]  # 0: nobody counted
    cause: Mapped[str]


class JoinStatus(StrEnum):
    WAITING = "waiting"  # 等待合成
    MAKING = "making"  # 正在合成
    READY = "ready"  # 已合成
    FAILED = "failed"  # 没合成
    STOPPED = "stopped"  # 已停止
    GONE = "gone"  # 已销毁, see `models.retention`


#: How it may end before there is a file.
NOT_MADE = (JoinStatus.FAILED, JoinStatus.STOPPED, JoinStatus.GONE)


class JoinedRecording(Lives, Base):
    """All stretches of one participant of a call in one file, to be handed over (合成录像).

    It is made from the stretches, which are the evidence, and can be made again.
    """

    MOVES = {
        JoinStatus.WAITING: {JoinStatus.MAKING, *NOT_MADE},
        JoinStatus.MAKING: {JoinStatus.READY, *NOT_MADE},
        JoinStatus.READY: {JoinStatus.WAITING, JoinStatus.GONE},
        JoinStatus.FAILED: {JoinStatus.WAITING, JoinStatus.GONE},
        JoinStatus.STOPPED: {JoinStatus.WAITING, JoinStatus.GONE},
        JoinStatus.GONE: set(),
    }
    SUBJECT = "joined recording"

    __tablename__ = "joined_recordings"
    __table_args__ = (UniqueConstraint("session_id", "identity"),)

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bureaus.id"), index=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id"), index=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id"))
    side: Mapped[Side] = mapped_column(closed(Side, "joined_side"))
    identity: Mapped[str]
    status: Mapped[JoinStatus] = mapped_column(closed(JoinStatus), default=JoinStatus.WAITING)
    turn: Mapped[int] = mapped_column(default=1)  # how often it was ordered; names the job
    progress: Mapped[float] = mapped_column(default=0.0)  # 0 to 1
    cause: Mapped[str] = mapped_column(default="")  # why it failed
    kind: Mapped[str] = mapped_column(default="")  # "mp4" or "webm"
    sha256: Mapped[str] = mapped_column(default="")
    bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    starts_at: Mapped[datetime | None]
    seconds: Mapped[float] = mapped_column(default=0.0)


class RecordingView(Base):
    """Somebody of the bureau looked at a recording (调阅), or took a joined one away."""

    __tablename__ = "recording_views"

    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id"), index=True)
    joined_id: Mapped[int | None] = mapped_column(ForeignKey("joined_recordings.id"))
    by: Mapped[str]
    at: Mapped[datetime]
