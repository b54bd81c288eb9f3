"""Packets written and read by the byte, as a browser would: for tests of the packet path.

RTP (RFC 3550), RTCP (RFC 3550, 4585, 5104), RTX (RFC 4588), transport-wide feedback
(draft-holmer-rmcat-transport-wide-cc-extensions-01). Nothing here is the product's own code.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

# --- RTP ---


@dataclass(frozen=True)
class Rtp:
    """One media packet. `wide`: its transport-wide number, under header extension 4."""

    type: int
    number: int
    time: int
    ssrc: int
    payload: bytes
    marker: bool = False
    wide: int | None = None

    def octets(self) -> bytes:
        header = struct.pack(
            "!BBHII",
            0x80 if self.wide is None else 0x90,
            self.type | self.marker << 7,
            self.number & 0xFFFF,
            self.time & 0xFFFFFFFF,
            self.ssrc,
        )
        if self.wide is not None:
            header += struct.pack("!HHBHx", 0xBEDE, 1, 4 << 4 | 1, self.wide & 0xFFFF)
        return header + self.payload

    @staticmethod
    def read(octets: bytes) -> Rtp:
        first, second, number, when, ssrc = struct.unpack_from("!BBHII", octets)
        at, wide = 12, None
        if first & 0x10:
            name, wide = struct.unpack_from("!BH", octets, 16)
            assert name == 4 << 4 | 1
            at += 4 + 4 * struct.unpack_from("!H", octets, 14)[0]
        return Rtp(second & 127, number, when, ssrc, octets[at:], bool(second & 128), wide)


def original(again: Rtp) -> tuple[int, bytes]:
    """The number and the payload of what was sent again as RTX."""
    return struct.unpack_from("!H", again.payload)[0], again.payload[2:]


VP8_KEY = bytes((0x10, 0x10, 0x02, 0x00, 0x9D, 0x01, 0x2A, 0x80, 0x02, 0xE0, 0x01))  # 640 x 480
VP8_MORE = bytes((0x00,))  # the descriptor of a packet that goes on with a picture
VP8_DELTA = bytes((0x10, 0x01))  # the beginning of a picture that needs the one before it
SPS = bytes.fromhex("6742c01fda014016e4")  # 1280 x 720, baseline
PPS = bytes.fromhex("68ce3c80")


# --- RTCP ---


@dataclass(frozen=True)
class Control:
    """One packet of a compound. `body`: what follows its header of four bytes."""

    type: int
    format: int
    body: bytes

    @property
    def about(self) -> int:
        """The SSRC that feedback is about."""
        return int.from_bytes(self.body[4:8], "big")

    def octets(self) -> bytes:
        return struct.pack("!BBH", 0x80 | self.format, self.type, len(self.body) // 4) + self.body

    @property
    def sender(self) -> int:
        return int.from_bytes(self.body[:4], "big")

    def clock(self) -> tuple[float, int]:
        """What a sender's report says: seconds, and what its stream's clock shows then."""
        ntp, shows = struct.unpack_from("!QI", self.body, 4)
        return ntp / 2**32, shows

    @property
    def is_key_picture_request(self) -> bool:
        return (self.type, self.format) == (206, 1)

    def numbers_asked(self) -> list[int]:
        """What a NACK wants to have again."""
        asked = []
        for first, more in struct.iter_unpack("!HH", self.body[8:]):
            asked += [first, *((first + n + 1) & 0xFFFF for n in range(16) if more >> n & 1)]
        return asked

    def bitrate(self) -> int:
        """What a REMB says."""
        packed = int.from_bytes(self.body[13:16], "big")
        return (packed & 0x3FFFF) << (packed >> 18)

    def blocks(self) -> list[Block]:
        return [
            Block(ssrc, lost >> 24, lost & 0xFFFFFF, highest, jitter, last, delay)
            for ssrc, lost, highest, jitter, last, delay in struct.iter_unpack(
                "!IIIIII", self.body[24 if self.type == 200 else 4 :]
            )
        ]

    @staticmethod
    def read(compound: bytes) -> Iterator[Control]:
        while compound:
            first, kind, words = struct.unpack_from("!BBH", compound)
            yield Control(kind, first & 31, compound[4 : 4 * (words + 1)])
            compound = compound[4 * (words + 1) :]


@dataclass(frozen=True)
class Block:
    """How one stream arrives: `fraction` of 256; `last` and `delay` in 1/65,536 s."""

    ssrc: int
    fraction: int = 0
    lost: int = 0
    highest: int = 0
    jitter: int = 0
    last: int = 0
    delay: int = 0

    def octets(self) -> bytes:
        lost = self.fraction << 24 | self.lost
        rest = (self.highest, self.jitter, self.last, self.delay)
        return struct.pack("!IIIIII", self.ssrc, lost, *rest)


def sender_report(ssrc: int, *, ntp: int, time: int) -> Control:
    return Control(200, 0, struct.pack("!IQIII", ssrc, ntp, time & 0xFFFFFFFF, 1, 1))


def receiver_report(*blocks: Block) -> Control:
    return Control(201, len(blocks), bytes(4) + b"".join(block.octets() for block in blocks))


def nack(ssrc: int, *numbers: int, more: int = 0) -> Control:
    """`more`: the bits after each number; 0xFFFF asks for the sixteen that follow it too."""
    asked = b"".join(struct.pack("!HH", number & 0xFFFF, more) for number in numbers)
    return Control(205, 1, struct.pack("!II", 1, ssrc) + asked)


def key_picture_request(ssrc: int) -> Control:
    return Control(206, 1, struct.pack("!II", 1, ssrc))


def arrivals(came: dict[int, float]) -> Control:
    """Transport-wide feedback: seconds of the viewer's own clock by the packet's number."""
    base = min(came)
    numbers = range(base, max(came) + 1)
    reference = int(came[base] // 0.064)
    before, symbols, steps = reference * 256, [], b""
    for number in numbers:
        if number not in came:
            symbols.append(0)
            continue
        ticks = round(came[number] / 250e-6)
        steps += struct.pack("!h", ticks - before)
        before = ticks
        symbols.append(2)
    symbols += [0] * (-len(symbols) % 7)
    chunks = b"".join(
        struct.pack("!H", 0xC000 | sum(symbol << 12 - 2 * n for n, symbol in enumerate(seven)))
        for seven in (symbols[at : at + 7] for at in range(0, len(symbols), 7))
    )
    head = struct.pack("!IIHHI", 1, 7, base & 0xFFFF, len(numbers), (reference & 0xFFFFFF) << 8)
    body = head + chunks + steps
    return Control(205, 15, body + bytes(-len(body) % 4))


def arrivals_told(feedback: Control) -> list[tuple[int, bool]]:
    """Each number a transport-wide report speaks of, and whether it arrived; checks its form."""
    base, numbers = struct.unpack_from("!HH", feedback.body, 8)
    at, symbols = 16, []
    while len(symbols) < numbers:
        chunk = struct.unpack_from("!H", feedback.body, at)[0]
        at += 2
        if chunk < 0x8000:  # a run
            symbols += [chunk >> 13 & 3] * (chunk & 0x1FFF)
        elif chunk < 0xC000:  # fourteen of one bit
            symbols += [chunk >> 13 - n & 1 for n in range(14)]
        else:  # seven of two bits
            symbols += [chunk >> 12 - 2 * n & 3 for n in range(7)]
    del symbols[numbers:]
    steps = sum(symbols)  # bytes: one for a small step, two for a large one
    assert 3 not in symbols
    assert 0 <= len(feedback.body) - at - steps < 4
    return [((base + n) & 0xFFFF, bool(symbol)) for n, symbol in enumerate(symbols)]
