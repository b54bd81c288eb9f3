"""A compound of control packets (RTCP) being written."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from inspection.media.plain.rtcp import (
    APPLICATION,
    DESCRIPTION,
    NACK,
    PAYLOAD_FEEDBACK,
    PLI,
    RECEIVER_REPORT,
    SENDER_REPORT,
    TRANSPORT_FEEDBACK,
    ReportBlock,
)
from inspection.media.plain.sequence import ahead

#: Bytes that fit a datagram on any path.
LONGEST = 1200

#: Stretches of 17 numbers that one NACK asks for.
_MOST_STRETCHES = 64

_header = struct.Struct("!BBH").pack
_sender = struct.Struct("!LQLLL").pack
_block = struct.Struct("!LLLLLL").pack
_two_longs = struct.Struct("!LL").pack
_bitrate = struct.Struct("!LL4sLL").pack


class Report:
    """Never longer than LONGEST: what does not fit is left out."""

    __slots__ = ("octets",)

    def __init__(self) -> None:
        self.octets = bytearray()

    def sender_report(self, ssrc: int, ntp: int, time: int, packets: int, octets: int) -> None:
        self.add(
            SENDER_REPORT,
            0,
            _sender(ssrc, ntp, time & 0xFFFF_FFFF, packets & 0xFFFF_FFFF, octets & 0xFFFF_FFFF),
        )

    def receiver_report(self, reporter: int, blocks: Sequence[ReportBlock]) -> None:
        written = b"".join(
            _block(
                block.ssrc,
                block.fraction_lost << 24 | block.lost & 0xFF_FFFF,
                block.highest,
                block.jitter,
                block.last_report,
                block.delay,
            )
            for block in blocks
        )
        self.add(RECEIVER_REPORT, len(blocks), reporter.to_bytes(4, "big") + written)

    def description(self, ssrc: int, name: int) -> None:
        """`name`: 32 random bits, written as a canonical name of 8 letters."""
        letters = bytes(ord("a") + (name >> shift & 0x0F) for shift in range(28, -1, -4))
        self.add(DESCRIPTION, 1, ssrc.to_bytes(4, "big") + b"\x01\x08" + letters + b"\x00\x00")

    def key_picture_request(self, reporter: int, ssrc: int) -> None:
        self.add(PAYLOAD_FEEDBACK, PLI, _two_longs(reporter, ssrc))

    def nack(self, reporter: int, ssrc: int, numbers: Sequence[int]) -> None:
        """`numbers` ascending on their circle."""
        stretches: list[tuple[int, int]] = []
        for number in numbers:
            if stretches and 0 < ahead(number, stretches[-1][0]) <= 16:
                first, more = stretches[-1]
                stretches[-1] = first, more | 1 << (ahead(number, first) - 1)
            elif len(stretches) < _MOST_STRETCHES:
                stretches.append((number, 0))
            else:
                break
        asked = b"".join((first << 16 | more).to_bytes(4, "big") for first, more in stretches)
        self.add(TRANSPORT_FEEDBACK, NACK, _two_longs(reporter, ssrc) + asked)

    def bitrate(self, reporter: int, ssrc: int, bits_per_second: int) -> None:
        exponent = max(0, bits_per_second.bit_length() - 18)
        packed = 1 << 24 | exponent << 18 | bits_per_second >> exponent
        self.add(PAYLOAD_FEEDBACK, APPLICATION, _bitrate(reporter, 0, b"REMB", packed, ssrc))

    def add(self, kind: int, form: int, body: bytes) -> None:
        """One packet whose body, a multiple of four bytes, was written elsewhere."""
        if len(self.octets) + 4 + len(body) <= LONGEST:
            self.octets += _header(0x80 | form, kind, len(body) // 4) + body
