"""Viewers for whom no camera is held down, and whose way carries less than the camera sends: they
get key pictures, bit by bit, so that sound passes between."""

from __future__ import annotations

from inspection.media.plain.kept import Packet
from inspection.media.plain.outlet import Outlet
from inspection.media.plain.sending import open_sink, send_on
from inspection.media.plain.streams import (
    LEAST_PAUSE,
    LONGEST_PAUSE,
    Carried,
    Format,
    Sink,
    Source,
    Trickle,
)

#: Seconds between the key pictures of who gets nothing else.
KEY_EVERY = 5.0

#: Of what a way carries, what such pictures take; and how much more than what a camera sends it
#: must carry before all is tried again.
PART, AMPLE = 0.7, 1.15

#: Packets of the largest picture that is kept for them.
MOST_PACKETS = 512

#: Bytes that may go at once.
MOST_AT_ONCE = 2800.0


def choose(sink: Sink, now: float) -> None:
    """Whether a viewer gets everything, or key pictures bit by bit."""
    trickle, source = sink.trickle, sink.source
    if source is None:
        return
    carries = sink.peer.carries_of_each()
    if trickle is None:
        if carries < source.rate:
            early = now - sink.resumed < LEAST_PAUSE
            sink.pause = min(2 * sink.pause, LONGEST_PAUSE) if early else LEAST_PAUSE
            sink.trickle = Trickle(sink.newest_time - sink.time_shift & 0xFFFF_FFFF, now)
    elif carries > AMPLE * source.rate and now - trickle.since > sink.pause:
        sink.trickle, sink.resumed = None, now
        sink.open = False  # goes on with a key picture
        source.key_wanted = True


def keep(source: Source, packet: Packet, key: bool) -> None:
    """A key picture is kept for those who get it bit by bit, unless an earlier one is still on its
    way to somebody."""
    if key:
        trickles = [sink.trickle for sink in source.sinks if sink.trickle is not None]
        begun = any(each.next is not None for each in trickles)
        known = source.carried is not None and (begun or source.carried.time == packet.time)
        if not trickles:
            source.carried = None
        elif not known:
            source.carried = Carried(packet.time)
    carried = source.carried
    if carried is not None and packet.time == carried.time and len(carried.packets) < MOST_PACKETS:
        carried.packets[packet.sequence] = packet


def begin(
    source: Source, form: Format, sink: Sink, trickle: Trickle, packet: Packet, now: float
) -> None:
    """A key picture begins with this packet; not if an earlier one is still on its way."""
    here = source.carried is not None and source.carried.time == packet.time
    if here and trickle.next is None and packet.time != trickle.time:
        open_sink(form, sink, packet, now)
        trickle.next, trickle.time = packet.sequence, packet.time
        trickle.begun_at = now


def go_on(source: Source, sink: Sink, trickle: Trickle, passed: float, outlet: Outlet) -> None:
    """Send what fits of the key picture that is on its way; ask for the next when it is time."""
    pace = PART * sink.peer.carries_of_each() / 8
    trickle.octets = min(trickle.octets + pace * passed, MOST_AT_ONCE)
    now = outlet.clock.seconds
    if trickle.next is None:
        source.key_wanted = source.key_wanted or now - source.key_asked > KEY_EVERY
        return
    while trickle.octets > 0:
        packet = source.carried.packets.get(trickle.next) if source.carried else None
        if packet is None or packet.time != trickle.time:  # lost, or not here yet
            if now - trickle.begun_at > KEY_EVERY:
                trickle.next = None
            return
        trickle.octets -= len(packet.payload)
        send_on(sink, packet, outlet)
        trickle.next = trickle.next + 1 & 0xFFFF
        if packet.marker:
            trickle.next = None
            return
