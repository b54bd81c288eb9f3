"""Whoever watches a guidance session: let in by its link, known by a cookie, written down nowhere.

Each session has a cookie of its own, so that two links open side by side are two viewers. It holds
the link's token and a number of the browser's own, so that a thousand viewers who come at once are
a thousand reads.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from server.errors import LinkInvalid
from server.models.guidance import GuidanceSession, GuidanceStatus
from server.services.tokens import new_token, token_hash

#: Pages of viewers hold no socket, each of which would hold a thread of the web process: they ask,
#: all of a session together so often a second, and each no sooner and no later than this (seconds).
ASKS_A_SECOND = 20
SOONEST, LATEST = 5, 60

#: A browser that has not asked for so long has gone; more are not told apart.
GONE = timedelta(minutes=2)
MOST_COUNTED = 5_000

#: Of the digest of a cookie: what tells one browser from another.
KEY_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Viewer:
    """One browser at one session. `key` says who, and nothing about them."""

    guidance: GuidanceSession
    key: str


def let_in(db: Session, token: str, held: Iterable[str] = ()) -> tuple[Viewer, str]:
    """Exchange the link's token for a cookie's value.

    Whoever holds one of this link among their cookies (`held`) stays who they are, with their
    questions.

    Raises:
        LinkInvalid: unknown, or closed; the log says which.
    """
    mine = (grant for grant in held if grant.startswith(f"{token}."))
    grant = next(mine, None) or f"{token}.{new_token()}"
    return _viewer(db, grant), grant


def viewer_of(db: Session, guidance_id: int, grant: str) -> Viewer | None:
    """Who holds this cookie of the session; nobody once it was closed."""
    try:
        viewer = _viewer(db, grant)
    except LinkInvalid:
        return None
    return viewer if viewer.guidance.id == guidance_id else None


def _viewer(db: Session, grant: str) -> Viewer:
    token, _, _ = grant.partition(".")
    guidance = db.scalar(
        select(GuidanceSession)
        .where(GuidanceSession.token == token)
        .options(joinedload(GuidanceSession.presenter), joinedload(GuidanceSession.item_type))
    )
    if guidance is None:
        raise LinkInvalid("unknown")
    if guidance.status is GuidanceStatus.CLOSED:
        raise LinkInvalid(f"guidance {guidance.id} closed")
    return Viewer(guidance, token_hash(grant)[:KEY_LENGTH])


class Audience:
    """How many browsers ask about a session these minutes, kept in memory; safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked: dict[int, OrderedDict[str, datetime]] = {}

    def ask_again(self, viewer: Viewer, *, at: datetime) -> int:
        """Note that a page asked; after how many seconds it shall ask again."""
        with self._lock:
            asked = self._asked.setdefault(viewer.guidance.id, OrderedDict())
            asked[viewer.key] = at
            asked.move_to_end(viewer.key)
            while len(asked) > MOST_COUNTED or next(iter(asked.values())) < at - GONE:
                asked.popitem(last=False)
            return max(SOONEST, min(LATEST, len(asked) // ASKS_A_SECOND))
