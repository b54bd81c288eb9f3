"""Scripts as published, and checklists being worked (核查过程)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.models.base import Base, Json
from server.models.survey import Survey


class ScriptVersion(Base):
    """A script (话术) as it was on the day a survey began with it. Never changed, never deleted."""

    __tablename__ = "script_versions"
    __table_args__ = (UniqueConstraint("script", "sha256"),)

    script: Mapped[str] = mapped_column(index=True)  # "food/small-restaurant"
    version: Mapped[str]
    sha256: Mapped[str]
    content: Mapped[Json] = mapped_column(deferred=True)  # long, and read once in a process


class ChecklistRun(Base):
    """One script, pinned to one survey."""

    __tablename__ = "checklist_runs"

    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id"), unique=True)
    script_version_id: Mapped[int] = mapped_column(ForeignKey("script_versions.id"))

    survey: Mapped[Survey] = relationship()
    script_version: Mapped[ScriptVersion] = relationship()
    answers: Mapped[list[Answer]] = relationship(order_by="Answer.id")


class Answer(Base):
    """One answer to one point. Only ever added: the newest counts, the older remain readable."""

    __tablename__ = "answers"

    run_id: Mapped[int] = mapped_column(ForeignKey("checklist_runs.id"), index=True)
    point: Mapped[str]
    value: Mapped[str]  # "pass", "fail", "na", a number as typed, or a choice's name
    note: Mapped[str] = mapped_column(default="")
    by: Mapped[str]
    device: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
