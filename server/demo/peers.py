"""Two people without faces: aiortc peers that stand in for the phone and the expert's browser."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
    VideoStreamTrack,
)
from aiortc.mediastreams import AudioStreamTrack, MediaStreamError
from av import VideoFrame
from PIL import Image, ImageDraw

#: Small enough for two software encoders on a clerk's laptop.
SIZE = (640, 360)
FIRST_FRAME_SECONDS = 15.0


class Kitchen(VideoStreamTrack):
    """A drawn kitchen with a running clock, so that no two frames are alike."""

    async def recv(self) -> VideoFrame:
        pts, time_base = await self.next_timestamp()
        picture = Image.new("RGB", SIZE, "#cfd4d1")
        draw = ImageDraw.Draw(picture)
        draw.rectangle((0, 230, SIZE[0], SIZE[1]), fill="#8b949c")
        draw.rectangle((210, 250, 430, 350), fill="#6f7a83")
        draw.line((320, 120, 320, 250), fill="#59636b", width=18)
        draw.text((20, 20), f"{float(pts * time_base):.2f} s", fill="#15202b")
        frame: VideoFrame = VideoFrame.from_image(picture)  # type: ignore[no-untyped-call]
        frame.pts, frame.time_base = pts, time_base
        return frame


class Person:
    """One end of a call. `offer` sends our SDP to the server and returns its answer."""

    def __init__(self, video: MediaStreamTrack, offer: Callable[[str], str]) -> None:
        self._video = video
        self._offer = offer
        self._connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._seen: asyncio.Future[tuple[int, int]] = asyncio.get_running_loop().create_future()
        self._watching: list[asyncio.Task[None]] = []
        self._connection.on("track", self._watch)

    async def join(self) -> None:
        self._connection.addTransceiver(self._video, direction="sendrecv")
        self._connection.addTransceiver(AudioStreamTrack(), direction="sendrecv")
        await self._connection.setLocalDescription(await self._connection.createOffer())
        answer = await asyncio.to_thread(self._offer, self._connection.localDescription.sdp)
        await self._connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))

    async def sees(self) -> tuple[int, int]:
        """Width and height of the first picture from the other side.

        Raises:
            TimeoutError: none came within 15 s.
        """
        async with asyncio.timeout(FIRST_FRAME_SECONDS):
            return await asyncio.shield(self._seen)

    async def leave(self) -> None:
        for task in self._watching:
            task.cancel()
        await asyncio.gather(*self._watching, return_exceptions=True)
        await self._connection.close()

    def _watch(self, track: MediaStreamTrack) -> None:
        self._watching.append(asyncio.create_task(self._read(track)))

    async def _read(self, track: MediaStreamTrack) -> None:
        try:
            while True:
                frame = await track.recv()
                if isinstance(frame, VideoFrame) and not self._seen.done():
                    self._seen.set_result((frame.width, frame.height))
        except MediaStreamError:
            return
