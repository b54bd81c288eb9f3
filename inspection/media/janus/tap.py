"""A copy of what one participant sends, from Janus to our own packet path on the same machine.

From there on it is as with our own engine: stills are taken from it, and recordings made. Janus
forwards plain or protected RTP (request `rtp_forward`); our path takes only protected packets from
an address it knows. So the address is learned from a plain packet first, which a socket of ours
receives; the path then sends its control packets to that socket, and a request for a key picture
among them is put to Janus in its own words.
"""

from __future__ import annotations

import asyncio
import base64
import logging
import secrets
from collections.abc import Callable, Mapping
from typing import Any

import pylibsrtp

from inspection.media.engine import MediaRefused, Refusal
from inspection.media.janus.client import Handle
from inspection.media.path import Format, PacketPath, session_address
from inspection.media.plain.rtcp import FIR, PAYLOAD_FEEDBACK, PLI, parts

log = logging.getLogger(__name__)

HERE = "127.0.0.1"

#: Seconds for the first packet of somebody who sends.
LEARN_SECONDS = 5.0

#: As the copy is numbered, whatever the browser's numbers are.
FORMATS: Mapping[str, Format] = {
    "audio": ("opus", 111, -1, 48_000),
    "video": ("VP8", 96, -1, 90_000),
}
SSRCS: Mapping[str, int] = {"audio": 1, "video": 2}
REPORTER = 3

#: AES_CM_128_HMAC_SHA1_80 (RFC 4568 section 6.2), and how long its key with the salt is.
SUITE, KEY_LENGTH = 80, 30


class Tap:
    """`open` it for one publisher; `sources` are its numbers on our path, by kind.

    `want_key_picture` is called when a still or a recording needs one. `close` it in any case.
    """

    def __init__(self, packets: PacketPath, want_key_picture: Callable[[], None]) -> None:
        self.sources: dict[str, int] = {}
        self._packets = packets
        self._peer = packets.add_peer(secrets.token_hex(8), heeded=False)
        self._ear = _Ear(want_key_picture)
        key, back = secrets.token_bytes(KEY_LENGTH), secrets.token_bytes(KEY_LENGTH)
        self._key = base64.b64encode(key).decode()
        self._sessions = (  # kept as long as the path has their addresses
            pylibsrtp.Session(pylibsrtp.Policy(key, pylibsrtp.Policy.SSRC_ANY_INBOUND)),
            pylibsrtp.Session(pylibsrtp.Policy(back, pylibsrtp.Policy.SSRC_ANY_OUTBOUND)),
        )
        self._ear.session = pylibsrtp.Session(
            pylibsrtp.Policy(back, pylibsrtp.Policy.SSRC_ANY_INBOUND)
        )

    async def open(self, manager: Handle, room: int, feed: int, mids: Mapping[str, str]) -> None:
        """`mids` names the parts of the publisher's offer by kind.

        Raises:
            MediaRefused: Janus does not forward, or nothing is sent.
        """
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: self._ear, (HERE, 0))
        ours: int = transport.get_extra_info("sockname")[1]
        receive, send = map(session_address, self._sessions)
        self._packets.connect(self._peer, HERE, ours, receive, send)
        where = {"room": room, "publisher_id": feed}
        learn = [{"mid": mid, "port": ours} for mid in mids.values()]
        told = await manager.ask(
            {"request": "rtp_forward", **where, "host": HERE, "streams": learn}
        )
        try:
            async with asyncio.timeout(LEARN_SECONDS):
                port = await self._ear.learned
        except TimeoutError as silent:
            raise MediaRefused(Refusal.NO_PICTURE, "nothing is sent") from silent
        finally:
            for forwarder in told.data.get("forwarders", []):
                stop: dict[str, Any] = {"request": "stop_rtp_forward", **where}
                await manager.ask({**stop, "stream_id": forwarder["stream_id"]})
        self._packets.admit(self._peer, HERE, port)
        for kind in mids:
            self.sources[kind] = self._packets.add_source(
                self._peer,
                video=kind == "video",
                formats=[FORMATS[kind]],
                ssrc=SSRCS[kind],
                retransmission_ssrc=0,
                reporter=REPORTER,
                transport_wide=0,
            )
        copies = [
            {"mid": mid, "port": self._packets.port, "ssrc": SSRCS[kind], "pt": FORMATS[kind][1]}
            for kind, mid in mids.items()
        ]
        protected = {"srtp_suite": SUITE, "srtp_crypto": self._key}
        await manager.ask(
            {"request": "rtp_forward", **where, **protected, "host": HERE, "streams": copies}
        )

    def close(self) -> None:
        """Janus stops by itself, with the publisher."""
        self._packets.remove_peer(self._peer)  # before the sessions can be freed
        self._ear.close()
        self.sources.clear()


class _Ear(asyncio.DatagramProtocol):
    """Where Janus sends from is learned here, and here our path asks for key pictures."""

    session: pylibsrtp.Session

    def __init__(self, want_key_picture: Callable[[], None]) -> None:
        self.learned: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._want_key_picture = want_key_picture
        self._transport: asyncio.BaseTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, address: tuple[str | Any, int]) -> None:
        if len(data) > 1 and 192 <= data[1] <= 223:
            self._read_control(data)
        elif address[0] == HERE and not self.learned.done():
            self.learned.set_result(address[1])

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def _read_control(self, data: bytes) -> None:
        try:
            control = self.session.unprotect_rtcp(data)
        except pylibsrtp.Error:
            return  # somebody else's
        if any(one.type == PAYLOAD_FEEDBACK and one.format in (PLI, FIR) for one in parts(control)):
            self._want_key_picture()
