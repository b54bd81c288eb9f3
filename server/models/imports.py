"""Imports (导入): one spreadsheet, previewed, stored, and undone as a whole."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import Base, Json, closed
from server.models.lifecycle import Lives


class ImportStatus(StrEnum):
    PREVIEWED = "previewed"  # 待确认
    STORED = "stored"  # 已导入
    UNDONE = "undone"  # 已撤销


class Import(Lives, Base):
    MOVES = {
        ImportStatus.PREVIEWED: {ImportStatus.STORED, ImportStatus.UNDONE},
        ImportStatus.STORED: {ImportStatus.UNDONE},
        ImportStatus.UNDONE: set(),
    }
    SUBJECT = "import"

    __tablename__ = "imports"

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bureaus.id"), index=True)
    #: Made by somebody of this district, for its cases alone; None: for the whole bureau.
    district_id: Mapped[int | None] = mapped_column(ForeignKey("districts.id"), index=True)
    file_name: Mapped[str]
    file_sha256: Mapped[str] = mapped_column(index=True)  # the file itself is in the file store
    by: Mapped[str]
    columns: Mapped[Json]  # heading in the sheet -> our field, as the coordinator left it
    rows_total: Mapped[int] = mapped_column(default=0)
    rows_new: Mapped[int] = mapped_column(default=0)
    rows_known: Mapped[int] = mapped_column(default=0)  # already there, nothing changed
    rows_warned: Mapped[int] = mapped_column(default=0)
    rows_refused: Mapped[int] = mapped_column(default=0)
    status: Mapped[ImportStatus] = mapped_column(
        closed(ImportStatus), default=ImportStatus.PREVIEWED
    )
