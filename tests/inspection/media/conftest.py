"""Real aiortc peers that stand in for a phone and a desk. Pictures are 320x240 to save the CPU."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from fractions import Fraction
from types import TracebackType
from typing import Self

import pytest
from aiortc import (
    AudioStreamTrack,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
    VideoStreamTrack,
)
from av import VideoFrame

Answer = Callable[[str], Awaitable[str]]

#: Seconds nothing here should ever need; a deadline, not a wait.
PATIENCE = 20.0


class Camera(VideoStreamTrack):
    """Fifteen pictures a second of one shade of grey."""

    def __init__(self, shade: int, *, width: int = 320, height: int = 240) -> None:
        super().__init__()
        self.shade = shade
        self._picture = (width, height)
        self._first = time.monotonic()
        self._number = 0

    async def recv(self) -> VideoFrame:
        self._number += 1
        await asyncio.sleep(max(0.0, self._first + self._number / 15 - time.monotonic()))
        frame = VideoFrame(*self._picture, "yuv420p")
        for plane, value in zip(frame.planes, (self.shade, 128, 128), strict=True):
            plane.update(bytes([value]) * plane.buffer_size)
        frame.pts, frame.time_base = self._number * 6000, Fraction(1, 90_000)
        return frame


class Caller:
    """A browser as the server sees it: one connection, one camera, one microphone.

    `sees` counts the pictures that arrived, `hears` the sound; `shade` is the newest picture's.
    """

    def __init__(self, *, shade: int | None, width: int = 320, height: int = 240) -> None:
        self.link = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.sees = self.hears = 0
        self.shade: int | None = None
        self._more = asyncio.Event()
        self._readers: list[asyncio.Task[None]] = []
        if shade is None:
            self.link.addTransceiver("audio", "recvonly")
            self.link.addTransceiver("video", "recvonly")
        else:
            self.link.addTrack(AudioStreamTrack())
            self.link.addTrack(Camera(shade, width=width, height=height))
        self.link.on("track", self._on_track)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for reader in self._readers:
            reader.cancel()
        await self.link.close()
        await asyncio.gather(*self._readers, return_exceptions=True)

    async def offer(self) -> str:
        await self.link.setLocalDescription(await self.link.createOffer())
        return self.link.localDescription.sdp

    async def join(self, answer: Answer) -> Self:
        sdp = await answer(await self.offer())
        await self.link.setRemoteDescription(RTCSessionDescription(sdp, "answer"))
        return self

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait for the next frames until something is true of them."""
        async with asyncio.timeout(PATIENCE):
            while not true():
                self._more.clear()
                await self._more.wait()

    async def sees_more(self, pictures: int = 3) -> None:
        wanted = self.sees + pictures
        await self.until(lambda: self.sees >= wanted)

    async def hears_more(self, sounds: int = 5) -> None:
        wanted = self.hears + sounds
        await self.until(lambda: self.hears >= wanted)

    async def sees_shade(self, shade: int) -> None:
        """Wait for a picture of this grey; VP8 may be off by a little."""
        await self.until(lambda: self.shade is not None and abs(self.shade - shade) < 12)

    def _on_track(self, track) -> None:
        self._readers.append(asyncio.create_task(self._read(track)))

    async def _read(self, track) -> None:
        while True:
            frame = await track.recv()
            if isinstance(frame, VideoFrame):
                self.sees += 1
                self.shade = bytes(frame.planes[0])[frame.width // 2]
            else:
                self.hears += 1
            self._more.set()


class Scene:
    """People of one test; everybody hangs up at its end."""

    def __init__(self) -> None:
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._open.aclose()

    async def enter(self, answer: Answer, **camera: int | None) -> Caller:
        caller = await self._open.enter_async_context(Caller(**camera))
        return await caller.join(answer)


@pytest.fixture
def scene() -> type[Scene]:
    return Scene


@pytest.fixture
def caller() -> type[Caller]:
    return Caller
