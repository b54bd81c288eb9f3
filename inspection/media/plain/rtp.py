"""RTP packets (RFC 3550 section 5, header extensions RFC 8285)."""

from __future__ import annotations

import struct

#: Bytes of the longest datagram that is read: more than any path carries without fragments.
LONGEST_DATAGRAM = 2048

#: Bytes of the longest payload that is passed on: what is added to it must still fit a datagram.
LONGEST_PAYLOAD = 1400

#: Bytes of a header without anything that may be added to it.
HEADER = 12

#: Where the extensions of a packet lie that has none.
_NONE = (0, 0)

_header = struct.Struct("!BBHLL").unpack_from
_two_shorts = struct.Struct("!HH").unpack_from


class RtpPacket:
    """What a packet says. One object is read anew for each: there are many packets a second.

    Its extensions are looked for where they lie, so only until the next is read there.
    """

    __slots__ = (
        "_extensions",
        "_octets",
        "_two_byte",
        "marker",
        "payload",
        "sequence",
        "ssrc",
        "time",
    )

    marker: bool
    payload: bytes
    sequence: int
    ssrc: int
    time: int
    _octets: memoryview
    _extensions: tuple[int, int]  # from where to where
    _two_byte: bool

    def read(self, octets: memoryview, end: int) -> bool:
        """False if the first `end` of the octets are malformed."""
        if end < HEADER:
            return False
        first, second, self.sequence, self.time, self.ssrc = _header(octets)
        if first >> 6 != 2:
            return False
        self.marker = second > 0x7F
        self._octets, self._extensions = octets, _NONE
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
                self._extensions = at, after
                self._two_byte = profile != 0xBEDE
            at = after
        if first & 0x20:
            padding = octets[end - 1]
            if padding == 0:
                return False
            end -= padding
        if at > end:
            return False
        self.payload = octets[at:end].tobytes()
        return True

    def extension(self, wanted: int) -> bytes:
        """The value of a header extension, empty if it is not there."""
        octets, (at, end) = self._octets, self._extensions
        while at < end:
            first = octets[at]
            at += 1
            if first == 0:  # padding
                continue
            if self._two_byte:
                if at >= end:
                    return b""
                found, length = first, octets[at]
                at += 1
            else:
                found, length = first >> 4, 1 + (first & 0x0F)
                if found == 15:
                    return b""
            if length > end - at:
                return b""
            if found == wanted:
                return octets[at : at + length].tobytes()
            at += length
        return b""
