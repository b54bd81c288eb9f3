"""What a viewer's page sends and receives."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from server.models.guidance import GuidanceStatus, QuestionStatus
from server.web.shapes import BureauOut, Out, RelayOut


class WatchIn(BaseModel):
    token: str = Field(min_length=20, max_length=200)


class QuestionIn(BaseModel):
    text: str = Field(max_length=2000)
    agreed_to: str = Field(max_length=40)


class SeenQuestion(Out):
    id: int
    text: str
    status: QuestionStatus
    asked_at: datetime
    mine: bool


class ReplayStretch(Out):
    id: int
    starts_at: datetime
    seconds: float
    width: int
    height: int
    url: str


class ReplayMoment(Out):
    """When a question was taken up: `seconds` into a stretch."""

    question: int
    stretch_id: int
    seconds: float


class ReplayOut(Out):
    """`may_grow`: more may still come; once it may not, what is empty stays empty."""

    stretches: list[ReplayStretch]
    moments: list[ReplayMoment]
    may_grow: bool


class Watched(Out):
    """All that the page shows, at any stage. `replay` once it is over, if it was recorded.

    `ask_again`: after so many seconds.
    """

    csrf: str
    id: int
    ask_again: int
    status: GuidanceStatus
    title: str
    title_en: str
    item_type: str
    item_type_en: str
    bureau: BureauOut
    presenter: str
    starts_at: datetime
    recorded: bool
    questions: list[SeenQuestion]
    longest_question: int
    consent_version: str
    replay: ReplayOut | None
    relays: list[RelayOut]
