"""RTP packets (RFC 3550 section 5, header extensions RFC 8285)."""

from __future__ import annotations

import struct

#: Bytes of the longest datagram that is read: more than any path carries without fragments.
LONGEST_DATAGRAM = 2048

#: Bytes of the longest payload that is passed on: what is added to it must still fit a datagram.
LONGEST_PAYLOAD = 1400

#: Bytes of a header without anything that may be added to it.
HEADER = 12

_header = struct.Struct("!BBHLL").unpack_from
_two_shorts = struct.Struct("!HH").unpack_from


class RtpPacket:
    """What a packet says. One object is read anew for each: there are many packets a second."""

    __slots__ = ("_extensions", "_two_byte", "marker", "payload", "sequence", "ssrc", "time")

    marker: bool
    payload: bytes
    sequence: int
    ssrc: int
    time: int
    _extensions: bytes
    _two_byte: bool

    def read(self, octets: memoryview, end: int) -> bool:
        """False if the first `end` of the octets are malformed."""
        if end < HEADER:
            return False
        first, second, self.sequence, self.time, self.ssrc = _header(octets)
        if first >> 6 != 2:
            return False
        self.marker = second > 0x7F
        self._extensions = b""
        at = HEADER + 4 * (first & 0x0F)
        if first & 0x10:
            if at + 4 > end:
                return False
            profile, words = _two_shorts(octets, at)
            at += 4
            after = at + 4 * words
            if after > end:
                return False
            if profile == 0xBEDE or profile >> 4 == 0x100:
                self._extensions = bytes(octets[at:after])
                self._two_byte = profile != 0xBEDE
            at = after
        if first & 0x20:
            padding = octets[end - 1]
            if padding == 0:
                return False
            end -= padding
        if at > end:
            return False
        self.payload = bytes(octets[at:end])
        return True

    def extension(self, wanted: int) -> bytes:
        """The value of a header extension, empty if it is not there."""
        octets, at = self._extensions, 0
        while at < len(octets):
            first = octets[at]
            at += 1
            if first == 0:  # padding
                continue
            if self._two_byte:
                if at >= len(octets):
                    return b""
                found, length = first, octets[at]
                at += 1
            else:
                found, length = first >> 4, 1 + (first & 0x0F)
                if found == 15:
                    return b""
            if length > len(octets) - at:
                return b""
            if found == wanted:
                return octets[at : at + length]
            at += length
        return b""
