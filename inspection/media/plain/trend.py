"""Whether a queue builds up on a way: by whether arrivals fall further and further behind.

The trend of libwebrtc in place of the draft's Kalman filter (Carlucci et al., "Congestion Control
for Web Real-Time Communication", IEEE/ACM Transactions on Networking 25(5), 2017).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

#: Seconds. What leaves within them left together: its own spacing says nothing of the way.
_BURST = 0.005

_LINE = 20  # points of the trend
_SMOOTHING = 0.9  # of the delay
_GAIN = 4.0  # of the trend
_OVER = 10.0  # milliseconds the trend must stay over the threshold
_UP, _DOWN = 0.0087, 0.039  # how fast the threshold follows
_LEAST_THRESHOLD, _MOST_THRESHOLD = 6.0, 600.0  # milliseconds


@dataclass(slots=True)
class _Burst:
    """Packets that left together; seconds of our clock, and of the viewer's."""

    first_sent: float
    last_sent: float
    arrived: float


class Trend:
    """`filling`: the queue builds up."""

    __slots__ = (
        "_before",
        "_behind",
        "_burst",
        "_bursts",
        "_judged",
        "_line",
        "_over",
        "_overs",
        "_slope_before",
        "_smooth",
        "_threshold",
        "filling",
    )

    def __init__(self) -> None:
        self.filling = False
        self._burst: _Burst | None = None
        self._before: _Burst | None = None
        self._bursts = 0
        self._behind = self._smooth = 0.0  # milliseconds
        self._line: deque[tuple[float, float]] = deque(maxlen=_LINE)  # arrival, delay: milliseconds
        self._threshold = 12.5  # milliseconds
        self._slope_before = 0.0
        self._judged = 0.0
        self._over = -1.0  # milliseconds for which it has been
        self._overs = 0

    def arrived(self, sent: float, at: float) -> None:
        """A packet's way: seconds of our clock, and of the viewer's."""
        burst = self._burst
        if burst is None:
            self._burst = _Burst(sent, sent, at)
            return
        if sent < burst.first_sent:
            return  # late
        apart = at - burst.arrived
        if sent - burst.first_sent <= _BURST or (
            apart <= _BURST and apart < sent - burst.last_sent
        ):
            burst.last_sent = sent
            burst.arrived = max(burst.arrived, at)
            return
        self._bursts += 1
        if self._before is not None:
            self._compare(self._before, burst)
        self._before = burst
        self._burst = _Burst(sent, sent, at)

    def _compare(self, before: _Burst, burst: _Burst) -> None:
        sent_apart = burst.last_sent - before.last_sent
        self._behind += (burst.arrived - before.arrived - sent_apart) * 1000
        self._smooth = _SMOOTHING * self._smooth + (1 - _SMOOTHING) * self._behind
        self._line.append((burst.arrived * 1000, self._smooth))
        slope = self._slope() if len(self._line) == _LINE else 0.0
        self._judge(slope, sent_apart, burst.arrived)

    def _slope(self) -> float:
        """Of the straight line nearest to all points."""
        line = self._line
        x = sum(when for when, _ in line) / len(line)
        y = sum(delay for _, delay in line) / len(line)
        upper = sum((when - x) * (delay - y) for when, delay in line)
        lower = sum((when - x) ** 2 for when, _ in line)
        return upper / lower if lower > 0 else 0.0

    def _judge(self, slope: float, sent_apart: float, now: float) -> None:
        trend = min(self._bursts, 60) * slope * _GAIN
        if trend > self._threshold:
            over = self._over
            self._over = sent_apart * 500 if over < 0 else over + sent_apart * 1000
            if self._over > _OVER:
                self._overs += 1
                if self._overs > 1 and slope >= self._slope_before:
                    self._over = 0.0
                    self._overs = 0
                    self.filling = True
        else:
            self._over = -1.0
            self._overs = 0
            self.filling = False
        self._slope_before = slope
        size = abs(trend)
        if size <= self._threshold + 15:  # what is far above is a leap of the way, not its noise
            gain = _DOWN if size < self._threshold else _UP
            passed = max(0.0, min((now - self._judged) * 1000, 100.0))
            threshold = self._threshold + gain * (size - self._threshold) * passed
            self._threshold = max(_LEAST_THRESHOLD, min(threshold, _MOST_THRESHOLD))
        self._judged = now
