"""Control packets (RTCP): what each side tells the other of how its media arrives.

RFC 3550 section 6; feedback RFC 4585 and RFC 5104.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

SENDER_REPORT, RECEIVER_REPORT, DESCRIPTION = 200, 201, 202
TRANSPORT_FEEDBACK, PAYLOAD_FEEDBACK = 205, 206

# formats of the two kinds of feedback
NACK, TRANSPORT_WIDE = 1, 15
PLI, FIR, APPLICATION = 1, 4, 15

_header = struct.Struct("!BBH").unpack_from
_long = struct.Struct("!L").unpack_from
_block = struct.Struct("!LLLLLL").unpack_from
_request = struct.Struct("!HH").iter_unpack


class ControlPacket(NamedTuple):
    """One packet of a compound: its kind, its count or format, and all its bytes."""

    type: int
    format: int
    octets: bytes

    def number(self, at: int) -> int:
        """The 32 bits at an offset from its header's start; at 4 stands its sender's SSRC."""
        return int(_long(self.octets, at)[0])


class ReportBlock(NamedTuple):
    """How one stream arrives at the other side.

    `fraction_lost` of 256, `jitter` in units of the stream's clock, `last_report` NTP's middle
    32 bits, `delay` in 1/65,536 s.
    """

    ssrc: int
    fraction_lost: int
    lost: int
    highest: int
    jitter: int
    last_report: int
    delay: int


def parts(compound: bytes) -> Iterator[ControlPacket]:
    """Each whole packet of a compound, up to its end or where it is malformed."""
    at = 0
    while len(compound) - at >= 8:
        first, kind, words = _header(compound, at)
        end = at + 4 * (words + 1)
        if first >> 6 != 2 or words == 0 or end > len(compound):
            return
        yield ControlPacket(kind, first & 0x1F, compound[at:end])
        at = end


def blocks(packet: ControlPacket) -> Iterator[ReportBlock]:
    """Each report block of a sender's or receiver's report."""
    at = 28 if packet.type == SENDER_REPORT else 8
    for _ in range(packet.format):
        if at + 24 > len(packet.octets):
            return
        ssrc, losses, highest, jitter, last_report, delay = _block(packet.octets, at)
        lost = (losses + 0x80_0000 & 0xFF_FFFF) - 0x80_0000
        yield ReportBlock(ssrc, losses >> 24, lost, highest, jitter, last_report, delay)
        at += 24


def streams_asked(packet: ControlPacket) -> list[int]:
    """The streams a request for a key picture is about (PLI names one, FIR several)."""
    if len(packet.octets) < 12:
        return []
    if packet.format == PLI:
        return [packet.number(8)]
    if packet.format == FIR:
        return [packet.number(at) for at in range(12, len(packet.octets) - 7, 8)]
    return []


def numbers_asked(packet: ControlPacket) -> Iterator[int]:
    """The sequence numbers a NACK asks for again (RFC 4585 section 6.2.1)."""
    for first, more in _request(packet.octets[12:]):
        yield first
        for bit in range(16):
            if more >> bit & 1:
                yield first + bit + 1 & 0xFFFF
