"""State machines: a table of moves beside each model, and one event for every move."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, object_session

from server.errors import MoveRefused
from server.models.base import Base


class Event(Base):
    """One move of one thing. Written once, never changed: the audit trail is the timeline."""

    __tablename__ = "events"
    __table_args__ = (Index("ix_events_subject", "subject", "subject_id"),)

    bureau_id: Mapped[int] = mapped_column(index=True)
    subject: Mapped[str]  # "case", "survey", "round", "session"
    subject_id: Mapped[int]
    came_from: Mapped[str]
    to: Mapped[str]
    by: Mapped[str]  # an account's sign-in name, "applicant", or "system"
    at: Mapped[datetime]
    note: Mapped[str]


class Lives:
    """A thing with a life: `status`, `MOVES`, and `move` as the only way between them.

    Two people cannot make the same move at once: `version` is compared on every write
    (SQLAlchemy raises StaleDataError, which the edge turns into `ChangedMeanwhile`).
    """

    MOVES: ClassVar[Mapping[Any, set[Any]]]
    SUBJECT: ClassVar[str]

    id: Mapped[int]
    bureau_id: Mapped[int]
    status: Mapped[Any]
    version: Mapped[int] = mapped_column(default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}

    def move(self, to: StrEnum, *, by: str, at: datetime, note: str = "") -> None:
        """Take one step, and record who took it. The thing must already have its id.

        Raises:
            MoveRefused: the step is not in `MOVES`; nothing has changed.
        """
        came_from = self.status
        if to not in self.MOVES[came_from]:
            raise MoveRefused(
                f"{self.SUBJECT} {self.id}: {came_from} -> {to}",
                subject=self.SUBJECT,
                came_from=str(came_from),
                to=str(to),
            )
        session = object_session(self)
        if session is None or self.id is None:
            raise ValueError(f"a {self.SUBJECT} moves only once it is stored")
        session.add(
            Event(
                bureau_id=self.bureau_id,
                subject=self.SUBJECT,
                subject_id=self.id,
                came_from=str(came_from),
                to=str(to),
                by=by,
                at=at,
                note=note,
            )
        )
        self.status = to
