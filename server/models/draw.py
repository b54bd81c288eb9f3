"""The seed of a plan's fair draw (随机派员): bound by its digest first, shown afterwards."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import Base, Json


class Draw(Base):
    """Chosen when a plan is ordered, in one transaction with the planner's question.

    Only `services.planning.drawing` reads the seed: it knows when somebody may see it.
    """

    __tablename__ = "draws"

    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"), unique=True)
    commitment: Mapped[str] = mapped_column(unique=True)  # SHA-256 of the seed, 64 hex digits
    seed: Mapped[str] = mapped_column(deferred=True)  # 32 bytes as hex digits
    undrawn: Mapped[Json] = mapped_column(default=dict, deferred=True)  # the plan it was drawn from
