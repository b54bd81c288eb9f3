"""What every media engine can do: the Protocol, and the values that go in and come out.

Imports no media library, so the web process may read this file. Descriptions are SDP (RFC 8866)
made by offer and answer (RFC 9429).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Role(StrEnum):
    """A participant's part. Each sees and hears the other part, never its own."""

    APPLICANT = "applicant"  # 申请人, at the premises with a phone
    EXPERT = "expert"  # 踏勘专家, at a desk


class DescriptionType(StrEnum):
    """Which half of a negotiation a description is. Some engines (Janus) offer and wait."""

    OFFER = "offer"
    ANSWER = "answer"


class Happening(StrEnum):
    """What the web is told about a participant without asking."""

    JOINED = "joined"  # connected: media can flow
    FLOWING = "flowing"  # packets arrive, for the first time or again
    STALLED = "stalled"  # connected, but silent for STALLED_SECONDS
    LEFT = "left"  # gone for good: hung up, or never came back


class Quality(StrEnum):
    """The one honest word an expert sees about a link."""

    GOOD = "good"
    WEAK = "weak"
    LOST = "lost"


class Refusal(StrEnum):
    """Why an engine said no. Nothing has changed for anybody else."""

    BAD_REQUEST = "bad_request"  # a field is missing, too long, or of the wrong kind
    TOO_LARGE = "too_large"  # a message longer than is read
    BUSY = "busy"  # too many requests are under way already
    TOO_LATE = "too_late"  # not done within the caller's deadline
    UNKNOWN_ROOM = "unknown_room"
    FULL = "full"  # the room, or the engine, takes no more
    BAD_OFFER = "bad_offer"  # not an SDP offer we can answer
    SUPERSEDED = "superseded"  # the same person asked to join again meanwhile
    NO_PICTURE = "no_picture"  # nothing to make a still from


class MediaRefused(ValueError):
    """An engine did not do what was asked; `code` says why, `detail` is for logs."""

    def __init__(self, code: Refusal, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Description:
    """One half of a negotiation."""

    type: DescriptionType
    sdp: str


@dataclass(frozen=True, slots=True)
class Still:
    """A picture out of the live video: JPEG at the size and time (UTC) it arrived in."""

    jpeg: bytes
    taken_at: datetime
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Event:
    """Something happened to a participant. `again`: it took the place of its own earlier link."""

    happening: Happening
    room: str
    identity: str
    role: Role
    at: datetime
    again: bool = False


@dataclass(frozen=True, slots=True)
class LinkStats:
    """How a participant's media arrives at the server.

    `loss` is a fraction of packets (0 to 1) since the last look, `round_trip` seconds or None while
    unknown, `silent` seconds since the last packet, `width` and `height` pixels or 0 without a
    picture, `picture_age` seconds since the last frame or None without one.
    """

    identity: str
    role: Role
    quality: Quality
    loss: float
    round_trip: float | None
    silent: float
    width: int
    height: int
    picture_age: float | None


class MediaEngine(Protocol):
    """Carries inspections: our relay now, pass-through and Janus behind the same words.

    Every method may raise MediaRefused. Callers set time limits with `asyncio.timeout`.
    """

    async def create_room(self, room: str) -> None:
        """Open a room. An open room stays as it is."""

    async def join(self, room: str, identity: str, role: Role, offer: Description) -> Description:
        """Let someone in; the same identity coming again replaces its earlier link.

        An engine that answers returns an answer and is done. One that offers returns an offer.
        """

    async def leave(self, room: str, identity: str) -> None:
        """Hang up for someone. Nothing happens if they are not in."""

    async def snapshot(self, room: str) -> Still:
        """What the applicant's camera shows now; waits for a frame if none is fresh."""

    async def stats(self, room: str) -> Sequence[LinkStats]:
        """How everybody in the room is connected."""

    async def close_room(self, room: str) -> None:
        """Hang up for everybody and forget the room. Nothing happens if it is not open."""

    def events(self) -> AsyncIterator[Event]:
        """What happens from now on. A reader too slow loses the oldest events first."""

    async def close(self) -> None:
        """Close every room and stop every task."""
