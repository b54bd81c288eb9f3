"""What a viewer tells of when our packets arrived, read.

Transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01).
"""

from __future__ import annotations

import struct

#: Seconds of a unit of time, and of one of the reference time.
_TICK, _REFERENCE = 250e-6, 0.064

#: Packets that one report may speak of, more than are sent between two.
_MOST = 4096

_start = struct.Struct("!HHL").unpack_from
_short = struct.Struct("!H").unpack_from
_signed = struct.Struct("!h").unpack_from


def read_feedback(octets: bytes) -> list[tuple[int, float | None]]:
    """Each number spoken of, and when it arrived by the viewer's clock (seconds); None: not yet.

    Nothing if the packet is malformed.
    """
    if len(octets) < 20:
        return []
    first, count, reference = _start(octets, 12)
    count = min(count, _MOST)
    seconds = ((reference >> 8) + 0x80_0000 & 0xFF_FFFF) - 0x80_0000
    arrival = seconds * _REFERENCE
    told: list[tuple[int, float | None]] = []
    try:
        steps, at = _steps(octets, count)
        for number, step in enumerate(steps, first):
            if step == 0:
                told.append((number & 0xFFFF, None))
                continue
            if step == 1:
                arrival += octets[at] * _TICK
                at += 1
            else:
                arrival += _signed(octets, at)[0] * _TICK
                at += 2
            told.append((number & 0xFFFF, arrival))
    except (IndexError, struct.error):  # cut off
        return []
    return told


def _steps(octets: bytes, count: int) -> tuple[list[int], int]:
    """Bytes of each packet's step in time, 0 if it did not arrive; and where those steps begin."""
    steps: list[int] = []
    at = 20
    while len(steps) < count:
        chunk = _short(octets, at)[0]
        at += 2
        if chunk >> 15 == 0:  # a run of the same
            steps += [chunk >> 13] * min(chunk & 0x1FFF, count - len(steps))
        elif chunk >> 14 == 2:
            steps += [chunk >> bit & 1 for bit in range(13, -1, -1)]
        else:
            steps += [chunk >> bit & 3 for bit in range(12, -1, -2)]
    return steps[:count], at
