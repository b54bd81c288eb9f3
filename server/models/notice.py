"""Notices (通知): the outbox, and what became of each message."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import Base, Json, closed


class Channel(StrEnum):
    SMS = "sms"
    MAIL = "mail"
    CHAT = "chat"  # WeCom, DingTalk, Feishu
    CONSOLE = "console"


class NoticeStatus(StrEnum):
    WAITING = "waiting"  # 待发
    SENT = "sent"  # 已发
    FAILED = "failed"  # 发送失败


class Notice(Base):
    """One message to one person, written in the same transaction as its cause.

    The body may hold a join link, so it is never shown in a list and is emptied once sent.
    """

    __tablename__ = "notices"
    __table_args__ = (Index("ix_notices_due", "status", "next_try_at"),)

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bureaus.id"), index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    kind: Mapped[str]  # "invitation", "moved", "postponed", "result"
    channel: Mapped[Channel] = mapped_column(closed(Channel))
    to: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    status: Mapped[NoticeStatus] = mapped_column(closed(NoticeStatus), default=NoticeStatus.WAITING)
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(default="")


class Webhook(Base):
    """Another system that wants to know (一体化平台). Deliveries are signed with HMAC-SHA256."""

    __tablename__ = "webhooks"

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bureaus.id"), index=True)
    url: Mapped[str]
    secret: Mapped[str]
    subjects: Mapped[list[str]]  # "case", "survey"
    active: Mapped[bool] = mapped_column(default=True)


class WebhookDelivery(Base):
    """One event for one webhook, retried until it is taken or given up."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        Index("ix_webhook_deliveries_due", "status", "next_try_at"),
        UniqueConstraint("webhook_id", "event_id"),  # told once, whoever lines it up
    )

    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhooks.id"), index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    payload: Mapped[Json]
    status: Mapped[NoticeStatus] = mapped_column(closed(NoticeStatus), default=NoticeStatus.WAITING)
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    error: Mapped[str] = mapped_column(default="")
