"""Whole encoded frames out of the packets of one source, as they come: late, twice, or not at all.

The same in C++, which is what is used where it is built: `packets/frames.cpp`.
"""

from __future__ import annotations

from dataclasses import dataclass

from inspection.media.plain.codecs import OPUS, Codec
from inspection.media.plain.sequence import ahead
from inspection.media.plain.tape import Strip

#: Microseconds that a missing packet is waited for: five round trips of a poor connection.
PATIENCE = 1_000_000

#: Microseconds at the beginning in which packets may arrive before an earlier one.
SETTLING = 200_000

MOST_HELD = 4096
LARGEST_FRAME = 4 << 20

#: Packets. A sequence that jumps further has begun anew.
FURTHEST_JUMP = 3000

#: Microseconds. Media time that strays further from the arrivals is not believed.
_FURTHEST_STRAY = 2_000_000

#: Microseconds for which the quickest packet counts, at least.
_REMEMBERED = 5_000_000


@dataclass(slots=True)
class Frame:
    """As in `yunkan_packets.pyi`, and so are the others."""

    source: int
    octets: bytes
    time: int
    at: int
    key: bool
    width: int
    height: int


@dataclass(slots=True)
class Gap:
    source: int
    begins: int
    ends: int
    packets: int


@dataclass(slots=True)
class _Open:
    """A frame that is being joined."""

    time: int
    at: int
    octets: bytearray
    key: bool = False
    size: tuple[int, int] | None = None


@dataclass(slots=True)
class _Quickest:
    """Arrival less media time, the smallest since a moment and in the time before that."""

    since: int
    now: int
    before: int


class FrameAssembler:
    """Puts the packets of one source in order, waits for missing ones, and goes on without them.

    Every frame given back can be decoded after those given back before it. Memory is bounded by
    `MOST_HELD` packets and `LARGEST_FRAME` bytes.
    """

    def __init__(self, source: int, codec: Codec) -> None:
        self._source = source
        self._codec = codec
        self._video = codec is not OPUS
        self._held: dict[int, Strip] = {}  # by unwrapped sequence number
        self._next: int | None = None  # none while settling
        self._hole_since = 0  # arrival of the first that waits for a missing one
        self._newest: int | None = None  # unwrapped sequence number
        self._stray: Strip | None = None  # the first after a jump, believed when it is followed
        self._time: int | None = None  # of the newest packet in turn, unwrapped
        self._open: _Open | None = None
        self._quickest: _Quickest | None = None
        self._last_at = 0  # of the last frame given back
        self._lost = 0  # packets since then
        self.ready: list[Frame | Gap] = []  # since they were last taken
        self.wants_key_picture = self._video  # nothing can be given back before one

    def add(self, packet: Strip) -> None:
        if self._newest is None:
            self._newest = packet.sequence
        step = ahead(packet.sequence, self._newest & 0xFFFF)
        if abs(step) <= FURTHEST_JUMP:
            number = self._newest + step
            if self._next is not None and number < self._next:
                return  # too late, or once more
            self._newest = max(self._newest, number)
            if number == self._next and not self._held:  # as nearly all do
                self._join(packet)
                self._next += 1
                return
            self._hold(number, packet)
        elif self._stray is not None and ahead(packet.sequence, self._stray.sequence) == 1:
            self._begin_anew(self._stray, packet)
        else:
            self._stray = packet
            return
        self._take_in_turn()
        if len(self._held) > MOST_HELD:
            self._skip()
        self.wait_no_longer(packet.arrived)

    def wait_no_longer(self, now: int) -> None:
        """Give up on what has been waited for long enough by now."""
        while self._held:
            patience = SETTLING if self._next is None else PATIENCE
            if now - self._hole_since <= patience:
                return
            self._skip()

    def finish(self) -> None:
        """Nothing more will come: give back what can be given."""
        self._stray = None
        while self._held:
            self._skip()
        self._open = None  # its end never came
        if self._lost and self._last_at:
            self.ready.append(Gap(self._source, self._last_at, self._last_at, self._lost))
        self._lost = 0

    def take(self) -> list[Frame | Gap]:
        """What is ready; a gap comes before the frame that ends it."""
        taken, self.ready = self.ready, []
        return taken

    def _begin_anew(self, first: Strip, second: Strip) -> None:
        """The sender began again with other numbers, as after a change of its source."""
        while self._held:
            self._skip()
        self._open = None
        self.wants_key_picture = self._video
        self._next = self._time = self._quickest = self._stray = None
        self._hold(first.sequence, first)
        self._newest = first.sequence + 1
        self._hold(self._newest, second)

    def _hold(self, number: int, packet: Strip) -> None:
        if not self._held:
            self._hole_since = packet.arrived
        self._held.setdefault(number, packet)

    def _take_in_turn(self) -> None:
        if self._next is None or self._next not in self._held:
            return
        while (packet := self._held.pop(self._next, None)) is not None:
            self._join(packet)
            self._next += 1
        if self._held:
            self._hole_since = self._held[min(self._held)].arrived

    def _skip(self) -> None:
        """Go on with the first that is there."""
        number = min(self._held)
        if self._next is not None and number > self._next:
            self._lost += number - self._next
            if self._video:
                self._open = None
                self.wants_key_picture = True
        self._next = number
        self._take_in_turn()

    def _join(self, packet: Strip) -> None:
        payload = packet.payload
        if not payload:
            return  # padding, sent to find out how much the path carries
        time = packet.time
        if self._time is not None:
            time = self._time + (time - self._time + 0x8000_0000 & 0xFFFF_FFFF) - 0x8000_0000
        if self._open is not None and time != self._open.time:
            self._end_frame(self._open)  # no marker, but whole: nothing before this is missing
        self._time = time
        if (frame := self._open) is None:
            at = self._smooth(packet.arrived, time)
            frame = self._open = _Open(time, at, bytearray())
        frame.size = frame.size or self._codec.stated_size(payload)
        frame.key = frame.key or self._codec.starts_key_picture(payload)
        sound = self._codec.append_encoded(payload, frame.octets)
        if not sound or len(frame.octets) > LARGEST_FRAME:
            self._lost += 1
            self._open = None
            self.wants_key_picture = self._video
        elif packet.marker or not self._video:
            self._end_frame(frame)

    def _end_frame(self, frame: _Open) -> None:
        self._open = None
        # One that states its size is whole from its beginning, also where the beginning of the
        # sequence or of what follows a hole cuts through a picture.
        if self.wants_key_picture and not (frame.key and frame.size):
            return
        self.wants_key_picture = False
        if self._lost and self._last_at:  # before the first frame there is nothing to miss
            self.ready.append(Gap(self._source, self._last_at, frame.at, self._lost))
        self._lost = 0
        self._last_at = frame.at
        size = frame.size or (0, 0)
        octets = bytes(frame.octets)
        self.ready.append(Frame(self._source, octets, frame.time, frame.at, frame.key, *size))

    def _smooth(self, arrived: int, time: int) -> int:
        """When a frame would have arrived over an even network: media time, laid along the
        quickest packets of the last seconds. Older ones are forgotten, since two clocks never
        agree and a microphone may stop its own."""
        media = time * 100 // 9 if self._video else time * 125 // 6  # of 90 and 48 kHz
        behind = arrived - media
        quickest = self._quickest
        if quickest is None or behind - min(quickest.now, quickest.before) > _FURTHEST_STRAY:
            quickest = self._quickest = _Quickest(arrived, behind, behind)
        elif arrived - quickest.since > _REMEMBERED:
            quickest = self._quickest = _Quickest(arrived, behind, quickest.now)
        quickest.now = min(quickest.now, behind)
        return media + min(quickest.now, quickest.before)
