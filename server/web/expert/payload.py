"""What the expert's pages send and receive."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from inspection.checklist.point import Mark
from inspection.checklist.run import Lack, Suggested
from server.models.bureau import Mode
from server.models.session import SessionStatus
from server.models.survey import SurveyStatus
from server.models.verdict import Finding, SignerRole
from server.web.shapes import EvidenceOut, Out, Strokes

PointName = Annotated[str, Field(min_length=1, max_length=100)]


class DayQuery(BaseModel):
    day: date | None = None


class DayVisit(Out):
    visit_id: int
    survey_id: int
    session_id: int | None
    mode: Mode
    starts_at: datetime
    ends_at: datetime
    status: SurveyStatus
    number: str
    premises: str
    address: str
    item_type: str
    item_type_en: str
    applicant: str
    phone: str
    longitude: float | None
    latitude: float | None
    role: Literal["lead", "second"]
    answered: int
    points: int


class Day(Out):
    day: date
    visits: list[DayVisit]


class SheetCase(Out):
    number: str
    item_type: str
    item_type_en: str
    premises: str
    address: str
    applicant: str
    contact: str
    phone: str
    survey_by: date


class SheetVisit(Out):
    id: int
    starts_at: datetime
    ends_at: datetime
    lead: str
    second: str | None


class SheetSession(Out):
    id: int
    status: SessionStatus
    check_code: str
    applicant_present: bool
    expert_present: bool
    point: str


class AnswerOut(Out):
    value: str
    note: str
    mark: Mark | None
    by: str
    at: datetime
    changes: int


class Remaining(Out):
    point: str
    lacks: list[Lack]
    photos_missing: int


class SignatureOut(Out):
    role: SignerRole
    name: str
    at: datetime


class RectificationOut(Out):
    point: str
    text: str


class VerdictOut(Out):
    finding: Finding
    suggested: Finding
    reason: str
    rectify_by: date | None
    by: str
    at: datetime
    rectifications: list[RectificationOut]


class May(Out):
    answer: bool
    end: bool
    verdict: bool
    sign: bool


class Sheet(Out):
    id: int
    mode: Mode
    status: SurveyStatus
    version: int
    case: SheetCase
    visit: SheetVisit
    session: SheetSession | None
    script: dict[str, Any] | None
    answers: dict[str, AnswerOut]
    evidence: list[EvidenceOut]
    remaining: list[Remaining]
    suggested: Suggested
    signatures: list[SignatureOut]
    verdict: VerdictOut | None
    record_ready: bool
    may: May


class AnswerIn(BaseModel):
    point: PointName
    value: str = Field(max_length=200)
    note: str = Field("", max_length=2000)
    device: str = Field("", max_length=100)


class Answered(Out):
    answers: dict[str, AnswerOut]
    remaining: list[Remaining]
    suggested: Suggested
    version: int


class StillIn(BaseModel):
    point: PointName
    source: Literal["phone", "server"]


class StillAsked(Out):
    request: str


class PointIn(BaseModel):
    point: PointName


class SignatureIn(BaseModel):
    role: SignerRole
    name: str = Field(min_length=1, max_length=50)
    strokes: Strokes


class VerdictIn(BaseModel):
    finding: Finding
    reason: str = Field("", max_length=2000)
    rectify_by: date | None = None


class NoteIn(BaseModel):
    note: str = Field("", max_length=500)
