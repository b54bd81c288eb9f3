"""Promises that break a rule by now stay as they are, until somebody settles them by a repair.

A desk was given up, a crew must be larger, a road is longer than it was. Whoever only looks for a
time beside what is promised moves nobody for that: such appointments just take their crew's time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import TypeVar

from scheduler import rules
from scheduler.minutes import Span
from scheduler.staff import Car, Officer
from server.services.planning.repairing import Question

Staff = TypeVar("Staff", Officer, Car)


def left_as_they_are(question: Question, broken: Collection[str]) -> Question:
    """The question without the rounds and calls of these surveys, whose crews and cars are away."""
    problem, before = question.problem, question.before
    trips = [one for one in before.trips if any(stop.task in broken for stop in one.stops)]
    calls = [one for one in before.desk_visits if one.task in broken]
    gone = {stop.task for trip in trips for stop in trip.stops} | {one.task for one in calls}
    busy = [(trip.officers, Span(trip.day, trip.depart, trip.back)) for trip in trips]
    busy += [(call.officers, Span(call.day, call.start, call.end)) for call in calls]
    out = [((trip.car,), Span(trip.day, trip.depart, trip.back)) for trip in trips]
    officers = (_away(officer, busy) for officer in problem.officers)
    days = range(len(problem.days))
    return replace(
        question,
        problem=replace(
            problem,
            officers=tuple(one for one in officers if any(rules.duty(one, day) for day in days)),
            cars=tuple(_away(car, out) for car in problem.cars),
            tasks=tuple(task for task in problem.tasks if task.key not in gone),
        ),
        before=before.without(gone),
    )


def _away(one: Staff, busy: Iterable[tuple[Collection[str], Span]]) -> Staff:
    return replace(one, away=(*one.away, *(span for keys, span in busy if one.key in keys)))
