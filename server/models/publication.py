"""A bureau's own scripts (本局脚本): proposed by one, published by another, in force from a day."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inspection.checklist.confirming import What
from server.models.base import Base, closed
from server.models.checklist import ScriptVersion
from server.models.lifecycle import Lives


class PublicationStatus(StrEnum):
    DRAFT = "draft"  # 草稿
    PROPOSED = "proposed"  # 待发布
    PUBLISHED = "published"  # 已发布
    WITHDRAWN = "withdrawn"  # 已撤回


_IS_OPEN = text("status IN ('draft', 'proposed')")


class ScriptPublication(Lives, Base):
    """One version of one script on its way to be in force. There is one on its way at a time."""

    MOVES = {
        PublicationStatus.DRAFT: {PublicationStatus.PROPOSED, PublicationStatus.WITHDRAWN},
        PublicationStatus.PROPOSED: {PublicationStatus.PUBLISHED, PublicationStatus.WITHDRAWN},
        PublicationStatus.PUBLISHED: set(),
        PublicationStatus.WITHDRAWN: set(),
    }
    SUBJECT = "script_publication"

    __tablename__ = "script_publications"
    __table_args__ = (
        Index(
            "uq_script_publications_on_its_way",
            "bureau_id",
            "script",
            unique=True,
            sqlite_where=_IS_OPEN,
            postgresql_where=_IS_OPEN,
        ),
    )

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bureaus.id"), index=True)
    script: Mapped[str]  # "food/small-restaurant"
    script_version_id: Mapped[int] = mapped_column(ForeignKey("script_versions.id"))
    status: Mapped[PublicationStatus] = mapped_column(
        closed(PublicationStatus), default=PublicationStatus.DRAFT
    )
    file: Mapped[str]  # as it was called
    uploaded_by: Mapped[str]
    uploaded_at: Mapped[datetime]
    proposed_by: Mapped[str] = mapped_column(default="")
    published_by: Mapped[str] = mapped_column(default="")
    published_at: Mapped[datetime | None]
    effective_from: Mapped[date | None]  # the first day (Beijing) on which surveys begin with it

    script_version: Mapped[ScriptVersion] = relationship()


class ScriptConfirmation(Base):
    """Somebody of the bureau has looked at a law, a limit or a wording, and says it is right."""

    __tablename__ = "script_confirmations"
    __table_args__ = (UniqueConstraint("bureau_id", "script", "what", "name", "sha256"),)

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bureaus.id"), index=True)
    script: Mapped[str]
    what: Mapped[What] = mapped_column(closed(What))
    name: Mapped[str]  # of the point, or the id of the law
    sha256: Mapped[str]  # of all that was confirmed (`confirming.py`)
    note: Mapped[str]  # where it was looked up
    by: Mapped[str]
    by_name: Mapped[str]
    at: Mapped[datetime]
