"""Everything on a tape, source by source: frames, gaps, and the notes between them.

The same in C++, which is what is used where it is built: `packets/reader.cpp`.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from inspection.media.plain.codecs import CODECS
from inspection.media.plain.frames import Frame, FrameAssembler, Gap
from inspection.media.plain.tape import CODEC_NAMES, LONGEST_NOTE, NOTES, PACKET, Strip, Tape

#: Sources at one time; packets of more are passed over.
MOST_SOURCES = 256

_WORKER_BEGINS, _SOURCE_BEGINS, _SOURCE_ENDS = (1 + number for number in range(len(NOTES)))

#: Of a source that is left to a successor: number, codec, length of its text.
_LEFT = struct.Struct("!IBH")


@dataclass(slots=True)
class Note:
    """As in `yunkan_packets.pyi`."""

    kind: str
    source: int
    codec: str
    at: int
    text: bytes


class _Source:
    def __init__(self, number: int, codec: int, text: bytes) -> None:
        self.codec, self.text = codec, text
        self.assembler = FrameAssembler(number, CODECS[codec])


class Reader:
    """Speaks as `yunkan_packets.pyi` says."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        self._sources: dict[int, _Source] = {}
        self._found: list[Frame | Gap | Note] = []
        self._changed = False  # sources began or ended since the last release
        self.unknown = 0
        self._resume()

    def drain(self, at: int, most: int) -> list[Frame | Gap | Note]:
        taken = 0
        while taken < most and (strip := self._tape.read()) is not None:
            taken += len(strip.payload)
            if strip.kind != PACKET:
                self._follow(strip)
            elif (source := self._sources.get(strip.source)) is None:
                self.unknown += 1
            else:
                source.assembler.add(strip)
                if source.assembler.ready:
                    self._found += source.assembler.take()
        if taken < most:  # all that arrived has been seen, so what is missing now is late
            for source in self._sources.values():
                source.assembler.wait_no_longer(at)
                self._found += source.assembler.take()
        found, self._found = self._found, []
        return found

    def release(self) -> None:
        if self._changed:
            # First the sources, then the notes that made them: read twice, a note changes nothing.
            self._tape.leave(
                [
                    _LEFT.pack(number, source.codec, len(source.text)) + source.text
                    for number, source in self._sources.items()
                ]
            )
            self._changed = False
        self._tape.release()

    def ask_key_pictures(self) -> None:
        for number, source in self._sources.items():
            if source.assembler.wants_key_picture:
                self._tape.ask_key_picture(number)

    def _resume(self) -> None:
        """Take up the sources a predecessor left. What makes no sense ends the list."""
        legacy = self._tape.left()
        at = 0
        while len(legacy) - at >= _LEFT.size and len(self._sources) < MOST_SOURCES:
            number, codec, length = _LEFT.unpack_from(legacy, at)
            at += _LEFT.size
            if codec >= len(CODECS) or length > len(legacy) - at:
                return
            text = legacy[at : at + length]
            at += length
            if number not in self._sources:
                self._sources[number] = _Source(number, codec, text)
                self._found.append(Note("source goes on", number, CODEC_NAMES[codec], 0, text))

    def _follow(self, strip: Strip) -> None:
        """A note, which says what becomes of the sources."""
        known = self._sources.get(strip.source)
        if strip.kind == _WORKER_BEGINS:
            for number in list(self._sources):
                self._end(number)
        elif strip.kind == _SOURCE_ENDS:
            if known is None:
                return
            self._end(strip.source)
        else:
            if known is not None:
                if (known.codec, known.text) == (strip.codec, strip.payload):
                    return  # known from before a restart
                self._end(strip.source)  # its end found no room on the tape
            if len(self._sources) >= MOST_SOURCES or len(strip.payload) > LONGEST_NOTE:
                return
            self._sources[strip.source] = _Source(strip.source, strip.codec, strip.payload)
        kind, codec = NOTES[strip.kind - 1], CODEC_NAMES[strip.codec]
        self._found.append(Note(kind, strip.source, codec, strip.arrived, strip.payload))
        self._changed = True

    def _end(self, number: int) -> None:
        source = self._sources.pop(number)
        source.assembler.finish()
        self._found += source.assembler.take()
