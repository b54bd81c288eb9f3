"""The bureau (政务服务局) and what it is made of: districts, departments, item types."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.models.base import Base, closed
from server.models.coordinates import Datum


class Bureau(Base):
    """Who runs the service. Its settings are the bureau's own choices, not the machine's."""

    __tablename__ = "bureaus"

    code: Mapped[str] = mapped_column(unique=True)  # short, in addresses and file names
    name: Mapped[str]
    name_en: Mapped[str]
    phone: Mapped[str]  # a person answers here; printed on every applicant page
    longitude: Mapped[float]  # of the office, WGS-84: where trips start and end
    latitude: Mapped[float]
    datum: Mapped[Datum] = mapped_column(closed(Datum), default=Datum.WGS84)  # of its spreadsheets
    crew_size: Mapped[int] = mapped_column(default=2)  # officers on site; 行政许可法 art. 34
    video_officers: Mapped[int] = mapped_column(default=1)
    on_site_grid: Mapped[int] = mapped_column(default=5)  # visits start at its multiples
    cars: Mapped[int] = mapped_column(default=2)
    video_rooms: Mapped[int] = mapped_column(default=2)
    draws_experts: Mapped[bool] = mapped_column(default=False)  # 随机派员, see `models.draw`
    records_calls: Mapped[bool] = mapped_column(default=False)  # 视频踏勘录像: needs a recorder
    recordings_kept_months: Mapped[int | None]  # 保存期限, from a case's closing; None: not decided
    promises: Mapped[int] = mapped_column(default=0)  # counts every change of what was promised


class DistrictLevel(StrEnum):
    CITY = "city"  # 市
    DISTRICT = "district"  # 区县
    STREET = "street"  # 街道、镇
    COMMUNITY = "community"  # 社区、村
    ZONE = "zone"  # 功能区: has no GB/T 2260 code, the bureau gives it one


class District(Base):
    """A node of the tree city, district, street, community; zones hang beside the districts."""

    __tablename__ = "districts"
    __table_args__ = (UniqueConstraint("bureau_id", "code"),)

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bureaus.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("districts.id"), index=True)
    code: Mapped[str]  # GB/T 2260: 6 digits, 9 a street, 12 a community; a zone's own code
    name: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    level: Mapped[DistrictLevel] = mapped_column(closed(DistrictLevel))
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]

    parent: Mapped[District | None] = relationship(remote_side="District.id")


class Department(Base):
    """A department (部门) whose item types are surveyed."""

    __tablename__ = "departments"
    __table_args__ = (UniqueConstraint("bureau_id", "name"),)

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bureaus.id"), index=True)
    name: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")


class Mode(StrEnum):
    """How a survey sees the place."""

    VIDEO = "video"  # 视频踏勘
    ON_SITE = "on_site"  # 现场踏勘


class ModeRule(StrEnum):
    """Which modes an item type allows."""

    VIDEO = "video"
    ON_SITE = "on_site"
    EITHER = "either"


class ItemType(Base):
    """What is applied for (事项), as this bureau offers it."""

    __tablename__ = "item_types"
    __table_args__ = (
        UniqueConstraint("bureau_id", "code"),
        CheckConstraint("minutes_video > 0", name="minutes_video_positive"),
        CheckConstraint("minutes_on_site > 0", name="minutes_on_site_positive"),
    )

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bureaus.id"), index=True)
    department_id: Mapped[int | None] = mapped_column(ForeignKey("departments.id"))
    code: Mapped[str]  # the catalogue's ("0101") or the bureau's own 事项编码
    name: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    script: Mapped[str] = mapped_column(default="")  # "food/small-restaurant" or none yet
    modes: Mapped[ModeRule] = mapped_column(closed(ModeRule))
    preferred: Mapped[Mode] = mapped_column(closed(Mode))
    minutes_video: Mapped[int]
    minutes_on_site: Mapped[int]
    working_days: Mapped[int] = mapped_column(default=10)  # from acceptance to the last day

    department: Mapped[Department | None] = relationship()

    def minutes(self, mode: Mode) -> int:
        """Expected time of the survey itself, without travel."""
        return self.minutes_video if mode is Mode.VIDEO else self.minutes_on_site
