"""Real aiortc peers that stand in for a phone and a desk. Pictures are 320x240 to save the CPU."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from fractions import Fraction
from types import TracebackType
from typing import Protocol, Self

import pytest
from aiortc import (
    AudioStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
    VideoStreamTrack,
)
from av import VideoFrame

from inspection.media.demanded import VARIABLE
from inspection.media.janus.carrier import JanusCarrier
from inspection.media.janus.program import JanusMissing, find
from inspection.media.peer import PassThrough
from inspection.media.rooms import Rooms


class Joined(Protocol):
    """What comes back for an offer: an answer, and an offer of the engine's own or ""."""

    @property
    def sdp(self) -> str: ...
    @property
    def view(self) -> str: ...
    @property
    def ticket(self) -> str: ...


class Door(Protocol):
    """How one participant comes in."""

    async def __call__(self, sdp: str) -> Joined:
        """What is answered to an offer."""

    async def answer(self, sdp: str, ticket: str) -> None:
        """What was offered is answered."""


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
    """A browser as the server sees it: one camera, one microphone, one connection; a second one
    (`view`) to be shown others where the engine offers that.

    `sees` counts the pictures that arrived, `hears` the sound; `shade` is the newest picture's.
    `others` is how many more it can be shown at once, `shades` the newest picture of each.
    """

    def __init__(
        self, *, shade: int | None, width: int = 320, height: int = 240, others: int = 0
    ) -> None:
        self.link = RTCPeerConnection(
            RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
        )
        self.view: RTCPeerConnection | None = None
        self.sees = self.hears = 0
        self.shades: list[int | None] = [None] * (1 + others)
        self._more = asyncio.Event()
        self._readers: list[asyncio.Task[None]] = []
        if shade is None:
            self.link.addTransceiver("audio", "recvonly")
            self.link.addTransceiver("video", "recvonly")
        else:
            self.link.addTrack(AudioStreamTrack())
            self.link.addTrack(Camera(shade, width=width, height=height))
        for _ in range(others):
            self.link.addTransceiver("audio", "recvonly")
            self.link.addTransceiver("video", "recvonly")
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
        await self.hang_up()
        await asyncio.gather(*self._readers, return_exceptions=True)

    async def offer(self) -> str:
        await self.link.setLocalDescription(await self.link.createOffer())
        return self.link.localDescription.sdp

    async def join(self, door: Door) -> Self:
        joined = await door(await self.offer())
        if joined.sdp:
            await self.link.setRemoteDescription(RTCSessionDescription(joined.sdp, "answer"))
        if joined.view:
            self.view = view = RTCPeerConnection(
                RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
            )
            view.on("track", self._on_track)
            await view.setRemoteDescription(RTCSessionDescription(joined.view, "offer"))
            await view.setLocalDescription(await view.createAnswer())
            await door.answer(view.localDescription.sdp, joined.ticket)
        return self

    async def hang_up(self) -> None:
        await self.link.close()
        if self.view is not None:
            await self.view.close()

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

    @property
    def shade(self) -> int | None:
        return self.shades[0]

    async def sees_shade(self, shade: int, *, seat: int = 0) -> None:
        """Wait for a picture of this grey; VP8 may be off by a little."""

        def seen() -> bool:
            newest = self.shades[seat]
            return newest is not None and abs(newest - shade) < 12

        await self.until(seen)

    def _on_track(self, track) -> None:
        link = self.view or self.link
        videos = [one for one in link.getTransceivers() if one.kind == "video"]
        seat = next((n for n, one in enumerate(videos) if one.receiver.track is track), 0)
        self._readers.append(asyncio.create_task(self._read(track, seat)))

    async def _read(self, track, seat: int) -> None:
        while True:
            frame = await track.recv()
            if isinstance(frame, VideoFrame):
                self.sees += 1
                self.shades[seat] = bytes(frame.planes[0])[frame.width // 2]
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

    async def enter(self, door: Door, **camera: int | None) -> Caller:
        caller = await self._open.enter_async_context(Caller(**camera))
        return await caller.join(door)


@pytest.fixture
def scene() -> type[Scene]:
    return Scene


@pytest.fixture
def caller() -> type[Caller]:
    return Caller


SLOWLY = pytest.mark.slow


@pytest.fixture(params=["native", pytest.param("plain", marks=SLOWLY)])
def packet_path(request, monkeypatch) -> str:
    """Run the test over both ways packets can take."""
    monkeypatch.setenv(VARIABLE, request.param)
    return request.param


@pytest.fixture
def janus() -> str:
    """Where Janus is. `run.py` installs it where it may."""
    try:
        return find()
    except JanusMissing as missing:
        pytest.skip(str(missing))


@pytest.fixture(params=["native", pytest.param("plain", marks=SLOWLY), "janus"])
def new_engine(request, monkeypatch) -> Callable[[], Rooms]:
    """Run the test on every engine, and on both ways packets can take through ours."""
    if request.param == "janus":
        request.getfixturevalue("janus")
        return lambda: Rooms(JanusCarrier())
    monkeypatch.setenv(VARIABLE, request.param)
    return lambda: Rooms(PassThrough())
