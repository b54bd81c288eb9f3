"""Survey records (踏勘记录): the PDF as issued."""

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
