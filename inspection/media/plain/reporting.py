"""What we tell peers by ourselves: how their media arrives, and what the time is in ours."""

from __future__ import annotations

from inspection.media.plain.asking import repeat_cap
from inspection.media.plain.clock import Clock, later
from inspection.media.plain.outlet import Outlet
from inspection.media.plain.report import Report
from inspection.media.plain.rtcp import TRANSPORT_FEEDBACK, TRANSPORT_WIDE
from inspection.media.plain.streams import Peer, Source

#: Seconds between two reports to one peer.
INTERVAL = 1.0


def report(peer: Peer, outlet: Outlet) -> None:
    """Once a second, also to who neither sends nor sees anything: silence means a broken link."""
    clock = outlet.clock
    written = Report()
    named = 0
    for sink in peer.sinks:
        named = sink.ssrc
        if sink.shows and sink.source is not None:  # its clock is known from the first packet on
            time = _time_now(sink.source, clock) + sink.time_shift
            written.sender_report(sink.ssrc, clock.ntp, time, sink.packets, sink.octets)
            written.description(sink.ssrc, peer.canonical)
    for source in peer.sources:
        named = source.reporter
        if source.heard >= 0:
            source.rate = 8.0 * (source.octets - source.octets_told)
            source.octets_told = source.octets
            block = source.reception.report(source.ssrc, clock.seconds)
            written.receiver_report(source.reporter, [block])
            if source.video:
                repeat_cap(source, written, outlet)
    if not written.octets:
        written.receiver_report(named, [])
        written.description(named, peer.canonical)
    outlet.control(peer, written)


def tell_arrivals(peer: Peer, outlet: Outlet) -> None:
    """When each of its packets came, in as many reports as it takes."""
    source = _foremost(peer)
    if source is None:
        return
    while body := peer.arrivals.write(source.reporter, source.ssrc, outlet.clock.seconds):
        written = Report()
        written.add(TRANSPORT_FEEDBACK, TRANSPORT_WIDE, body)
        outlet.control(peer, written)


def _time_now(source: Source, clock: Clock) -> int:
    """What its clock shows now: by its own reports, which keep sound and picture together."""
    offset = source.peer.clock_offset
    if source.reported is not None and offset is not None:
        reported_ntp, time = source.reported
        passed = later(clock.ntp, reported_ntp + offset) / (1 << 32)
    else:
        time = source.newest_time
        passed = clock.seconds - source.newest_arrived
    return time + int(passed * source.clock)


def _foremost(peer: Peer) -> Source | None:
    """In whose name we speak of all that it sends: the last of its cameras, else a microphone."""
    videos = [source for source in peer.sources if source.video]
    return videos[-1] if videos else next(iter(peer.sources), None)
