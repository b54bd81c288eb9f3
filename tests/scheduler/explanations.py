"""Whether what is said of a survey that is left out is true: judged by planning it again.

Nothing here asks the agenda the explanations are made from. Whether an officer has time is asked
of the kernel, by giving him this survey alone; whether a change helps, of `check.violations`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from scheduler import rules
from scheduler.change import Change, GiveWay, let_in, with_task
from scheduler.check import violations
from scheduler.minutes import Span, between, gaps
from scheduler.plan import Cause, Plan, Unplanned
from scheduler.problem import Problem
from scheduler.replay import place_of, places, with_one_more
from scheduler.staff import Car, Officer, Room
from scheduler.task import Kind, Mode, Task

ORDER = list(Cause)
ALL_DAY = 2 * 24 * 60


def untrue(problem: Problem, plan: Plan, left: Unplanned) -> str:
    """What is not true of the reasons; an empty text where all of them are."""
    task = next(one for one in problem.tasks if one.key == left.task)
    if with_one_more(problem, plan, task.key) is not None:
        return "there is a place for it"
    for kind in Kind:
        modes = [mode for mode in task.modes if mode.kind is kind]
        told = {one.cause: one.officers for one in left.reasons if one.kind is kind}
        if modes and (wrong := _of_one_kind(problem, plan, task, modes, told)):
            return f"{kind}: {wrong}"
    return ""


def unhelpful(problem: Problem, plan: Plan, task: Task, change: Change) -> str:
    """Why a change does not do what it promises; an empty text where it does."""
    after = let_in(problem, plan, task, change)
    if after is None:
        return "the survey finds no place"
    changed = change.applied(problem, task)
    given_up = set() if not isinstance(change, GiveWay) or change.moved else {change.other}
    if given_up:
        after = replace(after, unplanned=(*after.unplanned, Unplanned(*given_up, ())))
    if broken := violations(changed, after):
        return f"a rule is broken: {broken[0]}"
    if place_of(after, task.key) is None:
        return "the survey is not in it"
    if lost := {key for key, _ in places(plan)} - {key for key, _ in places(after)} - given_up:
        return f"others are left out: {lost}"
    return ""


def _of_one_kind(
    problem: Problem, plan: Plan, task: Task, modes: list[Mode], told: dict[Cause, int]
) -> str:
    stops = Counter(
        max(
            (_alone(problem, plan, task, mode, part, one) for mode in modes for part in mode.parts),
            key=ORDER.index,
        )
        for one in problem.officers
    )
    free = stops.pop(Cause.STOPPED, 0)  # those with time: what else is missing?
    together = {Cause.CREW, Cause.NO_CAR, Cause.ROOM_FULL, Cause.TOGETHER, Cause.NOT_WORTH}
    if {cause: n for cause, n in told.items() if cause not in together} != dict(stops):
        return f"said {told}, found {dict(stops)} and {free} free"
    if free != sum(told.get(cause, 0) for cause in together):
        return f"said {told}, found {free} free"
    worth_it = replace(task, penalty=None)
    if Cause.NOT_WORTH in told:
        asked = with_task(problem, worth_it)
        return "" if with_one_more(asked, plan, task.key) else "there is no place, worth it or not"
    if task.pinned is not None or any(mode.crews for mode in modes):
        return ""
    means = told.keys() & {Cause.NO_CAR, Cause.ROOM_FULL}
    bases = {one.base for one in problem.officers}
    ample = replace(
        with_task(problem, replace(worth_it, modes=tuple(modes))),
        cars=(*problem.cars, *(Car(f"another {base}", base, seats=99) for base in bases)),
        rooms=(*problem.rooms, *(Room(f"another {base}", base) for base in bases)),
    )
    if (with_one_more(ample, plan, task.key) is not None) != bool(means):
        return f"said {told}, but cars and desks are {'not ' if means else ''}what is missing"
    return ""


def _alone(
    problem: Problem, plan: Plan, task: Task, whole: Mode, mode: Mode, officer: Officer
) -> Cause:
    """The first cause that keeps one officer from his part of a way, if that needed only him."""
    if task.pinned and whole != task.modes[task.pinned.mode]:
        task = replace(task, pinned=None, deadline=0, release=len(problem.days))  # never
    if mode.required_types and mode.required_types.isdisjoint(officer.qualifications):
        return Cause.NOT_QUALIFIED
    if task.district not in {officer.home, *officer.allowed}:
        return Cause.DISTRICT
    if officer.key in task.recused:
        return Cause.RECUSED
    taken = tuple(_taken(plan, officer))
    limit = officer.most_minutes
    if limit is not None:
        limit = max(0, limit - sum(span.end - span.start for span in taken))
    officer = replace(officer, most_minutes=None)
    never_away = replace(officer, away=())
    busy = replace(officer, away=(*officer.away, *taken))
    for cause, asked, who in (
        (Cause.WINDOW, replace(task, deadline=None), never_away),
        (Cause.DEADLINE, task, never_away),
        (Cause.AWAY, task, officer),
        (Cause.CALENDAR_FULL, task, busy),
        (Cause.OVERTIME, task, replace(busy, most_minutes=limit)),
    ):
        if not _has_time(problem, asked, mode, who):
            return cause
    if problem.policy.whole_shift:
        shared = tuple(_shifts_with_a_round(problem, plan, officer))
        if not _has_time(problem, task, mode, replace(busy, away=(*busy.away, *shared))):
            return Cause.WHOLE_SHIFT
    return Cause.STOPPED


def _has_time(problem: Problem, task: Task, mode: Mode, officer: Officer) -> bool:
    if not any(rules.duty(officer, day) for day in range(len(problem.days))):
        return False
    if pin := task.pinned:
        promised = Span(pin.day, pin.start, pin.start + mode.minutes)
        task = replace(task, windows=(promised,), pinned=None)
    there = officer.base if mode.site is None else mode.site
    ways = problem.travel[officer.base][there], problem.travel[there][officer.base]
    site = None if mode.site is None else int(there != officer.base)
    anybody = replace(mode, required_types=frozenset(), officers=1, qualified=1, site=site)
    alone = replace(
        problem,
        officers=(replace(officer, base=0),),
        tasks=(replace(task, modes=(anybody,), load=0, penalty=None),),
        cars=(Car("his own", 0),),
        rooms=(Room("his own", 0),),
        travel=[[0, ways[0]], [ways[1], 0]],
    )
    return with_one_more(alone, Plan(), task.key) is not None


def _taken(plan: Plan, officer: Officer) -> list[Span]:
    rounds = [
        Span(one.day, one.depart, one.back) for one in plan.trips if officer.key in one.officers
    ]
    return rounds + _at_desks(plan, officer)


def _at_desks(plan: Plan, officer: Officer) -> list[Span]:
    return [
        Span(one.day, one.start, one.end) for one in plan.desk_visits if officer.key in one.officers
    ]


def _shifts_with_a_round(problem: Problem, plan: Plan, officer: Officer) -> list[Span]:
    """What is left of a shift besides desks, where a round leaves in it."""
    found = []
    for day in range(len(problem.days)):
        free = rules.duty(officer, day)
        for span in _at_desks(plan, officer):
            free &= ~(between(span.start, span.end) if span.day == day else 0)
        leaves = {
            one.depart for one in plan.trips if one.day == day and officer.key in one.officers
        }
        for start, end in gaps(free):
            if any(start <= at < end for at in leaves):
                found.append(Span(day, start, end))
    return found
