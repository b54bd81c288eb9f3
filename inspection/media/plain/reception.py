"""How one stream arrives: what RFC 3550 wants reported (appendix A)."""

from __future__ import annotations

from inspection.media.plain.clock import compact
from inspection.media.plain.rtcp import ReportBlock

#: Packets after which the fastest of them is forgotten: clocks drift.
FOLLOWS = 2048

#: Of times, which come round after 32 bits.
_HALF, _ALL = 0x8000_0000, 0xFFFF_FFFF


class Reception:
    """`received`: packets, `jitter` in units of the stream's clock.

    `late`, in the same units, is by how much the newest packet took longer than the fastest: so
    much waits on the way.
    """

    __slots__ = (
        "_begun",
        "_cycles",
        "_expected_before",
        "_first",
        "_last_report",
        "_least_transit",
        "_newest",
        "_received_before",
        "_reported_at",
        "_transit",
        "jitter",
        "late",
        "received",
    )

    def __init__(self) -> None:
        self.received = 0
        self.jitter = 0.0
        self.late = 0
        self._begun = False
        self._newest = self._first = self._cycles = 0
        self._expected_before = self._received_before = 0
        self._transit = self._least_transit = 0
        self._last_report = 0
        self._reported_at = 0.0

    def arrived(self, sequence: int, time: int, now: float, clock: int) -> int:
        """Count a packet that was not sent before; `clock`: ticks a second of `time`.

        How many numbers it jumped over: 0 when it is the next, negative when it is late.
        """
        transit = int(now * clock) - time
        self.received += 1
        if not self._begun:
            self._begun = True
            self._first = self._newest = sequence
            self._transit = self._least_transit = transit
            return 0
        difference = (transit - self._transit + _HALF & _ALL) - _HALF
        self._transit = transit
        later = (transit - self._least_transit + _HALF & _ALL) - _HALF
        self._least_transit += later if later < 0 else later // FOLLOWS
        self.late = max(later, 0)
        self.jitter += (abs(difference) - self.jitter) / 16
        step = (sequence - self._newest + 0x8000 & 0xFFFF) - 0x8000  # `ahead`, without the call
        if step > 0:
            if sequence < self._newest:
                self._cycles += 0x10000
            self._newest = sequence
        return step - 1

    def sender_reported(self, ntp: int, now: float) -> None:
        self._last_report = compact(ntp)
        self._reported_at = now

    @property
    def lost(self) -> int:
        return max(0, self._expected() - self.received) if self._begun else 0

    def report(self, ssrc: int, now: float) -> ReportBlock:
        """The block for the other side; begins a new stretch for its fraction."""
        expected = self._expected()
        expected_now = expected - self._expected_before
        lost_now = expected_now - (self.received - self._received_before)
        self._expected_before, self._received_before = expected, self.received
        fraction = lost_now * 256 // expected_now if lost_now > 0 else 0
        delay = int((now - self._reported_at) * 65536) if self._last_report else 0
        return ReportBlock(
            ssrc=ssrc,
            fraction_lost=min(fraction, 255),
            lost=max(-0x80_0000, min(expected - self.received, 0x7F_FFFF)),
            highest=self._cycles + self._newest & 0xFFFF_FFFF,
            jitter=int(self.jitter) & 0xFFFF_FFFF,
            last_report=self._last_report,
            delay=delay & 0xFFFF_FFFF,
        )

    def _expected(self) -> int:
        return self._cycles + self._newest - self._first + 1
