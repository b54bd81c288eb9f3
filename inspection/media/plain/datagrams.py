"""The one UDP socket of a worker, served by the event loop."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable

from inspection.media.plain.address import SocketAddress
from inspection.media.plain.loop import ServingLoop
from inspection.media.plain.srtp import Datagram

#: Bytes the system may keep for us: a quarter of a second of a hundred calls.
_SYSTEM_BUFFER = 4 << 20

#: Datagrams read before others on the loop have a turn.
_BATCH = 64


class Datagrams:
    """Bind a port on every address, IPv6 and IPv4 alike; 0 takes a free one.

    Raises:
        RuntimeError: the port is taken.
    """

    def __init__(self, port: int) -> None:
        self._socket, self.has_ipv6 = _open()
        for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            with contextlib.suppress(OSError):  # some systems allow less
                self._socket.setsockopt(socket.SOL_SOCKET, option, _SYSTEM_BUFFER)
        self._socket.setblocking(False)
        try:
            self._socket.bind(("::" if self.has_ipv6 else "0.0.0.0", port))
        except OSError as taken:
            self._socket.close()
            raise RuntimeError(f"the UDP port is taken: {taken}") from taken
        self.port: int = self._socket.getsockname()[1]
        self.arrived = Datagram()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._reading: asyncio.Task[None] | None = None

    def watch(self, begin: Callable[[], None], take: Callable[[int, SocketAddress], bool]) -> None:
        """From now on call `begin` when something has arrived, then `take` with each datagram.

        It is in `arrived`: so long, from there. `take` says whether more is likely to be there: to
        read in vain costs as much as a packet.
        """
        self._loop = asyncio.get_running_loop()
        self._begin, self._take = begin, take
        if isinstance(self._loop, ServingLoop):
            self._loop.serve(self._socket.fileno(), self._read)
            return
        try:
            self._loop.add_reader(self._socket, self._read)
        except NotImplementedError:  # Windows' own loop
            self._reading = self._loop.create_task(self._keep_reading(), name="packets")

    def close(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
        elif isinstance(self._loop, ServingLoop):
            self._loop.leave(self._socket.fileno())
        elif self._loop is not None:
            self._loop.remove_reader(self._socket)
        self._socket.close()

    def send(self, octets: memoryview | bytes, to: SocketAddress) -> None:
        """At once. What the system does not take is lost, as on any network."""
        try:  # noqa: SIM105  `suppress` costs a tenth of the call
            self._socket.sendto(octets, to)
        except OSError:
            pass

    def _read(self) -> None:
        self._begin()
        receive, octets, take = self._socket.recvfrom_into, self.arrived.octets, self._take
        try:
            for _ in range(_BATCH):
                if not take(*receive(octets)):
                    return
        except OSError:
            return  # all read, or a refusal of something sent earlier

    async def _keep_reading(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                length, sender = await loop.sock_recvfrom_into(self._socket, self.arrived.octets)
            except OSError:  # too long, or a refusal of something sent earlier
                await asyncio.sleep(0)
                continue
            self._begin()
            self._take(length, sender)


def _open() -> tuple[socket.socket, bool]:
    try:
        both = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    except OSError:  # a machine without IPv6
        return socket.socket(socket.AF_INET, socket.SOCK_DGRAM), False
    both.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    return both, True
