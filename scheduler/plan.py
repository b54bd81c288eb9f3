"""What the planner answers: rounds by car, surveys at a desk, and what is left out and why."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum

from scheduler.task import Kind


@dataclass(frozen=True, slots=True)
class Stop:
    """One survey of a round. ``mode`` is an index into the task's modes; times are minutes.

    ``arrive`` is when the car gets there, or when the survey before ends at the same site.
    ``part`` says which of the crews that meet there this one is, an index into the mode's.
    """

    task: str
    mode: int
    arrive: int
    start: int
    end: int
    part: int = 0


@dataclass(frozen=True, slots=True)
class Trip:
    """A round (踏勘轮次): a crew leaves its base in one car, surveys, and comes back."""

    car: str
    officers: tuple[str, ...]
    day: int
    depart: int
    back: int
    stops: tuple[Stop, ...]
    travel_seconds: int


@dataclass(frozen=True, slots=True)
class DeskVisit:
    """A survey by video, at a desk of ``room``. The lead judges; a second is a witness."""

    task: str
    mode: int
    lead: str
    second: str | None
    room: str
    day: int
    start: int
    end: int

    @property
    def officers(self) -> tuple[str, ...]:
        """Who is present, the lead first."""
        return (self.lead,) if self.second is None else (self.lead, self.second)


class Cause(StrEnum):
    """Why an officer cannot be sent to a survey, in the order in which the causes are asked."""

    NOT_QUALIFIED = "not_qualified"
    DISTRICT = "district"
    RECUSED = "recused"
    WINDOW = "window"
    DEADLINE = "deadline"
    AWAY = "away"
    CALENDAR_FULL = "calendar_full"
    OVERTIME = "overtime"
    WHOLE_SHIFT = "whole_shift"
    CREW = "crew"
    NO_CAR = "no_car"
    ROOM_FULL = "room_full"
    TOGETHER = "together"  # his crew could come, but not when the others it must meet can
    NOT_WORTH = "not_worth"  # there is a place, but an optional survey is not worth the way
    STOPPED = "stopped"  # planning was stopped before a place or a reason was found


@dataclass(frozen=True, slots=True)
class Reason:
    """One cause and how many officers it keeps from the survey.

    Each officer is counted once for each kind of survey, under the first cause that stops
    him, so the counts of one kind add up to the number of officers.
    """

    kind: Kind
    cause: Cause
    officers: int


@dataclass(frozen=True, slots=True)
class Unplanned:
    """A survey that is left out, and why."""

    task: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Appointment:
    """What an applicant is told: this way, these officers, this day and minute."""

    mode: int
    officers: frozenset[str]
    day: int
    start: int


@dataclass(frozen=True, slots=True)
class Lot:
    """One drawing of lots (抽签): a place in the crew that carries out ``surveys`` in one round, or
    one at a desk. ``candidates`` are those it was drawn among, in the order of their keys."""

    day: int
    surveys: tuple[str, ...]
    candidates: tuple[str, ...]
    drawn: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Every task of the problem, in a trip, at a desk or unplanned. Sorted by day and time.

    ``lots`` say how its officers were drawn, in the order of drawing; none where they were not.
    """

    trips: tuple[Trip, ...] = ()
    desk_visits: tuple[DeskVisit, ...] = ()
    unplanned: tuple[Unplanned, ...] = ()
    lots: tuple[Lot, ...] = ()

    def appointments(self) -> dict[str, Appointment]:
        """What it tells the applicants, by survey; of crews that meet all officers, and when
        the first begins."""
        found: dict[str, Appointment] = {}
        for trip in self.trips:
            for stop in trip.stops:
                known = found.get(stop.task)
                officers = frozenset(trip.officers) | (known.officers if known else frozenset())
                begins = known.start if known and stop.part else stop.start
                found[stop.task] = Appointment(stop.mode, officers, trip.day, begins)
        for visit in self.desk_visits:
            found[visit.task] = Appointment(
                visit.mode, frozenset(visit.officers), visit.day, visit.start
            )
        return found

    def without(self, surveys: Collection[str]) -> Plan:
        """What is left once surveys are taken out; the ways of their rounds are not shortened."""
        trips = (
            replace(trip, stops=tuple(stop for stop in trip.stops if stop.task not in surveys))
            for trip in self.trips
        )
        return replace(
            self,
            trips=tuple(trip for trip in trips if trip.stops),
            desk_visits=tuple(one for one in self.desk_visits if one.task not in surveys),
        )

    @property
    def travel_seconds(self) -> int:
        """Driving time of all cars."""
        return sum(trip.travel_seconds for trip in self.trips)

    @property
    def on_site(self) -> int:
        """How many surveys are carried out on site, one by several crews counted once."""
        return len({stop.task for trip in self.trips for stop in trip.stops})

    @property
    def planned(self) -> int:
        """How many surveys are planned, on site or by video."""
        return self.on_site + len(self.desk_visits)

    @property
    def officer_minutes(self) -> int:
        """Working time of all officers, on the way, on site and at desks."""
        return sum(len(trip.officers) * (trip.back - trip.depart) for trip in self.trips) + sum(
            len(visit.officers) * (visit.end - visit.start) for visit in self.desk_visits
        )
