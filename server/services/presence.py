"""Who is in a call right now (在场). A fact of this process, never stored.

The media worker says who joined and left; a page says every two seconds how it sees its link.
A voice that fell silent for `SILENT` is gone, whatever was said before; but that the applicant
goes on without the call is true above all while nothing is heard.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

SILENT = timedelta(seconds=5)


class Side(StrEnum):
    APPLICANT = "applicant"
    EXPERT = "expert"


class Quality(StrEnum):
    GOOD = "good"
    WEAK = "weak"
    LOST = "lost"


class Hindrance(StrEnum):
    """Why nothing of the applicant arrives, in the words of their own phone."""

    NOTHING = ""
    BLOCKED = "blocked"  # their network lets the words through, but not the video
    LATER = "later"  # they take photos now, and send them when they can


@dataclass(frozen=True, slots=True)
class Hindered:
    """What stands in the way, and how many photos wait on the phone."""

    by: Hindrance = Hindrance.NOTHING
    waiting: int = 0


@dataclass(slots=True)
class _Seen:
    at: datetime
    quality: Quality


@dataclass
class Presence:
    """Seen by session id and side. Safe to use from any thread."""

    _seen: dict[tuple[int, Side], _Seen] = field(default_factory=dict)
    _hindered: dict[int, Hindered] = field(default_factory=dict)
    _seats: dict[int, tuple[datetime, tuple[str, ...]]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def beat(self, session_id: int, side: Side, quality: Quality, *, at: datetime) -> bool:
        """Somebody is there. True if that is news: they were away, or the word changed."""
        key = (session_id, side)
        with self._lock:
            before = self._seen.get(key)
            self._seen[key] = _Seen(at, quality)
        return before is None or at - before.at > SILENT or before.quality is not quality

    def left(self, session_id: int, side: Side) -> None:
        with self._lock:
            self._seen.pop((session_id, side), None)

    def quality(self, session_id: int, side: Side, *, at: datetime) -> Quality | None:
        """How the link is said to be; None for somebody who is not there."""
        with self._lock:
            seen = self._seen.get((session_id, side))
        return seen.quality if seen is not None and at - seen.at <= SILENT else None

    def hinder(self, session_id: int, what: Hindered) -> bool:
        """The phone says what stands in the way; True if that is news."""
        with self._lock:
            before = self._hindered.pop(session_id, Hindered())
            if what != Hindered():
                self._hindered[session_id] = what
        return what != before

    def hindered(self, session_id: int) -> Hindered:
        """As the phone last said; whoever is silent may be hindered all the more."""
        with self._lock:
            return self._hindered.get(session_id, Hindered())

    def seat(self, session_id: int, identities: tuple[str, ...], *, at: datetime) -> bool:
        """The media worker says who sits where before the applicant; "" for nobody.

        True if that is news; what it said before may come after.
        """
        with self._lock:
            told_at, before = self._seats.get(session_id, (at, ()))
            if told_at > at:
                return False
            self._seats[session_id] = at, identities
        return identities != before

    def seats(self, session_id: int) -> tuple[str, ...]:
        """As the worker last said; empty while it has said nothing."""
        with self._lock:
            return self._seats[session_id][1] if session_id in self._seats else ()

    def silent(self, *, at: datetime) -> list[tuple[int, Side]]:
        """Who has just fallen silent; each is named once."""
        with self._lock:
            gone = [key for key, seen in self._seen.items() if at - seen.at > SILENT]
            for key in gone:
                del self._seen[key]
        return gone
