"""An engine: rooms on this event loop, over whatever carries their packets."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Self
from weakref import WeakSet

from inspection.media.carrier import Carrier
from inspection.media.disk import Disk
from inspection.media.engine import (
    Ability,
    Description,
    DescriptionType,
    Event,
    LinkStats,
    Load,
    MediaEngine,
    MediaRefused,
    Refusal,
    Role,
    RoomKind,
    Still,
)
from inspection.media.room import Room
from inspection.media.stills import Camera, Developer
from inspection.media.turns import next_turn

log = logging.getLogger(__name__)

#: Rooms and people in them beyond which no new call is taken. One way of a call of 720p was
#: measured to take half a hundredth of a core, so that this many calls of two take two thirds.
#: Many people are watching a room of guidance, and count for less.
MOST_ROOMS = 64
MOST_LINKS = 1024

#: Rooms beyond which not even a call that has begun elsewhere is taken: another worker's all.
MOST_RUNNING = 2 * MOST_ROOMS

#: What one core may be busy with us before no new call is taken: packets wait longer and longer
#: beyond it, and they share the core with whatever else runs on the machine.
FULL_CPU = 0.7

#: Seconds over which that is measured: longer than a handshake, shorter than a call.
CPU_SECONDS = 5.0

#: Seconds after which a room that nobody is in is forgotten. Whoever comes back opens it again.
EMPTY_SECONDS = 120.0

LONGEST_NAME = 64

#: Seconds between looks at every link: half of one, so that silence is told in under 4 s.
LOOK_SECONDS = 0.5

#: Seconds between looks at the disk that recordings are written to: each takes a thread.
DISK_SECONDS = 5.0

#: Events a slow reader may have waiting.
WAITING_EVENTS = 256


class Rooms(MediaEngine):
    """Rooms on this event loop, and one carrier for all of them.

    `disk` is where a recorder writes down what is on the carrier's tape.

    async with Rooms(PassThrough(port=8010)) as engine:
        await engine.create_room("s-1")
        answer = await engine.join("s-1", "phone", Role.APPLICANT, offer)
    """

    def __init__(self, carrier: Carrier, *, disk: Disk | None = None) -> None:
        self._carrier = carrier
        self._disk = disk
        self._disk_free: int | None = None
        self._begun = False
        self._opening = asyncio.Lock()
        self._developer = Developer()
        self._rooms: dict[str, Room] = {}
        self._readers: WeakSet[_Reader] = WeakSet()  # who stops reading is forgotten
        self._watches: list[asyncio.Task[None]] = []
        self._packets_before = 0  # of rooms that are closed
        # The process's own clock counts what all of its threads really ran for, ours and the one
        # that carries the packets, to the nanosecond and on every platform.
        self._ran: deque[tuple[float, float]] = deque(maxlen=round(CPU_SECONDS / LOOK_SECONDS) + 1)

    async def __aenter__(self) -> Self:
        await self._carrier.begin(self._ring)
        self._begun = True
        self._note_time()
        self._watches = [asyncio.create_task(self._look(), name="media watch")]
        if self._disk is not None:
            await self._measure(self._disk)
            self._watches.append(asyncio.create_task(self._watch(self._disk), name="disk watch"))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    def prepare(self) -> None:
        """Be ready for the first still, too."""
        self._developer.begin()

    @property
    def abilities(self) -> frozenset[Ability]:
        return self._carrier.abilities

    async def create_room(
        self,
        room: str,
        *,
        kind: RoomKind = RoomKind.INSPECTION,
        recorded: bool = False,
        running: bool = False,
    ) -> None:
        _check_name(room)
        async with self._opening:
            if room not in self._rooms:
                self._rooms[room] = await self._open(room, kind, recorded, running)

    async def _open(self, room: str, kind: RoomKind, recorded: bool, running: bool) -> Room:
        load = self.load()
        if load.rooms >= MOST_RUNNING or not (running or load.fits):
            raise MediaRefused(
                Refusal.FULL, f"{load.rooms} rooms, {load.links} links, {load.cpu:.0%} of a core"
            )
        if not self._begun:
            raise MediaRefused(Refusal.FULL, "the engine is closed")
        door = await self._carrier.open_room(room, kind)
        camera = Camera(self._carrier.packets, self._developer)
        recorded = recorded and Ability.RECORD in self.abilities
        return Room(room, door, camera, self._tell, kind=kind, recorded=recorded)

    async def join(self, room: str, identity: str, role: Role, offer: Description) -> Description:
        _check_name(identity)
        if offer.type is not DescriptionType.OFFER:
            raise MediaRefused(Refusal.BAD_OFFER, "an answer")
        entered = self._room(room)
        answer = await entered.join(identity, role, offer.sdp)
        return replace(answer, recorded=entered.recorded)

    async def answer(self, room: str, identity: str, answer: Description) -> None:
        if answer.type is not DescriptionType.ANSWER:
            raise MediaRefused(Refusal.BAD_OFFER, "an offer")
        await self._room(room).answered(identity, answer.sdp, answer.ticket)

    async def leave(self, room: str, identity: str) -> None:
        await self._room(room).leave(identity)

    async def snapshot(self, room: str) -> Still:
        return await self._room(room).snapshot()

    async def stats(self, room: str) -> Sequence[LinkStats]:
        self._room(room)
        return (await self.stats_of_all())[room]

    async def stats_of_all(self) -> Mapping[str, Sequence[LinkStats]]:
        found = {name: room.stats() for name, room in self._rooms.items()}
        packets = sum(link.packets for links in found.values() for link in links)
        each = self.load().cpu / max(1, packets)
        return {
            name: [replace(link, cpu=round(each * link.packets, 4)) for link in links]
            for name, links in found.items()
        }

    def load(self) -> Load:
        (began, ran_then), (now, ran_now) = self._ran[0], self._ran[-1]
        cpu = (ran_now - ran_then) / max(now - began, LOOK_SECONDS)
        links = sum(room.links for room in self._rooms.values())
        takes_more = cpu < FULL_CPU and links < MOST_LINKS
        return Load(
            cpu=round(cpu, 3),
            rooms=len(self._rooms),
            links=links,
            packets=self._packets_before + sum(room.packets for room in self._rooms.values()),
            fits=max(0, MOST_ROOMS - len(self._rooms)) if takes_more else 0,
            disk_free=self._disk_free,
            disk_full=self._disk_is_full(),
        )

    async def close_room(self, room: str) -> None:
        if (closed := self._rooms.pop(room, None)) is not None:
            self._packets_before += closed.packets
            await closed.close()
            await self._carrier.close_room(closed.door)

    def events(self) -> AsyncIterator[Event]:
        reader = _Reader()
        self._readers.add(reader)
        for room in self._rooms.values():  # whoever begins to listen has missed it
            for event in room.seating():
                reader.put(event)
        return reader

    async def close(self) -> None:
        for watch in self._watches:
            watch.cancel()
        await asyncio.gather(*self._watches, return_exceptions=True)
        self._watches.clear()
        for room in list(self._rooms):
            await self.close_room(room)
        self._developer.close()
        self._begun = False
        await self._carrier.end()

    def _room(self, name: str) -> Room:
        if name not in self._rooms:
            raise MediaRefused(Refusal.UNKNOWN_ROOM, name)
        return self._rooms[name]

    def _ring(self) -> None:
        for room in self._rooms.values():
            room.camera.ring()

    def _tell(self, event: Event) -> None:
        for reader in list(self._readers):
            reader.put(event)

    def _note_time(self) -> None:
        self._ran.append((time.monotonic(), time.process_time() + self._carrier.ran))

    def _disk_is_full(self) -> bool:
        if self._disk is None:
            return False
        return self._disk_free is None or self._disk_free < self._disk.least_free

    async def _watch(self, disk: Disk) -> None:
        while True:
            await next_turn(DISK_SECONDS)
            await self._measure(disk)

    async def _measure(self, disk: Disk) -> None:
        """In a thread: a disk on the network may take its time."""
        try:
            self._disk_free = await asyncio.to_thread(disk.free)
        except OSError as silent:
            log.warning("%s: %s", disk.folder, silent)
            self._disk_free = None

    async def _look(self) -> None:
        while True:
            self._note_time()
            for room in list(self._rooms.values()):
                try:
                    await room.look()
                    if room.empty_seconds > EMPTY_SECONDS:
                        await self.close_room(room.name)
                except Exception:  # one room's trouble is not another's
                    log.exception("looking at room %s", room.name)
            await next_turn(LOOK_SECONDS)


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
