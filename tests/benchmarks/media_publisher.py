"""The applicant's phone: sends the clip as a phone sends a call."""

from __future__ import annotations

import asyncio
import random
import time
from types import TracebackType
from typing import Self

from aiortc import clock
from aiortc.codecs.vpx import Vp8Encoder
from aiortc.rtp import (
    HeaderExtensionsMap,
    RtcpPsfbPacket,
    RtcpSdesPacket,
    RtcpSenderInfo,
    RtcpSourceInfo,
    RtcpSrPacket,
    RtpPacket,
)
from media_clip import PICTURES_A_SECOND, SOUNDS_A_SECOND, Clip
from media_links import Link, is_control

VIDEO_CLOCK, AUDIO_CLOCK = 90_000, 48_000

#: The feedback messages that ask for a key picture: PLI (RFC 4585) and FIR (RFC 5104).
PLI, FIR = 1, 4

#: Seconds. A phone's encoder does not make key pictures more often, whoever asks.
KEY_PAUSE = 0.5

#: A camera's clock is not even: pictures come early or late by up to so many ticks of 90 kHz. A
#: server that encodes anew counts time from a number of its own; it is found out by this pattern.
UNEVEN = 300


class Publisher(Link):
    """Plays while in `async with`; `shown` is when the last packet of each picture was sent.

    `shown` is keyed by the picture's RTP timestamp, in nanoseconds of the monotonic clock.
    Retransmissions are not answered: what is lost stays lost, and is counted.
    """

    def __init__(self, clip: Clip) -> None:
        super().__init__()
        self.shown: dict[int, int] = {}
        self._clip = clip
        self._next_picture = 0
        self._last_key = 0.0
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        self._tasks.append(asyncio.create_task(self._play_pictures(), name="pictures"))
        self._tasks.append(asyncio.create_task(self._play_sounds(), name="sounds"))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def playing(self) -> bool:
        """Whether the server still has us in."""
        return bool(self._tasks) and not any(task.done() for task in self._tasks)

    def arrived(self, packet: bytes) -> None:
        """Media is dropped: no expert speaks here. Who asks for a key picture gets the first."""
        if not is_control(packet):
            return
        for said in self.control(packet):
            asked = isinstance(said, RtcpPsfbPacket) and said.fmt in (PLI, FIR)
            if asked and time.monotonic() - self._last_key > KEY_PAUSE:
                self._next_picture = 0

    async def _play_pictures(self) -> None:
        stream, packer, chance = _Stream(self, "video"), Vp8Encoder(), random.Random(1)
        began = time.monotonic()
        for number in range(10**9):
            await _until(began + number / PICTURES_A_SECOND)
            if self._next_picture == 0:
                self._last_key = time.monotonic()
            picture = self._clip.pictures[self._next_picture]
            self._next_picture = (self._next_picture + 1) % len(self._clip.pictures)
            payloads, _ = packer.pack(picture)
            uneven = chance.randint(0, 2 * UNEVEN)
            at = number * VIDEO_CLOCK // PICTURES_A_SECOND + uneven
            self.shown[at] = await stream.send(payloads, at)
            if number % PICTURES_A_SECOND == 0:
                await stream.report(at)

    async def _play_sounds(self) -> None:
        stream = _Stream(self, "audio")
        began = time.monotonic()
        for number in range(10**9):
            await _until(began + number / SOUNDS_A_SECOND)
            at = number * AUDIO_CLOCK // SOUNDS_A_SECOND
            await stream.send([self._clip.sounds[number % len(self._clip.sounds)]], at)
            if number % SOUNDS_A_SECOND == 0:
                await stream.report(at)


class _Stream:
    """Numbers the packets of one kind, and reports on them (RFC 3550)."""

    def __init__(self, publisher: Publisher, kind: str) -> None:
        agreed = publisher.agreed[kind]
        self._publisher = publisher
        self._kind = kind
        self._type = agreed.codecs[0].payloadType or 0
        self._ssrc = publisher.source(kind)
        self._mid = agreed.muxId
        self._extensions = HeaderExtensionsMap()
        self._extensions.configure(agreed)
        self._packets = self._octets = 0

    async def send(self, payloads: list[bytes], at: int) -> int:
        """The payloads of one picture or sound, `at` ticks of its clock; when the last one went."""
        went = 0
        for number, payload in enumerate(payloads, start=1):
            packet = RtpPacket(
                payload_type=self._type,
                marker=int(self._kind == "video" and number == len(payloads)),
                sequence_number=self._packets & 0xFFFF,
                timestamp=at & 0xFFFFFFFF,
                ssrc=self._ssrc,
                payload=payload,
            )
            packet.extensions.mid = self._mid
            packet.extensions.abs_send_time = (clock.current_ntp_time() >> 14) & 0xFFFFFF
            plain = packet.serialize(self._extensions)
            went = time.monotonic_ns()
            await self._publisher.send(plain)
            self._packets += 1
            self._octets += len(payload)
        return went

    async def report(self, at: int) -> None:
        """A sender's report: what time of day a tick is, by which sound and picture are joined."""
        info = RtcpSenderInfo(
            ntp_timestamp=clock.current_ntp_time(),
            rtp_timestamp=at & 0xFFFFFFFF,
            packet_count=self._packets,
            octet_count=self._octets,
        )
        name = RtcpSourceInfo(ssrc=self._ssrc, items=[(1, b"applicant")])
        report = bytes(RtcpSrPacket(ssrc=self._ssrc, sender_info=info))
        await self._publisher.send(report + bytes(RtcpSdesPacket(chunks=[name])))


async def _until(moment: float) -> None:
    """Wait for a moment of the monotonic clock; at once if it has passed."""
    await asyncio.sleep(max(0.0, moment - time.monotonic()))
