"""Playing a plan again with one survey more: does it find a place beside all that is there?"""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass, replace
from typing import Any

from yunkan_kernel import Search

from scheduler.agenda import Agenda
from scheduler.check import violations
from scheduler.minutes import Span, between, gaps
from scheduler.numbering import Numbered
from scheduler.plan import Plan
from scheduler.problem import Problem
from scheduler.staff import Officer
from scheduler.task import Mode, Task
from scheduler.travel import StraightLine


@dataclass(frozen=True, slots=True)
class Place:
    """Where a survey is in a plan: its own start and end, and from when to when its officers are
    taken, with the way of their whole round. Minutes after 00:00 local time."""

    mode: int
    officers: tuple[str, ...]
    day: int
    start: int
    end: int
    leaves: int
    back: int


def place_of(plan: Plan, key: str) -> Place | None:
    """Where a plan has put a survey; None where it is left out."""
    return dict(places(plan)).get(key)


def places(plan: Plan) -> Iterator[tuple[str, Place]]:
    """Every survey the plan holds, and where it has put it."""
    for trip in plan.trips:
        for stop in trip.stops:
            when = (trip.day, stop.start, stop.end, trip.depart, trip.back)
            yield stop.task, Place(stop.mode, trip.officers, *when)
    for visit in plan.desk_visits:
        when = (visit.day, visit.start, visit.end, visit.start, visit.end)
        yield visit.task, Place(visit.mode, visit.officers, *when)


def with_one_more(problem: Problem, plan: Plan, *keys: str) -> Plan | None:
    """The plan with these surveys put in; None where they do not all find a place.

    What the plan holds stays in it: nothing is torn down, and nothing that was promised moves. A
    round may take another stop, leave at another minute or be made by another crew. What the plan
    leaves out stays out.
    """
    wanted = _held(plan) | set(keys)
    asked = _only(problem, wanted)
    found = _put_in(asked, plan)
    if problem.policy.whole_shift and (found is None or _after_a_round(asked, plan, found)):
        promised = any(task.pinned for task in asked.tasks if task.key in keys)
        found = None if promised else _put_in(_with_shifts_taken(asked, plan), plan)
    if found is None:
        return None
    return replace(found, unplanned=tuple(one for one in plan.unplanned if one.task not in wanted))


def _put_in(problem: Problem, plan: Plan) -> Plan | None:
    """The plan with every survey of the problem in it, by every rule."""
    numbered = Numbered(problem)
    for task in problem.tasks:
        numbered.add(task)
    numbered.seal()
    search = Search(numbered.setting, 0)
    numbered.keep(search, plan)
    search.construct(None)
    found = numbered.plan(search)
    return None if found.unplanned or violations(problem, found) else found


def _after_a_round(problem: Problem, before: Plan, after: Plan) -> bool:
    """Whether a desk was given to somebody whose round takes the whole shift."""
    agenda, held = Agenda(problem, before), _held(before)
    return any(
        between(visit.start, visit.end) & ~agenda.crew_left(visit.officers, visit.day)
        for visit in after.desk_visits
        if visit.task not in held
    )


def _with_shifts_taken(problem: Problem, plan: Plan) -> Problem:
    """What rounds leave of the shifts they take is time away: it cannot be asked for."""
    agenda = Agenda(problem, plan)

    def spent(officer: Officer) -> Officer:
        away = [
            Span(day, start, end)
            for day in range(len(problem.days))
            for start, end in gaps(
                agenda.crew([officer.key], day) & ~agenda.crew_left([officer.key], day)
            )
        ]
        return replace(officer, away=(*officer.away, *away))

    return replace(problem, officers=tuple(map(spent, problem.officers)))


def neighbourhood(problem: Problem, plan: Plan, task: Task, base: int) -> tuple[Problem, Plan]:
    """The part of a problem, and of its plan, in which a survey could find a place.

    That is what starts from one base, and from those whose crews meet crews of it: officers, cars
    and desks of others have nothing to do with it. No other survey waits there.
    """
    bases = _meeting(problem, plan, task, base)
    officers = tuple(one for one in problem.officers if one.base in bases)
    keys = {officer.key for officer in officers}
    part = Plan(
        tuple(trip for trip in plan.trips if trip.officers[0] in keys),
        tuple(visit for visit in plan.desk_visits if visit.lead in keys),
    )
    wanted = _held(part) | {task.key}
    parts: dict[str, Any] = {
        "officers": officers,
        "tasks": tuple(one for one in problem.tasks if one.key in wanted),
        "cars": tuple(car for car in problem.cars if car.base in bases),
        "rooms": tuple(room for room in problem.rooms if room.base in bases),
    }
    if not isinstance(problem.travel, StraightLine):
        parts = _with_its_sites_alone(problem, parts)
    return replace(problem, **parts), part


def _meeting(problem: Problem, plan: Plan, task: Task, base: int) -> set[int]:
    if any(mode.crews for mode in task.modes):
        return {one.base for one in problem.officers}
    base_of = {officer.key: officer.base for officer in problem.officers}
    met: dict[str, set[int]] = {}
    for trip in plan.trips:
        for stop in trip.stops:
            met.setdefault(stop.task, set()).add(base_of[trip.officers[0]])
    found, before = {base}, set[int]()
    while found != before:
        before = set(found)
        for bases in met.values():
            if len(bases) > 1 and bases & found:
                found |= bases
    return found


def _with_its_sites_alone(problem: Problem, parts: dict[str, Any]) -> dict[str, Any]:
    """A table is looked through whenever a problem is stated: it holds no more than is needed."""
    placed = [*parts["officers"], *parts["cars"], *parts["rooms"]]
    sites = {one.base for one in placed}
    sites |= {mode.site for task in parts["tasks"] for mode in task.modes if mode.site is not None}
    kept = sorted(sites)
    number = {site: new for new, site in enumerate(kept)}

    def moved(mode: Mode) -> Mode:
        return mode if mode.site is None else replace(mode, site=number[mode.site])

    return {
        name: tuple(replace(one, base=number[one.base]) for one in parts[name])
        for name in ("officers", "cars", "rooms")
    } | {
        "tasks": tuple(
            replace(task, modes=tuple(moved(mode) for mode in task.modes))
            for task in parts["tasks"]
        ),
        "travel": [[problem.travel[start][end] for end in kept] for start in kept],
    }


def _held(plan: Plan) -> Set[str]:
    held = {stop.task for trip in plan.trips for stop in trip.stops}
    return held | {visit.task for visit in plan.desk_visits}


def _only(problem: Problem, keys: Set[str]) -> Problem:
    tasks = tuple(task for task in problem.tasks if task.key in keys)
    return problem if len(tasks) == len(problem.tasks) else replace(problem, tasks=tasks)
