"""Shapes that the pages of more than one user send or receive."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from server.models.evidence import EvidenceSource

Coordinate = Annotated[float, Field(ge=0, le=1)]
Strokes = Annotated[
    list[Annotated[list[tuple[Coordinate, Coordinate]], Field(min_length=1, max_length=2000)]],
    Field(min_length=1, max_length=100),
]


class Out(BaseModel):
    """An answer, filled from a record or from plain values."""

    model_config = ConfigDict(from_attributes=True)


class EvidenceOut(Out):
    id: int
    number: int
    point: str
    source: EvidenceSource
    width: int
    height: int
    taken_at: datetime | None
    received_at: datetime
    sha256: str
    view_url: str
    thumbnail_url: str
    original_url: str


class OfferIn(BaseModel):
    sdp: str = Field(min_length=1, max_length=60_000)


class AnswerSdp(Out):
    sdp: str
    epoch: int


class RecordQuery(BaseModel):
    language: Literal["zh", "en"] = "zh"


class Words(Out):
    """One text in both languages."""

    zh: str
    en: str


class PointOut(Out):
    name: str
    number: int
    total: int
    label: Words
    hint: Words
    photos: int
    photos_done: int
