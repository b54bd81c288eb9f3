"""What a repair need not change stays as it was: which car, who leads, when a round leaves.

To the planner cars are interchangeable, and so are two officers who may both lead. To the people
who were told, they are not.
"""

from __future__ import annotations

from dataclasses import replace

from scheduler.plan import DeskVisit, Plan, Trip


def steadied(before: Plan, after: Plan) -> Plan:
    """The same plan, with the leads and cars of before wherever nothing speaks against it."""
    leads = {visit.task: visit for visit in before.desk_visits}
    visits = tuple(_led_as(leads.get(visit.task), visit) for visit in after.desk_visits)
    trips = tuple(_manned_as(_origin(before, trip), trip) for trip in after.trips)
    return replace(after, trips=_with_cars(before, trips), desk_visits=visits)


def _led_as(old: DeskVisit | None, new: DeskVisit) -> DeskVisit:
    if old is None or set(old.officers) != set(new.officers):
        return new
    return replace(new, lead=old.lead, second=old.second)


def _origin(before: Plan, trip: Trip) -> Trip | None:
    """The round of before, on the same day, with which it shares the most stops."""
    stops = {stop.task for stop in trip.stops}
    shared = [
        (len(stops & {stop.task for stop in old.stops}), old)
        for old in before.trips
        if old.day == trip.day
    ]
    most = max(shared, key=lambda one: one[0], default=(0, None))
    return most[1] if most[0] else None


def _manned_as(old: Trip | None, new: Trip) -> Trip:
    if old is None or set(old.officers) != set(new.officers):
        return new
    return replace(new, officers=old.officers)


def _with_cars(before: Plan, trips: tuple[Trip, ...]) -> tuple[Trip, ...]:
    """Every round in the car of its origin; as the planner had it where that does not work out."""
    kept = []
    for trip in trips:
        origin = _origin(before, trip)
        kept.append(replace(trip, car=origin.car) if origin is not None else trip)
    taken: list[Trip] = []
    for trip in kept:
        if any(_collide(trip, other) for other in taken):
            return trips
        taken.append(trip)
    return tuple(kept)


def _collide(one: Trip, other: Trip) -> bool:
    together = one.depart < other.back and other.depart < one.back
    return one.car == other.car and one.day == other.day and together
