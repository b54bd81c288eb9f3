"""What every media engine can do: the Protocol, and the values that go in and come out.

Imports no media library, so the web process may read this file. Descriptions are SDP (RFC 8866)
made by offer and answer (RFC 9429).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class EngineName(StrEnum):
    """The engines there are."""

    PASSTHROUGH = "passthrough"  # our own packet path
    JANUS = "janus"  # https://janus.conf.meetecho.com, as Debian packages it


class Role(StrEnum):
    """A participant's part: who sees whom is said in `room.py`."""

    APPLICANT = "applicant"  # 申请人, at the premises with a phone
    EXPERT = "expert"  # 踏勘专家, at a desk
    OBSERVER = "observer"  # 旁听: a supervisor or 社会监督员, who sees and hears and sends nothing


class RoomKind(StrEnum):
    """What a room is for, and so how many it takes."""

    INSPECTION = "inspection"  # 视频踏勘: an applicant, some experts, perhaps observers
    GUIDANCE = "guidance"  # 云政务直播间: one expert speaks, many observers watch


class DescriptionType(StrEnum):
    """Which half of a negotiation a description is."""

    OFFER = "offer"
    ANSWER = "answer"


class Happening(StrEnum):
    """What the web is told about a participant without asking."""

    JOINED = "joined"  # connected: media can flow
    FLOWING = "flowing"  # packets arrive, for the first time or again
    STALLED = "stalled"  # connected, but silent for STALLED_SECONDS
    LEFT = "left"  # gone for good: hung up, or never came back
    SEATED = "seated"  # somebody else is shown to the applicant, or in another seat


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


class Ability(StrEnum):
    """What not every engine can do. Everything else in this file every engine does."""

    RECORD = "record"  # keep what is said and shown
    H264 = "h264"  # carry it for somebody who has no VP8; without, such a one is refused


class MediaRefused(ValueError):
    """An engine did not do what was asked; `code` says why, `detail` is for logs."""

    def __init__(self, code: Refusal, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Description:
    """One half of a negotiation. An engine's own also says whether the room is recorded.

    `view` is an offer of the engine's own, or "": for a second connection, over which one sees the
    others. Then `sdp` is about sending alone, and "" where nothing is sent. `ticket` says which
    join a view belongs to, and goes with its answer.
    """

    type: DescriptionType
    sdp: str
    recorded: bool = False
    view: str = ""
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class Still:
    """A picture out of the live video: JPEG at the size and time (UTC) it arrived in."""

    jpeg: bytes
    taken_at: datetime
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Event:
    """Something happened to a participant. `again`: it took the place of its own earlier link;
    `sees`: of SEATED, who is shown in which of its seats, "" for nobody."""

    happening: Happening
    room: str
    identity: str
    role: Role
    at: datetime
    again: bool = False
    sees: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LinkStats:
    """How a participant's media arrives at the server.

    `loss` is a fraction of packets (0 to 1) since the last look, `round_trip` seconds or None while
    unknown, `silent` seconds since the last packet, `width` and `height` pixels or 0 without a
    picture, `picture_age` seconds since the last frame or None without one. `jitter` is in seconds,
    of its sound or picture, whichever has more; `bits_in` and `bits_out` are bits a second from it
    and to it over the last seconds, `packets` packets a second both ways; `frames` pictures and
    `recovered` lost packets that came when asked for again, both since it joined. `cpu` is its part
    of `Load.cpu`, by its packets: nearly all that a call costs goes by them.
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
    jitter: float
    bits_in: int
    bits_out: int
    packets: int
    frames: int
    recovered: int
    cpu: float = 0.0


@dataclass(frozen=True, slots=True)
class Load:
    """What an engine carries, and how much more it takes.

    `cpu` is what its process used of one core over the last seconds (0.5: half of it), `packets`
    what came in and went out since it began, `fits` how many more rooms it would open at most.
    `disk_free` is bytes where recordings are written, None if nobody records or the disk does not
    say; once it is `disk_full` nothing more is recorded, and calls go on.
    """

    cpu: float
    rooms: int
    links: int
    packets: int
    fits: int
    disk_free: int | None = None
    disk_full: bool = False


class MediaEngine(Protocol):
    """Carries inspections: `peer.py` by our own packet path, `janus/` by Janus.

    Every method may raise MediaRefused. Callers set time limits with `asyncio.timeout`.
    """

    @property
    def abilities(self) -> frozenset[Ability]:
        """What it can do that not every engine can."""

    async def create_room(
        self,
        room: str,
        *,
        kind: RoomKind = RoomKind.INSPECTION,
        recorded: bool = False,
        running: bool = False,
    ) -> None:
        """Open a room, to be recorded where that is possible. An open room stays as it is.

        `running`: its call has begun, here before a restart or at an engine that is gone. A new
        call is refused when the engine is full, a running one only far beyond that.
        """

    async def join(self, room: str, identity: str, role: Role, offer: Description) -> Description:
        """Let someone in; the same identity coming again replaces its earlier link.

        An engine that shows others over a connection of its own offers that, too (`view`).
        """

    async def answer(self, room: str, identity: str, answer: Description) -> None:
        """What was offered as `view` is answered: now the others are seen. Said again, it changes
        nothing; the answer to an earlier join is refused (SUPERSEDED)."""

    async def leave(self, room: str, identity: str) -> None:
        """Hang up for someone. Nothing happens if they are not in."""

    async def snapshot(self, room: str) -> Still:
        """What the applicant's camera shows now; waits for a frame if none is fresh."""

    async def stats(self, room: str) -> Sequence[LinkStats]:
        """How everybody in the room is connected."""

    async def stats_of_all(self) -> Mapping[str, Sequence[LinkStats]]:
        """The same of every room that is open, by its name."""

    def load(self) -> Load:
        """What it carries now."""

    async def close_room(self, room: str) -> None:
        """Hang up for everybody and forget the room. Nothing happens if it is not open."""

    def events(self) -> AsyncIterator[Event]:
        """What happens from now on. A reader too slow loses the oldest events first."""

    async def close(self) -> None:
        """Close every room and stop every task."""
