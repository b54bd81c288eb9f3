"""Cases (办件): one application, under one item type, that must be surveyed."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.models.applicant import Applicant, Premises
from server.models.base import Base, Json, closed
from server.models.bureau import ItemType
from server.models.lifecycle import Lives


class CaseStatus(StrEnum):
    RECEIVED = "received"  # 已受理
    PLANNED = "planned"  # 已排期
    NOTIFIED = "notified"  # 已通知
    SURVEYING = "surveying"  # 踏勘中
    RECTIFYING = "rectifying"  # 整改中
    DECIDED = "decided"  # 已出结论
    WITHDRAWN = "withdrawn"  # 已撤回


class Case(Lives, Base):
    """One application waiting for, under, or past its survey.

    The status is never assigned from outside: `move` is the only way, and each
    move leaves an event, so the timeline shown to the applicant is the record.
    """

    #: The whole life of a case. A move that is not here is refused.
    MOVES = {
        CaseStatus.RECEIVED: {CaseStatus.PLANNED, CaseStatus.WITHDRAWN},
        CaseStatus.PLANNED: {CaseStatus.RECEIVED, CaseStatus.NOTIFIED, CaseStatus.WITHDRAWN},
        CaseStatus.NOTIFIED: {CaseStatus.RECEIVED, CaseStatus.SURVEYING, CaseStatus.WITHDRAWN},
        CaseStatus.SURVEYING: {CaseStatus.RECEIVED, CaseStatus.RECTIFYING, CaseStatus.DECIDED},
        CaseStatus.RECTIFYING: {CaseStatus.RECEIVED, CaseStatus.DECIDED, CaseStatus.WITHDRAWN},
        CaseStatus.DECIDED: set(),
        CaseStatus.WITHDRAWN: set(),
    }
    SUBJECT = "case"

    __tablename__ = "cases"
    __table_args__ = (UniqueConstraint("bureau_id", "source", "number"),)

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bureaus.id"), index=True)
    source: Mapped[str] = mapped_column(default="")  # who issued the number, who entered it
    number: Mapped[str]  # 办件编号: opaque, kept exactly as issued
    item_type_id: Mapped[int] = mapped_column(ForeignKey("item_types.id"), index=True)
    applicant_id: Mapped[int] = mapped_column(ForeignKey("applicants.id"), index=True)
    premises_id: Mapped[int] = mapped_column(ForeignKey("premises.id"), index=True)
    import_id: Mapped[int | None] = mapped_column(ForeignKey("imports.id"), index=True)
    accepted_on: Mapped[date]  # 受理日期
    survey_by: Mapped[date]  # last day for the survey, local
    wish: Mapped[str] = mapped_column(default="")  # the applicant's own words on time
    extra: Mapped[Json] = mapped_column(default=dict)  # columns we do not use, kept as they came
    status: Mapped[CaseStatus] = mapped_column(closed(CaseStatus), default=CaseStatus.RECEIVED)

    item_type: Mapped[ItemType] = relationship()
    applicant: Mapped[Applicant] = relationship()
    premises: Mapped[Premises] = relationship()
