"""Stills from a live video track, to check the phone's own photo against or to stand in for it."""

from __future__ import annotations

import asyncio
import io
import time
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self

from aiortc import MediaStreamTrack
from aiortc.mediastreams import MediaStreamError
from av import VideoFrame

from inspection.media.engine import Still

#: Seconds. An older picture is not what the camera shows now.
STALE_SECONDS = 2.0


class Snapshooter:
    """Keeps the newest frame of one video track, and encodes it when asked.

    Exactly one frame is held however slow the expert is, so a long call costs no memory; JPEG
    encoding runs in a thread, so it never delays another call's media.

        async with Snapshooter(track) as camera:
            async with asyncio.timeout(2):
                still = await camera.take()
    """

    def __init__(self, track: MediaStreamTrack) -> None:
        self._track = track
        self._newest: VideoFrame | None = None
        self._seen = 0.0  # monotonic seconds
        self._arrived = asyncio.Event()
        self._reader: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._reader = asyncio.create_task(self._read(), name="snapshooter")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)
        self._track.stop()

    async def take(self) -> Still:
        """The newest frame as JPEG at the camera's own size, with the time it arrived.

        Waits for the next frame when the newest is stale, so a caller sets its own limit (above).
        """
        while self._newest is None or self.age() > STALE_SECONDS:
            self._arrived.clear()
            await self._arrived.wait()
        frame, taken_at = self._newest, datetime.now(UTC) - timedelta(seconds=self.age())
        jpeg = await asyncio.to_thread(_encode, frame)
        return Still(jpeg=jpeg, taken_at=taken_at, width=frame.width, height=frame.height)

    def age(self) -> float:
        """Seconds since the newest frame arrived."""
        return time.monotonic() - self._seen

    async def _read(self) -> None:
        try:
            while True:
                frame = await self._track.recv()
                if isinstance(frame, VideoFrame):
                    self._newest, self._seen = frame, time.monotonic()
                    self._arrived.set()
        except MediaStreamError:
            return  # the room was closed


def _encode(frame: VideoFrame) -> bytes:
    buffer = io.BytesIO()
    image = frame.to_image()  # type: ignore[no-untyped-call]  # PyAV's stub says no types
    image.save(buffer, "JPEG", quality=90)
    return buffer.getvalue()
