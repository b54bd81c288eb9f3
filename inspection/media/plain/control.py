"""What peers tell and ask of us (RTCP)."""

from __future__ import annotations

from inspection.media.plain import trickling
from inspection.media.plain.asking import ask_key_picture, cap
from inspection.media.plain.clock import compact, later
from inspection.media.plain.outlet import Outlet
from inspection.media.plain.rtcp import (
    APPLICATION,
    NACK,
    PAYLOAD_FEEDBACK,
    RECEIVER_REPORT,
    SENDER_REPORT,
    TRANSPORT_FEEDBACK,
    TRANSPORT_WIDE,
    ControlPacket,
    ReportBlock,
    blocks,
    numbers_asked,
    parts,
    streams_asked,
)
from inspection.media.plain.sending import send_again
from inspection.media.plain.streams import Peer

#: Seconds. A longer round trip is a clock that was set.
_LONGEST_ROUND_TRIP = 10.0


def take_control(peer: Peer, compound: bytes, outlet: Outlet) -> None:
    """Heed all of a compound that has been unprotected."""
    for part in parts(compound):
        if part.type in (SENDER_REPORT, RECEIVER_REPORT):
            if part.type == SENDER_REPORT and len(part.octets) >= 28:
                _take_clock(peer, part, outlet)
            for block in blocks(part):
                _take_block(peer, block, outlet)
        elif part.type == PAYLOAD_FEEDBACK and part.format != APPLICATION:
            for ssrc in streams_asked(part):
                for sink in peer.sinks:  # who gets nothing else need not ask
                    asks = sink.ssrc == ssrc and sink.trickle is None
                    if asks and sink.source is not None:
                        ask_key_picture(sink.source, outlet)
        elif part.type == TRANSPORT_FEEDBACK and part.format == NACK and len(part.octets) >= 16:
            for sink in peer.sinks:
                if sink.ssrc == part.number(8):
                    for number in numbers_asked(part):
                        send_again(sink, number, outlet)
        elif part.type == TRANSPORT_FEEDBACK and part.format == TRANSPORT_WIDE:
            peer.way.told(part.octets, outlet.clock.seconds)
            for sink in peer.sinks:
                if not sink.video or sink.source is None:
                    continue
                if peer.heeded:
                    cap(sink.source, outlet)
                else:
                    trickling.choose(sink, outlet.clock.seconds)


def _take_clock(peer: Peer, part: ControlPacket, outlet: Outlet) -> None:
    """What the clock of one of its sources showed when it sent this."""
    ntp = part.number(8) << 32 | part.number(12)
    sender = part.number(4)
    for source in peer.sources:
        if source.ssrc != sender:
            continue
        source.reception.sender_reported(ntp, outlet.clock.seconds)
        source.reported = (ntp, part.number(16))
        # The least delay seen is the best guess; it follows a clock that drifts.
        offset = outlet.clock.ntp - ntp
        if peer.clock_offset is None or (more := later(offset, peer.clock_offset)) < 0:
            peer.clock_offset = offset
        else:
            peer.clock_offset += more // 64


def _take_block(peer: Peer, block: ReportBlock, outlet: Outlet) -> None:
    """How what we send it arrives."""
    for sink in peer.sinks:
        if sink.ssrc != block.ssrc:
            continue
        sink.fraction_lost = block.fraction_lost / 256
        if not block.last_report:
            continue
        ticks = compact(outlet.clock.ntp) - block.last_report - block.delay
        seconds = max(0, (ticks + 0x8000_0000 & 0xFFFF_FFFF) - 0x8000_0000) / 65536
        if seconds < _LONGEST_ROUND_TRIP:
            known = peer.round_trip
            peer.round_trip = seconds if known is None else 0.75 * known + 0.25 * seconds
