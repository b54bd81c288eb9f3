"""One inspection's room: who is in, and whose pictures and sound go to whom."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

from inspection.media import sdp
from inspection.media.carrier import Door, Participant
from inspection.media.engine import (
    Description,
    Event,
    Happening,
    LinkStats,
    MediaRefused,
    Refusal,
    Role,
    RoomKind,
    Still,
)
from inspection.media.quality import STALLED_SECONDS
from inspection.media.stills import Camera

MOST_PEERS = {RoomKind.INSPECTION: 16, RoomKind.GUIDANCE: 600}

#: Of these, places that observers leave to those who speak.
KEPT_FREE = 4

#: Seconds. A handshake takes well under one; a peer that never finishes is put out.
CONNECT_SECONDS = 15.0

#: Seconds of silence after which a peer is put out. It comes back by joining again.
GONE_SECONDS = 20.0


class Room:
    """Applicant and experts of one inspection.

    Everybody has as many seats as it offered parts to show others in. In the first one experts see
    the applicant, and the applicant the expert who first showed something; in the others they see
    the other experts, each in the seat where it sat down. Observers see as experts do, and where
    there is no applicant, the expert. Whoever comes back sits where it sat: numbers and times of a
    seat go on growing, so nobody has to negotiate again.
    """

    def __init__(
        self,
        name: str,
        door: Door,
        camera: Camera,
        tell: Callable[[Event], None],
        *,
        kind: RoomKind = RoomKind.INSPECTION,
        recorded: bool = False,
    ) -> None:
        self.name = name
        self.recorded = recorded
        self._most = MOST_PEERS[kind]
        self.camera = camera
        self.door = door
        self._tell = tell
        self._open = True
        self._last_peopled = time.monotonic()
        self.packets = 0  # in and out since it was opened, as of the last look
        self._peers: dict[str, Participant] = {}  # by identity, oldest link first
        self._seated: dict[str, list[str]] = {}  # by viewer: who sits where, "" for nobody
        self._told: set[Participant] = set()  # of whom it was said that they joined
        self._joining = asyncio.Lock()
        self._asked: Counter[str] = Counter()
        self._closing: set[asyncio.Task[None]] = set()

    async def join(self, identity: str, role: Role, offer: str) -> Description:
        """Answer an offer. Only then the earlier link of the same identity is closed.

        Of many joins of one identity at once only the newest is carried out.
        """
        media = sdp.media_offered(offer)
        if role is Role.OBSERVER and any(direction != "recvonly" for _, direction in media):
            raise MediaRefused(Refusal.BAD_OFFER, "an observer sends nothing")
        self._asked[identity] += 1
        mine = self._asked[identity]
        async with self._joining:
            if mine != self._asked[identity]:
                raise MediaRefused(Refusal.SUPERSEDED)
            if not self._open:
                raise MediaRefused(Refusal.UNKNOWN_ROOM, self.name)
            most = self._most - (KEPT_FREE if role is Role.OBSERVER else 0)
            if identity not in self._peers and len(self._peers) >= most:
                raise MediaRefused(Refusal.FULL, f"{most} in the room")
            again = identity in self._peers
            peer = self.door(identity, role, offer, media, again=again, on_change=self._changed)
            try:
                answer = await peer.answer()
            except BaseException:
                await peer.close()
                raise
            before = self._peers.pop(identity, None)
            self._peers[identity] = peer
            if before is not None:
                self._finish(before)
            return answer

    async def answered(self, identity: str, sdp: str, ticket: str) -> None:
        """Somebody answers what its join offered."""
        if (peer := self._peers.get(identity)) is None:
            raise MediaRefused(Refusal.UNKNOWN_ROOM, f"{identity} is not in it")
        await peer.answered(sdp, ticket)

    async def leave(self, identity: str) -> None:
        async with self._joining:
            self._hang_up(identity)

    async def snapshot(self) -> Still:
        return await self.camera.take(self._premises)

    def stats(self) -> list[LinkStats]:
        return [peer.stats() for peer in self._peers.values()]

    @property
    def links(self) -> int:
        """How many people are in it, or on their way in."""
        return len(self._peers)

    @property
    def empty_seconds(self) -> float:
        """For how long nobody has been in it."""
        return 0.0 if self._peers else time.monotonic() - self._last_peopled

    async def look(self) -> None:
        """Tell who fell silent and who is back; the engine calls this twice a second."""
        for peer in list(self._peers.values()):
            self._last_peopled = time.monotonic()
            before = peer.packets
            peer.look()
            self.packets += max(0, peer.packets - before)
            connected = peer.state == "connected"
            if peer.unheard > (GONE_SECONDS if connected else CONNECT_SECONDS):
                self._put_out(peer)
            elif peer.flowing and peer.silent > STALLED_SECONDS:
                peer.flowing = False
                self._say(Happening.STALLED, peer)
            elif not peer.flowing and peer.heard and peer.silent < STALLED_SECONDS:
                peer.flowing = True
                self._say(Happening.FLOWING, peer)
        self._arrange()

    async def close(self) -> None:
        """Put everybody out. The room cannot be opened again."""
        async with self._joining:
            self._open = False
            for identity in list(self._peers):
                self._hang_up(identity)
        await asyncio.gather(*self._closing, return_exceptions=True)

    def _premises(self) -> int:
        """The video that shows the place; 0 while none does."""
        if not (shown := self._shown(Role.APPLICANT)):
            return 0
        shown[0].overhear()
        return shown[0].source("video")

    def _shown(self, role: Role) -> list[Participant]:
        """Who of a role can be shown: those who show something first, the newest of them first."""
        able = [
            peer
            for peer in reversed(self._peers.values())
            if peer.role is role and peer.state == "connected" and peer.sends
        ]
        return sorted(able, key=lambda peer: not peer.shows)

    def _arrange(self) -> None:
        """Give everybody the sources that belong in its seats."""
        for viewer in self._peers.values():
            self._seat(viewer)

    def _seat(self, viewer: Participant) -> None:
        """Give one the sources that belong in its seats. What is right already stays."""
        if not (seats := viewer.seats):
            return
        applicants, experts = self._shown(Role.APPLICANT), self._shown(Role.EXPERT)
        foremost = experts if viewer.role is Role.APPLICANT else applicants
        if viewer.role is Role.OBSERVER:
            foremost = applicants or experts
        before = self._seated.get(viewer.identity, [""])
        better = any(peer.shows for peer in foremost)  # than who shows nothing
        stays = [
            peer for peer in foremost if peer.identity == before[0] and (peer.shows or not better)
        ]
        shown = (stays or foremost)[:1]
        others = [peer for peer in experts if peer is not viewer and peer not in shown]
        seated = _seated(shown, others, before, seats)
        self._seated[viewer.identity] = seated
        for seat, name in enumerate(seated):
            viewer.show(seat, self._peers.get(name))
        if viewer.role is Role.APPLICANT and seated != before and any(seated + before):
            self._say(Happening.SEATED, viewer, sees=tuple(seated))

    def seating(self) -> list[Event]:
        """Who is shown to applicants now, as it was said when it last changed."""
        return [
            self._event(Happening.SEATED, peer, sees=tuple(seated))
            for peer in self._peers.values()
            if peer.role is Role.APPLICANT and any(seated := self._seated.get(peer.identity, []))
        ]

    def _changed(self, peer: Participant) -> None:
        if self._peers.get(peer.identity) is not peer:
            return
        if self.recorded:
            peer.record(self.name)
        if peer.role is Role.OBSERVER:
            self._seat(peer)
        else:
            self._arrange()
        if peer.state == "connected" and peer not in self._told:
            self._told.add(peer)
            self._say(Happening.JOINED, peer)
        elif peer.state in ("failed", "closed"):
            self._put_out(peer)

    def _put_out(self, peer: Participant) -> None:
        if self._peers.get(peer.identity) is peer:
            self._hang_up(peer.identity)

    def _hang_up(self, identity: str) -> None:
        if (peer := self._peers.pop(identity, None)) is not None:
            self._say(Happening.LEFT, peer)
            self._finish(peer)

    def _finish(self, peer: Participant) -> None:
        """Close a link in a task of its own: its last packets must not keep anybody waiting."""
        self._told.discard(peer)
        if peer.role is not Role.OBSERVER:
            self._arrange()
        task = asyncio.create_task(peer.close(), name=f"close {peer.identity}")
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    def _say(self, happening: Happening, peer: Participant, *, sees: tuple[str, ...] = ()) -> None:
        self._tell(self._event(happening, peer, sees=sees))

    def _event(
        self, happening: Happening, peer: Participant, *, sees: tuple[str, ...] = ()
    ) -> Event:
        return Event(
            happening=happening,
            room=self.name,
            identity=peer.identity,
            role=peer.role,
            at=datetime.now(UTC),
            again=peer.again,
            sees=sees,
        )


def _seated(
    foremost: list[Participant], others: list[Participant], before: list[str], seats: int
) -> list[str]:
    """Identities for that many seats: the foremost in the first, the others where they sat, the
    longest in the room first. An empty name leaves a seat empty."""
    names = [peer.identity for peer in reversed(others)]
    seated = [peer.identity for peer in foremost] or [""]
    for seat in range(1, seats):
        sat = before[seat] if seat < len(before) else ""
        seated.append(sat if sat in names else "")
    waiting = iter([name for name in names if name not in seated])
    return [seated[0], *(name or next(waiting, "") for name in seated[1:])][:seats]
