"""What leaves: written where libsrtp protects it in place, then handed to the system."""

from __future__ import annotations

import struct

from inspection.media.plain.clock import Clock
from inspection.media.plain.datagrams import Datagrams
from inspection.media.plain.report import Report
from inspection.media.plain.rtp import HEADER
from inspection.media.plain.srtp import Datagram
from inspection.media.plain.streams import Format, Peer, Sink

_write_header = struct.Struct("!BBHLL").pack_into
_write_numbered_header = struct.Struct("!BBHLLLBHx").pack_into

#: Bytes of a header with the transport-wide number.
_NUMBERED_HEADER = HEADER + 8


class Outlet:
    """Serves one socket; `clock` is read by whoever serves it."""

    def __init__(self, datagrams: Datagrams, clock: Clock) -> None:
        self.clock = clock
        self._send = datagrams.send
        self._draft = Datagram()
        self._octets = self._draft.octets

    def media_again(
        self, sink: Sink, form: Format, sequence: int, time: int, marker: bool, payload: bytes
    ) -> None:
        """The same once more: in a stream of its own where the peer has one (RTX, RFC 4588)."""
        if form.retransmitted < 0:
            second = form.payload_type | marker << 7
            self.media(sink, second, sequence, time, sink.ssrc, payload)
            return
        number = sink.retransmission_sequence
        sink.retransmission_sequence = number + 1 & 0xFFFF
        self.media(
            sink,
            form.retransmitted | marker << 7,
            number,
            time,
            sink.retransmission_ssrc,
            sequence.to_bytes(2, "big") + payload,
            extra=2,
        )

    def control(self, peer: Peer, report: Report) -> None:
        if peer.send is None:
            return
        length = len(report.octets)
        self._octets[:length] = report.octets
        if length := self._draft.protect_rtcp(peer.send, length):
            self._send(self._octets[:length], peer.address)

    def media(
        self,
        sink: Sink,
        second: int,
        sequence: int,
        time: int,
        ssrc: int,
        payload: bytes,
        extra: int = 0,
    ) -> None:
        """A packet whose second byte, marker and payload type, is `second`; `extra`: bytes of its
        payload that are no media."""
        octets = self._octets
        peer = sink.peer
        if sink.transport_wide:  # by which the viewer tells when each packet came
            number = peer.way.sent(HEADER + len(payload) - extra, self.clock.seconds)
            kind = sink.transport_wide << 4 | 1
            _write_numbered_header(
                octets, 0, 0x90, second, sequence, time, ssrc, 0xBEDE_0001, kind, number
            )
            at = _NUMBERED_HEADER
        else:
            _write_header(octets, 0, 0x80, second, sequence, time, ssrc)
            at = HEADER
        end = at + len(payload)
        octets[at:end] = payload
        if not (length := self._draft.protect(peer.send, end)):
            peer.spoiled += 1
            return
        self._send(octets[:length], peer.address)
        sink.packets += 1
        sink.octets += len(payload) - extra
