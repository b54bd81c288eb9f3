"""The way packets take through a worker: in C++, or in Python alone where that is not fit.

The part in C++ (`packets/`) is for Linux, and must be built. `open_path` tries it on real packets
before it is trusted with calls; if anything is wrong, one line is logged and `plain/` does the same
work on the event loop, at two to three times the cost (docs/benchmarks.md).
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import socket
import struct
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

import pylibsrtp

from inspection.media.demanded import demanded_way
from inspection.media.plain.packets import Packets
from inspection.media.plain.report import Report
from inspection.media.plain.rtcp import TRANSPORT_FEEDBACK, numbers_asked, parts

log = logging.getLogger(__name__)

#: Seconds that the trial may take. It takes a few milliseconds.
TRIAL_SECONDS = 0.4

#: A machine that is starting many things at once may be too slow for the first.
TRIALS = 2

#: Codec, payload type, payload type of what is sent again or -1, ticks a second.
Format = tuple[str, int, int, int]


class SourceCounts(Protocol):
    received: int
    lost: int
    recovered: int
    octets: int
    frames: int
    restarts: int
    jitter: float
    silent: float
    width: int
    height: int


class SinkCounts(Protocol):
    packets: int
    octets: int
    resent: int
    refused: int
    fraction_lost: float
    open: bool
    trickles: bool


class PeerCounts(Protocol):
    silent: float
    round_trip: float | None
    carries: int
    flooded: int
    spoiled: int


class PacketPath(Protocol):
    """What `yunkan_packets.pyi` says of each name there is true of either path."""

    @property
    def port(self) -> int: ...
    @property
    def has_ipv6(self) -> bool: ...

    def watch(self, ready: Callable[[], None]) -> None:
        """Packets flow from now on; `ready` is called on this event loop when there are letters, or
        a still is ready."""

    def close(self) -> None:
        """Stop. Every peer must be removed before."""

    def letters(self) -> list[tuple[int, str, int, bytes]]: ...
    def send(self, data: bytes, host: str, port: int, /) -> None: ...
    def add_peer(self, name: str, *, heeded: bool) -> int: ...
    def admit(self, peer: int, host: str, port: int, /) -> None: ...
    def connect(self, peer: int, host: str, port: int, receive: int, send: int, /) -> None: ...
    def move(self, peer: int, host: str, port: int, /) -> None: ...
    def remove_peer(self, peer: int, /) -> None: ...
    def add_source(
        self,
        peer: int,
        *,
        video: bool,
        formats: Sequence[Format],
        ssrc: int,
        retransmission_ssrc: int,
        reporter: int,
        transport_wide: int,
    ) -> int: ...
    def add_sink(
        self,
        peer: int,
        *,
        video: bool,
        formats: Sequence[Format],
        ssrc: int,
        retransmission_ssrc: int,
        transport_wide: int,
    ) -> int: ...
    def feed(self, sink: int, source: int, /) -> None: ...
    def ask_key_picture(self, source: int, /) -> None: ...
    def record_on(self, tape: int, text: str) -> None: ...
    def record(self, source: int, text: str, /) -> None: ...
    def want_still(self, source: int, /) -> None: ...
    def take_still(self, source: int, /) -> tuple[str, bytes, float] | None: ...
    def count_source(self, source: int, /) -> SourceCounts | None: ...
    def count_sink(self, sink: int, /) -> SinkCounts | None: ...
    def count_peer(self, peer: int, /) -> PeerCounts | None: ...


def open_path(port: int) -> PacketPath:
    """Bind a UDP port on every address (0: a free one), on the better path that works here.

    One that is demanded in the environment (`demanded.py`) is taken untried.

    Raises:
        RuntimeError: the port is taken.
        ImportError: the path in C++ is demanded, and not built.
        ValueError: another path is demanded.
    """
    demanded = demanded_way()
    if demanded == "plain":
        return Packets(port)
    if demanded == "native":
        return open_native(port)
    for _ in range(TRIALS):
        try:
            _try_out(open_native(0))
        except Exception as what:  # whatever is wrong with it, calls must not meet it
            unfit = what
        else:
            return open_native(port)
    log.warning("packets go through Python, the path in C++ is not fit: %r", unfit)
    return Packets(port)


def open_native(port: int) -> PacketPath:
    """The path in C++, untried.

    Raises:
        RuntimeError: the port is taken.
        ImportError: it is not built.
    """
    import yunkan_packets  # here, because not every machine has it

    class Native(yunkan_packets.Packets):
        """Its thread ends with the last reference to it."""

        def watch(self, ready: Callable[[], None]) -> None:
            self._loop = asyncio.get_running_loop()
            self._loop.add_reader(self.fileno(), ready)

        def close(self) -> None:
            self._loop.remove_reader(self.fileno())

    return Native(
        port,
        protect=_function_address("srtp_protect"),
        unprotect=_function_address("srtp_unprotect"),
        protect_rtcp=_function_address("srtp_protect_rtcp"),
        unprotect_rtcp=_function_address("srtp_unprotect_rtcp"),
    )


def _function_address(name: str) -> int:
    """Where one of libsrtp's functions lies in memory."""
    binding = pylibsrtp._binding
    return int(binding.ffi.cast("uintptr_t", binding.ffi.addressof(binding.lib, name)))


def session_address(session: Any) -> int:
    """Where a session of libsrtp (srtp_t) of pylibsrtp's lies in memory."""
    return int(pylibsrtp._binding.ffi.cast("uintptr_t", session._srtp[0]))


# --- the trial ---

#: As one peer numbers VP8 and what is sent again of it.
_VP8: Format = ("VP8", 96, 97, 90_000)

#: The first payload of a key picture of 320 x 240 (RFC 7741 section 4.3).
_KEY_PICTURE = bytes.fromhex("10 000000 9d012a 4001 f000") + bytes(range(100))

_CAMERA, _REPORTER, _SHOWN, _SHOWN_AGAIN = 1, 2, 3, 4  # SSRCs


class _Unfit(Exception):
    """The path did something else than it should."""


def _try_out(path: PacketPath) -> None:
    """Be a peer that sends two pictures and is shown them, over the loopback interface.

    What pylibsrtp protects must be unprotected there and the other way round: two packets of
    media, the request for one left out between them, and ours for the first once more.

    Raises:
        _Unfit, TimeoutError, OSError, pylibsrtp.Error: it does not work.
    """
    to_path, at_path = _sessions()
    from_path, to_us = _sessions()
    peer = path.add_peer("trial", heeded=True)
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as us:
            us.bind(("127.0.0.1", 0))
            us.connect(("127.0.0.1", path.port))
            host, port = us.getsockname()
            path.connect(peer, host, port, session_address(at_path), session_address(from_path))
            _show_itself(path, peer)
            for sequence in (5, 7):
                us.send(to_path.protect(_rtp(sequence)))
            until = time.monotonic() + TRIAL_SECONDS
            shown = _see(us, to_us, until, missing=6)
            request = Report()
            request.receiver_report(_REPORTER, [])
            request.nack(_REPORTER, _SHOWN, [shown])
            us.send(to_path.protect_rtcp(bytes(request.octets)))
            _see_again(us, to_us, until, shown)
    finally:
        path.remove_peer(peer)  # before the sessions can be freed


def _sessions() -> tuple[pylibsrtp.Session, pylibsrtp.Session]:
    """One way: where packets are protected, and where that is taken off."""
    key = secrets.token_bytes(30)
    policies = [
        pylibsrtp.Policy(key, kind)
        for kind in (pylibsrtp.Policy.SSRC_ANY_OUTBOUND, pylibsrtp.Policy.SSRC_ANY_INBOUND)
    ]
    return pylibsrtp.Session(policies[0]), pylibsrtp.Session(policies[1])


def _show_itself(path: PacketPath, peer: int) -> None:
    source = path.add_source(
        peer,
        video=True,
        formats=[_VP8],
        ssrc=_CAMERA,
        retransmission_ssrc=0,
        reporter=_REPORTER,
        transport_wide=0,
    )
    sink = path.add_sink(
        peer,
        video=True,
        formats=[_VP8],
        ssrc=_SHOWN,
        retransmission_ssrc=_SHOWN_AGAIN,
        transport_wide=0,
    )
    path.feed(sink, source)


def _rtp(sequence: int) -> bytes:
    header = struct.pack("!BBHLL", 0x80, 0x80 | _VP8[1], sequence, 1000, _CAMERA)
    return header + _KEY_PICTURE


def _see(us: socket.socket, session: pylibsrtp.Session, until: float, *, missing: int) -> int:
    """Wait for both pictures and the request for the missing one; the first one's new number."""
    sequences: list[int] = []
    asked = False
    for datagram in _arriving(us, until):
        if _is_control(datagram):
            control = session.unprotect_rtcp(datagram)
            asked = asked or any(
                part.type == TRANSPORT_FEEDBACK and [*numbers_asked(part)] == [missing]
                for part in parts(control)
            )
        else:
            sequences.append(_sequence(session.unprotect(datagram), _SHOWN, _KEY_PICTURE))
        if len(sequences) == 2 and asked:
            break
    return sequences[0]


def _see_again(us: socket.socket, session: pylibsrtp.Session, until: float, shown: int) -> None:
    """Wait for the one with this number once more."""
    for datagram in _arriving(us, until):
        if not _is_control(datagram):
            payload = shown.to_bytes(2, "big") + _KEY_PICTURE
            _sequence(session.unprotect(datagram), _SHOWN_AGAIN, payload)
            return


def _sequence(packet: bytes, ssrc: int, payload: bytes) -> int:
    """The number of a packet that must be like this."""
    if packet[8:12] != ssrc.to_bytes(4, "big") or packet[12:] != payload:
        raise _Unfit(packet.hex())
    return int.from_bytes(packet[2:4], "big")


def _arriving(us: socket.socket, until: float) -> Iterator[bytes]:
    """What comes, until then.

    Raises:
        TimeoutError: it is too late.
    """
    while (left := until - time.monotonic()) > 0:
        us.settimeout(left)
        yield us.recv(2048)
    raise TimeoutError


def _is_control(datagram: bytes) -> bool:
    return 192 <= datagram[1] <= 223
