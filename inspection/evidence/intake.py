"""Taking in a photo from outside (接收): nothing about it is believed until it was looked at."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from inspection.evidence.darkroom import Darkroom, darkroom
from inspection.evidence.decoder import LONGEST_SIDE, MOST_PIXELS
from inspection.evidence.exif import CameraFacts
from inspection.evidence.formats import MediaType, jpeg_scans, recognise
from inspection.evidence.place import Place

#: Largest file taken in, in bytes. A photo of 50 million pixels is about 20 MB as JPEG.
MOST_BYTES = 25 << 20
#: Scans a JPEG may have. Encoders in use make 1, or about 10 when progressive.
MOST_SCANS = 40


class Cause(StrEnum):
    """Why a photo was refused; stable, the server and the pages translate it."""

    HASH_MISMATCH = "hash_mismatch"  # not the bytes the phone said it sends
    TOO_BIG = "too_big"
    NOT_A_PICTURE = "not_a_picture"
    TOO_MANY_PIXELS = "too_many_pixels"
    BROKEN = "broken"  # cut off or damaged: take it again
    BOMB = "bomb"  # costs far more to open than an honest photo


class EvidenceRefused(ValueError):
    """The photo is not taken in, for one `Cause`; nothing was kept."""

    def __init__(self, cause: Cause, detail: str) -> None:
        super().__init__(f"{cause}: {detail}")
        self.cause = cause
        self.detail = detail


class DigestMismatch(EvidenceRefused):
    """What arrived is not what the phone hashed: damaged on the way, or exchanged."""

    def __init__(self, *, claimed: str, received: str) -> None:
        super().__init__(Cause.HASH_MISMATCH, f"claimed {claimed[:64]}, received {received}")
        self.claimed = claimed
        self.received = received


@dataclass(frozen=True, slots=True)
class Picture:
    """Bare pixels, RGB row by row, upright, nothing hidden in them; longest side <= 1600."""

    width: int
    height: int
    pixels: bytes

    def __post_init__(self) -> None:
        if not (0 < self.width <= LONGEST_SIDE and 0 < self.height <= LONGEST_SIDE):
            raise ValueError(f"no such picture: {self.width} x {self.height}")
        if len(self.pixels) != self.width * self.height * 3:
            raise ValueError("not as many pixels as said")


@dataclass(frozen=True, slots=True)
class Intake:
    """A photo that may be kept as evidence.

    ``sha256`` is of the bytes as they came; ``width`` and ``height`` are the original's, upright;
    ``picture`` is what views for people are drawn from (`watermark`).
    """

    sha256: str
    media_type: MediaType
    width: int
    height: int
    facts: CameraFacts
    picture: Picture


def receive(data: bytes, *, claimed_sha256: str, room: Darkroom = darkroom) -> Intake:
    """Judge the bytes of a photo, and read from them what is safe to read.

    The digest comes first: it is cheap, and a photo that changed on the way needs no other answer.
    Decoding happens in a child process, so a file made to exhaust or take over the decoder costs
    the applicant this photo and nobody anything else.

    Raises:
        DigestMismatch: the bytes are not the ones hashed on the phone (64 hexadecimal digits).
        EvidenceRefused: any other `Cause`.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    if claimed_sha256.lower() != sha256:
        raise DigestMismatch(claimed=claimed_sha256, received=sha256)
    media_type = _outside(data)

    developed = room.develop(data)
    if developed is None:
        raise EvidenceRefused(Cause.BOMB, "opening it took more than a photo may take")
    if refused := developed.said.get("refused"):
        raise EvidenceRefused(Cause(refused), f"{media_type}, {len(data)} bytes")
    width, height = developed.said["size"]
    across, down = developed.said["picture"]
    return Intake(
        sha256=sha256,
        media_type=media_type,
        width=width,
        height=height,
        facts=_facts(developed.said),
        picture=Picture(across, down, developed.pixels),
    )


def _outside(data: bytes) -> MediaType:
    """What can be judged without decoding."""
    if len(data) > MOST_BYTES:
        raise EvidenceRefused(Cause.TOO_BIG, f"{len(data)} bytes, at most {MOST_BYTES}")
    media_type = recognise(data)
    if media_type is None:
        raise EvidenceRefused(Cause.NOT_A_PICTURE, "neither JPEG, PNG nor WebP")
    if media_type is MediaType.JPEG:
        try:
            scans = jpeg_scans(data)
        except ValueError as broken:
            raise EvidenceRefused(Cause.BROKEN, str(broken)) from broken
        if scans > MOST_SCANS:
            raise EvidenceRefused(Cause.BOMB, f"{scans} scans, at most {MOST_SCANS}")
    return media_type


def _facts(said: dict[str, Any]) -> CameraFacts:
    taken_at, place = said["taken_at"], said["place"]
    return CameraFacts(
        taken_at=datetime.fromisoformat(taken_at) if taken_at else None,
        device=said["device"],
        place=Place(place[0], place[1], accuracy=place[2]) if place else None,
    )


__all__ = [
    "MOST_BYTES",
    "MOST_PIXELS",
    "Cause",
    "DigestMismatch",
    "EvidenceRefused",
    "Intake",
    "Picture",
    "receive",
]
