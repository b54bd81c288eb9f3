"""Staff accounts, their sign-ins, and the traces that make a write happen once."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.models.base import Base, closed
from server.models.expert import Expert


class Role(StrEnum):
    COORDINATOR = "coordinator"  # 统筹员
    EXPERT = "expert"  # 踏勘专家
    SUPERVISOR = "supervisor"  # 监督员: sees, never changes
    ADMINISTRATOR = "administrator"  # 系统管理员


class Account(Base):
    """Somebody who signs in. `district_id` narrows what they see to one district and below."""

    __tablename__ = "accounts"

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bureaus.id"), index=True)
    sign_in_name: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]  # argon2id
    role: Mapped[Role] = mapped_column(closed(Role))
    district_id: Mapped[int | None] = mapped_column(ForeignKey("districts.id"))
    expert_id: Mapped[int | None] = mapped_column(ForeignKey("experts.id"), unique=True)
    active: Mapped[bool] = mapped_column(default=True)

    expert: Mapped[Expert | None] = relationship()


class SignIn(Base):
    """A server-side session: the cookie holds a token, we hold its hash."""

    __tablename__ = "sign_ins"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    csrf: Mapped[str]
    expires_at: Mapped[datetime]

    account: Mapped[Account] = relationship()


class Attempt(Base):
    """A try at signing in or joining, counted to slow guessing; shared by all processes."""

    __tablename__ = "attempts"

    kind: Mapped[str] = mapped_column(index=True)  # "sign_in" or "join"
    who: Mapped[str] = mapped_column(index=True)  # hash of name or address


class IdempotentReply(Base):
    """What a write answered, so that the same request again answers the same and does nothing."""

    __tablename__ = "idempotent_replies"
    __table_args__ = (UniqueConstraint("who", "key"),)

    who: Mapped[str]  # "account 12" or "link 7"
    key: Mapped[str]
    request_sha256: Mapped[str]
    status: Mapped[int]
    body: Mapped[str]
