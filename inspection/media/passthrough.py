"""aiortc keeps addresses, keys and descriptions; media itself never passes through Python.

The only file that uses names of aiortc and aioice that they keep to themselves; a test asserts each
of them. `Socket` is one UDP socket for every link of a worker, in place of one a link
that aioice would open. `Link` is one RTCPeerConnection on it: when its handshake is done, its keys
go to the packet path (`path.py`), and its senders and receivers, which would decode and encode,
never begin.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from aioice import ice
from aioice.candidate import Candidate, candidate_foundation, candidate_priority
from aiortc import (
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpSender,
    RTCRtpTransceiver,
    RTCSessionDescription,
)
from aiortc import codecs as aiortc_codecs
from aiortc.rtcrtpparameters import (
    RTCRtcpFeedback,
    RTCRtpHeaderExtensionParameters,
    RTCRtpParameters,
    RTCRtpReceiveParameters,
    RTCRtpSendParameters,
)

from inspection.media.path import Format, open_path, session_address
from inspection.media.plain.checks import MOST_ASKED, asked_for, asks, transaction

log = logging.getLogger(__name__)

#: VP8 first: every browser can both send and show it, so that whoever sends, everybody sees. H264
#: for what sends nothing else. Opus only.
CODECS = {
    "audio": ("audio/opus",),
    "video": ("video/VP8", "video/H264", "video/rtx"),
}

TRANSPORT_WIDE = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"

#: What the browser calls the stream of a seat, with the seat's number; `peer.js` knows it, too.
SEAT = "seat-"

#: Seconds after an address check until it is known what came of it.
FOLLOW_SECONDS = 0.02

#: Characters of our half of an ICE name. All links share a port and are told apart by it.
NAME_LENGTH = 16


def _offer_transport_wide_feedback() -> None:
    """Let aiortc agree to tell a sender when each of its packets arrived."""
    feedback = RTCRtcpFeedback(type="transport-cc")
    for kind, codecs in aiortc_codecs.CODECS.items():
        for codec in codecs:
            if codec.name in ("VP8", "H264", "opus") and feedback not in codec.rtcpFeedback:
                codec.rtcpFeedback.append(feedback)
        extensions = aiortc_codecs.HEADER_EXTENSIONS[kind]
        if all(extension.uri != TRANSPORT_WIDE for extension in extensions):
            extensions.append(RTCRtpHeaderExtensionParameters(id=4, uri=TRANSPORT_WIDE))


_offer_transport_wide_feedback()


class Socket:
    """One UDP port for all links of this event loop, and what serves it.

    `tape` is the descriptor of what recordings go to; `records` whether that works here.
    `on_still` is called with no argument when a source's key picture may be ready.

    Raises:
        RuntimeError: the port is taken.
        ValueError, OSError: that is no tape.
    """

    def __init__(self, port: int, *, tape: int | None = None, on_still: Callable[[], None]) -> None:
        self.packets = open_path(port)
        self.records = tape is not None
        if tape is not None:
            try:
                self.packets.record_on(tape, "{}")
            except ImportError:
                log.error("nothing can be recorded: the packet path in C++ is not built")
                self.records = False
        self._on_still = on_still
        self._links: dict[int, Link] = {}
        self._by_name: dict[str, Link] = {}
        self._asked: dict[bytes, Link] = {}  # by transaction, the oldest first
        self.packets.watch(self._read)

    def close(self) -> None:
        """Stop listening. Every link must be closed before."""
        self.packets.close()
        del self.packets

    def add(self, link: Link) -> None:
        self._links[link.peer] = link
        self._by_name[link.name] = link

    def remove(self, link: Link) -> None:
        self._links.pop(link.peer, None)
        self._by_name.pop(link.name, None)
        self._asked = {number: asked for number, asked in self._asked.items() if asked is not link}

    def _read(self) -> None:
        for peer, host, port, data in self.packets.letters():
            try:
                self._deliver(peer, (host, port), data)
            except Exception:  # aioice reads hostile attributes with struct and dict
                log.debug("a letter from %s makes no sense", host, exc_info=True)
        self._on_still()

    def _deliver(self, peer: int, address: tuple[str, int], data: bytes) -> None:
        if data[0] >= 20:
            if (link := self._links.get(peer)) is not None:
                link.handshake_received(data)
        elif (link := self._whose(data)) is not None:
            link.check_received(data, address, known=peer == link.peer, free=peer == 0)

    def _whose(self, check: bytes) -> Link | None:
        """A request names whom it is for; a response answers a request of ours."""
        if asks(check):
            return self._by_name.get(asked_for(check))
        return self._asked.pop(transaction(check), None)

    def asked(self, transaction: bytes, link: Link) -> None:
        """An address check of this link goes out; its response will have the same number."""
        self._asked[transaction] = link
        while len(self._asked) > MOST_ASKED:
            del self._asked[next(iter(self._asked))]


class _Way(asyncio.DatagramTransport):
    """What aioice takes for a socket of its own."""

    def __init__(self, socket: Socket, link: Link, protocol: ice.StunProtocol) -> None:
        super().__init__()
        self._socket = socket
        self._link = link
        self._protocol = protocol
        self._closed = False

    def sendto(self, data: Any, addr: Any = None) -> None:
        octets = bytes(data)
        if asks(octets):
            self._socket.asked(transaction(octets), self._link)
        self._socket.packets.send(octets, addr[0], addr[1])

    def is_closing(self) -> bool:
        return self._closed

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            asyncio.get_running_loop().call_soon(self._protocol.connection_lost, None)

    abort = close


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a viewer can be shown somebody: a sink for each kind it offered, 0 for none."""

    audio: int
    video: int


class Link:
    """One participant's connection, from the offer to the close.

    `sources` are the numbers of its camera and microphone by kind, `seats` what it can be shown;
    both are there once it is connected. `on_change` is called on connect, on end, and when they
    have come. `close` must be awaited by whoever made the link.
    """

    def __init__(
        self,
        socket: Socket,
        media: Sequence[tuple[str, str]],
        *,
        heeded: bool,
        on_change: Callable[[], None],
    ) -> None:
        """`media`: kind ("audio", "video") and direction of each part of the offer, in order.
        `heeded`: cameras are held to what the way to it carries."""
        self._socket = socket
        self._on_change = on_change
        self.name = secrets.token_hex(NAME_LENGTH // 2)
        self.peer = socket.packets.add_peer(self.name, heeded=heeded)
        self.sources: dict[str, int] = {}
        self._sinks: dict[str, list[int]] = {"audio": [], "video": []}
        self._sessions: tuple[object, ...] = ()
        self._address: tuple[str, int] | None = None
        # No ICE servers: None would make aiortc ask a public one.
        self._connection = RTCPeerConnection(
            RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
        )
        self._connection.on("connectionstatechange", on_change)
        seats: Counter[str] = Counter()
        for kind, _ in media:  # in the offer's order, or aiortc bundles the wrong transport
            transceiver = self._connection.addTransceiver(kind, "sendrecv")
            transceiver.setCodecPreferences(_preferred(kind))
            self._take_over(transceiver, seat=seats[kind])
            seats[kind] += 1
        self._handshake: Any = self._connection.getTransceivers()[0].receiver.transport
        self._handshake.on("statechange", self._shaken)
        addresses: Any = self._handshake.transport.iceGatherer._connection
        self._ice = addresses
        self._ice._local_username = self.name
        self._ice.get_component_candidates = self._candidates
        socket.add(self)

    @property
    def state(self) -> str:
        """WebRTC's own connectionState: new, connecting, connected, failed, closed."""
        return self._connection.connectionState

    @property
    def seats(self) -> list[Seat]:
        """The n-th sound and the n-th picture belong together."""
        sounds, pictures = self._sinks["audio"], self._sinks["video"]
        longest = max(len(sounds), len(pictures))
        return [
            Seat(*((sinks[n] if n < len(sinks) else 0) for sinks in (sounds, pictures)))
            for n in range(longest)
        ]

    async def answer(self, offer: str) -> str:
        """The SDP answer. Raises whatever aiortc does on an offer it cannot read."""
        await self._connection.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        await self._connection.setLocalDescription(await self._connection.createAnswer())
        return self._connection.localDescription.sdp

    async def close(self) -> None:
        self._connection.remove_all_listeners("connectionstatechange")
        self._handshake.remove_listener("statechange", self._shaken)
        self._socket.packets.remove_peer(self.peer)  # before the sessions can be freed
        await self._connection.close()
        self._socket.remove(self)
        self._sessions = ()

    # --- addresses and keys, called by the socket ---

    def check_received(
        self, data: bytes, address: tuple[str, int], *, known: bool, free: bool
    ) -> None:
        """Hand an address check to aioice, and let in the address it proves to be this peer's.

        A request with our password proves it only while nobody else has that address: its sender
        may be forged. A response to a random number of ours always does.
        """
        wanted = ipaddress.ip_address(address[0]).version
        for protocol in self._ice._protocols:
            if ipaddress.ip_address(protocol.local_candidate.host).version == wanted:
                break
        else:
            return
        protocol.datagram_received(data, address)
        if not known and (not asks(data) or (free and self._passed(address))):
            self._socket.packets.admit(self.peer, *address)
        if address != self._address:  # aioice makes up its mind in a task of its own
            asyncio.get_running_loop().call_later(FOLLOW_SECONDS, self._follow)

    def handshake_received(self, data: bytes) -> None:
        self._ice.data_received(data, 1)

    def _passed(self, address: tuple[str, int]) -> bool:
        """Whether aioice has taken a check from there for genuine: it then knows the address."""
        early = any(check[1] == address for check in self._ice._early_checks)
        return early or any(
            pair.remote_addr == address and pair.state is not ice.CandidatePair.State.FROZEN
            for pair in self._ice._check_list
        )

    def _follow(self) -> None:
        """Send where the browser has moved to: it chose another pair when its network changed."""
        pair = self._ice._nominated.get(1)
        if self._address is not None and pair is not None and pair.remote_addr != self._address:
            self._address = pair.remote_addr
            self._socket.packets.move(self.peer, *self._address)

    def _shaken(self) -> None:
        """The handshake is done: from here on the packet path has the keys."""
        if self._handshake.state != "connected":
            return
        self._address = self._ice._nominated[1].remote_addr
        self._sessions = (self._handshake._rx_srtp, self._handshake._tx_srtp)
        host, port = self._address
        receive, send = map(session_address, self._sessions)
        self._socket.packets.connect(self.peer, host, port, receive, send)

    async def _candidates(
        self, component: int, addresses: list[str], *_: object
    ) -> list[Candidate]:
        """In place of aioice's: every address of this machine, at the one port."""
        port = self._socket.packets.port
        versions = {ipaddress.ip_address(host).version for host in addresses}
        if 6 in versions and not self._socket.packets.has_ipv6:
            addresses = [host for host in addresses if ipaddress.ip_address(host).version == 4]
        candidates = [
            Candidate(
                foundation=candidate_foundation("host", "udp", host),
                component=component,
                transport="udp",
                priority=candidate_priority(component, "host", 65535 - number),
                host=host,
                port=port,
                type="host",
            )
            for number, host in enumerate(addresses or ["127.0.0.1"])
        ]
        for version in (4, 6):
            same = (one for one in candidates if ipaddress.ip_address(one.host).version == version)
            if (candidate := next(same, None)) is not None:
                protocol = ice.StunProtocol(self._ice)
                protocol.connection_made(_Way(self._socket, self, protocol))
                protocol.local_candidate = candidate
                self._ice._protocols.append(protocol)
        return candidates

    # --- media, in place of aiortc's senders and receivers ---

    def _take_over(self, transceiver: RTCRtpTransceiver, *, seat: int) -> None:
        video = transceiver.kind == "video"
        sender: Any = transceiver.sender
        receiver: Any = transceiver.receiver
        # Sound and picture of one seat are one stream in the browser.
        sender._stream_id = f"{SEAT}{seat}"

        async def receive(parameters: RTCRtpReceiveParameters) -> None:
            encoding = parameters.encodings[0] if parameters.encodings else None
            again = encoding.rtx if encoding is not None else None
            self.sources[transceiver.kind] = self._socket.packets.add_source(
                self.peer,
                video=video,
                formats=_formats(parameters),
                ssrc=encoding.ssrc if encoding is not None else 0,
                retransmission_ssrc=again.ssrc if again is not None else 0,
                reporter=sender._ssrc,
                transport_wide=_extension(parameters, TRANSPORT_WIDE),
            )
            self._on_change()

        async def send(parameters: RTCRtpSendParameters) -> None:
            sink = self._socket.packets.add_sink(
                self.peer,
                video=video,
                formats=_formats(parameters),
                ssrc=sender._ssrc,
                retransmission_ssrc=sender._rtx_ssrc,
                transport_wide=_extension(parameters, TRANSPORT_WIDE),
            )
            self._sinks[transceiver.kind].append(sink)
            self._on_change()

        receiver.receive = receive
        sender.send = send


def _preferred(kind: str) -> list[Any]:
    capabilities = RTCRtpSender.getCapabilities(kind).codecs
    return [
        codec
        for name in CODECS[kind]
        for codec in capabilities
        if codec.mimeType.lower() == name.lower()
    ]


def _formats(parameters: RTCRtpParameters) -> list[Format]:
    again = {
        codec.parameters.get("apt"): codec.payloadType
        for codec in parameters.codecs
        if aiortc_codecs.is_rtx(codec) and codec.payloadType is not None
    }
    return [
        (codec.name, codec.payloadType, again.get(codec.payloadType, -1), codec.clockRate)
        for codec in parameters.codecs
        if not aiortc_codecs.is_rtx(codec) and codec.payloadType is not None
    ]


def _extension(parameters: RTCRtpParameters, uri: str) -> int:
    return next((one.id for one in parameters.headerExtensions if one.uri == uri), 0)
