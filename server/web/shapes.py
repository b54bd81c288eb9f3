"""Shapes that the pages of more than one user send or receive."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from inspection.evidence import drawing
from server.models.drawing import StrokeKind
from server.models.evidence import EvidenceSource
from server.models.observer import Capacity, ObserverStatus

#: When something shall be. At the ends of the calendar no day comes before or after, not even in
#: another time zone.
Moment = Annotated[
    AwareDatetime, Field(ge=datetime(2000, 1, 1, tzinfo=UTC), lt=datetime(9000, 1, 1, tzinfo=UTC))
]
Coordinate = Annotated[float, Field(ge=0, le=1)]
Id = Annotated[int, Field(ge=1, le=2**31 - 1)]
Finite = Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)]
Strokes = Annotated[
    list[Annotated[list[tuple[Coordinate, Coordinate]], Field(min_length=1, max_length=2000)]],
    Field(min_length=1, max_length=100),
]


class Out(BaseModel):
    """An answer, filled from a record or from plain values."""

    model_config = ConfigDict(from_attributes=True)


class StrokeIn(BaseModel):
    """One stroke; x and y of its places are shares of the picture."""

    kind: drawing.Kind
    places: list[tuple[Coordinate, Coordinate]] = Field(
        min_length=1, max_length=drawing.MOST_PLACES
    )
    text: str = Field("", max_length=drawing.MOST_LETTERS)


class StrokeOut(Out):
    id: int
    kind: StrokeKind
    places: list[tuple[float, float]]
    text: str
    by: str


class StillWanted(Out):
    """The photo that the officer asks the applicant for; `request` names it."""

    request: str
    point: str


class FrozenOut(Out):
    """What both sides see instead of the live picture, and what is drawn on it so far.

    `width` and `height` are the picture's; below it the view may have a band with its words.
    """

    id: int
    number: int  # of the piece of evidence
    point: str
    by: str
    width: int
    height: int
    view_url: str
    strokes: list[StrokeOut]


class DrawnOut(Out):
    """What was drawn on a piece of evidence, and kept: a view of its own."""

    id: int
    by: str
    at: datetime
    view_url: str
    thumbnail_url: str


class BureauOut(Out):
    name: str
    name_en: str
    phone: str


class ObserverOut(Out):
    """Somebody who may watch a call; `agreed`: the applicant agreed to them."""

    id: int
    name: str
    capacity: Capacity
    status: ObserverStatus
    agreed: bool


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
    drawn: list[DrawnOut]


class ZoomOut(Out):
    """`min` shows the most; the camera's own figures."""

    min: Finite
    max: Finite
    step: Finite
    now: Finite


class CameraOut(Out):
    """What the phone says of its camera; None where it has no torch, or does not zoom."""

    torch: bool | None = None
    zoom: ZoomOut | None = None
    cameras: int = Field(0, ge=0, le=99)


class OfferIn(BaseModel):
    sdp: str = Field(min_length=1, max_length=60_000)


class AnswerSdp(Out):
    """`disk_full`: it is not recorded although it should be, until there is room again."""

    sdp: str
    epoch: int
    recorded: bool
    disk_full: bool
    view: str = ""
    ticket: str = ""


class ViewIn(BaseModel):
    """The browser's answer to the `view` it was offered, with the `ticket` that came with it."""

    sdp: str = Field(min_length=1, max_length=60_000)
    ticket: str = Field(min_length=1, max_length=64)


class RelayOut(Out):
    """An entry of a browser's `iceServers`, in the browser's own words."""

    urls: list[str]
    username: str
    credential: str


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
    sketch: str
    good: Words
    photos: int
    photos_done: int
