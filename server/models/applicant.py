"""Who applies (申请人) and the place to be seen (场所)."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.models.base import Base, closed
from server.models.bureau import District
from server.models.coordinates import Datum


class IdentifierKind(StrEnum):
    USCC = "uscc"  # 统一社会信用代码, GB 32100-2015
    RESIDENT = "resident"  # 公民身份号码, GB 11643
    OTHER = "other"  # old registration numbers, passports: kept as given
    NONE = "none"


class Applicant(Base):
    """A business or a person. Shown masked everywhere but on the record itself."""

    __tablename__ = "applicants"
    __table_args__ = (Index("ix_applicants_identifier", "bureau_id", "identifier"),)

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bureaus.id"), index=True)
    name: Mapped[str]
    identifier_kind: Mapped[IdentifierKind] = mapped_column(closed(IdentifierKind))
    identifier: Mapped[str] = mapped_column(default="")
    contact: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")


class Premises(Base):
    """An address is a thing of its own: many cases, and many licences, at one place.

    `raw_place` keeps what the spreadsheet said and `datum` what it was measured in; longitude
    and latitude are WGS-84 (CGCS2000 differs by centimetres), converted once, on arrival.
    """

    __tablename__ = "premises"
    __table_args__ = (UniqueConstraint("bureau_id", "address_key"),)

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bureaus.id"), index=True)
    district_id: Mapped[int | None] = mapped_column(ForeignKey("districts.id"), index=True)
    name: Mapped[str]  # 店名, as on the sign
    address: Mapped[str]
    #: The address without spaces and width differences: in one register one place, one key.
    address_key: Mapped[str]
    raw_place: Mapped[str] = mapped_column(default="")
    datum: Mapped[Datum | None] = mapped_column(closed(Datum))
    longitude: Mapped[float | None]
    latitude: Mapped[float | None]
    place_source: Mapped[str] = mapped_column(default="")  # "spreadsheet", "district", "phone"
    place_accuracy: Mapped[float | None]  # metres, where the source says

    district: Mapped[District | None] = relationship()
