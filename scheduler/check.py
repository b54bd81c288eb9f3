"""Judges a plan, whoever made it: `violations` asks every rule of `scheduler.rules`."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from scheduler import rules
from scheduler.cost import travel_seconds
from scheduler.minutes import Span, between, gaps
from scheduler.plan import DeskVisit, Plan, Stop, Trip
from scheduler.problem import Problem
from scheduler.staff import Officer
from scheduler.task import Kind, Mode, Task


class Rule(StrEnum):
    """The rules a plan can break. Stable: pages show them, in the user's language."""

    KNOWN = "known"
    ONCE = "once"
    OFFICERS = "officers"
    QUALIFIED = "qualified"
    DISTRICT = "district"
    RECUSED = "recused"
    SHIFT = "shift"
    AWAY = "away"
    OVERTIME = "overtime"
    OFFICER_TWICE = "officer_twice"
    WHOLE_SHIFT = "whole_shift"
    ROSTER = "roster"
    WINDOW = "window"
    RELEASE = "release"
    DEADLINE = "deadline"
    GRID = "grid"
    TOGETHER = "together"
    PROMISE = "promise"
    BASE = "base"
    SEATS = "seats"
    LOAD = "load"
    CAR_AWAY = "car_away"
    CAR_TWICE = "car_twice"
    ROOM_FULL = "room_full"
    DURATION = "duration"
    TRAVEL = "travel"
    SETUP = "setup"


@dataclass(frozen=True, slots=True)
class Violation:
    """One rule broken, by what. ``detail`` holds the figures: minutes, item types, keys."""

    rule: Rule
    task: str | None = None
    officer: str | None = None
    car: str | None = None
    room: str | None = None
    detail: tuple[str | int, ...] = ()


def violations(problem: Problem, plan: Plan, before: Plan | None = None) -> list[Violation]:
    """Every rule the plan breaks; an empty list is a plan that can be published.

    A plan that speaks of things the problem does not know is judged for that alone. Appointments
    that were given to applicants ``before`` may stay beside the grid where they are.
    """
    if unknown := list(_unknown(problem, plan)):
        return unknown
    judge = _Judge(problem, before)
    found = list(_not_once(problem, plan))
    for trip in plan.trips:
        found += judge.trip(trip)
    for visit in plan.desk_visits:
        found += judge.desk_visit(visit)
    found += judge.meetings(plan)
    found += _officers_twice(plan)
    found += _overtime(problem, plan)
    if problem.policy.whole_shift:
        found += _shifts_shared(problem, plan)
    found += _cars_twice(plan)
    found += _rooms_full(problem, plan)
    return found


class _Judge:
    """Asks the rules about one trip or one desk visit at a time."""

    def __init__(self, problem: Problem, before: Plan | None) -> None:
        self.problem = problem
        self.before = before.appointments() if before else {}
        self.officers = {officer.key: officer for officer in problem.officers}
        self.cars = {car.key: car for car in problem.cars}
        self.rooms = {room.key: room for room in problem.rooms}
        self.tasks = {task.key: task for task in problem.tasks}

    def trip(self, trip: Trip) -> Iterator[Violation]:
        crew = [self.officers[key] for key in trip.officers]
        car = self.cars[trip.car]
        out = Span(trip.day, trip.depart, trip.back)
        for officer in rules.strangers(car.base, crew):
            yield Violation(Rule.BASE, officer=officer.key, car=car.key)
        if missing := rules.seats_missing(car, crew):
            yield Violation(Rule.SEATS, car=car.key, detail=(missing,))
        if too_much := rules.load_missing(car, (self.tasks[stop.task] for stop in trip.stops)):
            yield Violation(Rule.LOAD, car=car.key, detail=(too_much,))
        if out.minutes & ~rules.car_free(car, trip.day):
            yield Violation(Rule.CAR_AWAY, car=car.key, detail=(trip.day, trip.depart, trip.back))
        yield from self._on_duty(crew, out)
        yield from self._roster(crew)
        for stop in trip.stops:
            yield from self._survey(stop, Kind.ON_SITE, crew, trip.day)
            yield from self._on_grid(stop, trip.day)
        yield from self._ways(trip, car.base)

    def _on_grid(self, stop: Stop, day: int) -> Iterator[Violation]:
        """Of crews that meet, those that come later are asked with all of them."""
        task, told = self.tasks[stop.task], self.before.get(stop.task)
        given = task.pinned or (told and (told.day, told.start) == (day, stop.start))
        beside = not rules.on_site_grid(self.problem.policy) >> stop.start & 1
        if beside and stop.part == 0 and not given:
            yield Violation(Rule.GRID, task=task.key, detail=(stop.start,))

    def desk_visit(self, visit: DeskVisit) -> Iterator[Violation]:
        crew = [self.officers[key] for key in visit.officers]
        for officer in rules.strangers(self.rooms[visit.room].base, crew):
            yield Violation(Rule.BASE, officer=officer.key, room=visit.room)
        yield from self._on_duty(crew, Span(visit.day, visit.start, visit.end))
        yield from self._roster(crew)
        yield from self._survey(visit, Kind.VIDEO, crew, visit.day)
        if not rules.grid(self.problem.policy) >> visit.start & 1:
            yield Violation(Rule.GRID, task=visit.task, detail=(visit.start,))

    def meetings(self, plan: Plan) -> Iterator[Violation]:
        """Surveys that several crews carry out, or that are in several rounds without a reason."""
        for key, rounds in _by_survey(plan).items():
            task, mode = self.tasks[key], rounds[0][1].mode
            parts = len(task.modes[mode].parts)
            if sorted((stop.mode, stop.part) for _, stop in rounds) != [
                (mode, part) for part in range(parts)
            ]:
                yield Violation(Rule.ONCE, task=key, detail=(len(rounds), parts))
            elif parts > 1:
                yield from self._meeting(task, rounds)

    def _meeting(self, task: Task, rounds: list[tuple[Trip, Stop]]) -> Iterator[Violation]:
        rounds = sorted(rounds, key=lambda one: one[1].part)
        begun = [(trip.day, stop.start) for trip, stop in rounds]
        first, mode = begun[0][1], task.modes[rounds[0][1].mode]
        if rules.apart(mode, begun):
            yield Violation(Rule.TOGETHER, task=task.key, detail=sum(begun, ()))
        for part, (_, start) in enumerate(begun):
            later = rules.later_grid(mode, part, self.problem.policy, first=first)
            if part and not later >> start & 1:
                yield Violation(Rule.GRID, task=task.key, detail=(start,))
        if not rules.meeting_grid(self.problem.policy) >> first & 1:
            yield Violation(Rule.GRID, task=task.key, detail=(first,))
        everybody = [self.officers[key] for trip, _ in rounds for key in trip.officers]
        for officer in sorted(rules.officers_promised(task, everybody)):
            yield Violation(Rule.PROMISE, task=task.key, officer=officer)

    def _survey(
        self, survey: Stop | DeskVisit, kind: Kind, crew: list[Officer], day: int
    ) -> Iterator[Violation]:
        task = self.tasks[survey.task]
        mode = task.modes[survey.mode]
        if mode.kind is not kind:
            yield Violation(Rule.KNOWN, task=task.key, detail=(mode.kind, survey.mode))
            return
        part = survey.part if isinstance(survey, Stop) else 0
        yield from self._who(task, mode, mode.parts[part], crew)
        if survey.end - survey.start != mode.minutes:
            detail = (survey.end - survey.start, mode.minutes)
            yield Violation(Rule.DURATION, task=task.key, detail=detail)
            return
        busy = Span(day, survey.start, survey.end)
        if busy.minutes & ~rules.wanted(task, day):
            yield Violation(Rule.WINDOW, task=task.key, detail=(day, busy.start, busy.end))
        if rules.too_early(task, day):
            yield Violation(Rule.RELEASE, task=task.key, detail=(day,))
        if rules.too_late(task, day):
            yield Violation(Rule.DEADLINE, task=task.key, detail=(day,))
        if task.pinned and (
            rules.other_way_promised(task, mode)
            or (part == 0 and not rules.promised_start(task, day) >> survey.start & 1)
        ):
            yield Violation(Rule.PROMISE, task=task.key, detail=(day, survey.start))

    def _who(self, task: Task, whole: Mode, mode: Mode, crew: list[Officer]) -> Iterator[Violation]:
        """``mode`` is what this crew does of the whole."""
        if missing := rules.officers_missing(mode, crew, self.problem.policy):
            yield Violation(Rule.OFFICERS, task=task.key, detail=(missing,))
        if types := rules.types_uncovered(task, mode, crew):
            yield Violation(Rule.QUALIFIED, task=task.key, detail=tuple(sorted(types)))
        for officer in rules.outside_district(task, mode, crew):
            detail = (task.district,)
            yield Violation(Rule.DISTRICT, task=task.key, officer=officer.key, detail=detail)
        for officer in rules.recused(task, crew):
            yield Violation(Rule.RECUSED, task=task.key, officer=officer.key)
        if not whole.crews:  # else all crews together are what was promised
            for key in sorted(rules.officers_promised(task, crew)):
                yield Violation(Rule.PROMISE, task=task.key, officer=key)

    def _roster(self, crew: list[Officer]) -> Iterator[Violation]:
        if rules.off_roster(crew, self.problem.policy):
            yield Violation(Rule.ROSTER, detail=tuple(officer.key for officer in crew))

    def _on_duty(self, crew: list[Officer], busy: Span) -> Iterator[Violation]:
        detail = (busy.day, busy.start, busy.end)
        for officer in crew:
            if busy.minutes & ~rules.shift(officer, busy.day):
                yield Violation(Rule.SHIFT, officer=officer.key, detail=detail)
            if busy.minutes & rules.on_leave(officer, busy.day):
                yield Violation(Rule.AWAY, officer=officer.key, detail=detail)

    def _ways(self, trip: Trip, base: int) -> Iterator[Violation]:
        clock, place, sites = trip.depart, base, []
        came_from: int | None = None
        for stop in trip.stops:
            site = self.tasks[stop.task].modes[stop.mode].site
            if site is None:
                return  # a video survey in a round was reported above
            earliest = clock + rules.way(self.problem.travel[place][site])
            if stop.arrive < earliest:
                detail = (stop.arrive, earliest)
                yield Violation(Rule.TRAVEL, task=stop.task, car=trip.car, detail=detail)
            ready = stop.arrive + rules.setup(self.problem.policy, came_from=came_from, site=site)
            if stop.start < ready:
                yield Violation(Rule.SETUP, task=stop.task, detail=(stop.start, ready))
            clock, place, came_from = stop.end, site, site
            sites.append(site)
        earliest = clock + rules.way(self.problem.travel[place][base])
        if trip.back < earliest:
            yield Violation(Rule.TRAVEL, car=trip.car, detail=(trip.back, earliest))
        seconds = travel_seconds(self.problem, base, sites)
        if trip.travel_seconds != seconds:
            yield Violation(Rule.TRAVEL, car=trip.car, detail=(trip.travel_seconds, seconds))


def _unknown(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """A plan speaks only of what the problem knows, and in times that run forward."""
    modes = {task.key: [len(mode.parts) for mode in task.modes] for task in problem.tasks}
    officers = {officer.key for officer in problem.officers}
    cars = {car.key for car in problem.cars}
    rooms = {room.key for room in problem.rooms}
    surveys: list[Stop | DeskVisit] = [*plan.desk_visits]
    for trip in plan.trips:
        surveys += trip.stops
        if trip.car not in cars or not trip.stops or not _in_time(problem, trip.day, trip):
            yield Violation(Rule.KNOWN, car=trip.car)
    for visit in plan.desk_visits:
        if visit.room not in rooms or not 0 <= visit.day < len(problem.days):
            yield Violation(Rule.KNOWN, task=visit.task, room=visit.room)
    for survey in surveys:
        parts = modes.get(survey.task, [])
        part = survey.part if isinstance(survey, Stop) else 0
        known = 0 <= survey.mode < len(parts) and 0 <= part < parts[survey.mode]
        if not known or not 0 <= survey.start < survey.end:
            yield Violation(Rule.KNOWN, task=survey.task)
    for left in plan.unplanned:
        if left.task not in modes:
            yield Violation(Rule.KNOWN, task=left.task)
    for crew in [
        *(trip.officers for trip in plan.trips),
        *(visit.officers for visit in plan.desk_visits),
    ]:
        if not crew:
            yield Violation(Rule.KNOWN)
        for key in crew:
            if key not in officers:
                yield Violation(Rule.KNOWN, officer=key)


def _by_survey(plan: Plan) -> dict[str, list[tuple[Trip, Stop]]]:
    """The rounds each survey on site is in: one, or as many as crews meet there."""
    found: dict[str, list[tuple[Trip, Stop]]] = {}
    for trip in plan.trips:
        for stop in trip.stops:
            found.setdefault(stop.task, []).append((trip, stop))
    return found


def _in_time(problem: Problem, day: int, trip: Trip) -> bool:
    return 0 <= day < len(problem.days) and 0 <= trip.depart < trip.back


def _not_once(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Every survey is planned once, or unplanned."""
    times = Counter(_by_survey(plan).keys())
    times.update(visit.task for visit in plan.desk_visits)
    times.update(left.task for left in plan.unplanned)
    for task in problem.tasks:
        if times[task.key] != 1:
            yield Violation(Rule.ONCE, task=task.key, detail=(times[task.key],))


def _officers_twice(plan: Plan) -> Iterator[Violation]:
    """Nobody is in two places at once, or twice in one."""
    busy: dict[str, list[Span]] = {}
    for trip in plan.trips:
        for key in trip.officers:
            busy.setdefault(key, []).append(Span(trip.day, trip.depart, trip.back))
    for visit in plan.desk_visits:
        for key in visit.officers:
            busy.setdefault(key, []).append(Span(visit.day, visit.start, visit.end))
    for key, spans in busy.items():
        for span in _overlaps(spans):
            yield Violation(Rule.OFFICER_TWICE, officer=key, detail=(span.day, span.start))


def _overtime(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Over all days nobody is on rounds and at desks for longer than he may be."""
    worked: Counter[str] = Counter()
    for trip in plan.trips:
        worked.update(dict.fromkeys(trip.officers, trip.back - trip.depart))
    for visit in plan.desk_visits:
        worked.update(dict.fromkeys(visit.officers, visit.end - visit.start))
    for officer in problem.officers:
        if beyond := rules.overtime(officer, worked[officer.key]):
            yield Violation(Rule.OVERTIME, officer=officer.key, detail=(beyond,))


def _shifts_shared(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """A round takes all its crew has left of a shift: between two desks nobody goes out twice."""
    officers = {officer.key: officer for officer in problem.officers}
    at_desk: dict[tuple[str, int], int] = {}
    for visit in plan.desk_visits:
        for key in visit.officers:
            taken = at_desk.get((key, visit.day), 0)
            at_desk[key, visit.day] = taken | between(visit.start, visit.end)
    out: Counter[tuple[str, int, int]] = Counter()  # by officer, day and stretch: rounds
    for trip in plan.trips:
        for key in trip.officers:
            left = rules.duty(officers[key], trip.day) & ~at_desk.get((key, trip.day), 0)
            out.update(
                (key, trip.day, start) for start, end in gaps(left) if start <= trip.depart < end
            )
    for (key, day, start), rounds in out.items():
        if rounds > 1:
            yield Violation(Rule.WHOLE_SHIFT, officer=key, detail=(day, start, rounds))


def _cars_twice(plan: Plan) -> Iterator[Violation]:
    """A car is on one trip at a time."""
    busy: dict[str, list[Span]] = {}
    for trip in plan.trips:
        busy.setdefault(trip.car, []).append(Span(trip.day, trip.depart, trip.back))
    for key, spans in busy.items():
        for span in _overlaps(spans):
            yield Violation(Rule.CAR_TWICE, car=key, detail=(span.day, span.start))


def _overlaps(spans: list[Span]) -> Iterator[Span]:
    """The spans that begin before an earlier one has ended."""
    day = until = -1
    for span in sorted(spans):
        if span.day == day and span.start < until:
            yield span
        until = max(until, span.end) if span.day == day else span.end
        day = span.day


def _rooms_full(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """At no moment do more video surveys run in a room than it has desks."""
    capacity = {room.key: room.capacity for room in problem.rooms}
    used: dict[tuple[str, int], list[DeskVisit]] = {}
    for visit in plan.desk_visits:
        used.setdefault((visit.room, visit.day), []).append(visit)
    for (room, day), visits in used.items():
        begun, over = sorted(one.start for one in visits), sorted(one.end for one in visits)
        for visit in visits:
            together = bisect_right(begun, visit.start) - bisect_right(over, visit.start)
            if together > capacity[room]:
                detail = (day, visit.start, together)
                yield Violation(Rule.ROOM_FULL, task=visit.task, room=room, detail=detail)
