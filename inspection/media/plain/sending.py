"""What a source's packets become on their way to a sink."""

from __future__ import annotations

from inspection.media.plain.kept import Packet
from inspection.media.plain.outlet import Outlet
from inspection.media.plain.streams import Format, Sink, Source


def begin(source: Source, form: Format, sink: Sink, packet: Packet, key: bool, now: float) -> bool:
    """Whether a viewer can begin with this one, as `key` says. `form` is the source's."""
    if sink.peer.send is None:
        return False
    if not key:
        source.key_wanted = True
        return False
    open_sink(form, sink, packet, now)
    return True


def send_on(sink: Sink, packet: Packet, outlet: Outlet) -> None:
    """Send it under the sink's number and time, unless it is from before the sink opened."""
    if (ours := sink.format) is None:
        return
    sequence, time, marker, payload = packet
    number = sequence + sink.sequence_shift & 0xFFFF
    step = (number - sink.newest + 0x8000 & 0xFFFF) - 0x8000  # `ahead`, without the call
    if sink.since_first + step < 0:
        return
    shifted = time + sink.time_shift & 0xFFFF_FFFF
    if step > 0:
        sink.since_first += step
        sink.newest = number
        sink.newest_time = shifted
        sink.newest_sent = outlet.clock.seconds
    sink.ever = True
    outlet.media(sink, ours.payload_type | marker << 7, number, shifted, sink.ssrc, payload)


def send_again(sink: Sink, number: int, outlet: Outlet) -> None:
    """Send what the peer missed, by our number of it, if it is kept and not asked too often."""
    if sink.source is None or not sink.open or (form := sink.format) is None:
        return
    sequence = number - sink.sequence_shift & 0xFFFF
    packet = sink.source.kept.find(sequence)
    if packet is None or not sink.has(number):
        return
    if not sink.resending.spend(outlet.clock.seconds):
        sink.refused += 1
        return
    sink.resent += 1
    time = packet.time + sink.time_shift & 0xFFFF_FFFF
    outlet.media_again(sink, form, number, time, packet.marker, packet.payload)


def open_sink(form: Format, sink: Sink, packet: Packet, now: float) -> None:
    """Go on where the sink stopped: with the next number, and a time later by what has passed."""
    sink.open = True
    sink.since_first = -1  # the first is the next
    sink.format = next((one for one in sink.formats if one.codec is form.codec), None)
    passed = now - sink.newest_sent if sink.ever else 0.0
    ticks = int(max(0.02, passed) * form.clock)
    sink.sequence_shift = sink.newest + 1 - packet.sequence & 0xFFFF
    sink.time_shift = sink.newest_time + ticks - packet.time & 0xFFFF_FFFF
