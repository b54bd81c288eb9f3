"""One inspection's room: who is in, and whose pictures and sound go to whom."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime

from av import VideoFrame

from inspection.media.engine import (
    Event,
    Happening,
    LinkStats,
    MediaRefused,
    Refusal,
    Role,
    Still,
)
from inspection.media.feed import Feed, Frame
from inspection.media.peer import Peer
from inspection.media.quality import STALLED_SECONDS
from inspection.media.snapshot import Snapshooter

MOST_PEERS = 8

#: Seconds. A handshake takes well under one; a peer that never finishes is put out.
CONNECT_SECONDS = 15.0

#: Seconds of silence after which a peer is put out. It comes back by joining again.
GONE_SECONDS = 20.0


class Room:
    """Applicant and experts of one inspection.

    A role has one feed of pictures and one of sound; the newest link of a role is on the air, and
    when it goes, the one before it. Everybody of the other role gets these feeds.
    """

    def __init__(self, name: str, tell: Callable[[Event], None]) -> None:
        self.name = name
        self._tell = tell
        self._peers: dict[str, Peer] = {}  # by identity, oldest link first
        self._feeds = {role: (Feed("audio"), Feed("video")) for role in Role}
        self._joining = asyncio.Lock()
        self._asked: Counter[str] = Counter()
        self._closing: set[asyncio.Task[None]] = set()
        self._open = AsyncExitStack()
        self._camera: Snapshooter | None = None

    async def open(self) -> None:
        picture = self._feeds[Role.APPLICANT][1]
        self._camera = await self._open.enter_async_context(Snapshooter(picture.outlet()))

    async def join(self, identity: str, role: Role, offer: str) -> str:
        """Answer an offer. Only then the earlier link of the same identity is closed.

        Of many joins of one identity at once only the newest is carried out.
        """
        self._asked[identity] += 1
        mine = self._asked[identity]
        async with self._joining:
            if mine != self._asked[identity]:
                raise MediaRefused(Refusal.SUPERSEDED)
            if self._camera is None:
                raise MediaRefused(Refusal.UNKNOWN_ROOM, self.name)
            if identity not in self._peers and len(self._peers) >= MOST_PEERS:
                raise MediaRefused(Refusal.FULL, f"{MOST_PEERS} in the room")
            peer = Peer(
                identity,
                role,
                again=identity in self._peers,
                on_frame=self._pass_on,
                on_change=self._changed,
            )
            try:
                other = Role.EXPERT if role is Role.APPLICANT else Role.APPLICANT
                answer = await peer.answer(offer, self._feeds[other])
            except BaseException:
                await peer.close()
                raise
            before = self._peers.pop(identity, None)
            self._peers[identity] = peer
            if before is not None:
                self._finish(before)
            return answer

    async def leave(self, identity: str) -> None:
        async with self._joining:
            self._hang_up(identity)

    async def snapshot(self) -> Still:
        if self._camera is None:
            raise MediaRefused(Refusal.UNKNOWN_ROOM, self.name)
        return await self._camera.take()

    def stats(self) -> list[LinkStats]:
        return [peer.stats() for peer in self._peers.values()]

    async def look(self) -> None:
        """Tell who fell silent and who is back; the engine calls this twice a second."""
        for peer in list(self._peers.values()):
            await peer.look()
            connected = peer.state == "connected"
            if peer.silent > (GONE_SECONDS if connected else CONNECT_SECONDS):
                self._put_out(peer)
            elif peer.flowing and peer.silent > STALLED_SECONDS:
                peer.flowing = False
                self._say(Happening.STALLED, peer)
            elif not peer.flowing and peer.heard and peer.silent < STALLED_SECONDS:
                peer.flowing = True
                self._say(Happening.FLOWING, peer)

    async def close(self) -> None:
        """Put everybody out. The room cannot be opened again."""
        async with self._joining:
            self._camera = None
            await self._open.aclose()
            for identity in list(self._peers):
                self._hang_up(identity)
        await asyncio.gather(*self._closing, return_exceptions=True)

    def _pass_on(self, peer: Peer, frame: Frame) -> None:
        sound, picture = self._feeds[peer.role]
        if peer is self._on_air(peer.role):
            feed = picture if isinstance(frame, VideoFrame) else sound
            feed.put(frame, peer)

    def _on_air(self, role: Role) -> Peer | None:
        newest_first = reversed(self._peers.values())
        return next(
            (peer for peer in newest_first if peer.role is role and peer.state == "connected"), None
        )

    def _changed(self, peer: Peer) -> None:
        if self._peers.get(peer.identity) is not peer:
            return
        if peer.state == "connected":
            self._say(Happening.JOINED, peer)
        elif peer.state in ("failed", "closed"):
            self._put_out(peer)

    def _put_out(self, peer: Peer) -> None:
        if self._peers.get(peer.identity) is peer:
            self._hang_up(peer.identity)

    def _hang_up(self, identity: str) -> None:
        if (peer := self._peers.pop(identity, None)) is not None:
            self._say(Happening.LEFT, peer)
            self._finish(peer)

    def _finish(self, peer: Peer) -> None:
        """Close a link in a task of its own: its last packets must not keep anybody waiting."""
        task = asyncio.create_task(peer.close(), name=f"close {peer.identity}")
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    def _say(self, happening: Happening, peer: Peer) -> None:
        self._tell(
            Event(
                happening=happening,
                room=self.name,
                identity=peer.identity,
                role=peer.role,
                at=datetime.now(UTC),
                again=peer.again,
            )
        )
