"""Surveys (踏勘): one look at one place for one case, by video or on site."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.models.base import Base, closed
from server.models.bureau import Mode
from server.models.case import Case
from server.models.lifecycle import Lives


class SurveyStatus(StrEnum):
    OPEN = "open"  # 待排
    SCHEDULED = "scheduled"  # 已约
    UNDER_WAY = "under_way"  # 进行中
    CONCLUDED = "concluded"  # 已出结论
    VOID = "void"  # 作废


class Survey(Lives, Base):
    """A case gets one survey, and one more for each recheck (复核) or change to on site."""

    MOVES = {
        SurveyStatus.OPEN: {SurveyStatus.SCHEDULED, SurveyStatus.VOID},
        SurveyStatus.SCHEDULED: {SurveyStatus.OPEN, SurveyStatus.UNDER_WAY, SurveyStatus.VOID},
        SurveyStatus.UNDER_WAY: {SurveyStatus.OPEN, SurveyStatus.CONCLUDED, SurveyStatus.VOID},
        SurveyStatus.CONCLUDED: set(),
        SurveyStatus.VOID: set(),
    }
    SUBJECT = "survey"

    __tablename__ = "surveys"

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bureaus.id"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    mode: Mapped[Mode | None] = mapped_column(closed(Mode))  # set when scheduled
    only_on_site: Mapped[bool] = mapped_column(default=False)  # the applicant chose 请到现场来
    recheck: Mapped[bool] = mapped_column(default=False)
    status: Mapped[SurveyStatus] = mapped_column(closed(SurveyStatus), default=SurveyStatus.OPEN)

    case: Mapped[Case] = relationship()
