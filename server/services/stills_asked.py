"""The photo an officer asks the applicant for (请拍照). A fact of this process, never stored.

It is wanted until it has come, until the officer takes it back or shows another point, or until
`PATIENCE` is over. A phone whose connection broke in between finds it in its invitation.
"""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta

#: To aim, hold still and press.
PATIENCE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class StillAsked:
    request: str  # names it, for whoever speaks of it later
    point: str
    until: datetime


@dataclass
class StillsAsked:
    """The last of each call, by session id. Safe to use from any thread."""

    _asked: dict[int, StillAsked] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, session_id: int, point: str, *, at: datetime) -> StillAsked:
        """From now on; one asked for before is wanted no more."""
        asked = StillAsked(secrets.token_hex(8), point, at + PATIENCE)
        with self._lock:
            self._asked = {key: one for key, one in self._asked.items() if one.until > at}
            self._asked[session_id] = asked
        return asked

    def of(self, session_id: int, *, at: datetime) -> StillAsked | None:
        """What is wanted of this applicant."""
        with self._lock:
            asked = self._asked.get(session_id)
        return asked if asked is not None and asked.until > at else None

    def settle(self, session_id: int, request: str) -> bool:
        """It has come, or is taken back. True if it was wanted."""
        with self._lock:
            wanted = session_id in self._asked and self._asked[session_id].request == request
            if wanted:
                del self._asked[session_id]
        return wanted

    def turn_to(self, session_id: int, point: str) -> None:
        """The officer shows this point: a photo of another is wanted no more."""
        with self._lock:
            if session_id in self._asked and self._asked[session_id].point != point:
                del self._asked[session_id]
