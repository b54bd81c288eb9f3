"""Guidance sessions (云政务直播间): one expert explains, whoever has the link watches and asks."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.models.base import Base, closed
from server.models.bureau import ItemType
from server.models.carried import Carried
from server.models.expert import Expert
from server.models.lifecycle import Lives


class GuidanceStatus(StrEnum):
    ANNOUNCED = "announced"  # 已预告
    LIVE = "live"  # 直播中
    ENDED = "ended"  # 已结束: the link is the replay (回看)
    CLOSED = "closed"  # 已关闭: the link leads nowhere


class GuidanceSession(Carried, Lives, Base):
    """The link is for the public and is shown again, on paper too: its token is no secret."""

    MOVES = {
        GuidanceStatus.ANNOUNCED: {GuidanceStatus.LIVE, GuidanceStatus.CLOSED},
        GuidanceStatus.LIVE: {GuidanceStatus.ENDED, GuidanceStatus.CLOSED},
        GuidanceStatus.ENDED: {GuidanceStatus.CLOSED},
        GuidanceStatus.CLOSED: set(),
    }
    SUBJECT = "guidance"
    OPEN = (GuidanceStatus.ANNOUNCED, GuidanceStatus.LIVE)

    __tablename__ = "guidance_sessions"

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bureaus.id"), index=True)
    #: Announced by somebody of this district; None: for the whole bureau.
    district_id: Mapped[int | None] = mapped_column(ForeignKey("districts.id"), index=True)
    title: Mapped[str]
    title_en: Mapped[str] = mapped_column(default="")
    item_type_id: Mapped[int | None] = mapped_column(
        ForeignKey("item_types.id")
    )  # what it is about
    presenter_id: Mapped[int] = mapped_column(ForeignKey("experts.id"), index=True)  # 主讲
    starts_at: Mapped[datetime]
    token: Mapped[str] = mapped_column(unique=True)
    status: Mapped[GuidanceStatus] = mapped_column(
        closed(GuidanceStatus), default=GuidanceStatus.ANNOUNCED
    )

    item_type: Mapped[ItemType | None] = relationship()
    presenter: Mapped[Expert] = relationship()


class QuestionStatus(StrEnum):
    WAITING = "waiting"  # 待答
    ANSWERING = "answering"  # 正在答
    ANSWERED = "answered"  # 已答
    HIDDEN = "hidden"  # 不显示


class GuidanceQuestion(Base):
    """What a viewer wrote. Nobody knows who it is: `asker` only tells one browser from another."""

    __tablename__ = "guidance_questions"
    __table_args__ = (Index("ix_guidance_questions_asker", "guidance_id", "asker"),)

    guidance_id: Mapped[int] = mapped_column(ForeignKey("guidance_sessions.id"))
    asker: Mapped[str]
    text: Mapped[str]
    text_version: Mapped[str]  # of the words the asker agreed to
    status: Mapped[QuestionStatus] = mapped_column(
        closed(QuestionStatus), default=QuestionStatus.WAITING
    )
    taken_up_at: Mapped[datetime | None]  # when the presenter began to answer it, the last time


class GuidanceStretch(Base):
    """Some seconds of the presenter (录像段): one file, kept under its SHA-256."""

    __tablename__ = "guidance_stretches"
    __table_args__ = (UniqueConstraint("guidance_id", "identity", "name"),)

    guidance_id: Mapped[int] = mapped_column(ForeignKey("guidance_sessions.id"))
    identity: Mapped[str]  # of the presenter, as the media worker knows it
    name: Mapped[str]  # of the file, as the recorder wrote it
    sha256: Mapped[str]
    bytes: Mapped[int]
    starts_at: Mapped[datetime]
    seconds: Mapped[float]
    width: Mapped[int]  # 0: sound alone
    height: Mapped[int]
    broke_off: Mapped[str]  # why, if it was not ended in an orderly way
