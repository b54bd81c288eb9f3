"""An expert's desk that counts packets and drops them, undecoded and even undecrypted.

The header of RTP is in the clear (RFC 3711), so numbers and times can be read without keys.
"""

from __future__ import annotations

import time
from bisect import bisect
from collections import Counter
from struct import unpack_from

from aiortc.rtp import (
    RTCP_PSFB_APP,
    RtcpPsfbPacket,
    RtcpReceiverInfo,
    RtcpRrPacket,
    pack_remb_fci,
)
from media_clip import VIDEO_BITRATE
from media_links import KINDS, Link, is_control

#: Pictures by whose times a server's own count of time is found out.
FOR_SHIFT = 40

#: Ticks of 90 kHz by which times may differ after such a shift. Pictures are 2,400 apart or more.
ROUNDED = 16


class Viewer(Link):
    """Counts from `count_anew` on."""

    def __init__(self) -> None:
        super().__init__()
        self.received = 0
        self._pictures: set[int] = set()  # payload types: some servers mark the end of sounds, too
        self._streams: dict[int, _Numbers] = {}
        self._seen: list[tuple[int, int]] = []  # ends of pictures: RTP timestamp, nanoseconds

    def count_anew(self) -> None:
        self._pictures = {codec.payloadType or 0 for codec in self.agreed["video"].codecs}
        self.received = 0
        self._streams = {}
        self._seen = []

    def arrived(self, packet: bytes) -> None:
        if is_control(packet):
            return
        mark, number, at, ssrc = unpack_from("!BHLL", packet, 1)
        self.received += 1
        if (stream := self._streams.get(ssrc)) is None:
            stream = self._streams[ssrc] = _Numbers(number)
        stream.add(number)
        if mark & 0x80 and mark & 0x7F in self._pictures:
            self._seen.append((at, time.monotonic_ns()))

    async def report(self) -> None:
        """What browsers send once a second: nothing is lost, and there is room for the clip.

        A server that encodes anew does it at this bitrate, instead of half of it.
        """
        reports = [
            RtcpReceiverInfo(ssrc, 0, 0, stream.last, jitter=0, lsr=0, dlsr=0)
            for ssrc, stream in self._streams.items()
        ]
        if reports:
            own, room = self.source(KINDS[0]), pack_remb_fci(VIDEO_BITRATE, list(self._streams))
            told = RtcpPsfbPacket(fmt=RTCP_PSFB_APP, ssrc=own, media_ssrc=0, fci=room)
            await self.send(bytes(RtcpRrPacket(ssrc=own, reports=reports)) + bytes(told))

    @property
    def expected(self) -> int:
        """Packets that should have come from the first that did to the last, by their numbers."""
        return sum(stream.expected for stream in self._streams.values())

    def delays(self, shown: dict[int, int]) -> list[float]:
        """Milliseconds from the last packet of a picture sent to the last of the same received.

        A server may count time from a number of its own, the same for every picture: it is the one
        that most pictures agree upon. Those that encode anew round it.
        """
        agree = Counter(
            ((at - sent) & 0xFFFFFFFF) // ROUNDED
            for at, _ in self._seen[:FOR_SHIFT]
            for sent in shown
        )
        if not agree:
            return []
        shift = agree.most_common(1)[0][0] * ROUNDED
        pictures, delays = sorted(shown), []
        for at, when in self._seen:
            own = (at - shift) & 0xFFFFFFFF
            after = bisect(pictures, own + ROUNDED)
            if after and abs(pictures[after - 1] - own) <= 2 * ROUNDED:
                delays.append((when - shown[pictures[after - 1]]) / 1e6)
        return delays


class _Numbers:
    """How many packets of one stream should have come, by their numbers."""

    def __init__(self, first: int) -> None:
        self.expected = 1
        self.last = first

    def add(self, number: int) -> None:
        if (ahead := (number - self.last) & 0xFFFF) < 0x8000:
            self.expected += ahead
            self.last = number
