"""A still out of the live video, to check the phone's own photo against or to stand in for it.

The worker never decodes. It asks the camera for a key picture, which arrives within a few hundred
milliseconds, and has it decoded by a process of its own: a picture that crashes the decoder, or a
large one, disturbs no call.
"""

from __future__ import annotations

import asyncio
import io
import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import av

from inspection.media.engine import MediaRefused, Refusal, Still
from inspection.media.path import PacketPath

#: Names of decoders by codec.
DECODERS = {"VP8": "vp8", "H264": "h264"}

#: Seconds between looks for a camera while there is none.
RETRY_SECONDS = 0.2

#: Seconds. A key picture older than that, kept for somebody who gave up waiting, is not what the
#: camera shows now.
STALE_SECONDS = 2.0

#: Stills that may wait for the decoder; one takes a tenth of a second.
MOST_WAITING = 16


class Developer:
    """Makes pictures of key pictures, one at a time, in a process that `begin` starts."""

    def __init__(self) -> None:
        self._waiting = 0
        self._process: ProcessPoolExecutor | None = None

    async def develop(self, codec: str, encoded: bytes, taken_at: datetime) -> Still:
        """JPEG at the camera's own size.

        Raises:
            MediaRefused: it cannot be decoded, or too many are waiting.
        """
        if self._waiting >= MOST_WAITING:
            raise MediaRefused(Refusal.BUSY, f"{MOST_WAITING} stills are waiting")
        process = self.begin()
        self._waiting += 1
        try:
            jpeg, width, height = await asyncio.wrap_future(process.submit(_decode, codec, encoded))
        except BrokenProcessPool as died:
            if self._process is process:
                self.close()
            raise MediaRefused(Refusal.NO_PICTURE, "the decoder died") from died
        except (av.FFmpegError, ValueError) as unreadable:
            raise MediaRefused(Refusal.NO_PICTURE, str(unreadable)) from unreadable
        finally:
            self._waiting -= 1
        return Still(jpeg=jpeg, taken_at=taken_at, width=width, height=height)

    def begin(self) -> ProcessPoolExecutor:
        """Start the process, which takes a second or two, before the first still is wanted."""
        if self._process is None:
            spawn = multiprocessing.get_context("spawn")
            self._process = ProcessPoolExecutor(1, mp_context=spawn, initializer=_end_with_parent)
            self._process.submit(int)  # it starts with the first thing there is to do
        return self._process

    def close(self) -> None:
        if self._process is not None:
            self._process.shutdown(wait=False, cancel_futures=True)
            self._process = None


def _end_with_parent() -> None:
    """In the decoder: it would wait for work for ever after its worker was killed."""
    parent = multiprocessing.parent_process()

    def wait() -> None:
        if parent is not None:
            parent.join()
        os._exit(0)

    threading.Thread(target=wait, name="parent", daemon=True).start()


def _decode(codec: str, encoded: bytes) -> tuple[bytes, int, int]:
    decoder = av.CodecContext.create(DECODERS[codec], "r")
    packet = av.Packet(encoded)
    packet.pts, packet.time_base = 0, Fraction(1, 90_000)
    frames = [*decoder.decode(packet), *decoder.decode(None)]  # type: ignore[attr-defined]
    if not frames:
        raise ValueError("no picture in it")
    buffer = io.BytesIO()
    frames[-1].to_image().save(buffer, "JPEG", quality=90)
    return buffer.getvalue(), frames[-1].width, frames[-1].height


class Camera:
    """Waits for the key picture of whichever source shows the premises."""

    def __init__(self, packets: PacketPath, developer: Developer) -> None:
        self._packets = packets
        self._developer = developer
        self._arrived = asyncio.Event()

    def ring(self) -> None:
        """Something may have arrived; the owner calls this."""
        self._arrived.set()

    async def take(self, source: Callable[[], int]) -> Still:
        """A still of what the source shows now. `source` says which it is, 0 while there is none.

        Waits for one, so a caller sets its own limit. Who asks meanwhile gets a picture as new.
        """
        oldest = datetime.now(UTC) - timedelta(seconds=STALE_SECONDS)
        while True:
            self._arrived.clear()
            if number := source():
                if (picture := self._packets.take_still(number)) is not None:
                    codec, encoded, arrived = picture
                    taken_at = datetime.fromtimestamp(arrived, UTC)
                    if taken_at >= oldest:
                        return await self._developer.develop(codec, encoded, taken_at)
                self._packets.want_still(number)
            await self._wait()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(RETRY_SECONDS):
                await self._arrived.wait()
        except TimeoutError:
            return  # who shows the premises may have changed
