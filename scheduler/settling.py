"""What the search left open is decided as a clerk would: rounds leave as early as they can.

To the search it is all one whether a round leaves at nine or at half past two. Whoever reads the
plan wants the morning used first, and what is left of a day in one piece.
"""

from __future__ import annotations

from dataclasses import replace

from scheduler import minutes, rules
from scheduler.agenda import Agenda
from scheduler.plan import Plan, Trip
from scheduler.problem import Problem


def settled(problem: Problem, plan: Plan) -> Plan:
    """The same plan with every round as early on its day as crew, car and windows allow.

    A round is moved as a whole and within the stretch its crew and car are free in, so nobody
    waits longer at a door, and nothing else moves.
    """
    agenda = Agenda(problem, plan)
    tasks = {task.key: task for task in problem.tasks}
    trips = []
    for trip in sorted(plan.trips, key=lambda one: (one.day, one.depart, one.car)):
        if any(tasks[stop.task].modes[stop.mode].crews for stop in trip.stops):
            trips.append(trip)  # others meet this crew
            continue
        agenda.give_back_trip(trip)
        free = agenda.crew(trip.officers, trip.day) & agenda.car(trip.car, trip.day)
        starts = minutes.starts(free, trip.back - trip.depart)
        on_grid = -1
        for stop in trip.stops:
            task = tasks[stop.task]
            mode, ahead = task.modes[stop.mode], stop.start - trip.depart
            starts &= rules.starts_in_time(task, mode, trip.day) >> ahead
            if task.pinned:
                starts &= rules.promised_start(task, trip.day) >> ahead
            else:
                on_grid &= rules.on_site_grid(problem.policy) >> ahead
        earliest = _joined_to(starts, trip.depart)
        sooner = on_grid & minutes.between(earliest, trip.depart)
        earlier = minutes.first(sooner) if sooner else trip.depart
        trips.append(_moved(trip, earlier - trip.depart))
        agenda.take_trip(trips[-1])
    ordered = sorted(trips, key=lambda one: (one.day, one.depart, one.car))
    return replace(plan, trips=tuple(ordered))


def _joined_to(starts: int, present: int) -> int:
    """The earliest start from which the present one is reached without a break."""
    while present and starts >> present - 1 & 1:
        present -= 1
    return present


def _moved(trip: Trip, by: int) -> Trip:
    stops = (
        replace(stop, arrive=stop.arrive + by, start=stop.start + by, end=stop.end + by)
        for stop in trip.stops
    )
    return replace(trip, depart=trip.depart + by, back=trip.back + by, stops=tuple(stops))
