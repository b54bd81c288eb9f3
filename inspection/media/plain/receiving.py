"""What becomes of a packet of media that arrived."""

from __future__ import annotations

from collections.abc import Callable

from inspection.media.plain import stills, trickling
from inspection.media.plain.asking import ask_again
from inspection.media.plain.kept import Packet
from inspection.media.plain.outlet import Outlet
from inspection.media.plain.reception import Reception
from inspection.media.plain.recording import Recording
from inspection.media.plain.rtp import LONGEST_PAYLOAD, RtpPacket
from inspection.media.plain.sending import begin, send_on
from inspection.media.plain.srtp import Datagram
from inspection.media.plain.streams import Format, Peer, Source

#: `Packet` without a call in Python.
_new_packet = tuple.__new__


class Receiving:
    """Unprotects packets, puts right what is missing, and passes each on once."""

    def __init__(self, arrived: Datagram, outlet: Outlet, ring: Callable[[], None]) -> None:
        """`ring` is called when a still has become ready."""
        self._arrived = arrived
        self._octets = arrived.octets
        self._outlet = outlet
        self._clock = outlet.clock
        self._ring = ring
        self._rtp = RtpPacket()
        self.recording: Recording | None = None

    def take_media(self, peer: Peer, length: int) -> bool:
        """Pass on what lies in `arrived`. True when more of the same picture is to come."""
        payload_type = self._octets[1] & 0x7F
        meant = peer.by_payload_type.get(payload_type)
        if meant is None:
            return False
        source, form = meant
        if not (length := self._arrived.unprotect(peer.receive, length)):
            peer.spoiled += 1
            return False
        peer.heard = self._clock.seconds
        rtp = self._rtp
        if not rtp.read(self._octets, length):
            return False
        if source.transport_wide:
            number = rtp.extension(source.transport_wide)
            if len(number) == 2:
                peer.arrivals.arrived(int.from_bytes(number, "big"), self._clock.seconds)
        if payload_type == form.retransmitted:
            self._take_again(source)
            return False
        if source.format is not None and (rtp.ssrc != source.ssrc or form is not source.format):
            _restart(source)
        source.ssrc = rtp.ssrc
        source.format = form
        packet = _new_packet(Packet, (rtp.sequence, rtp.time, rtp.marker, rtp.payload))
        self._take_packet(source, form, packet, again=False)
        return source.video and not packet.marker

    def _take_again(self, source: Source) -> None:
        """What we had asked for again, its number in front of its payload (RFC 4588 section 4)."""
        rtp = self._rtp
        source.retransmission_ssrc = rtp.ssrc
        # what is sent only to find out how much the way carries has no payload
        if len(rtp.payload) < 2 or source.format is None:
            return
        sequence = int.from_bytes(rtp.payload[:2], "big")
        packet = Packet(sequence, rtp.time, rtp.marker, rtp.payload[2:])
        self._take_packet(source, source.format, packet, again=True)

    def _take_packet(self, source: Source, form: Format, packet: Packet, *, again: bool) -> None:
        sequence, time, marker, payload = packet
        if len(payload) > LONGEST_PAYLOAD:
            return
        kept = source.kept
        place = sequence & kept.last
        known = kept.packets[place]
        if known is not None and known.sequence == sequence and known.time == time:
            return
        now = self._clock.seconds
        if again:
            if not source.missing.came(sequence):
                return  # not asked for, or come meanwhile
            source.recovered += 1
        else:
            jumped = source.reception.arrived(sequence, time, now, form.clock)
            if jumped < 0:
                source.missing.came(sequence)
            else:
                source.newest_time = time
                source.newest_arrived = now
                if jumped and source.video:
                    self._jumped_over(source, sequence - jumped, jumped)
        source.heard = now
        source.octets += len(payload)
        source.frames += marker
        kept.packets[place] = packet

        key = form.codec.starts_key_picture(payload)
        size = form.codec.stated_size(payload) if key and source.video else None
        if size is not None:
            source.size = size
        if source.still_wanted:
            # an H264 picture is no use without the parameters before it, which state the size
            begins = size is not None
            if stills.watch(source, form, packet, begins, self._clock):
                self._ring()
        if key and source.video:  # but not for a still that was wanted too late for this one
            source.key_wanted = source.still_wanted and source.still is None
        if source.recorded and self.recording is not None:
            self.recording.add(source, form, packet)
        if source.video and (key or source.carried is not None):
            trickling.keep(source, packet, key)
        for sink in source.sinks:
            if sink.trickle is None:
                if sink.open or begin(source, form, sink, packet, key, now):
                    send_on(sink, packet, self._outlet)
            elif key:
                trickling.begin(source, form, sink, sink.trickle, packet, now)

    def _jumped_over(self, source: Source, first: int, count: int) -> None:
        if source.missing.jumped_over(first, count, self._clock.seconds):
            ask_again(source, self._outlet)
        else:
            source.key_wanted = True


def _restart(source: Source) -> None:
    """The peer sends another stream from now on: another camera, another codec."""
    source.kept.forget()
    source.missing.forget()
    source.reception = Reception()
    source.still = None
    source.carried = None
    source.reported = None
    source.restarts += 1
    for sink in source.sinks:
        sink.close()
    source.key_wanted = source.video
