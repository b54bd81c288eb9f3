"""The plain engine: aiortc decodes what comes in and encodes it again for each viewer.

About 65 % of a core for one inspection at 720p: right for a demo and a small bureau. It records
nothing.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import AsyncIterator, Sequence
from types import TracebackType
from typing import Self
from weakref import WeakSet

from inspection.media.engine import (
    Description,
    DescriptionType,
    Event,
    LinkStats,
    MediaEngine,
    MediaRefused,
    Refusal,
    Role,
    Still,
)
from inspection.media.room import Room

log = logging.getLogger(__name__)

MOST_ROOMS = 64
LONGEST_NAME = 64

#: Seconds between looks at every link: half of one, so that silence is told in under 4 s.
LOOK_SECONDS = 0.5

#: Events a slow reader may have waiting.
WAITING_EVENTS = 256


class RelayEngine(MediaEngine):
    """Rooms on this event loop.

    async with RelayEngine() as engine:
        await engine.create_room("s-1")
        answer = await engine.join("s-1", "phone", Role.APPLICANT, offer)
    """

    def __init__(self) -> None:
        self._rooms: dict[str, Room] = {}
        self._readers: WeakSet[_Reader] = WeakSet()  # who stops reading is forgotten
        self._watch: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._watch = asyncio.create_task(self._look(), name="media watch")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def create_room(self, room: str) -> None:
        _check_name(room)
        if room in self._rooms:
            return
        if len(self._rooms) >= MOST_ROOMS:
            raise MediaRefused(Refusal.FULL, f"{MOST_ROOMS} rooms")
        self._rooms[room] = opened = Room(room, self._tell)
        await opened.open()

    async def join(self, room: str, identity: str, role: Role, offer: Description) -> Description:
        _check_name(identity)
        if offer.type is not DescriptionType.OFFER:
            raise MediaRefused(Refusal.BAD_OFFER, "an answer")
        sdp = await self._room(room).join(identity, role, offer.sdp)
        return Description(DescriptionType.ANSWER, sdp)

    async def leave(self, room: str, identity: str) -> None:
        await self._room(room).leave(identity)

    async def snapshot(self, room: str) -> Still:
        return await self._room(room).snapshot()

    async def stats(self, room: str) -> Sequence[LinkStats]:
        return self._room(room).stats()

    async def close_room(self, room: str) -> None:
        if (closed := self._rooms.pop(room, None)) is not None:
            await closed.close()

    def events(self) -> AsyncIterator[Event]:
        reader = _Reader()
        self._readers.add(reader)
        return reader

    async def close(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
            self._watch = None
        for room in list(self._rooms):
            await self.close_room(room)

    def _room(self, name: str) -> Room:
        if name not in self._rooms:
            raise MediaRefused(Refusal.UNKNOWN_ROOM, name)
        return self._rooms[name]

    def _tell(self, event: Event) -> None:
        for reader in list(self._readers):
            reader.put(event)

    async def _look(self) -> None:
        while True:
            started = time.monotonic()
            for room in list(self._rooms.values()):
                try:
                    await room.look()
                except Exception:  # one room's trouble is not another's
                    log.exception("looking at room %s", room.name)
            await asyncio.sleep(max(0.05, LOOK_SECONDS - (time.monotonic() - started)))


class _Reader(AsyncIterator[Event]):
    """Events waiting for one reader; the oldest go first when it is too slow."""

    def __init__(self) -> None:
        self._waiting: deque[Event] = deque(maxlen=WAITING_EVENTS)
        self._arrived = asyncio.Event()

    def put(self, event: Event) -> None:
        self._waiting.append(event)
        self._arrived.set()

    async def __anext__(self) -> Event:
        while not self._waiting:
            self._arrived.clear()
            await self._arrived.wait()
        return self._waiting.popleft()


def _check_name(name: str) -> None:
    if not name or len(name) > LONGEST_NAME:
        raise MediaRefused(Refusal.BAD_REQUEST, "a name has 1 to 64 characters")
