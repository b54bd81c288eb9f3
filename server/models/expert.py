"""Experts (踏勘专家): what they may judge, where, and when they work."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.models.base import Base, closed
from server.models.bureau import District, ItemType
from server.models.lifecycle import Lives

expert_item_types = Table(
    "expert_item_types",
    Base.metadata,
    Column("expert_id", ForeignKey("experts.id"), primary_key=True),
    Column("item_type_id", ForeignKey("item_types.id"), primary_key=True),
)

expert_districts = Table(
    "expert_districts",
    Base.metadata,
    Column("expert_id", ForeignKey("experts.id"), primary_key=True),
    Column("district_id", ForeignKey("districts.id"), primary_key=True),
)


class Expert(Base):
    """An officer who surveys. `item_types` are the qualifications (资质)."""

    __tablename__ = "experts"
    __table_args__ = (UniqueConstraint("bureau_id", "badge"),)

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bureaus.id"), index=True)
    name: Mapped[str]
    badge: Mapped[str]  # 执法证号
    phone: Mapped[str] = mapped_column(default="")
    home_district_id: Mapped[int] = mapped_column(ForeignKey("districts.id"))
    active: Mapped[bool] = mapped_column(default=True)
    calendar_token: Mapped[str] = mapped_column(unique=True)  # opens the ICS feed; replaceable

    home_district: Mapped[District] = relationship()
    districts: Mapped[list[District]] = relationship(secondary=expert_districts)  # besides home
    item_types: Mapped[list[ItemType]] = relationship(secondary=expert_item_types)
    shifts: Mapped[list[Shift]] = relationship(cascade="all, delete-orphan")
    absences: Mapped[list[Absence]] = relationship(cascade="all, delete-orphan")
    duties: Mapped[list[WeekendDuty]] = relationship(cascade="all, delete-orphan")
    recusals: Mapped[list[Recusal]] = relationship(  # those that stand
        primaryjoin="and_(Recusal.expert_id == Expert.id, Recusal.status == 'recorded')",
        viewonly=True,
    )


class Shift(Base):
    """Usual working time on one weekday. Minutes after 00:00 local time."""

    __tablename__ = "shifts"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday_range"),
        CheckConstraint("begins >= 0 AND begins < ends AND ends <= 1440", name="times_in_order"),
    )

    expert_id: Mapped[int] = mapped_column(ForeignKey("experts.id"), index=True)
    weekday: Mapped[int]  # 0 is Monday
    begins: Mapped[int]
    ends: Mapped[int]


class WeekendDuty(Base):
    """A day off on which this expert works all the same (周末值班)."""

    __tablename__ = "weekend_duties"
    __table_args__ = (
        UniqueConstraint("expert_id", "day"),
        CheckConstraint("begins >= 0 AND begins < ends AND ends <= 1440", name="times_in_order"),
    )

    expert_id: Mapped[int] = mapped_column(ForeignKey("experts.id"), index=True)
    day: Mapped[date]
    begins: Mapped[int]
    ends: Mapped[int]


class AbsenceKind(StrEnum):
    LEAVE = "leave"  # 年假
    SICK = "sick"  # 病假
    TRAINING = "training"  # 培训
    OTHER = "other"


class Absence(Base):
    """A time away from work."""

    __tablename__ = "absences"
    __table_args__ = (CheckConstraint("starts_at < ends_at", name="times_in_order"),)

    expert_id: Mapped[int] = mapped_column(ForeignKey("experts.id"), index=True)
    kind: Mapped[AbsenceKind] = mapped_column(closed(AbsenceKind))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class RecusalStatus(StrEnum):
    RECORDED = "recorded"  # 已登记
    WITHDRAWN = "withdrawn"  # 已撤销


class Recusal(Lives, Base):
    """An expert must not judge this applicant (回避), in whichever of their cases.

    One that was withdrawn is kept: it says why somebody else came meanwhile.
    """

    MOVES = {
        RecusalStatus.RECORDED: {RecusalStatus.WITHDRAWN},
        RecusalStatus.WITHDRAWN: set(),
    }
    SUBJECT = "recusal"

    __tablename__ = "recusals"
    __table_args__ = (
        # of one expert and applicant, one stands
        Index(
            "uq_recusals_recorded",
            "expert_id",
            "applicant_id",
            unique=True,
            sqlite_where=text("status = 'recorded'"),
            postgresql_where=text("status = 'recorded'"),
        ),
    )

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bureaus.id"), index=True)
    expert_id: Mapped[int] = mapped_column(ForeignKey("experts.id"), index=True)
    applicant_id: Mapped[int] = mapped_column(ForeignKey("applicants.id"), index=True)
    reason: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]
    status: Mapped[RecusalStatus] = mapped_column(
        closed(RecusalStatus), default=RecusalStatus.RECORDED
    )

    expert: Mapped[Expert] = relationship()


class Booking(Base):
    """An expert's time, taken. The database itself forbids two that overlap.

    PostgreSQL: an EXCLUDE constraint on ranges; SQLite: triggers. Both are in the first
    migration and end as one `DoubleBooked`.
    """

    __tablename__ = "bookings"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="times_in_order"),
        Index("ix_bookings_expert_time", "expert_id", "starts_at", "ends_at"),
    )

    expert_id: Mapped[int] = mapped_column(ForeignKey("experts.id"))
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
