"""Carries the packets of every call of a worker on its event loop, without C++.

Speaks as `yunkan_packets.pyi` says. Peers, sources and sinks are numbered from 1 and never again;
an unknown one is ignored, because who it named may just have gone.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

from inspection.media.plain import counts, trickling
from inspection.media.plain.address import SocketAddress, from_socket, to_socket
from inspection.media.plain.asking import ask_again, ask_key_picture
from inspection.media.plain.checks import Asked, asked_for, asks, is_check
from inspection.media.plain.clock import Clock
from inspection.media.plain.codecs import codec_named
from inspection.media.plain.control import take_control
from inspection.media.plain.datagrams import Datagrams
from inspection.media.plain.letters import MOST, MOST_OF_STRANGERS, Letter, is_handshake
from inspection.media.plain.outlet import Outlet
from inspection.media.plain.receiving import Receiving
from inspection.media.plain.recording import Recording
from inspection.media.plain.reporting import INTERVAL, report, tell_arrivals
from inspection.media.plain.rtp import HEADER
from inspection.media.plain.srtp import session_at
from inspection.media.plain.streams import Format, Peer, Sink, Source
from inspection.media.turns import until_turn

#: Seconds between two looks at what is late: while packets come, which wake us anyway, and while
#: none do. Waking costs more than looking.
LOOK_SECONDS, IDLE_LOOK_SECONDS = 0.05, 0.25

#: The highest number of a header extension in the form we write.
MOST_EXTENSION = 14

#: Addresses one peer may have passed checks from; the oldest that is not in use goes first.
MOST_ADDRESSES = 8


class Packets:
    """Bind a UDP port on every address (0: a free one).

    Raises:
        RuntimeError: the port is taken.
    """

    def __init__(self, port: int) -> None:
        self._clock = Clock()
        self._datagrams = Datagrams(port)
        self._arrived = self._datagrams.arrived
        self._octets = self._arrived.octets
        self._outlet = Outlet(self._datagrams, self._clock)
        self._receiving = Receiving(self._arrived, self._outlet, self._ring)
        self._peers: dict[int, Peer] = {}
        self._sources: dict[int, Source] = {}
        self._sinks: dict[int, Sink] = {}
        self._addresses: dict[SocketAddress, Peer] = {}
        self._next = 1
        self._names: dict[str, Peer] = {}
        self._asked = Asked()
        self._letters: list[Letter] = []
        self._ready: Callable[[], None] | None = None
        self._ringing = False
        self._looking: asyncio.TimerHandle | None = None
        self._looked = 0.0

    @property
    def port(self) -> int:
        return self._datagrams.port

    @property
    def has_ipv6(self) -> bool:
        return self._datagrams.has_ipv6

    def watch(self, ready: Callable[[], None]) -> None:
        """Carry packets on this event loop from now on.

        `ready` is called when there are letters, or a still is ready.
        """
        self._loop = asyncio.get_running_loop()
        self._ready = ready
        self._datagrams.watch(self._begin, self._take)
        self._look_when_idle()

    def close(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
        self._ready = None
        self._datagrams.close()

    # --- letters ---

    def letters(self) -> list[Letter]:
        taken, self._letters = self._letters, []
        return taken

    def send(self, data: bytes, host: str, port: int, /) -> None:
        if asks(data):
            self._asked.sent(data)
        self._datagrams.send(data, self._address(host, port))

    # --- who is there ---

    def add_peer(self, name: str, *, heeded: bool) -> int:
        number = self._number()
        self._peers[number] = Peer(number, name, heeded)
        self._names.setdefault(name, self._peers[number])
        return number

    def admit(self, peer: int, host: str, port: int, /) -> None:
        address = self._address(host, port)
        if (known := self._peers.get(peer)) is not None:
            self._admit(known, address)

    def connect(self, peer: int, host: str, port: int, receive: int, send: int, /) -> None:
        address, sessions = self._address(host, port), (session_at(receive), session_at(send))
        if (known := self._peers.get(peer)) is None:
            return
        self._admit(known, address)
        known.address = address
        known.receive, known.send = sessions
        for sink in known.sinks:
            if sink.source is not None:
                sink.source.key_wanted = True

    def move(self, peer: int, host: str, port: int, /) -> None:
        address = self._address(host, port)
        if (known := self._peers.get(peer)) is not None:
            self._admit(known, address)
            known.address = address

    def remove_peer(self, peer: int, /) -> None:
        if (gone := self._peers.pop(peer, None)) is None:
            return
        for source in gone.sources:
            if self._receiving.recording is not None:
                self._receiving.recording.end(source)
            for sink in list(source.sinks):
                sink.detach()
            del self._sources[source.number]
        for sink in gone.sinks:
            sink.detach()
            del self._sinks[sink.number]
        for address in gone.admitted:
            del self._addresses[address]
        if self._names.get(gone.name) is gone:
            del self._names[gone.name]
        gone.receive = gone.send = None

    def add_source(
        self,
        peer: int,
        *,
        video: bool,
        formats: Sequence[tuple[str, int, int, int]],
        ssrc: int,
        retransmission_ssrc: int,
        reporter: int,
        transport_wide: int,
    ) -> int:
        read = _formats(formats)
        _check_ssrcs(ssrc, retransmission_ssrc, reporter)
        if (owner := self._peers.get(peer)) is None or not read:
            return 0
        number = self._number()
        source = Source(
            number, owner, video, read, ssrc, retransmission_ssrc, reporter, transport_wide
        )
        self._sources[number] = source
        owner.sources.append(source)
        for form in read:
            owner.by_payload_type[form.payload_type] = source, form
            if form.retransmitted >= 0:
                owner.by_payload_type[form.retransmitted] = source, form
        return number

    def add_sink(
        self,
        peer: int,
        *,
        video: bool,
        formats: Sequence[tuple[str, int, int, int]],
        ssrc: int,
        retransmission_ssrc: int,
        transport_wide: int,
    ) -> int:
        read = _formats(formats)
        _check_ssrcs(ssrc, retransmission_ssrc)
        if transport_wide > MOST_EXTENSION:
            transport_wide = 0  # has no place in the short form we write (RFC 8285 section 4.2)
        if (owner := self._peers.get(peer)) is None or not read:
            return 0
        number = self._number()
        sink = Sink(number, owner, video, read, ssrc, retransmission_ssrc, transport_wide)
        self._sinks[number] = sink
        owner.sinks.append(sink)
        return number

    def feed(self, sink: int, source: int, /) -> None:
        fed, wanted = self._sinks.get(sink), self._sources.get(source)
        if fed is None or fed.source is wanted:
            return
        fed.detach()
        if wanted is not None and wanted.video == fed.video:
            fed.source = wanted
            wanted.sinks.append(fed)
            wanted.key_wanted = wanted.video

    # --- what is asked ---

    def ask_key_picture(self, source: int, /) -> None:
        if (asked := self._sources.get(source)) is not None:
            asked.key_wanted = True  # asked for at the next look

    def record_on(self, tape: int, text: str) -> None:
        self._receiving.recording = Recording(tape, text, self._clock)

    def record(self, source: int, text: str, /) -> None:
        recording, recorded = self._receiving.recording, self._sources.get(source)
        if recorded is not None and recording is not None:
            recording.begin(recorded, text)

    def want_still(self, source: int, /) -> None:
        if (asked := self._sources.get(source)) is not None and asked.video:
            asked.still_wanted = asked.key_wanted = True

    def take_still(self, source: int, /) -> tuple[str, bytes, float] | None:
        if (asked := self._sources.get(source)) is None or (picture := asked.key_picture) is None:
            return None
        asked.key_picture = None
        return picture.codec.name, picture.encoded, picture.arrived

    def count_source(self, source: int, /) -> counts.SourceCounts | None:
        known = self._sources.get(source)
        return None if known is None else counts.of_source(known, time.monotonic())

    def count_sink(self, sink: int, /) -> counts.SinkCounts | None:
        known = self._sinks.get(sink)
        return None if known is None else counts.of_sink(known)

    def count_peer(self, peer: int, /) -> counts.PeerCounts | None:
        known = self._peers.get(peer)
        return None if known is None else counts.of_peer(known, time.monotonic())

    # --- datagrams that arrive ---

    def _begin(self) -> None:
        """Some have."""
        now = self._clock.seconds = time.monotonic()
        if now - self._looked >= LOOK_SECONDS:
            self._look()

    def _take(self, length: int, sender: SocketAddress) -> bool:
        """What a datagram is, by its first byte (RFC 7983). True in the middle of a picture."""
        if length < HEADER:
            return False
        peer = self._addresses.get(sender)
        first, second = self._octets[0], self._octets[1]
        if first < 64:
            self._take_letter(peer, length, sender)
        elif 128 <= first < 192 and peer is not None and peer.send is not None:
            if peer.incoming.left < 1.0:
                peer.flooded += 1
                return False
            peer.incoming.left -= 1.0
            if 192 <= second <= 223:
                self._take_control(peer, length)
            else:
                return self._receiving.take_media(peer, length)
        return False

    def _take_letter(self, peer: Peer | None, length: int, sender: SocketAddress) -> None:
        handshake = peer is not None and is_handshake(self._octets)  # once admitted
        if not handshake and not is_check(self._octets, length):
            return
        letter, now = bytes(self._octets[:length]), self._clock.seconds
        if not (peer.letters.spend(now) if peer is not None else self._is_expected(letter, now)):
            return
        if peer is not None:
            peer.heard = now
        if len(self._letters) < (MOST_OF_STRANGERS if peer is None else MOST):
            whose = 0 if peer is None else peer.number
            self._letters.append((whose, *from_socket(sender), letter))
            self._ring()

    def _is_expected(self, check: bytes, now: float) -> bool:
        """Whether a stranger's check names one of us, who is not asked too often, or answers one of
        ours."""
        if not asks(check):
            return self._asked.answers(check)
        named = self._names.get(asked_for(check))
        return named is not None and named.knocks.spend(now)

    def _take_control(self, peer: Peer, length: int) -> None:
        if length := self._arrived.unprotect_rtcp(peer.receive, length):
            peer.heard = self._clock.seconds
            take_control(peer, bytes(self._octets[:length]), self._outlet)
        else:
            peer.spoiled += 1

    def _ring(self) -> None:
        """Tell the owner once all that has arrived is taken."""
        if not self._ringing:
            self._ringing = True
            self._loop.call_soon(self._rung)

    def _rung(self) -> None:
        self._ringing = False
        if self._ready is not None:
            self._ready()

    # --- what is late ---

    def _look_when_idle(self) -> None:
        # While packets wake us, every other turn is enough, which the worker shares with us.
        idle = time.monotonic() - self._looked > 2 * LOOK_SECONDS
        left = until_turn(IDLE_LOOK_SECONDS if idle else 2 * IDLE_LOOK_SECONDS)
        self._looking = self._loop.call_later(left, self._look_when_idle)
        self._begin()

    def _look(self) -> None:
        now = self._clock.seconds
        passed, self._looked = now - self._looked, now
        recording = self._receiving.recording
        for source in self._sources.values():
            if source.missing:
                ask_again(source, self._outlet)
            if source.recording is not None and recording is not None:
                recording.look_at(source)
            for sink in source.sinks:
                if sink.trickle is not None:
                    trickling.go_on(source, sink, sink.trickle, passed, self._outlet)
            if source.key_wanted:
                ask_key_picture(source, self._outlet)
        for peer in self._peers.values():
            peer.incoming.fill(now)
            if peer.send is None:
                continue
            if peer.arrivals.due(now):
                tell_arrivals(peer, self._outlet)
            if now - peer.reported >= INTERVAL:
                peer.reported = now
                report(peer, self._outlet)

    # --- numbers and addresses ---

    def _number(self) -> int:
        number = self._next
        self._next += 1
        return number

    def _address(self, host: str, port: int) -> SocketAddress:
        return to_socket(host, port, has_ipv6=self.has_ipv6)

    def _admit(self, peer: Peer, address: SocketAddress) -> None:
        if address in peer.admitted:
            return
        if len(peer.admitted) >= MOST_ADDRESSES:
            oldest = next(one for one in peer.admitted if one != peer.address)
            peer.admitted.remove(oldest)
            del self._addresses[oldest]
        if (before := self._addresses.get(address)) is not None:
            before.admitted.remove(address)  # who had it is gone, or the check lied
        peer.admitted.append(address)
        self._addresses[address] = peer


def _formats(given: Sequence[tuple[str, int, int, int]]) -> list[Format]:
    read = []
    for name, payload_type, retransmitted, clock in given:
        codec = codec_named(name)
        if codec is None or not 0 <= payload_type <= 127 or retransmitted > 127 or clock <= 0:
            raise ValueError(f"not a format: {name}")
        read.append(Format(codec, payload_type, retransmitted, clock))
    return read


def _check_ssrcs(*ssrcs: int) -> None:
    """They come from descriptions, where anything may stand."""
    for ssrc in ssrcs:
        if not 0 <= ssrc <= 0xFFFF_FFFF:
            raise ValueError(f"not an SSRC: {ssrc}")
