"""What the applicant's phone sends and receives. Texts come in both languages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, Field, JsonValue

from server.models.session import ConsentChoice, SessionStatus
from server.models.verdict import Finding
from server.web.shapes import (
    BureauOut,
    FrozenOut,
    Id,
    ObserverOut,
    Out,
    PointOut,
    RelayOut,
    StillWanted,
    Strokes,
    Words,
)

Stage = Literal["consent", "ready", "on_site", "done"]


class JoinIn(BaseModel):
    token: str = Field(min_length=20, max_length=200)


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
    recorded: bool
    kept_months: int | None
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
    seen: list[OfficerOut | None]  # by seat of the call: whose picture it is
    point: PointOut | None
    still: StillWanted | None
    frozen: FrozenOut | None
    may_sign: bool
    signed: bool
    result: ResultOut | None
    consent_version: str
    observers: list[ObserverOut]
    relays: list[RelayOut]


class ConsentIn(BaseModel):
    choice: ConsentChoice
    language: Literal["zh", "en"] = "zh"
    agreed_to: str = Field("", max_length=100)  # `consent_version` of the words that were shown
    #: Ids of those who were named on the page.
    observers: list[int] = Field(default_factory=list, max_length=50)
    device: dict[str, JsonValue] = Field(default_factory=dict, max_length=20)


class FrozenQuery(BaseModel):
    drawing: Id


class OwnSignatureIn(BaseModel):
    name: str = Field(min_length=1, max_length=50)
    strokes: Strokes


class KeptOut(Out):
    """One piece that is in the case file: the phone may forget its copy."""

    point: str
    sha256: str


class OwnEvidence(Out):
    """What a phone needs to go on without a network, and to know afterwards what has arrived."""

    csrf: str
    steps: list[PointOut]
    kept: list[KeptOut]
    until: datetime
    refused: str  # why nothing more is taken, in words; "" while it is


class PhotoKept(Out):
    """The phone may forget a photo once this says the same digest."""

    number: int
    sha256: str
    point: PointOut | None
