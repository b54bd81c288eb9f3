"""Somebody at the other end of the packet path: a UDP socket, two keys, and patience.

Like a browser, but for its keys, which are made up here instead of shaken out by DTLS.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from os import urandom
from typing import Any, TypeVar

import pylibsrtp
import pytest
import yunkan_packets
from pylibsrtp import Policy, Session

from tests.inspection.media.packet_path.by_hand import (
    VP8_DELTA,
    VP8_KEY,
    VP8_MORE,
    Control,
    Rtp,
)
from tests.inspection.media.packet_path.plain_on_thread import PlainOnThread

#: Whatever can take the place of the native path is tried by the same tests.
PATHS = [
    pytest.param(yunkan_packets.Packets, id="native"),
    pytest.param(PlainOnThread, id="plain", marks=pytest.mark.slow),
]

#: Seconds nothing here should ever need; a deadline, not a wait.
PATIENCE = 20.0

T = TypeVar("T")

#: The phone's and the desk's formats. The numbers differ, as they do between browsers.
PHONE = {
    True: [("VP8", 96, 97, 90_000), ("H264", 102, 103, 90_000)],
    False: [("opus", 111, -1, 48_000)],
}
DESK = {
    True: [("VP8", 120, 121, 90_000), ("H264", 125, 124, 90_000)],
    False: [("opus", 100, -1, 48_000)],
}


def soon(what: Callable[[], T | None]) -> T:
    """The first answer that is true, asked for again and again: for what is only counted."""
    until = time.monotonic() + PATIENCE
    while not (answer := what()):
        assert time.monotonic() < until, "never became true"
        time.sleep(0.002)
    return answer


def address(name: str) -> int:
    """Where one of libsrtp's functions lies in memory."""
    binding = pylibsrtp._binding
    return int(binding.ffi.cast("uintptr_t", binding.ffi.addressof(binding.lib, name)))


def begin(path: Any, port: int = 0) -> Any:
    """A packet path of this class on a free port, with libsrtp's functions."""
    names = ("protect", "unprotect", "protect_rtcp", "unprotect_rtcp")
    return path(port, **{name: address(f"srtp_{name}") for name in names})


def session(key: bytes, direction: int) -> Session:
    """As aiortc makes them: what is sent again may have its old number."""
    policy = Policy(key=key, ssrc_type=direction)
    policy.allow_repeat_tx = True
    policy.window_size = 1024
    return Session(policy)


def where(of: Session) -> int:
    return int(pylibsrtp._binding.ffi.cast("uintptr_t", of._srtp[0]))


class Peer:
    """Somebody connected to a packet path over loopback.

    Nothing is received but by the methods that wait: what came meanwhile is kept, so each of them
    says what it looks for, and everything before it is still there for the next.
    """

    _ssrcs = count(0x1000, 0x100)
    _names = count(1)

    def __init__(self, packets: Any, *, host: str = "127.0.0.1", heeded: bool = True) -> None:
        self.packets = packets
        self.name = f"peer-{next(self._names)}"
        self.number: int = packets.add_peer(self.name, heeded=heeded)
        self._server = (host, packets.port)
        self.socket = self._open(host)
        mine, theirs = urandom(30), urandom(30)
        self._protect = session(mine, Policy.SSRC_ANY_OUTBOUND)
        self._unprotect = session(theirs, Policy.SSRC_ANY_INBOUND)
        self._lent = (session(mine, Policy.SSRC_ANY_INBOUND),
                      session(theirs, Policy.SSRC_ANY_OUTBOUND))  # fmt: skip
        self.media: list[Rtp] = []
        self.control: list[Control] = []
        self.ssrc = next(self._ssrcs)  # of what it sends; RTX and sound have the two after it

    def connect(self) -> Peer:
        receive, send = map(where, self._lent)
        self.packets.connect(self.number, *self.place, receive, send)
        return self

    @property
    def place(self) -> tuple[str, int]:
        host, port, *_ = self.socket.getsockname()
        return host, port

    def leave(self) -> None:
        self.packets.remove_peer(self.number)
        self.socket.close()

    def change_address(self) -> None:
        """As when a phone goes from Wi-Fi to mobile; the path is not told."""
        self.socket.close()
        self.socket = self._open(self._server[0])

    @staticmethod
    def _open(host: str) -> socket.socket:
        version = socket.AF_INET6 if ":" in host else socket.AF_INET
        made = socket.socket(version, socket.SOCK_DGRAM)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2 << 20)
        made.bind((host, 0))
        return made

    # --- what it sends ---

    def protected(self, packet: Rtp | bytes) -> bytes:
        return self._protect.protect(packet if isinstance(packet, bytes) else packet.octets())

    def send_raw(self, datagram: bytes) -> None:
        self.socket.sendto(datagram, self._server)

    def send(self, *packets: Rtp | bytes) -> None:
        """Protects all before the first leaves, so that nothing comes between them."""
        for datagram in [self.protected(packet) for packet in packets]:
            self.send_raw(datagram)

    def tell(self, *parts: Control | bytes) -> None:
        octets = [part if isinstance(part, bytes) else part.octets() for part in parts]
        self.send_raw(self._protect.protect_rtcp(b"".join(octets)))

    # --- what it is sent ---

    def _receive(self, until: float) -> None:
        self.socket.settimeout(max(0.001, until - time.monotonic()) if until else 0.0)
        datagram = self.socket.recv(2048)
        if 192 <= datagram[1] <= 223:
            self.control += Control.read(self._unprotect.unprotect_rtcp(datagram))
        else:
            self.media.append(Rtp.read(self._unprotect.unprotect(datagram)))

    def misses(self) -> int:
        """Lose the next media packet; only its number, which is in clear, is known."""
        self.socket.settimeout(PATIENCE)
        while True:
            datagram = self.socket.recv(2048)
            if not 192 <= datagram[1] <= 223:
                return int.from_bytes(datagram[2:4], "big")

    @property
    def reports(self) -> list[Control]:
        """Receiver reports that came, and were not looked for otherwise yet."""
        return [one for one in self.control if one.type == 201]

    def until(self, what: Callable[[], T | None]) -> T:
        """Receive until something is true of what came."""
        until = time.monotonic() + PATIENCE
        while not (answer := what()):
            self._receive(until)
        return answer

    def sees(self, packets: int) -> list[Rtp]:
        """Take that many media packets."""
        self.until(lambda: len(self.media) >= packets)
        taken, self.media = self.media[:packets], self.media[packets:]
        return taken

    def hears_of(self, kind: int, form: int | None = None) -> Control:
        """Take control up to the first of this kind, which is returned."""

        def found() -> int | None:
            kinds = ((n, one) for n, one in enumerate(self.control, 1) if one.type == kind)
            return next((n for n, one in kinds if form in (None, one.format)), None)

        place = self.until(found)
        wanted = self.control[place - 1]
        del self.control[:place]
        return wanted

    def takes_what_came(self) -> list[Rtp]:
        """Media that is here by now."""
        with suppress(BlockingIOError):
            while True:
                self._receive(0.0)
        taken, self.media = self.media, []
        return taken

    def silence(self) -> None:
        """Forget what has come so far."""
        self.socket.setblocking(False)
        with suppress(BlockingIOError):
            while True:
                self.socket.recv(2048)
        self.media.clear()
        self.control.clear()

    def was_asked_for_key_picture(self) -> bool:
        """By now."""
        self.takes_what_came()
        return any((one.type, one.format) == (206, 1) for one in self.control)

    def is_asked_for_key_picture(self) -> Control:
        return self.hears_of(206, 1)


class Phone(Peer):
    """Sends sound and picture. `number` and `time` are of the last picture's packet."""

    def __init__(self, packets: Any, *, host: str = "127.0.0.1", number: int = 1000,
                 time: int = 90_000) -> None:  # fmt: skip
        super().__init__(packets, host=host)
        self.sequence, self.time = number, time
        sources = {"reporter": self.ssrc + 16, "transport_wide": 4}
        self.video = packets.add_source(
            self.number, video=True, formats=PHONE[True], ssrc=self.ssrc,
            retransmission_ssrc=self.ssrc + 1, **sources)  # fmt: skip
        self.sound = packets.add_source(
            self.number, video=False, formats=PHONE[False], ssrc=0,
            retransmission_ssrc=0, **sources)  # fmt: skip

    def picture(self, *payloads: bytes, format: int = 96) -> list[Rtp]:
        """The next picture, a packet for each payload, a thirtieth of a second after the last."""
        self.time += 3000
        packets = []
        for place, payload in enumerate(payloads, 1):
            self.sequence += 1
            packets.append(Rtp(format, self.sequence & 0xFFFF, self.time & 0xFFFFFFFF, self.ssrc,
                               payload, marker=place == len(payloads)))  # fmt: skip
        return packets

    def key_picture(self, packets: int = 1, bytes_each: int = 50) -> list[Rtp]:
        more = [VP8_MORE + bytes([n]) * bytes_each for n in range(1, packets)]
        return self.picture(VP8_KEY + bytes(40), *more)

    def later_picture(self) -> list[Rtp]:
        return self.picture(VP8_DELTA + urandom(20))

    def again(self, lost: Rtp, number: int = 1) -> Rtp:
        """What was lost, as RTX."""
        octets = lost.number.to_bytes(2, "big") + lost.payload
        return Rtp(97, number, lost.time, self.ssrc + 1, octets, lost.marker)

    def spoken(self, number: int = 1, time: int = 960) -> Rtp:
        return Rtp(111, number, time, self.ssrc + 2, urandom(30))


class Desk(Peer):
    """Is shown somebody. `again`: whether it takes what is sent again as RTX. `wide`: the number
    of the header extension by which it tells when packets arrive."""

    def __init__(self, packets: Any, *, host: str = "127.0.0.1", again: bool = True,
                 wide: int = 4, heeded: bool = True) -> None:  # fmt: skip
        super().__init__(packets, host=host, heeded=heeded)
        formats = [one if again else (*one[:2], -1, one[3]) for one in DESK[True]]
        self.video = packets.add_sink(
            self.number, video=True, formats=formats, ssrc=self.ssrc,
            retransmission_ssrc=self.ssrc + 1, transport_wide=wide)  # fmt: skip
        self.sound = packets.add_sink(
            self.number, video=False, formats=DESK[False], ssrc=self.ssrc + 2,
            retransmission_ssrc=0, transport_wide=wide)  # fmt: skip

    def watch(self, phone: Phone) -> None:
        self.packets.feed(self.video, phone.video)
        self.packets.feed(self.sound, phone.sound)


class Call:
    """A packet path and everybody on it."""

    def __init__(self, path: Any) -> None:
        self.packets = begin(path)
        self._peers: list[Peer] = []
        self._begun = time.monotonic()

    def seconds(self) -> float:
        """How long it has gone on."""
        return time.monotonic() - self._begun

    def phone(self, **how: Any) -> Phone:
        return self._joins(Phone(self.packets, **how))

    def desk(self, *, watching: Phone | None = None, **how: Any) -> Desk:
        desk = self._joins(Desk(self.packets, **how))
        if watching is not None:
            desk.watch(watching)
        return desk

    def _joins(self, peer: Any) -> Any:
        self._peers.append(peer)
        return peer.connect()

    def leave(self, *peers: Peer) -> None:
        for peer in peers:
            self._peers.remove(peer)
            peer.leave()

    def close(self) -> None:
        self.leave(*self._peers)
        del self.packets
