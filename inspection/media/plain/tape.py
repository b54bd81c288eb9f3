"""The tape in Python alone: the same memory, laid out as `packets/tape.cpp` says."""

from __future__ import annotations

import mmap
import os
import struct
import threading
import time
from collections.abc import Sequence
from typing import NamedTuple

from inspection.media.plain.codecs import CODECS

#: Bytes of the longest text that goes with a note, and of the longest record's payload.
LONGEST_NOTE = 1024
LONGEST_STRIP = 2048

#: Bytes a reader may leave for its successor.
LONGEST_LEGACY = 1 << 16

#: What a record is: a packet, or a note about what follows.
PACKET = 0
NOTES = ("worker begins", "source begins", "source ends")
CODEC_NAMES = tuple(codec.name.lower() for codec in CODECS)
_CODEC_NUMBERS = {name: number for number, name in enumerate(CODEC_NAMES)}

_MAGIC = 0x65706174206B7579
_VERSION = 1

# where things lie, in bytes
_VERSION_AT, _KEY_PICTURES_AT, _LEGACIES_AT = 8, 136, 1160
_PAGE = 4096
_LEGACY = 4 + LONGEST_LEGACY
_RING = (_PAGE + 2 * _LEGACY + _PAGE) // _PAGE * _PAGE
_SMALLEST_RING = 1 << 16

# the same of what is 64 bits long, in eights of bytes
_MAGIC_WORD, _CAPACITY_WORD, _WRITTEN_WORD, _DROPPED_WORD, _RELEASED_WORD = 0, 2, 8, 9, 16

_RECORD = struct.Struct("<IIIIHBBB3xq")

#: Microseconds since 1970: the year 2255. A record that says a later time is none.
_END_OF_TIME = 1 << 53


class Strip(NamedTuple):
    """One record. Of a note `payload` is JSON, and sequence, time and marker mean nothing."""

    kind: int  # `PACKET`, or a note's place in `NOTES` and one more
    codec: int  # its place in `CODECS`
    source: int
    sequence: int
    time: int  # RTP, in the codec's clock
    marker: bool
    arrived: int  # microseconds since 1970, UTC
    payload: bytes


class Tape:
    """Speaks as `yunkan_packets.pyi` says, and either end may be the part in C++.

    The reading end is for `Reader`.
    """

    def __init__(self, descriptor: int) -> None:
        size = os.fstat(descriptor).st_size
        if size < _RING + _SMALLEST_RING:
            raise ValueError("too small for a tape")
        # All at once: a page that is only found when it is written on costs as much as a packet.
        self._memory = mmap.mmap(descriptor, size, flags=mmap.MAP_SHARED | mmap.MAP_POPULATE)
        # Whole eights of bytes are read and written at once, as the other process needs it.
        self._words = memoryview(self._memory)[: size // 8 * 8].cast("Q")
        self._capacity = (size - _RING) // 8 * 8
        if self._words[_MAGIC_WORD] == 0:
            struct.pack_into("<I", self._memory, _VERSION_AT, _VERSION)
            self._words[_CAPACITY_WORD] = self._capacity
            self._words[_MAGIC_WORD] = _MAGIC
        self._written = self._words[_WRITTEN_WORD]
        self._read = self._words[_RELEASED_WORD]
        (version,) = struct.unpack_from("<I", self._memory, _VERSION_AT)
        said = (self._words[_MAGIC_WORD], version, self._words[_CAPACITY_WORD])
        if said != (_MAGIC, _VERSION, self._capacity) or self._written % 8:
            raise ValueError("not a tape, or one of another version")
        self._writing = threading.Lock()
        self._fence = threading.Lock()
        self._fence.acquire()
        self.broken = 0

    # --- the writing end ---

    def write(
        self,
        *,
        source: int,
        codec: str,
        sequence: int,
        time: int,
        marker: bool,
        arrived: int,
        payload: bytes,
    ) -> bool:
        number = _codec_number(codec)
        return self._add(PACKET, number, source, sequence, time, marker, arrived, payload)

    def note(self, kind: str, text: str, *, source: int = 0, codec: str = "opus") -> bool:
        encoded = text.encode()
        if len(encoded) > LONGEST_NOTE:
            raise ValueError("too long for a note")
        now = time.time_ns() // 1000
        number = NOTES.index(kind) + 1
        return self._add(number, _codec_number(codec), source, 0, 0, False, now, encoded)

    def key_pictures_asked(self, source: int) -> int:
        return int.from_bytes(self._key_pictures(source), "little")

    @property
    def dropped(self) -> int:
        return self._words[_DROPPED_WORD]

    # --- the reading end ---

    def ask_key_picture(self, source: int) -> None:
        asked = self.key_pictures_asked(source) + 1 & 0xFFFF_FFFF
        self._key_pictures(source)[:] = asked.to_bytes(4, "little")

    def read(self) -> Strip | None:
        """The next record, if there is one. Broken memory is skipped and counted."""
        written = self._words[_WRITTEN_WORD]
        self._in_order()
        there = written - self._read
        if there == 0:
            return None
        if (strip := self._sound(there)) is None:
            # where the next record begins is anybody's guess: go on with what is yet to come
            self.broken += 1
            self._read = written
            return None
        self._read += _room_for(len(strip.payload))
        return strip

    def release(self) -> None:
        """Let go of everything read so far: until then a successor would read it again."""
        self._in_order()
        self._words[_RELEASED_WORD] = self._read

    def leave(self, legacy: Sequence[bytes]) -> None:
        """Leave something for the successor, cut where it is too long."""
        octets = b"".join(legacy)[:LONGEST_LEGACY]
        number = self._legacies() + 1 & 0xFFFF_FFFF
        at = _PAGE + number % 2 * _LEGACY
        self._memory[at : at + 4 + len(octets)] = len(octets).to_bytes(4, "little") + octets
        self._in_order()
        struct.pack_into("<I", self._memory, _LEGACIES_AT, number)

    def left(self) -> bytes:
        """What the predecessor left."""
        at = _PAGE + self._legacies() % 2 * _LEGACY
        self._in_order()
        length = int.from_bytes(self._memory[at : at + 4], "little")
        return self._memory[at + 4 : at + 4 + length] if length <= LONGEST_LEGACY else b""

    def _sound(self, there: int) -> Strip | None:
        if not _RECORD.size <= there <= self._capacity or self._read % 8:
            return None
        head = _RECORD.unpack(self._get(self._read, _RECORD.size))
        length, check, source, stamp, sequence, kind, codec, marker, arrived = head
        if length > LONGEST_STRIP or _room_for(length) > there:
            return None
        if check != _check(length, self._read) or not 0 <= arrived < _END_OF_TIME:
            return None
        if kind > len(NOTES) or codec >= len(CODECS):
            return None
        payload = self._get(self._read + _RECORD.size, length)
        return Strip(kind, codec, source, sequence, stamp, marker != 0, arrived, payload)

    # --- memory ---

    def _add(
        self,
        kind: int,
        codec: int,
        source: int,
        sequence: int,
        time: int,
        marker: bool,
        arrived: int,
        payload: bytes,
    ) -> bool:
        length = len(payload)
        room = _room_for(length)
        with self._writing:
            at = self._written
            used = at - self._words[_RELEASED_WORD]
            if length > LONGEST_STRIP or not 0 <= used <= self._capacity - room:
                self._words[_DROPPED_WORD] += 1
                return False
            check = _check(length, at)
            head = (length, check, source, time, sequence, kind, codec, marker, arrived)
            self._put(at, _RECORD.pack(*head) + payload)
            self._written = at + room
            self._in_order()
            self._words[_WRITTEN_WORD] = at + room
        return True

    def _in_order(self) -> None:
        """What was done with the memory before this is done before what comes after it.

        A processor may do it otherwise. Letting go of a lock and taking it again forbids that:
        nothing moves down past the one or up past the other, nor they past each other.
        """
        self._fence.release()
        self._fence.acquire()

    def _put(self, at: int, octets: bytes) -> None:
        """A record may go over the end of the ring and on at its beginning."""
        begin = _RING + at % self._capacity
        over = begin + len(octets) - (_RING + self._capacity)
        if over <= 0:
            self._memory[begin : begin + len(octets)] = octets
        else:
            self._memory[begin : begin + len(octets) - over] = octets[:-over]
            self._memory[_RING : _RING + over] = octets[-over:]

    def _get(self, at: int, size: int) -> bytes:
        begin = _RING + at % self._capacity
        over = begin + size - (_RING + self._capacity)
        if over <= 0:
            return self._memory[begin : begin + size]
        return self._memory[begin : begin + size - over] + self._memory[_RING : _RING + over]

    def _key_pictures(self, source: int) -> memoryview:
        at = _KEY_PICTURES_AT + source % 256 * 4
        return memoryview(self._memory)[at : at + 4]

    def _legacies(self) -> int:
        return int.from_bytes(self._memory[_LEGACIES_AT : _LEGACIES_AT + 4], "little")


def _room_for(payload: int) -> int:
    """Bytes of a whole record."""
    return (_RECORD.size + payload + 7) // 8 * 8


def _codec_number(name: str) -> int:
    """
    Raises:
        ValueError: no such codec is carried.
    """
    try:
        return _CODEC_NUMBERS[name]
    except KeyError:
        raise ValueError("no codec that is carried") from None


def _check(length: int, at: int) -> int:
    """Tells a record from whatever else lies there."""
    return (at ^ length * 0x9E3779B1 ^ 0x59754B54) & 0xFFFF_FFFF
