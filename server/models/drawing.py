"""What experts point at in a live picture (指点) and draw on a still (圈画), each with its time."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.models.base import Base, closed
from server.models.evidence import Evidence


class StrokeKind(StrEnum):
    ARROW = "arrow"  # 箭头
    CIRCLE = "circle"  # 圈
    LINE = "line"  # 线
    TEXT = "text"  # 字


class Drawing(Base):
    """A still that is shown to the applicant to be drawn on (定格), and what was drawn.

    It lies over its piece of evidence, whose original is never touched. While `closed_at` is None
    the phone shows it; a session shows one at a time. Kept, it has its own view with the strokes.
    """

    __tablename__ = "drawings"
    __table_args__ = (
        Index(
            "uq_drawings_open",
            "session_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bureaus.id"), index=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id"), index=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id"))
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), index=True)
    by: Mapped[str]  # who froze it
    shown_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    view_sha256: Mapped[str | None]  # None: not kept, nothing was drawn or it was given up
    thumbnail_sha256: Mapped[str | None]

    evidence: Mapped[Evidence] = relationship()
    strokes: Mapped[list[Stroke]] = relationship(order_by="Stroke.id")


class Stroke(Base):
    """One stroke (一笔), as data: x and y are shares of the picture."""

    __tablename__ = "strokes"

    drawing_id: Mapped[int] = mapped_column(ForeignKey("drawings.id"), index=True)
    by: Mapped[str]
    kind: Mapped[StrokeKind] = mapped_column(closed(StrokeKind))
    places: Mapped[str]  # JSON: [[x, y], …]
    text: Mapped[str]


class Pointing(Base):
    """One showing of a place in the live picture. The recording has the picture without it."""

    __tablename__ = "pointings"

    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id"), index=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id"), index=True)
    by: Mapped[str]
    at: Mapped[datetime]
    path: Mapped[str]  # JSON: [[seconds, x, y], …], x and y as shares of the picture
