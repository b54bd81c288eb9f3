"""One participant's link: one RTCPeerConnection, from the offer to the close."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

from aiortc import (
    MediaStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpSender,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamError
from aiortc.stats import (
    RTCInboundRtpStreamStats,
    RTCRemoteInboundRtpStreamStats,
    RTCTransportStats,
)
from av import AudioFrame, VideoFrame

from inspection.media import sdp
from inspection.media.engine import LinkStats, MediaRefused, Refusal, Role
from inspection.media.feed import Feed, Frame, Outlet
from inspection.media.quality import judge

#: VP8 first: the only codec every browser and our encoder agree on without profiles. H264 for what
#: sends nothing else. Opus only: a change of sampling rate would stop a running encoder.
CODECS = {
    "audio": ("audio/opus",),
    "video": ("video/VP8", "video/H264", "video/rtx"),
}

#: Smoothing of the loss figure over looks half a second apart: about the last five seconds.
LOSS_MEMORY = 0.9


class Peer:
    """One link. `on_frame` gets every decoded frame; `on_change` is called on connect and on end.

    `close` must be awaited by whoever made the peer; it may be called more than once.
    """

    def __init__(
        self,
        identity: str,
        role: Role,
        *,
        again: bool,
        on_frame: Callable[[Peer, Frame], None],
        on_change: Callable[[Peer], None],
    ) -> None:
        self.identity = identity
        self.role = role
        self.again = again
        self.made = time.monotonic()
        self.flowing = False
        self._on_frame = on_frame
        # No ICE servers: None would make aiortc ask a public one. One port for everything.
        self._link = RTCPeerConnection(
            RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
        )
        self._link.on("connectionstatechange", lambda: on_change(self))
        self._outlets: list[Outlet] = []
        self._readers: list[asyncio.Task[None]] = []
        self._packets = 0
        self._heard = time.monotonic()
        self._lost_and_got = (0, 0)
        self._loss = 0.0
        self._round_trip: float | None = None
        self._size = (0, 0)
        self._seen: float | None = None

    @property
    def state(self) -> str:
        """WebRTC's own connectionState: new, connecting, connected, failed, closed."""
        return self._link.connectionState

    async def answer(self, offer: str, feeds: Sequence[Feed]) -> str:
        """The SDP answer: one transceiver a kind, which brings theirs and carries ours.

        Raises:
            MediaRefused: the offer cannot be answered. The peer must be closed.
        """
        kinds = sdp.kinds_offered(offer)
        for kind in kinds:  # in the offer's order, or aiortc bundles the wrong transport
            outlet = next(feed for feed in feeds if feed.kind == kind).outlet()
            self._outlets.append(outlet)
            capabilities = RTCRtpSender.getCapabilities(kind).codecs
            self._link.addTransceiver(outlet, "sendrecv").setCodecPreferences(
                [
                    codec
                    for name in CODECS[kind]
                    for codec in capabilities
                    if codec.mimeType.lower() == name.lower()
                ]
            )
        try:
            plain = sdp.without_hidden_addresses(offer)
            await self._link.setRemoteDescription(RTCSessionDescription(plain, "offer"))
            await self._link.setLocalDescription(await self._link.createAnswer())
        except Exception as refused:  # aiortc reads hostile text with asserts, indexes and int()
            raise MediaRefused(Refusal.BAD_OFFER, repr(refused)[:200]) from refused
        for transceiver in self._link.getTransceivers():
            if (track := transceiver.receiver.track) is not None:
                self._readers.append(asyncio.create_task(self._read(track), name="peer reader"))
        return sdp.with_bitrates(self._link.localDescription.sdp)

    async def look(self) -> None:
        """Read the link's counters; the owner calls this all the time."""
        lost, got, packets = 0, 0, 0
        for report in (await self._link.getStats()).values():
            if isinstance(report, RTCTransportStats):
                packets = report.packetsReceived
            elif isinstance(report, RTCInboundRtpStreamStats):
                lost, got = lost + report.packetsLost, got + report.packetsReceived
            elif isinstance(report, RTCRemoteInboundRtpStreamStats):
                self._round_trip = report.roundTripTime
        if packets > self._packets:
            self._packets, self._heard = packets, time.monotonic()
        new_lost = max(0, lost - self._lost_and_got[0])
        new_got = max(0, got - self._lost_and_got[1])
        self._lost_and_got = (lost, got)
        if new_lost + new_got:
            now = new_lost / (new_lost + new_got)
            self._loss = LOSS_MEMORY * self._loss + (1 - LOSS_MEMORY) * now

    @property
    def heard(self) -> bool:
        """Whether any packet ever arrived over the finished connection."""
        return self._packets > 0

    @property
    def silent(self) -> float:
        """Seconds since the last packet of any kind arrived, or since the peer was made."""
        return time.monotonic() - self._heard

    def stats(self) -> LinkStats:
        """The link as of the last look."""
        silent = self.silent
        return LinkStats(
            identity=self.identity,
            role=self.role,
            quality=judge(loss=self._loss, round_trip=self._round_trip, silent=silent),
            loss=round(self._loss, 4),
            round_trip=self._round_trip,
            silent=round(silent, 2),
            width=self._size[0],
            height=self._size[1],
            picture_age=None if self._seen is None else round(time.monotonic() - self._seen, 2),
        )

    async def close(self) -> None:
        for reader in self._readers:
            reader.cancel()
        for outlet in self._outlets:
            outlet.stop()
        self._link.remove_all_listeners("connectionstatechange")
        await self._link.close()
        await asyncio.gather(*self._readers, return_exceptions=True)

    async def _read(self, track: MediaStreamTrack) -> None:
        try:
            while True:
                frame = await track.recv()
                if isinstance(frame, VideoFrame):
                    self._size, self._seen = (frame.width, frame.height), time.monotonic()
                if isinstance(frame, VideoFrame | AudioFrame):
                    self._on_frame(self, frame)
        except MediaStreamError:
            return  # hung up
