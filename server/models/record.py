"""Survey records (踏勘记录): the PDF as issued, and what officers wrote in it themselves."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import Base


class SurveyRecord(Base):
    """One issued PDF. A new issue (for example in English) is a new row; none is replaced."""

    __tablename__ = "records"

    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id"), index=True)
    language: Mapped[str]
    sha256: Mapped[str]
    bytes: Mapped[int]
    at: Mapped[datetime]
    by: Mapped[str]


class RecordEdit(Base):
    """The record's summary as an officer worded it. Only ever added: the newest counts."""

    __tablename__ = "record_edits"

    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id"), index=True)
    text: Mapped[str]  # empty: the draft again, as it is written from the answers
    drafted: Mapped[str]  # what was written from the answers at that time, as the officer read it
    by: Mapped[str]
    device: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
