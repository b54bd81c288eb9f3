"""The next key picture of a source, kept whole for whoever makes a still of it."""

from __future__ import annotations

from inspection.media.plain.clock import Clock
from inspection.media.plain.kept import Kept, Packet
from inspection.media.plain.sequence import ahead
from inspection.media.plain.streams import Format, KeyPicture, Source, Still


def watch(source: Source, form: Format, packet: Packet, begins: bool, clock: Clock) -> bool:
    """Look at a packet just kept, while a still is wanted; `begins`: a key picture does, in it.

    True when the picture is whole: it lies in `source.key_picture`.
    """
    still = source.still
    if begins:
        passed = 1 if still is None else _later(packet.time, still.time)
        if still is None or passed > 0:  # in place of one that stayed incomplete
            still = source.still = Still(packet.time, first=packet.sequence)
        elif passed == 0 and ahead(packet.sequence, still.first) < 0:
            still.first = packet.sequence
    if still is None or packet.time != still.time:
        return False
    if (parts := _whole(source.kept, still)) is None:
        return False
    encoded = bytearray()
    for part in parts:
        form.codec.append_encoded(part, encoded)
    source.key_picture = KeyPicture(form.codec, bytes(encoded), clock.nanoseconds / 1e9)
    source.still_wanted = False
    source.still = None
    return True


def _whole(kept: Kept, still: Still) -> list[bytes] | None:
    """The payloads up to the one with the marker; None while not all of them have come."""
    parts = []
    number = still.first
    while (part := kept.find(number)) is not None and part.time == still.time:
        parts.append(part.payload)
        if part.marker:
            return parts
        number = number + 1 & 0xFFFF
    return None


def _later(time: int, than: int) -> int:
    """How much later a time of a stream is than another; negative when earlier."""
    return (time - than + 0x8000_0000 & 0xFFFF_FFFF) - 0x8000_0000
