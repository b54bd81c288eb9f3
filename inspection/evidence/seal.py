"""What proves a piece of evidence unchanged (固化): its digest, with when, where and by whom."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from inspection.evidence.place import Place


@dataclass(frozen=True, slots=True)
class Seal:
    """The statement made about a file the moment it arrived.

    ``received_at`` is the server's clock, aware UTC, and the time that counts; ``taken_at`` (aware)
    and ``place`` are what the device claims, or None; ``by`` names who sent it in.

    Raises:
        ValueError: the digest is not 64 lower-case hexadecimal digits, or a time is naive.
    """

    sha256: str
    received_at: datetime
    taken_at: datetime | None
    place: Place | None
    by: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[0-9a-f]{64}", self.sha256):
            raise ValueError(f"not a SHA-256: {self.sha256!r}")
        if self.received_at.utcoffset() != timedelta(0):
            raise ValueError("received_at must be UTC")
        if self.taken_at is not None and self.taken_at.utcoffset() is None:
            raise ValueError("taken_at must say its offset")


def verify(data: bytes, seal: Seal) -> bool:
    """Whether these are, to the last bit, the bytes that were sealed."""
    return hashlib.sha256(data).hexdigest() == seal.sha256
