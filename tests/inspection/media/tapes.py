"""Both parts that write and read a tape: in C++, and in Python alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yunkan_packets

from inspection.media.plain import frames, reader, tape


@dataclass(frozen=True)
class TapePart:
    """What speaks as the classes of these names in `yunkan_packets.pyi`."""

    Tape: Any
    Reader: Any


NATIVE = TapePart(yunkan_packets.Tape, yunkan_packets.Reader)
PLAIN = TapePart(tape.Tape, reader.Reader)

Frame = (yunkan_packets.Frame, frames.Frame)
Gap = (yunkan_packets.Gap, frames.Gap)
Note = (yunkan_packets.Note, reader.Note)
