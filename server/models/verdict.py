"""Verdicts (踏勘结论), rectification (整改) and signatures (签字)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.models.base import Base, closed
from server.models.survey import Survey


class Finding(StrEnum):
    PASS = "pass"  # 通过
    RECTIFY = "rectify"  # 整改后通过
    FAIL = "fail"  # 不通过


class Verdict(Base):
    """What the expert concluded. One a survey; a recheck is a new survey."""

    __tablename__ = "verdicts"
    __table_args__ = (
        CheckConstraint(
            "(finding = 'rectify') = (rectify_by IS NOT NULL)", name="last_day_with_rectify"
        ),
    )

    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id"), unique=True)
    finding: Mapped[Finding] = mapped_column(closed(Finding))
    suggested: Mapped[Finding] = mapped_column(closed(Finding, "suggested"))  # by the answers
    reason: Mapped[str] = mapped_column(default="")  # why, where finding and suggestion differ
    rectify_by: Mapped[date | None]  # last day, local
    by: Mapped[str]
    at: Mapped[datetime]

    survey: Mapped[Survey] = relationship()
    rectifications: Mapped[list[Rectification]] = relationship(order_by="Rectification.id")


class Rectification(Base):
    """One thing to put right, from a failed point."""

    __tablename__ = "rectifications"
    __table_args__ = (UniqueConstraint("verdict_id", "point"),)

    verdict_id: Mapped[int] = mapped_column(ForeignKey("verdicts.id"), index=True)
    point: Mapped[str]
    text: Mapped[str]
    done_at: Mapped[datetime | None]


class SignerRole(StrEnum):
    LEAD = "lead"  # 主办
    SECOND = "second"  # 协办
    APPLICANT = "applicant"  # 申请人


class Stance(StrEnum):
    AGREES = "agrees"  # 同意认定
    DISSENTS = "dissents"  # 保留意见


class Signature(Base):
    """A drawn name, and what it stands for. Only ever added: the newest of each role counts.

    `signed_sha256` is of what was signed (`services.signing.Signed`): answers, evidence, the
    record's words, and of officers the finding. x and y of the strokes are shares of a box three
    times as wide as high.
    """

    __tablename__ = "signatures"
    __table_args__ = (
        CheckConstraint(
            "(coalesce(stance, '') = 'dissents') = (reason <> '')", name="reason_with_dissent"
        ),
    )

    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id"), index=True)
    role: Mapped[SignerRole] = mapped_column(closed(SignerRole))
    name: Mapped[str]
    strokes: Mapped[str]  # JSON: [[[x, y], …], …]
    at: Mapped[datetime]
    #: Who was signed in on the device: a sign-in name, or "applicant". Empty: not written down.
    by: Mapped[str] = mapped_column(default="")
    finding: Mapped[Finding | None] = mapped_column(closed(Finding))  # an officer's: signed for
    stance: Mapped[Stance | None] = mapped_column(closed(Stance))  # an officer's, to the finding
    reason: Mapped[str] = mapped_column(default="")  # of a dissent
    signed_sha256: Mapped[str] = mapped_column(default="")
