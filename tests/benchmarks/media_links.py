"""One participant's link to a server that is measured, the same for every server.

aiortc agrees on it: SDP, ICE, DTLS and keys. What flows afterwards is read from and written to the
socket by the bench itself (`media_sockets.py`), because aiortc would decode, and spend more than
the server. The private names of aiortc that this takes are in this file and nowhere else.
"""

from __future__ import annotations

import asyncio

from aiortc import RTCBundlePolicy, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.rtcrtpparameters import RTCRtpParameters
from aiortc.rtp import AnyRtcpPacket, RtcpPacket
from media_sockets import MediaSocket, opened

#: Seconds for ICE and DTLS.
CONNECT_SECONDS = 20.0

KINDS = ("audio", "video")


class NotConnected(Exception):
    """A server answered, but no media could flow."""


class Link:
    """Negotiated either way: most servers answer an offer, Janus offers to those who watch."""

    def __init__(self) -> None:
        # No ICE servers: None would make aiortc ask a public one. One port for everything.
        self._peer = RTCPeerConnection(
            RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
        )
        self._sockets: list[MediaSocket] = []
        self._settled = asyncio.Event()
        self._peer.on("connectionstatechange", self._settle)
        self.agreed: dict[str, RTCRtpParameters] = {}  # by kind: payload types and extensions

    async def offer(self, direction: str) -> str:
        """An SDP offer of sound and picture; `direction` is "sendrecv" or "recvonly"."""
        for kind in KINDS:
            self._peer.addTransceiver(kind, direction=direction)
        self._carry_nothing_itself()
        opened.set(self._sockets)
        await self._peer.setLocalDescription(await self._peer.createOffer())
        return self._peer.localDescription.sdp

    async def answered(self, sdp: str) -> None:
        await self._peer.setRemoteDescription(RTCSessionDescription(sdp, "answer"))

    async def answer(self, offer: str) -> str:
        """The SDP answer of somebody who only watches."""
        await self._peer.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        self._carry_nothing_itself()
        opened.set(self._sockets)
        await self._peer.setLocalDescription(await self._peer.createAnswer())
        return self._peer.localDescription.sdp

    async def connected(self) -> None:
        """Wait for keys; from here on media comes to `arrived`.

        Raises:
            NotConnected: it failed, or took too long.
        """
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await self._settled.wait()
        except TimeoutError as late:
            raise NotConnected(f"{self._peer.connectionState} for {CONNECT_SECONDS} s") from late
        if self._peer.connectionState != "connected":
            raise NotConnected(self._peer.connectionState)
        for each in self._sockets:
            each.tap = self.arrived

    def arrived(self, packet: bytes) -> None:
        """One packet of SRTP or SRTCP, as it is on the wire."""
        raise NotImplementedError

    @property
    def ports(self) -> set[int]:
        return {each.port for each in self._sockets}

    async def close(self) -> None:
        self._peer.remove_all_listeners("connectionstatechange")
        await self._peer.close()

    async def send(self, packet: bytes) -> None:
        """One packet of RTP or RTCP, in the clear: it is encrypted here."""
        await self._keys._send_rtp(packet)

    def control(self, packet: bytes) -> list[AnyRtcpPacket]:
        """What an encrypted packet of RTCP says."""
        return RtcpPacket.parse(self._keys._rx_srtp.unprotect_rtcp(packet))

    def source(self, kind: str) -> int:
        """The SSRC under which this link promised to send."""
        sender = next(each.sender for each in self._peer.getTransceivers() if each.kind == kind)
        return int(sender._ssrc)

    @property
    def _keys(self):  # type: ignore[no-untyped-def]  # RTCDtlsTransport, with its private names
        return self._peer.getTransceivers()[0].sender.transport

    def _settle(self) -> None:
        if self._peer.connectionState in ("connected", "failed", "closed"):
            self._settled.set()

    def _carry_nothing_itself(self) -> None:
        """Keep what was agreed instead of starting aiortc's threads and tasks for media."""
        for transceiver in self._peer.getTransceivers():

            async def keep(agreed: RTCRtpParameters, kind: str = transceiver.kind) -> None:
                self.agreed[kind] = agreed

            transceiver.sender.send = keep  # type: ignore[method-assign,assignment]
            transceiver.receiver.receive = keep  # type: ignore[method-assign,assignment]


def is_control(packet: bytes) -> bool:
    """Whether a packet is RTCP and not RTP: RFC 5761, section 4."""
    return 192 <= packet[1] <= 223
