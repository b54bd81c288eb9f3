"""The stream one role sends, unbroken while the people and links behind it change.

Everyone who watches negotiated it once. When the phone comes back with a new connection, the same
feed goes on from the new track, so nobody else has to negotiate again.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from fractions import Fraction

from aiortc import MediaStreamTrack
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame, VideoFrame

Frame = AudioFrame | VideoFrame

#: Frames a slow viewer may have waiting: one picture, or 200 ms of sound. More would be delay.
WAITING_FRAMES = {"video": 1, "audio": 10}

#: Seconds by which a source's own clock may run ahead of the feed's before it is set again.
LARGEST_JUMP = 2.0


class Feed:
    """Frames of one kind, from one source at a time, to any number of outlets."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._outlets: set[Outlet] = set()
        self._started = time.monotonic()
        self._source: object = None
        self._last = 0.0  # seconds of the feed's own clock
        self._shift = 0.0  # seconds from the source's clock to the feed's

    def outlet(self) -> Outlet:
        """A track of this feed for one viewer."""
        outlet = Outlet(self)
        self._outlets.add(outlet)
        return outlet

    def put(self, frame: Frame, source: object) -> None:
        """Give every outlet this frame, stamped with the feed's own clock.

        Encoders fail for good on a time that does not grow, so a frame out of order is dropped, and
        a source whose clock jumps is set to ours again.
        """
        if frame.pts is None or frame.time_base is None:
            return
        base = Fraction(frame.time_base.numerator, frame.time_base.denominator)
        seconds = float(frame.pts * base)
        now = time.monotonic() - self._started
        if source is not self._source or abs(seconds + self._shift - now) > LARGEST_JUMP:
            self._source = source
            self._shift = max(now, self._last + 0.02) - seconds
        seconds += self._shift
        if seconds <= self._last:
            return
        self._last = seconds
        frame.pts = round(seconds / base)
        for outlet in self._outlets:
            outlet.push(frame)

    def drop(self, outlet: Outlet) -> None:
        self._outlets.discard(outlet)


class Outlet(MediaStreamTrack):
    """What one viewer gets of a feed. Holds few frames, and drops the oldest for the newest."""

    def __init__(self, feed: Feed) -> None:
        super().__init__()
        self.kind = feed.kind
        self._feed = feed
        self._frames: deque[Frame] = deque(maxlen=WAITING_FRAMES[feed.kind])
        self._arrived = asyncio.Event()

    def push(self, frame: Frame) -> None:
        self._frames.append(frame)
        self._arrived.set()

    async def recv(self) -> Frame:
        """The next frame; waits while nobody of the role is sending.

        Raises:
            MediaStreamError: the outlet was stopped.
        """
        while not self._frames:
            if self.readyState != "live":
                raise MediaStreamError
            self._arrived.clear()
            await self._arrived.wait()
        return self._frames.popleft()

    def stop(self) -> None:
        super().stop()
        self._feed.drop(self)
        self._frames.clear()
        self._arrived.set()
