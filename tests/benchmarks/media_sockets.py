"""An event loop whose UDP sockets show media to the bench before anybody else reads it.

Five hundred viewers get 80,000 packets a second, and one small process has to count them all beside
the server that it measures. So media goes from the socket straight to a `tap`; what else arrives
there, STUN and DTLS, goes to the ICE agent as always.
"""

from __future__ import annotations

import asyncio
import socket
from asyncio import DatagramProtocol, DatagramTransport
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

Address = tuple[str, int]

#: Where the sockets are noted that the current task opens: by it a link finds its own.
opened: ContextVar[list[MediaSocket]] = ContextVar("opened")

#: Packets read from one socket before the others have their turn.
MOST_AT_ONCE = 64

#: Bytes. Longer than any datagram of WebRTC.
LONGEST = 2048


class MediaLoop(asyncio.SelectorEventLoop):
    """Opens a `MediaSocket` for whoever asks for UDP."""

    async def create_datagram_endpoint(  # type: ignore[override]
        self,
        protocol_factory: Callable[[], DatagramProtocol],
        local_addr: Address,
    ) -> tuple[MediaSocket, DatagramProtocol]:
        bound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        bound.setblocking(False)
        bound.bind(local_addr)
        protocol = protocol_factory()
        transport = MediaSocket(self, bound, protocol)
        opened.get().append(transport)
        protocol.connection_made(transport)
        return transport, protocol


class MediaSocket(DatagramTransport):
    """One UDP socket. `tap` gets every packet of SRTP and SRTCP, once it is set."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, bound: socket.socket, protocol: DatagramProtocol
    ) -> None:
        named = {"socket": bound, "sockname": bound.getsockname()}
        super().__init__(extra=named)
        self.tap: Callable[[bytes], None] | None = None
        self.port: int = named["sockname"][1]
        self._loop = loop
        self._socket = bound
        self._protocol = protocol
        self._closed = False
        loop.add_reader(bound.fileno(), self._readable)

    def sendto(self, data: Any, addr: Any = None) -> None:
        try:
            self._socket.sendto(data, addr)
        except OSError as failed:  # a full buffer, or nobody there any more: UDP may lose
            self._protocol.error_received(failed)

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._loop.remove_reader(self._socket.fileno())
            self._socket.close()
            self._loop.call_soon(self._protocol.connection_lost, None)

    def abort(self) -> None:
        self.close()

    def is_closing(self) -> bool:
        return self._closed

    def _readable(self) -> None:
        for _ in range(MOST_AT_ONCE):
            if self._closed:
                return
            try:
                data, address = self._socket.recvfrom(LONGEST)
            except OSError:  # nothing more, or the other side has closed its port
                return
            # The first byte tells media from STUN and DTLS: RFC 7983, section 7.
            if self.tap is not None and data and 127 < data[0] < 192:
                self.tap(data)
            else:
                self._protocol.datagram_received(data, address)
