"""Janus's room of videos (plugin videoroom) carries our rooms.

A participant has up to two connections with Janus: one that it sends on, and one on which it is
shown others. The latter has as many *seats* as its offer. They are taken by a placeholder, Janus's
dummy publisher, until somebody is shown there; who sits in one changes without negotiating.
Only VP8 and Opus, so that everybody can be shown to everybody.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable

from inspection.media.carrier import Carrier, Door, Media, Participant
from inspection.media.engine import Ability, MediaRefused, Refusal, Role, RoomKind
from inspection.media.janus.client import ADMINISTRATION, Conversation, Handle, Message
from inspection.media.janus.peer import Hall, JanusPeer
from inspection.media.janus.program import Program
from inspection.media.passthrough import Socket
from inspection.media.path import PacketPath

log = logging.getLogger(__name__)

#: Bits a second that Janus asks a camera for at most (REMB): what `sdp.BITRATES` lets it send.
BITRATE = 2_500_000

#: Who may send in one room: everybody, and the links that replace theirs.
MOST_SENDERS = 64

#: Seconds between looks at Janus's counters.
LOOK_SECONDS = 1.0


class JanusCarrier(Carrier):
    """Has a Janus of its own. `on_lost` is called when that is gone: with it all rooms are, and
    nothing comes back. `tape` is the descriptor of a tape to record on.

    Raises:
        JanusMissing.
    """

    def __init__(
        self, *, tape: int | None = None, on_lost: Callable[[], object] = lambda: None
    ) -> None:
        self._program = Program()
        self._tape = tape
        self._on_lost = on_lost
        self._socket: Socket | None = None
        self._calls = Conversation(self._program.calls, secret=self._program.secret)
        self._administration = Conversation(
            self._program.administration, secret=self._program.secret, api=ADMINISTRATION
        )
        self._manager: Handle | None = None
        self._halls: dict[Door, Hall] = {}
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def abilities(self) -> frozenset[Ability]:
        records = self._socket is not None and self._socket.records
        return frozenset([Ability.RECORD] if records else [])

    @property
    def packets(self) -> PacketPath:
        if self._socket is None:
            raise RuntimeError("it has not begun, or has ended")
        return self._socket.packets

    @property
    def ran(self) -> float:
        return self._program.ran

    async def begin(self, ring: Callable[[], None]) -> None:
        try:
            await self._program.start()
            await self._calls.__aenter__()
            await self._administration.__aenter__()
            self._manager = await self._calls.attach(lambda _: None)
        except (OSError, MediaRefused) as away:
            await self.end()
            raise OSError(str(away)) from away
        self._socket = Socket(0, tape=self._tape, on_still=ring)
        self._tasks = [
            asyncio.create_task(self._look(), name="janus counters"),
            asyncio.create_task(self._notice_its_end(), name="janus end"),
        ]

    async def open_room(self, name: str, kind: RoomKind) -> Door:
        if self._manager is None:
            raise MediaRefused(Refusal.BUSY, "Janus is away")
        number = secrets.randbits(50)
        await self._manager.ask(
            {
                "request": "create",
                "room": number,
                "publishers": MOST_SENDERS,
                "bitrate": BITRATE,
                "audiocodec": "opus",
                "videocodec": "vp8",
                "dummy_publisher": True,
                "notify_joining": False,
            }
        )
        told = await self._manager.ask({"request": "listparticipants", "room": number})
        placeholder = next(
            (int(one["id"]) for one in told.data.get("participants", []) if one.get("dummy")), 0
        )
        hall = Hall(self._calls, self._manager, self.packets, number, placeholder)

        def enter(
            identity: str,
            role: Role,
            offer: str,
            media: Media,
            *,
            again: bool,
            on_change: Callable[[Participant], None],
        ) -> Participant:
            return JanusPeer(identity, role, offer, media, hall, again=again, on_change=on_change)

        self._halls[enter] = hall
        return enter

    async def close_room(self, door: Door) -> None:
        if (hall := self._halls.pop(door, None)) is None or self._manager is None:
            return
        try:
            await self._manager.ask({"request": "destroy", "room": hall.number})
        except MediaRefused as no:
            log.info("room %d stays in Janus: %s", hall.number, no)

    async def end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        await self._administration.close()
        await self._calls.close()
        await self._program.stop()
        self._manager = None
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    async def _notice_its_end(self) -> None:
        """Without its counters everybody would seem to have fallen silent."""
        ends = [
            asyncio.create_task(each.lost.wait()) for each in (self._calls, self._administration)
        ]
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for end in ends:
                end.cancel()
        self._on_lost()

    async def _look(self) -> None:
        while True:
            for hall in list(self._halls.values()):
                for peer in hall.peers:
                    peer.count(self._info)
            await asyncio.sleep(LOOK_SECONDS)

    async def _info(self, handle: Handle) -> Message:
        """What Janus counts of a connection.

        Raises:
            MediaRefused: it does not say.
        """
        told = await self._administration.ask(
            {
                "janus": "handle_info",
                "session_id": self._calls.session,
                "handle_id": handle.number,
            }
        )
        info = told.get("info")
        return info if isinstance(info, dict) else {}
