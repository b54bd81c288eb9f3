"""A problem of single officers told as vehicle routing, for peers that know nothing of officers.

A vehicle is an officer's day, a job a survey. Peers get exactly our rules, so that their answers
can be judged by `scheduler.check` like our own: ways last whole minutes, rounded up, and cost their
seconds.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from scheduler import minutes, rules
from scheduler.cost import travel_seconds
from scheduler.plan import Plan, Stop, Trip, Unplanned
from scheduler.problem import Kind, Problem, Task

DAY = 24 * 60

Interval = tuple[int, int]


@dataclass(frozen=True)
class Vehicle:
    """``kind`` is the same where the same jobs may be done."""

    kind: int
    base: int
    leaves: int
    back: int
    load: int


@dataclass(frozen=True)
class Job:
    site: int
    service: int
    starts: list[Interval]  # first and last start
    load: int
    kinds: list[int]  # of vehicles that may do it


@dataclass(frozen=True)
class Routing:
    """Times run on from 00:00 of the first day. ``prize`` is what leaving out a job costs; None
    where none may be left out."""

    places: Sequence[Sequence[float]]
    cost: list[list[int]]
    duration: list[list[int]]
    vehicles: list[Vehicle]
    jobs: list[Job]
    prize: int | None

    def json(self) -> dict[str, Any]:
        return asdict(self)


def routing_of(
    problem: Problem, places: Sequence[Sequence[float]], *, unit: int = 1, all_jobs: bool = False
) -> Routing:
    """Tell a problem whose surveys are all on site, by one officer, the same price each.

    ``unit`` is how many of our seconds are one of theirs. ``places`` are coordinates: one peer
    looks at them for neighbours.
    """
    policy = problem.policy
    if any(len(task.modes) != 1 or task.modes[0].kind is Kind.VIDEO for task in problem.tasks):
        raise ValueError("a survey may be by video")
    if policy.officers_on_site != 1 or policy.setup_minutes or not policy.whole_shift:
        raise ValueError("more than routing: crews, arrivals or several rounds a shift")
    if policy.trip_cost or policy.arrival_cost or policy.cross_district_cost:
        raise ValueError("driving is not all that costs")
    minute = 60 // unit
    may = _who_may(problem)
    kinds: dict[tuple[bool, ...], int] = {}
    by_officer = [
        kinds.setdefault(tuple(column), len(kinds))
        for column in zip(*(may[_standing(task)] for task in problem.tasks), strict=True)
    ]
    duration = [[rules.way(seconds) for seconds in row] for row in problem.travel]
    duties = list(_duties(problem))
    shifts: dict[int, list[tuple[int, Interval]]] = defaultdict(list)
    for officer, _, duty in duties:
        shifts[officer].append((problem.officers[officer].base, duty))
    jobs = []
    for task in problem.tasks:
        mode, able = task.modes[0], may[_standing(task)]
        site = mode.site
        assert site is not None
        possible = [
            (leaves + duration[base][site], back - mode.minutes - duration[site][base])
            for officer, allowed in enumerate(able)
            if allowed
            for base, (leaves, back) in shifts[officer]
        ]
        jobs.append(
            Job(
                site=site,
                service=mode.minutes * minute,
                starts=[
                    (first * minute, last * minute)
                    for first, last in merged(_starts(problem, task), possible)
                ],
                load=task.load,
                kinds=sorted({by_officer[n] for n, allowed in enumerate(able) if allowed}),
            )
        )
    loads = {car.load for car in problem.cars}
    if len(loads) != 1:
        raise ValueError("cars of several kinds")
    (load,) = loads
    return Routing(
        places=places,
        cost=[[seconds // unit for seconds in row] for row in problem.travel],
        duration=[[way * minute for way in row] for row in duration],
        vehicles=[
            Vehicle(
                kind=by_officer[officer],
                base=problem.officers[officer].base,
                leaves=leaves * minute,
                back=back * minute,
                load=sum(task.load for task in problem.tasks) if load is None else load,
            )
            for officer, _, (leaves, back) in duties
        ],
        jobs=jobs,
        prize=None if all_jobs else policy.unplanned_cost // unit,
    )


def plan_of(problem: Problem, routes: Iterable[tuple[int, Sequence[int]]]) -> Plan:
    """A peer's routes (number of the vehicle, jobs in order) as a plan, each start the earliest.

    Where nothing fits any more the plan breaks a rule, for `scheduler.check` to find.
    """
    duties = list(_duties(problem))
    cars: dict[tuple[int, int], list[str]] = {}
    trips, planned = [], set()
    for vehicle, jobs in routes:
        if not jobs:
            continue
        number, day, (leaves, _) = duties[vehicle]
        officer = problem.officers[number]
        idle = cars.setdefault(
            (day, officer.base), [car.key for car in problem.cars if car.base == officer.base]
        )
        depart = clock = leaves - day * DAY
        place, stops, sites = officer.base, [], []
        for job in jobs:
            task = problem.tasks[job]
            mode = task.modes[0]
            assert mode.site is not None
            arrive = clock + rules.way(problem.travel[place][mode.site])
            start = _earliest(_starts(problem, task), arrive + day * DAY) - day * DAY
            clock, place = start + mode.minutes, mode.site
            stops.append(Stop(task.key, 0, arrive, start, clock))
            sites.append(place)
            planned.add(task.key)
        trips.append(
            Trip(
                car=idle.pop(),
                officers=(officer.key,),
                day=day,
                depart=depart,
                back=clock + rules.way(problem.travel[place][officer.base]),
                stops=tuple(stops),
                travel_seconds=travel_seconds(problem, officer.base, sites),
            )
        )
    left = (task.key for task in problem.tasks if task.key not in planned)
    return Plan(tuple(trips), unplanned=tuple(Unplanned(key, ()) for key in left))


def merged(starts: Sequence[Interval], possible: Sequence[Interval]) -> list[Interval]:
    """Windows without gaps in which nobody could start anyway, such as nights.

    For peers that pay for every window. ``possible`` is when each vehicle could start the job if
    it did nothing else.
    """
    whole: list[Interval] = []
    for first, last in starts:
        before = whole[-1] if whole else None
        if before and not any(
            earliest < first and latest > before[1] and earliest <= latest
            for earliest, latest in possible
        ):
            whole[-1] = (before[0], last)
        else:
            whole.append((first, last))
    return whole


def _duties(problem: Problem) -> Iterable[tuple[int, int, Interval]]:
    """The vehicles: whose they are, on which day, from when until when."""
    for number, officer in enumerate(problem.officers):
        for day in range(len(problem.days)):
            for start, end in minutes.gaps(rules.duty(officer, day)):
                yield number, day, (start + day * DAY, end + day * DAY)


def _standing(task: Task) -> tuple[Any, ...]:
    return task.district, task.modes[0].required_types, task.recused


def _who_may(problem: Problem) -> dict[tuple[Any, ...], list[bool]]:
    """By what matters of a survey: which officers may be sent to it alone."""
    return {
        standing: [
            rules.crew_may(task, task.modes[0], (officer,), problem.policy)
            for officer in problem.officers
        ]
        for standing, task in {_standing(task): task for task in problem.tasks}.items()
    }


def _starts(problem: Problem, task: Task) -> list[Interval]:
    return [
        (first + day * DAY, end - 1 + day * DAY)
        for day in range(len(problem.days))
        for first, end in minutes.gaps(
            rules.starts_allowed(task, task.modes[0], day, problem.policy)
        )
    ]


def _earliest(starts: Sequence[Interval], arrive: int) -> int:
    """The first start from then on; the moment of arriving where there is none."""
    found = bisect_left(starts, arrive, key=lambda window: window[1])
    return max(arrive, starts[found][0]) if found < len(starts) else arrive
