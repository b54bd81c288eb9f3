"""Plans, rounds (踏勘轮次) and their visits."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.models.base import Base, Json, closed
from server.models.bureau import Mode
from server.models.expert import Expert
from server.models.lifecycle import Lives
from server.models.survey import Survey


class PlanStatus(StrEnum):
    QUEUED = "queued"  # 等待计算
    RUNNING = "running"  # 计算中
    DRAFT = "draft"  # 草案
    PUBLISHED = "published"  # 已发布
    DISCARDED = "discarded"  # 已放弃
    FAILED = "failed"  # 出错


class Plan(Lives, Base):
    """One planning run over some days: a durable job while it computes, then a draft.

    `problem` and `result` are what the planner was told and what it answered, as
    `scheduler.instances` writes them: a plan can be judged again years later.
    """

    MOVES = {
        PlanStatus.QUEUED: {PlanStatus.RUNNING, PlanStatus.DISCARDED, PlanStatus.FAILED},
        PlanStatus.RUNNING: {PlanStatus.DRAFT, PlanStatus.DISCARDED, PlanStatus.FAILED},
        PlanStatus.DRAFT: {PlanStatus.PUBLISHED, PlanStatus.DISCARDED},
        PlanStatus.PUBLISHED: set(),
        PlanStatus.DISCARDED: set(),
        PlanStatus.FAILED: set(),
    }
    SUBJECT = "plan"

    __tablename__ = "plans"

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bureaus.id"), index=True)
    #: Ordered by somebody of this district, for its cases alone; None: for the whole bureau.
    district_id: Mapped[int | None] = mapped_column(ForeignKey("districts.id"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    by: Mapped[str]
    seconds: Mapped[float]  # how long the planner may think
    seed: Mapped[int] = mapped_column(default=0)
    progress: Mapped[float] = mapped_column(default=0.0)  # 0 to 1
    cancel_asked: Mapped[bool] = mapped_column(default=False)
    problem: Mapped[Json] = mapped_column(default=dict)
    result: Mapped[Json] = mapped_column(default=dict)
    beyond: Mapped[int] = mapped_column(default=0)  # waiting too, but less urgent
    no_place: Mapped[list[int]] = mapped_column(default=list)  # surveys nobody can drive to
    error: Mapped[str] = mapped_column(default="")
    #: A repair (调整方案): the `Bureau.promises` it adjusts; None: a plan for what waits.
    made_from: Mapped[int | None]
    changes: Mapped[Json] = mapped_column(default=dict)  # what a repair changes, and from what
    status: Mapped[PlanStatus] = mapped_column(closed(PlanStatus), default=PlanStatus.QUEUED)

    rounds: Mapped[list[Round]] = relationship(back_populates="plan", order_by="Round.leaves_at")


class RoundStatus(StrEnum):
    DRAFT = "draft"  # 草案
    PUBLISHED = "published"  # 已发布
    UNDER_WAY = "under_way"  # 进行中
    FINISHED = "finished"  # 已结束
    CANCELLED = "cancelled"  # 已取消


class Round(Lives, Base):
    """One team's visits in one trip, or one desk's video surveys of one appointment.

    An on-site round is a crew in one car, away from `leaves_at` to `back_at`; a video round
    is one slot at a desk.
    """

    MOVES = {
        RoundStatus.DRAFT: {RoundStatus.PUBLISHED, RoundStatus.CANCELLED},
        RoundStatus.PUBLISHED: {
            RoundStatus.UNDER_WAY,
            RoundStatus.FINISHED,
            RoundStatus.CANCELLED,
        },
        RoundStatus.UNDER_WAY: {RoundStatus.FINISHED, RoundStatus.CANCELLED},
        RoundStatus.FINISHED: set(),
        RoundStatus.CANCELLED: set(),
    }
    SUBJECT = "round"

    __tablename__ = "rounds"
    __table_args__ = (CheckConstraint("leaves_at < back_at", name="times_in_order"),)

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bureaus.id"), index=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"), index=True)
    mode: Mapped[Mode] = mapped_column(closed(Mode))
    lead_id: Mapped[int] = mapped_column(ForeignKey("experts.id"), index=True)
    second_id: Mapped[int | None] = mapped_column(ForeignKey("experts.id"), index=True)
    car: Mapped[int | None]  # 1, 2, … of the bureau's cars
    leaves_at: Mapped[datetime]
    back_at: Mapped[datetime]
    travel_seconds: Mapped[int] = mapped_column(default=0)
    status: Mapped[RoundStatus] = mapped_column(closed(RoundStatus), default=RoundStatus.DRAFT)

    plan: Mapped[Plan] = relationship(back_populates="rounds")
    lead: Mapped[Expert] = relationship(foreign_keys=[lead_id])
    second: Mapped[Expert | None] = relationship(foreign_keys=[second_id])
    visits: Mapped[list[Visit]] = relationship(back_populates="round", order_by="Visit.starts_at")

    @property
    def crew(self) -> list[Expert]:
        """Who carries it out, the lead first."""
        return [self.lead] if self.second is None else [self.lead, self.second]


class Visit(Base):
    """One survey's place in a round."""

    __tablename__ = "visits"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="times_in_order"),
        UniqueConstraint("round_id", "survey_id"),
        # a survey is promised one time only
        Index(
            "uq_visits_promised",
            "survey_id",
            unique=True,
            sqlite_where=text("promised"),
            postgresql_where=text("promised"),
        ),
    )

    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"), index=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    promised: Mapped[bool] = mapped_column(default=False)  # published and not taken back

    round: Mapped[Round] = relationship(back_populates="visits")
    survey: Mapped[Survey] = relationship()
