"""Parts of a plan that is too large for one worker."""

from __future__ import annotations

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import Base, Json


class PlanPart(Base):
    """An area (片区), and a week of it, of a plan that computes. Gone once the plan has its answer,
    or will have none.

    `problem` and `result` are written as those of a `Plan`. A result is written once: who comes
    second, after a crash that was none, finds that it is there.
    """

    __tablename__ = "plan_parts"
    __table_args__ = (UniqueConstraint("plan_id", "number"),)

    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    number: Mapped[int]  # from 0, the largest first
    seconds: Mapped[float]  # how long the planner may think about it
    progress: Mapped[float] = mapped_column(default=0.0)  # 0 to 1
    problem: Mapped[Json]
    result: Mapped[Json | None] = mapped_column(JSON(none_as_null=True))
