"""One participant of our own engine: a link, what it sends, and how well."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

from inspection.media import sdp
from inspection.media.carrier import Carrier, Door, Media, Participant
from inspection.media.engine import (
    Ability,
    Description,
    DescriptionType,
    LinkStats,
    MediaRefused,
    Refusal,
    Role,
    RoomKind,
)
from inspection.media.measuring import Counted, Measurement
from inspection.media.passthrough import Link, Socket
from inspection.media.path import PacketPath


class PassThrough(Carrier):
    """Our own path: one UDP port for all rooms (0: a free one), packets passed on as they come.

    `tape` is the descriptor of a tape to record on; without it nothing is recorded.
    """

    def __init__(self, *, port: int = 0, tape: int | None = None) -> None:
        self._port = port
        self._tape = tape
        self._socket: Socket | None = None

    @property
    def abilities(self) -> frozenset[Ability]:
        records = {Ability.RECORD} if self._begun.records else set()
        return frozenset({Ability.H264, *records})

    @property
    def packets(self) -> PacketPath:
        return self._begun.packets

    @property
    def ran(self) -> float:
        return 0.0

    async def begin(self, ring: Callable[[], None]) -> None:
        self._socket = Socket(self._port, tape=self._tape, on_still=ring)

    async def open_room(self, name: str, kind: RoomKind) -> Door:
        return self._enter

    async def close_room(self, door: Door) -> None:
        """A room is nothing but its people."""

    async def end(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _enter(
        self,
        identity: str,
        role: Role,
        offer: str,
        media: Media,
        *,
        again: bool,
        on_change: Callable[[Participant], None],
    ) -> Participant:
        return Peer(identity, role, offer, media, self._begun, again=again, on_change=on_change)

    @property
    def _begun(self) -> Socket:
        if self._socket is None:
            raise RuntimeError("it has not begun, or has ended")
        return self._socket


class Peer(Participant):
    """One participant's link. `on_change` is called on connect, on end, and when it can send."""

    def __init__(
        self,
        identity: str,
        role: Role,
        offer: str,
        media: Media,
        socket: Socket,
        *,
        again: bool,
        on_change: Callable[[Participant], None],
    ) -> None:
        self.identity = identity
        self.role = role
        self.again = again
        self.flowing = False
        self._offer = offer
        self._packets: PacketPath = socket.packets
        # Hundreds may watch: one of them on a bad network must not cost all the others the picture.
        heeded = role is not Role.OBSERVER
        self._link = Link(socket, media, heeded=heeded, on_change=lambda: on_change(self))
        self._fed: dict[int, int] = {}  # source by sink
        self._made = time.monotonic()
        self._silent: float | None = None
        self._measured = Measurement()
        self._shows = False
        self.packets = 0

    @property
    def state(self) -> str:
        return self._link.state

    @property
    def seats(self) -> int:
        return len(self._link.seats)

    @property
    def sends(self) -> bool:
        return bool(self._link.sources)

    @property
    def shows(self) -> bool:
        return self._shows

    def source(self, kind: str) -> int:
        return self._link.sources.get(kind, 0)

    async def answer(self) -> Description:
        try:
            answer = await self._link.answer(sdp.without_hidden_addresses(self._offer))
        except Exception as refused:  # aiortc reads hostile text with asserts, indexes and int()
            raise MediaRefused(Refusal.BAD_OFFER, repr(refused)[:200]) from refused
        return Description(DescriptionType.ANSWER, sdp.with_settings(answer))

    async def answered(self, sdp: str, ticket: str) -> None:
        raise MediaRefused(Refusal.BAD_OFFER, "nothing was offered")

    def show(self, seat: int, other: Participant | None) -> None:
        sinks = self._link.seats[seat]
        for kind, sink in (("audio", sinks.audio), ("video", sinks.video)):
            source = other.source(kind) if other is not None else 0
            if sink and self._fed.get(sink) != source:
                self._fed[sink] = source
                self._packets.feed(sink, source)

    def overhear(self) -> None:
        """It all comes along our path."""

    def record(self, room: str) -> None:
        text = json.dumps({"room": room, "identity": self.identity})
        for number in self._link.sources.values():
            self._packets.record(number, text)

    def look(self) -> None:
        if (counts := self._packets.count_peer(self._link.peer)) is None:
            return
        self._silent = counts.silent if counts.silent >= 0 else None
        lost = got = octets_in = recovered = frames = 0
        jitter = 0.0
        size, picture_age = self._measured.now.size, self._measured.now.picture_age
        for kind, number in self._link.sources.items():
            source = self._packets.count_source(number)
            if source is None or source.silent < 0:
                continue
            self._shows = True
            lost, got = lost + source.lost, got + source.received
            octets_in, recovered = octets_in + source.octets, recovered + source.recovered
            jitter = max(jitter, source.jitter)
            if kind == "video":
                frames = source.frames
                size = (source.width, source.height)
                picture_age = source.silent
        sinks = [
            sink
            for seat in self._link.seats
            for number in (seat.audio, seat.video)
            if (sink := self._packets.count_sink(number)) is not None
        ]
        self._measured.note(
            Counted(
                got=got,
                lost=lost,
                octets_in=octets_in,
                octets_out=sum(sink.octets for sink in sinks),
                packets_out=sum(sink.packets for sink in sinks),
                worst_seen=max((sink.fraction_lost for sink in sinks if sink.open), default=0.0),
                round_trip=counts.round_trip,
                jitter=jitter,
                size=size,
                picture_age=picture_age,
                frames=frames,
                recovered=recovered,
            )
        )
        self.packets = self._measured.now.packets

    @property
    def heard(self) -> bool:
        return self._silent is not None and self.state == "connected"

    @property
    def silent(self) -> float:
        return time.monotonic() - self._made if self._silent is None else self._silent

    @property
    def unheard(self) -> float:
        return self.silent

    def stats(self) -> LinkStats:
        return self._measured.stats(self.identity, self.role, silent=self.silent)

    async def close(self) -> None:
        await self._link.close()
