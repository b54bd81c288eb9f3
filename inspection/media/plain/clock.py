"""Two clocks: one that only grows, in seconds, and one that reports carry, in NTP's format."""

from __future__ import annotations

import time

FROM_1900_TO_1970 = 2_208_988_800

_WHOLE = 0xFFFF_FFFF_FFFF_FFFF


class Clock:
    """`seconds` is what `time.monotonic` showed when it was last read: once for many packets."""

    __slots__ = ("seconds",)

    def __init__(self) -> None:
        self.read()

    def read(self) -> None:
        self.seconds = time.monotonic()

    @property
    def nanoseconds(self) -> int:
        """Since 1970, UTC. Few packets need it, so it is read for those."""
        return time.time_ns()

    @property
    def ntp(self) -> int:
        """Seconds since 1900 in 32.32 fixed point (RFC 5905 section 6)."""
        whole, part = divmod(self.nanoseconds, 1_000_000_000)
        return (whole + FROM_1900_TO_1970 << 32 | (part << 32) // 1_000_000_000) & _WHOLE


def compact(ntp: int) -> int:
    """The middle 32 bits, which reports send back (RFC 3550 section 6.4.1)."""
    return ntp >> 16 & 0xFFFF_FFFF


def later(until: int, start: int) -> int:
    """How much later one NTP time is than another, negative when it is earlier; in 2^-32 s."""
    return (until - start + (1 << 63) & _WHOLE) - (1 << 63)
