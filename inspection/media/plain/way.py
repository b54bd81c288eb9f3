"""How much the way to a viewer carries, judged by what it tells of when our packets arrived.

A queue that builds up on the way shows as arrivals that fall further and further behind
(`trend.py`): the delay-based half of Google's congestion control (draft-ietf-rmcat-gcc-02), and
heavy loss as its other half. There is no cap until the way proves narrow, because a camera that
sends little for want of anything to show must not be held to that.
"""

from __future__ import annotations

from collections import deque

from inspection.media.plain.feedback import read_feedback
from inspection.media.plain.trend import Trend

#: Bits a second, more than any camera here sends.
NO_CAP = 10_000_000

#: Packets we remember having sent: more than are under way. A power of two.
_REMEMBERED = 2048

#: Seconds over which what arrives is counted.
_WINDOW = 0.5

#: Seconds between two arrivals; no queue is as long.
_LEAP = 3.0

_BACK_OFF = 0.85  # of what arrives
_PAUSE = 0.3  # seconds between two steps down, and before the first step up
_FAST, _SLOW = 0.25, 0.05  # a second, far from and near the knee
_HEAVY_LOSS = 0.10
_LEAST_COUNTED = 20  # packets
_LEAST, _ENOUGH = 60_000.0, 3_000_000.0  # bits a second


class Way:
    __slots__ = (
        "_cap",
        "_knee",
        "_loss_counted",
        "_lowered",
        "_next",
        "_raised",
        "_sent",
        "_trend",
        "_window",
        "_window_arrived",
        "_window_lost",
    )

    def __init__(self) -> None:
        self._sent: list[tuple[int, int, float] | None] = [None] * _REMEMBERED
        self._next = 0
        self._trend = Trend()
        self._window: deque[tuple[float, int]] = deque()  # arrivals: when, octets
        self._window_arrived = self._window_lost = 0
        self._loss_counted = 0.0
        self._cap = float(NO_CAP)
        self._knee = 0.0  # bits a second that proved too much, smoothed
        self._lowered = -10.0
        self._raised = 0.0

    @property
    def cap(self) -> int:
        """Bits a second that should be sent at most."""
        return int(self._cap)

    def sent(self, octets: int, now: float) -> int:
        """A packet leaves: the number it carries."""
        number = self._next
        self._next = number + 1 & 0xFFFF
        self._sent[number & _REMEMBERED - 1] = (number, octets, now)
        return number

    def told(self, feedback: bytes, now: float) -> None:
        """The viewer tells of arrivals."""
        if not (spoken_of := read_feedback(feedback)):
            return
        came = lost = 0
        for number, arrived in spoken_of:
            place = number & _REMEMBERED - 1
            packet = self._sent[place]
            if packet is None or packet[0] != number:
                continue  # not ours, or told of already
            if arrived is None:
                lost += 1  # may come later; then it was late enough to count
                continue
            self._sent[place] = None
            came += 1
            self._arrived(packet[1], packet[2], arrived)
        self._count_loss(came, lost, now)
        if self._trend.filling:
            self._lower(_BACK_OFF, now)
        else:
            self._raise(now)

    def _arrived(self, octets: int, sent: float, at: float) -> None:
        window = self._window
        if window and abs(at - window[-1][0]) > _LEAP:
            # Its clock came round (24 bits last twelve days), was set, or lies.
            window.clear()
            self._trend = Trend()
        window.append((at, octets))
        while at - window[0][0] > _WINDOW:
            window.popleft()
        self._trend.arrived(sent, at)

    def _count_loss(self, came: int, lost: int, now: float) -> None:
        self._window_arrived += came
        self._window_lost += lost
        counted = self._window_arrived + self._window_lost
        if counted < _LEAST_COUNTED or now - self._loss_counted < _PAUSE:
            return
        part = self._window_lost / counted
        self._window_arrived = self._window_lost = 0
        self._loss_counted = now
        if part > _HEAVY_LOSS:
            self._lower(1 - 0.5 * part, now)

    def _lower(self, factor: float, now: float) -> None:
        rate = self._arriving()
        if now - self._lowered < _PAUSE or rate <= 0:
            return
        self._lowered = self._raised = now
        known = self._knee > 0 and abs(rate - self._knee) < 0.3 * self._knee
        self._knee = 0.8 * self._knee + 0.2 * rate if known else rate
        self._cap = max(_LEAST, min(self._cap, rate) * factor)

    def _raise(self, now: float) -> None:
        if self._cap >= NO_CAP:
            return
        passed = max(0.0, min(now - self._raised, 1.0))
        self._raised = now
        if now - self._lowered < _PAUSE:
            return
        near = self._knee > 0 and 0.8 * self._knee < self._cap < 1.15 * self._knee
        self._cap *= 1 + (_SLOW if near else _FAST) * passed
        if self._cap > _ENOUGH:
            self._cap = float(NO_CAP)
            self._knee = 0.0

    def _arriving(self) -> float:
        """Bits a second."""
        window = self._window
        if len(window) < 2:
            return 0.0
        span = max(0.1, window[-1][0] - window[0][0])
        return 8 * sum(octets for _, octets in window) / span
