"""What is recorded of sources, on its way to the recorder's tape."""

from __future__ import annotations

from inspection.media.plain.clock import Clock
from inspection.media.plain.kept import Packet
from inspection.media.plain.streams import Format, Source
from inspection.media.plain.tape import Tape

#: Seconds between key pictures of what is recorded.
SEGMENT = 8.0


class Recording:
    """Writes to the tape behind a descriptor; `text` (JSON) says which worker this is.

    Raises:
        ValueError, OSError: it is no tape.
    """

    def __init__(self, tape: int, text: str, clock: Clock) -> None:
        self._tape = Tape(tape)
        self._tape.note("worker begins", text)
        self._clock = clock

    def begin(self, source: Source, text: str) -> None:
        """Record it from its next packet on; `text` (JSON) says whose it is."""
        if source.recorded == text:
            return
        self.end(source)
        source.recorded = text
        source.key_wanted = source.video

    def add(self, source: Source, form: Format, packet: Packet) -> None:
        codec = form.codec.name.lower()
        if source.recording is not form.codec:
            text = source.recorded
            self.end(source)
            source.recorded = text
            if not self._tape.note("source begins", text, source=source.number, codec=codec):
                return  # no room for it now: again with the next packet
            source.recording = form.codec
            source.key_pictures_asked = self._tape.key_pictures_asked(source.number)
        self._tape.write(
            source=source.number,
            codec=codec,
            sequence=packet.sequence,
            time=packet.time,
            marker=packet.marker,
            arrived=self._clock.nanoseconds // 1000,
            payload=packet.payload,
        )

    def end(self, source: Source) -> None:
        source.recorded = ""
        if (codec := source.recording) is not None:
            source.recording = None
            self._tape.note("source ends", "", source=source.number, codec=codec.name.lower())

    def look_at(self, source: Source) -> None:
        """A recording is cut into segments at key pictures, which no camera sends by itself."""
        if not source.video:
            return
        asked = self._tape.key_pictures_asked(source.number)
        if asked != source.key_pictures_asked or self._clock.seconds - source.key_asked > SEGMENT:
            source.key_wanted = True
        source.key_pictures_asked = asked
