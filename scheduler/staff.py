"""Whom and what a bureau can send: officers, cars, and rooms for video surveys."""

from __future__ import annotations

from dataclasses import dataclass

from scheduler.minutes import Span, refuse_spans
from scheduler.refusals import Nonsense, ProblemRefused, refuse_less, refuse_nameless


@dataclass(frozen=True, slots=True)
class Officer:
    """A survey officer (踏勘专家).

    ``base`` is the site where the officer's rounds start and end and where he sits for video.
    ``home`` is his own district; ``allowed`` are others he may help out in (跨区通办), at
    the policy's price. ``shifts`` hold weekend duty like any other, and leave lunch out;
    ``away`` is leave, training or anything else he has been granted. ``usual_partners`` are those
    he goes with, ``recent_partners`` those he has gone with of late, where pairs rotate.

    ``most_minutes`` is how long he may be on rounds and at desks over all days (加班上限: by 劳动法
    art. 41 a month has 36 hours of overtime at the most); None: as long as his shifts are. Where a
    round takes its crew's whole shift, all of that is counted while planning.
    """

    key: str
    base: int
    qualifications: frozenset[str]  # item types he may judge
    home: str
    shifts: tuple[Span, ...]
    allowed: frozenset[str] = frozenset()
    away: tuple[Span, ...] = ()
    usual_partners: frozenset[str] = frozenset()
    recent_partners: frozenset[str] = frozenset()
    most_minutes: int | None = None

    def __post_init__(self) -> None:
        thing = f"officer {self.key}"
        refuse_nameless(self.key, "an officer")
        refuse_less(self.base, 0, what="the base", thing=thing)
        refuse_spans(self.shifts, what="shift", thing=thing)
        refuse_spans(self.away, what="leave", thing=thing)
        if self.most_minutes is not None:
            refuse_less(self.most_minutes, 0, what="the most minutes of work", thing=thing)
        if not self.shifts:
            raise ProblemRefused(Nonsense.NO_WORKING_TIME, thing)


@dataclass(frozen=True, slots=True)
class Car:
    """A car of one base; ``seats`` counts the officers it takes. ``away``: lent or in repair.

    ``load`` is what it holds of what surveys need brought along or back (samplers, sealed goods),
    in the unit of `Task.load`; None for more than any round needs.
    """

    key: str
    base: int
    seats: int = 4
    away: tuple[Span, ...] = ()
    load: int | None = None

    def __post_init__(self) -> None:
        thing = f"car {self.key}"
        refuse_nameless(self.key, "a car")
        refuse_less(self.base, 0, what="the base", thing=thing)
        refuse_less(self.seats, 1, what="the number of seats", thing=thing)
        if self.load is not None:
            refuse_less(self.load, 0, what="the load", thing=thing)
        refuse_spans(self.away, what="absence", thing=thing)


@dataclass(frozen=True, slots=True)
class Room:
    """Desks for video surveys at one base; ``capacity`` surveys may run side by side."""

    key: str
    base: int
    capacity: int = 1

    def __post_init__(self) -> None:
        thing = f"room {self.key}"
        refuse_nameless(self.key, "a room")
        refuse_less(self.base, 0, what="the base", thing=thing)
        refuse_less(self.capacity, 1, what="the number of desks", thing=thing)
