"""Evidence (佐证材料): the original, untouched, and what proves it is."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import Base, Json, closed


class EvidenceSource(StrEnum):
    PHONE = "phone"  # 申请人手机原图
    SERVER = "server"  # 视频截图: the server's keyframe
    OFFICER = "officer"  # 现场拍摄
    LATER = "later"  # 断网补拍: taken while nobody could watch, sent when a network was there


class Evidence(Base):
    """One picture bound to one point of one survey.

    The original lies in the file store under its SHA-256; pages are shown only the derived
    view with its watermark. `removed_at` takes it out of the count, never out of the store.
    """

    __tablename__ = "evidence"
    __table_args__ = (
        UniqueConstraint("survey_id", "number"),
        UniqueConstraint("survey_id", "point", "sha256"),
        Index("ix_evidence_survey_point", "survey_id", "point"),
    )

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bureaus.id"), index=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id"), index=True)
    number: Mapped[int]  # 1, 2, … within the survey: as printed on the record
    point: Mapped[str]
    source: Mapped[EvidenceSource] = mapped_column(closed(EvidenceSource))
    sha256: Mapped[str]
    media_type: Mapped[str]
    bytes: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    view_sha256: Mapped[str]  # watermarked, at most 1,600 pixels on the long side
    thumbnail_sha256: Mapped[str]
    received_at: Mapped[datetime]  # by the server's clock
    taken_at: Mapped[datetime | None]  # by the phone's clock, from EXIF or the page
    by: Mapped[str]
    facts: Mapped[Json] = mapped_column(default=dict)  # EXIF as cleaned: device, lens, place
    removed_at: Mapped[datetime | None]
    removed_by: Mapped[str | None]
