"""A city is cut into parts, one for an area and week, that are planned each by itself, perhaps side
by side on several machines; then a pass across all of them finds what only the whole can see.

Nothing is in two parts: an officer's time, a car's day and a desk belong to one, so that the
parts' plans put together are a plan of the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from scheduler import rules
from scheduler.areas import Area, Kept, areas_of, kept_at, needed, taken
from scheduler.minutes import Span
from scheduler.plan import Plan, Unplanned
from scheduler.problem import Problem
from scheduler.solver import Progress, solve
from scheduler.staff import Car, Officer, Room
from scheduler.task import Kind, Task
from scheduler.travel import StraightLine

#: Plans of more days are cut into calendar weeks.
WEEK = 7

#: A week takes surveys until its officers are busy for this share of their time, or its own share
#: of all surveys where there is more to do than that.
FULL = 0.5

_WHOLE_DAY = 2 * 24 * 60  # a shift may last past midnight


def divided(problem: Problem) -> list[Problem]:
    """The parts of a problem, the largest first. Where there is one only, dividing is no use.

    Days keep their numbers, sites get new ones. What no part could make is in none.
    """
    areas = areas_of(problem)
    cars, rooms = _shared_cars(problem, areas), _shared_rooms(problem, areas)
    parts = []
    for number, area in enumerate(areas):
        officers = list(_officers(problem, areas, area))
        for days, tasks in _by_week(problem, area, officers):
            staff = [one for one in (_on(days, officer) for officer in officers) if one]
            if tasks and staff:
                parts.append(_part(problem, staff, cars[number], rooms[number], tasks))
    return sorted(parts, key=lambda part: -len(part.tasks))


def joined(problem: Problem, plans: Sequence[Plan]) -> Plan:
    """The plans of a problem's parts as one; what it leaves out has no reasons yet."""
    trips = sorted(
        (trip for plan in plans for trip in plan.trips),
        key=lambda trip: (trip.day, trip.depart, trip.car),
    )
    visits = sorted(
        (visit for plan in plans for visit in plan.desk_visits),
        key=lambda visit: (visit.day, visit.start, visit.task),
    )
    planned = {stop.task for trip in trips for stop in trip.stops}
    planned.update(visit.task for visit in visits)
    left = tuple(Unplanned(one.key, ()) for one in problem.tasks if one.key not in planned)
    return Plan(tuple(trips), tuple(visits), left)


def across(
    problem: Problem,
    plans: Sequence[Plan],
    *,
    seconds: float,
    seed: int = 0,
    iterations: int | None = None,
    draw: Callable[[Plan], Plan] | None = None,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Plan:
    """The plans of a problem's parts as one that is better, or no worse: surveys left out find help
    from elsewhere, and rounds on both sides of a border exchange theirs. The rest is as `solve`
    has it."""
    return solve(
        problem,
        seconds=seconds,
        seed=seed,
        iterations=iterations,
        start=joined(problem, plans),
        draw=draw,
        progress=progress,
        cancelled=cancelled,
    )


# Whose time, cars and desks.


def _officers(problem: Problem, areas: Sequence[Area], area: Area) -> Iterator[Officer]:
    """The area's officers, and others for the minutes they were promised here."""
    own = {officer.key for officer in area.officers}
    lent: dict[str, list[Span]] = {}
    for one in areas:
        for task in one.tasks:
            if task.pinned is None:
                continue
            pin = task.pinned
            span = Span(pin.day, pin.start, pin.start + task.modes[pin.mode].minutes)
            for key in pin.officers:
                if (key in own) != (one is area):  # away from home, or here and not at home
                    lent.setdefault(key, []).append(span)
    for officer in problem.officers:
        spans = tuple(sorted(lent.get(officer.key, ())))
        minutes = sum(span.end - span.start for span in spans)
        if officer.key in own:
            yield _for(replace(officer, away=(*officer.away, *spans)), minutes_less=minutes)
        elif spans:
            yield replace(officer, shifts=spans, away=(), most_minutes=None)


def _for(officer: Officer, *, minutes_less: int) -> Officer:
    """An officer who works so many minutes elsewhere, of those he may work in all."""
    if officer.most_minutes is None:
        return officer
    return replace(officer, most_minutes=max(0, officer.most_minutes - minutes_less))


def _on(days: Sequence[int], officer: Officer) -> Officer | None:
    """An officer on some days only, with their share of what he may work in all; None where he has
    no time then."""
    left = replace(officer, shifts=tuple(span for span in officer.shifts if span.day in days))
    every = sum(rules.duty(officer, day).bit_count() for day in {s.day for s in officer.shifts})
    time = sum(rules.duty(officer, day).bit_count() for day in days)
    if officer.most_minutes is not None and time < every:
        left = replace(left, most_minutes=officer.most_minutes * time // every)
    return left if time else None


def _shared_cars(problem: Problem, areas: Sequence[Area]) -> list[list[Car]]:
    """By area the cars it has, each on its days."""
    days = range(len(problem.days))
    found: list[list[Car]] = [[] for _ in areas]
    for base in sorted({car.base for car in problem.cars}):
        cars = [car for car in problem.cars if car.base == base]
        owed = [0.0] * len(areas)
        theirs: dict[tuple[int, int], list[int]] = {}  # by area and car: days
        for day in days:
            counts = _shares(problem, areas, (Kind.ON_SITE, base), owed)
            whose = [area for area, count in enumerate(counts) for _ in range(count)]
            for car, area in enumerate(whose):
                theirs.setdefault((area, car), []).append(day)
        for (area, car), has in theirs.items():
            away = tuple(Span(day, 0, _WHOLE_DAY) for day in days if day not in has)
            found[area].append(replace(cars[car], away=(*cars[car].away, *away)))
    return found


def _shared_rooms(problem: Problem, areas: Sequence[Area]) -> list[list[Room]]:
    """By area the rooms it has, each with as many desks as are its own."""
    found: list[list[Room]] = [[] for _ in areas]
    for base in sorted({room.base for room in problem.rooms}):
        desks = [room for room in problem.rooms if room.base == base for _ in range(room.capacity)]
        counts = _shares(problem, areas, (Kind.VIDEO, base), [0.0] * len(areas))
        for area, count in enumerate(counts):
            mine, desks = desks[:count], desks[count:]
            for room in dict.fromkeys(mine):
                found[area].append(replace(room, capacity=mine.count(room)))
    return found


def _shares(problem: Problem, areas: Sequence[Area], kept: Kept, owed: list[float]) -> list[int]:
    """How many of a base's cars or desks each area has, by what it wants of them. ``owed`` is by
    how much each had too few before, and is brought up to date."""
    there, total = kept_at(problem, kept), sum(area.wanted.get(kept, 0) for area in areas)
    counts = [needed(area, kept) for area in areas]
    if not total:
        return counts
    for number, area in enumerate(areas):
        owed[number] += there * area.wanted.get(kept, 0) / total - counts[number]
    for _ in range(there - sum(counts)):
        most = max(range(len(areas)), key=owed.__getitem__)
        counts[most] += 1
        owed[most] -= 1
    return counts


# Which weeks.


def _by_week(
    problem: Problem, area: Area, officers: Sequence[Officer]
) -> Iterator[tuple[Sequence[int], list[Task]]]:
    """The days of each week, with the surveys to be made in it: the important as early as may be,
    and first those that cannot wait."""
    every = range(len(problem.days))
    if len(every) <= WEEK:
        yield every, area.tasks
        return
    by_number: dict[tuple[int, int], list[int]] = {}
    for day in every:
        by_number.setdefault(problem.days[day].isocalendar()[:2], []).append(day)
    weeks = list(by_number.values())
    time = [
        sum(rules.duty(one, day).bit_count() for one in officers for day in week) for week in weeks
    ]
    work = sum(_officer_minutes(problem, task) for task in area.tasks)
    room = [max(FULL * own, work * own / max(1, sum(time))) for own in time]
    may = {
        task.key: [
            number
            for number, week in enumerate(weeks)
            if time[number] and any(_may_start(problem, task, day) for day in week)
        ]
        for task in area.tasks
    }
    filled = [0.0] * len(weeks)
    chosen: list[list[Task]] = [[] for _ in weeks]
    for task in sorted(
        (task for task in area.tasks if may[task.key]),
        key=lambda task: (may[task.key][-1], -task.priority),
    ):
        best = min(may[task.key], key=lambda week: max(1.0, filled[week] / room[week]))
        chosen[best].append(task)
        filled[best] += _officer_minutes(problem, task)
    yield from zip(weeks, chosen, strict=True)


def _officer_minutes(problem: Problem, task: Task) -> int:
    return min(
        problem.policy.officers_for(mode) * len(mode.parts) * taken(mode) for mode in task.modes
    )


def _may_start(problem: Problem, task: Task, day: int) -> bool:
    return any(rules.starts_allowed(task, mode, day, problem.policy) for mode in task.modes)


# A part by itself.


def _part(
    problem: Problem,
    officers: Sequence[Officer],
    cars: Sequence[Car],
    rooms: Sequence[Room],
    tasks: Sequence[Task],
) -> Problem:
    """A problem of these alone, and of the sites that matter to them."""
    bases = {officer.base for officer in officers}
    surveyed = {mode.site for task in tasks for mode in task.modes if mode.site is not None}
    sites = sorted(bases | surveyed)
    new = {site: number for number, site in enumerate(sites)}

    def told(task: Task) -> Task:
        modes = (
            mode if mode.site is None else replace(mode, site=new[mode.site]) for mode in task.modes
        )
        return replace(task, modes=tuple(modes))

    travel = problem.travel
    return replace(
        problem,
        officers=tuple(replace(one, base=new[one.base]) for one in officers),
        cars=tuple(replace(one, base=new[one.base]) for one in cars if one.base in bases),
        rooms=tuple(replace(one, base=new[one.base]) for one in rooms if one.base in bases),
        tasks=tuple(map(told, tasks)),
        travel=replace(travel, places=tuple(travel.places[site] for site in sites))
        if isinstance(travel, StraightLine)
        else [[travel[start][end] for end in sites] for start in sites],
    )
