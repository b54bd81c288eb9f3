"""What the expert's pages send and receive."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from inspection.checklist.point import Mark
from inspection.checklist.run import Lack, Suggested
from inspection.record.survey import Language
from server.models.bureau import Mode
from server.models.guidance import GuidanceStatus
from server.models.session import SessionStatus
from server.models.survey import SurveyStatus
from server.models.verdict import Finding, SignerRole, Stance
from server.services.presence import Hindrance
from server.services.signing import Why
from server.web.shapes import (
    CameraOut,
    EvidenceOut,
    Finite,
    FrozenOut,
    Id,
    ObserverOut,
    Out,
    RelayOut,
    Strokes,
)

PointName = Annotated[str, Field(min_length=1, max_length=100)]


class DayQuery(BaseModel):
    day: date | None = None


class RecusedOut(Out):
    """Of a crew, somebody who must not judge the applicant."""

    role: Literal["lead", "second"]
    name: str


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
    recused: list[RecusedOut]
    answered: int
    points: int


class DayGuidance(Out):
    id: int
    title: str
    title_en: str
    starts_at: datetime
    status: GuidanceStatus


class Day(Out):
    day: date
    visits: list[DayVisit]
    guidance: list[DayGuidance]


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
    applicant_hindered: Hindrance
    photos_waiting: int  # on the applicant's phone, as it last said
    point: str
    camera: CameraOut | None
    frozen: FrozenOut | None
    observers: list[ObserverOut]
    relays: list[RelayOut]


class AnswerOut(Out):
    value: str
    note: str
    mark: Mark | None
    by: str
    name: str  # of who answered
    at: datetime
    changes: int


class Remaining(Out):
    point: str
    lacks: list[Lack]
    photos_missing: int


class SignatureOut(Out):
    """The newest of a role. `device_of`: on whose device, where it is another officer's."""

    role: SignerRole
    name: str
    at: datetime
    finding: Finding | None
    stance: Stance | None
    reason: str
    device_of: str
    stale: bool  # something was changed since: it does not count


class UnsignedOut(Out):
    """An officer who still has to sign, and why."""

    role: SignerRole
    name: str
    why: Why


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
    start: bool
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
    asked: list[str]
    remaining: list[Remaining]
    suggested: Suggested
    score: float
    signatures: list[SignatureOut]
    unsigned: list[UnsignedOut]
    proposed: Finding | None  # what officers sign for
    state: str  # of what is signed: sent along, it is not signed unseen
    own_role: Literal["lead", "second"] | None  # of whoever reads this
    recused: list[RecusedOut]
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
    asked: list[str]
    remaining: list[Remaining]
    suggested: Suggested
    score: float
    version: int


class StillIn(BaseModel):
    point: PointName
    source: Literal["phone", "server"]


class StillAsked(Out):
    """`seconds` is how long the applicant has."""

    request: str
    seconds: int


class CameraIn(BaseModel):
    """One wish: the torch `on` or off, `zoom` in the camera's own figures, or the other camera.

    `request` is the page's own name for it: the phone may answer before this has been answered.
    """

    request: str = Field(min_length=1, max_length=36)
    what: Literal["torch", "zoom", "switch"]
    on: bool = False
    zoom: Finite = 1


class FreezeIn(BaseModel):
    """`number` of a photo of this survey."""

    number: Id


class CloseIn(BaseModel):
    keep: bool


class PointIn(BaseModel):
    point: PointName


class SignatureIn(BaseModel):
    """`finding` and `state` are those that were shown, `reason` goes with a dissent."""

    role: SignerRole
    name: str = Field(min_length=1, max_length=50)
    strokes: Strokes
    finding: Finding | None = None
    stance: Stance = Stance.AGREES
    reason: str = Field("", max_length=2000)
    state: str = Field("", max_length=64)


class VerdictIn(BaseModel):
    finding: Finding
    reason: str = Field("", max_length=2000)
    rectify_by: date | None = None


class NoteIn(BaseModel):
    note: str = Field("", max_length=500)


class AnswersQuery(BaseModel):
    """Without a point: of all of them."""

    point: PointName | None = None


class AnsweredBefore(Out):
    """One answer to a point as it was given; the newest counts."""

    point: str
    value: str
    note: str
    by: str
    name: str
    device: str
    at: datetime


class History(Out):
    answers: list[AnsweredBefore]


class DraftQuery(BaseModel):
    language: Language = Language.ZH


class DraftedPointOut(Out):
    point: str
    number: int
    label: str
    found: str
    to_do: str


class EditOut(Out):
    """One wording by an officer; an empty text gave the draft back."""

    id: int
    text: str
    drafted: str
    name: str
    at: datetime


class DraftOut(Out):
    """`drafted` follows from the answers, `text` is what the record will say.

    `outdated`: the answers have changed since an officer worded it.
    """

    drafted: str
    text: str
    outdated: bool
    points: list[DraftedPointOut]
    edits: list[EditOut]


class WordsIn(BaseModel):
    """An empty text gives the draft back. `after` is the last edit that was seen, 0 for none."""

    text: str = Field(max_length=4000)
    after: int = Field(0, ge=0, le=2**31 - 1)
    language: Language = Language.ZH
    device: str = Field("", max_length=100)
