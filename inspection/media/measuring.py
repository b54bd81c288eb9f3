"""From counters of a link, read again and again, to what is said of it."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass

from inspection.media.engine import LinkStats, Role
from inspection.media.quality import judge

#: What is left of the loss figure after a second: it is about the last five.
LOSS_MEMORY = 0.81

#: Seconds over which bits a second are counted.
RATE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Counted:
    """A link's counters now: all since it began, but for the worst loss on the way to it, which is
    a fraction (0 to 1) of late. Octets; seconds; pixels; see `LinkStats`. `reported` is what the
    other side said it lost."""

    got: int = 0
    lost: int = 0
    octets_in: int = 0
    octets_out: int = 0
    packets_out: int = 0
    reported: int = 0
    worst_seen: float = 0.0
    round_trip: float | None = None
    jitter: float = 0.0
    size: tuple[int, int] = (0, 0)
    picture_age: float | None = None
    frames: int = 0
    recovered: int = 0

    @property
    def packets(self) -> int:
        return self.got + self.packets_out


class Measurement:
    """The last counters of a link, and what they changed by over the last seconds."""

    def __init__(self) -> None:
        self._loss = 0.0
        self._looks = deque([(time.monotonic(), Counted())])

    @property
    def now(self) -> Counted:
        return self._looks[-1][1]

    def note(self, now: Counted) -> None:
        new_lost, new_got = max(0, now.lost - self.now.lost), max(0, now.got - self.now.got)
        sent = new_lost / (new_lost + new_got) if new_lost + new_got else 0.0
        at = time.monotonic()
        kept = LOSS_MEMORY ** (at - self._looks[-1][0])
        self._loss = kept * self._loss + (1 - kept) * max(sent, now.worst_seen)
        self._looks.append((at, now))
        while at - self._looks[1][0] >= RATE_SECONDS:
            self._looks.popleft()

    def stats(self, identity: str, role: Role, *, silent: float) -> LinkStats:
        """`silent` is seconds since the last packet."""
        (began, then), (ended, now) = self._looks[0], self._looks[-1]
        seconds = max(ended - began, 0.001)
        return LinkStats(
            identity=identity,
            role=role,
            quality=judge(loss=self._loss, round_trip=now.round_trip, silent=silent),
            loss=round(self._loss, 4),
            round_trip=now.round_trip,
            silent=round(silent, 2),
            width=now.size[0],
            height=now.size[1],
            picture_age=None if now.picture_age is None else round(now.picture_age, 2),
            jitter=round(now.jitter, 4),
            bits_in=round(8 * (now.octets_in - then.octets_in) / seconds),
            bits_out=round(8 * (now.octets_out - then.octets_out) / seconds),
            packets=round(max(0, now.packets - then.packets) / seconds),
            frames=now.frames,
            recovered=now.recovered,
        )
