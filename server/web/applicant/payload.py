"""What the applicant's phone sends and receives. Texts come in both languages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, Field, JsonValue

from server.models.session import ConsentChoice, SessionStatus
from server.models.verdict import Finding
from server.web.shapes import Out, PointOut, Strokes, Words

Stage = Literal["consent", "ready", "on_site", "done"]


class JoinIn(BaseModel):
    token: str = Field(min_length=20, max_length=200)


class BureauOut(Out):
    name: str
    name_en: str
    phone: str


class OfficerOut(Out):
    name: str
    badge: str


class RectificationText(Out):
    text: str


class ResultOut(Out):
    finding: Finding
    rectify_by: date | None
    rectifications: list[RectificationText]


class Invitation(Out):
    csrf: str
    session_id: int
    status: SessionStatus
    stage: Stage
    bureau: BureauOut
    officer: OfficerOut
    premises: str
    item_type: str
    item_type_en: str
    starts_at: datetime
    minutes: int
    check_code: str
    prepare: list[Words]
    expert_present: bool
    point: PointOut | None
    may_sign: bool
    signed: bool
    result: ResultOut | None
    consent_version: str


class ConsentIn(BaseModel):
    choice: ConsentChoice
    language: Literal["zh", "en"] = "zh"
    device: dict[str, JsonValue] = Field(default_factory=dict, max_length=20)


class OwnSignatureIn(BaseModel):
    name: str = Field(min_length=1, max_length=50)
    strokes: Strokes


class PhotoKept(Out):
    """The phone may forget a photo once this says the same digest."""

    number: int
    sha256: str
    point: PointOut | None
