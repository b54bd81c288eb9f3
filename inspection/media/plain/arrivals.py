"""When each packet of a peer arrived, told back so that it can judge how much the way carries.

Transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01).
"""

from __future__ import annotations

import struct
from bisect import bisect_left

from inspection.media.plain.sequence import ahead

#: Seconds between two reports: often enough for the other side to notice a full way within a
#: round trip, and under 2 % of what it sends.
INTERVAL = 0.05

#: Seconds of a unit of time in reports, and those units in one of their reference time (64 ms).
_TICK = 250e-6
_TICKS_OF_REFERENCE = 256

#: Numbers one report may speak of, those that did not arrive included.
_MOST_NUMBERS = 280

#: Arrivals that may wait: a second of the fastest peer we listen to.
_MOST_WAITING = 2000

# what is said of a number
_NOT_ARRIVED, _SMALL_STEP, _LARGE_STEP = 0, 1, 2

_start = struct.Struct("!LLHHL").pack


class Arrivals:
    __slots__ = ("_newest", "_next", "_reports", "_told", "_waiting")

    def __init__(self) -> None:
        self._waiting: list[tuple[int, int]] = []  # unwrapped number, ticks; ascending
        self._newest: int | None = None
        self._next = 0  # the first number not told of yet
        self._reports = 0
        self._told = 0.0

    def arrived(self, number: int, now: float) -> None:
        if self._newest is None:
            self._newest = self._next = number
        whole = self._newest + ahead(number, self._newest)
        waiting = self._waiting
        if whole > self._newest:
            self._newest = whole
        if whole < self._next or len(waiting) >= _MOST_WAITING:
            return  # told as lost already
        if not waiting or whole > waiting[-1][0]:
            waiting.append((whole, int(now / _TICK)))
            return
        at = bisect_left(waiting, (whole,))
        if waiting[at][0] != whole:
            waiting.insert(at, (whole, int(now / _TICK)))

    def due(self, now: float) -> bool:
        return bool(self._waiting) and now - self._told >= INTERVAL

    def write(self, reporter: int, ssrc: int, now: float) -> bytes:
        """The body of one feedback packet about the earliest that wait; empty when none does.

        What it tells of is forgotten.
        """
        if not self._waiting:
            return b""
        earliest, ticks = self._waiting[0]
        if earliest - self._next >= _MOST_NUMBERS:
            self._next = earliest  # a leap: what lies between will never come
        base = self._next
        reference = ticks // _TICKS_OF_REFERENCE
        symbols, steps, told = self._tell(base, reference * _TICKS_OF_REFERENCE)
        del self._waiting[:told]
        self._next = base + len(symbols)
        self._told = now
        body = bytearray(
            _start(
                reporter,
                ssrc,
                base & 0xFFFF,
                len(symbols),
                (reference & 0xFF_FFFF) << 8 | self._reports,
            )
        )
        self._reports = self._reports + 1 & 0xFF
        for at in range(0, len(symbols), 7):  # two bits each, seven a chunk
            chunk = 0xC000
            for place, symbol in enumerate(symbols[at : at + 7]):
                chunk |= symbol << 12 - 2 * place
            body += chunk.to_bytes(2, "big")
        body += steps
        body += bytes(-len(body) % 4)
        return bytes(body)

    def _tell(self, base: int, before: int) -> tuple[list[int], bytes, int]:
        """What is said of each number from `base`, the steps in time, and how many wait no more."""
        symbols: list[int] = []
        steps = bytearray()
        told = 0
        for number, ticks in self._waiting:
            step = ticks - before
            if number - base >= _MOST_NUMBERS or not -0x8000 <= step <= 0x7FFF:
                break
            symbols += [_NOT_ARRIVED] * (number - base - len(symbols))
            if 0 <= step <= 0xFF:
                symbols.append(_SMALL_STEP)
                steps.append(step)
            else:
                symbols.append(_LARGE_STEP)
                steps += step.to_bytes(2, "big", signed=True)
            before = ticks
            told += 1
        return symbols, bytes(steps), told
