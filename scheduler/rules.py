"""The rules of planning, one function each, titled as coordinators say them.

`check.violations` asks every one of them about a finished plan. While planning, the solver
asks only the three questions at the top, so it obeys a new rule once the rule is asked there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import combinations

from scheduler import minutes
from scheduler.policy import Policy
from scheduler.staff import Car, Officer
from scheduler.task import Kind, Mode, Task

Crew = Sequence[Officer]
"""The officers who carry out a survey; at a desk, the first one leads."""


def crew_may(task: Task, mode: Mode, crew: Crew, policy: Policy) -> bool:
    """Whether these officers may carry out the survey, whenever it is."""
    return not (
        officers_missing(mode, crew, policy)
        or recused(task, crew)
        or outside_district(task, mode, crew)
        or types_uncovered(task, mode, crew)
        or officers_promised(task, crew)
        or (not mode.crews and off_roster(crew, policy))
    )


def may_go(task: Task, mode: Mode, officer: Officer) -> bool:
    """Whether an officer may go along to the survey, or be present at the desk."""
    if mode.kind is Kind.ON_SITE and not may_enter(officer, task):
        return False
    return not recused(task, (officer,))


def may_lead(task: Task, mode: Mode, officer: Officer) -> bool:
    """Whether an officer may lead a survey by video: he judges at least a part of it himself."""
    judges = not mode.required_types or not mode.required_types.isdisjoint(officer.qualifications)
    return judges and may_enter(officer, task) and may_go(task, mode, officer)


def may_judge(task: Task, item_type: str, officer: Officer) -> bool:
    """Whether an officer may judge an item type, in a district he may judge in."""
    return item_type in officer.qualifications and may_enter(officer, task)


def starts_allowed(task: Task, mode: Mode, day: int, policy: Policy) -> int:
    """The minutes of a day at which the survey may start, whoever carries it out."""
    if other_way_promised(task, mode):
        return 0
    starts = starts_in_time(task, mode, day)
    if task.pinned:
        starts &= promised_start(task, day)
    elif mode.kind is Kind.ON_SITE:
        starts &= on_site_grid(policy)
    if mode.kind is Kind.VIDEO:
        starts &= grid(policy)
    if mode.crews:
        starts &= meeting_grid(policy)
    return starts


def later_starts_allowed(
    task: Task, mode: Mode, part: int, day: int, policy: Policy, *, first: int | None = None
) -> int:
    """The minutes of a day at which another crew may begin its part, once the first has begun: at
    the minute ``first``, if that is known."""
    return starts_in_time(task, mode, day) & later_grid(mode, part, policy, first=first)


def starts_in_time(task: Task, mode: Mode, day: int) -> int:
    """The minutes of a day at which the survey suits the applicant, on a grid or beside it."""
    if too_early(task, day) or too_late(task, day):
        return 0
    return minutes.starts(wanted(task, day), mode.minutes)


def duty(officer: Officer, day: int) -> int:
    """The minutes of a day in which the officer can be sent anywhere."""
    return shift(officer, day) & ~on_leave(officer, day)


# Who may go.


def officers_missing(mode: Mode, crew: Crew, policy: Policy) -> int:
    """Two officers make a survey on site (行政许可法 art. 34): how many are too few."""
    return max(0, policy.officers_for(mode) - len({officer.key for officer in crew}))


def types_uncovered(task: Task, mode: Mode, crew: Crew) -> frozenset[str]:
    """Every item type is judged by somebody qualified, in a district he may judge in.

    Returns the types for which fewer than ``mode.qualified`` of the crew are. The lead of a
    video survey must himself hold one of them: a witness cannot lead.
    """
    judges = [officer for officer in crew if may_enter(officer, task)]
    if mode.kind is Kind.VIDEO and mode.required_types.isdisjoint(crew[0].qualifications):
        return mode.required_types
    return frozenset(
        item_type
        for item_type in mode.required_types
        if sum(item_type in officer.qualifications for officer in judges) < mode.qualified
    )


def outside_district(task: Task, mode: Mode, crew: Crew) -> tuple[Officer, ...]:
    """Officers go only into their own and their allowed districts: those who must not.

    At a desk this binds the lead; a witness judges nothing.
    """
    judging = crew if mode.kind is Kind.ON_SITE else crew[:1]
    return tuple(officer for officer in judging if not may_enter(officer, task))


def may_enter(officer: Officer, task: Task) -> bool:
    """Whether the survey lies in the officer's own or an allowed district."""
    return task.district == officer.home or task.district in officer.allowed


def foreign(task: Task, officer: Officer) -> bool:
    """Whether an officer would survey outside his home district: help at a price (跨区通办)."""
    return officer.home != task.district


def recused(task: Task, crew: Crew) -> tuple[Officer, ...]:
    """Nobody surveys where he has a conflict of interest (回避): those who have one."""
    return tuple(officer for officer in crew if officer.key in task.recused)


def officers_promised(task: Task, crew: Crew) -> frozenset[str]:
    """The officers promised to the applicant come: those promised who are not in the crew."""
    if task.pinned is None:
        return frozenset()
    return task.pinned.officers - {officer.key for officer in crew}


def off_roster(crew: Crew, policy: Policy) -> bool:
    """Where the roster is fixed only usual partners go together: whether these do not."""
    return policy.fixed_roster and not usual(crew)


def usual(crew: Crew) -> bool:
    """Whether all of a crew are each other's usual partners."""
    return all(
        one.key in other.usual_partners and other.key in one.usual_partners
        for one, other in combinations(crew, 2)
    )


# When.


def shift(officer: Officer, day: int) -> int:
    """Officers work in their shifts: the minutes of a day."""
    return minutes.union(officer.shifts, day)


def on_leave(officer: Officer, day: int) -> int:
    """Nobody is sent out while on leave: the minutes of a day."""
    return minutes.union(officer.away, day)


def overtime(officer: Officer, worked: int) -> int:
    """Nobody works longer than his limit (加班上限): by how many of the minutes worked he does."""
    return 0 if officer.most_minutes is None else max(0, worked - officer.most_minutes)


def wanted(task: Task, day: int) -> int:
    """The survey lies in the applicant's windows: the minutes of a day, -1 for all of them."""
    return minutes.union(task.windows, day) if task.windows else -1


def too_early(task: Task, day: int) -> bool:
    """The survey is held once it may be: whether a day is earlier."""
    return day < task.release


def too_late(task: Task, day: int) -> bool:
    """The survey is held by its deadline: whether a day is later."""
    return task.deadline is not None and day > task.deadline


def days_late(task: Task, day: int) -> int:
    """After the day it is due a survey costs more: how many days a day is later."""
    return 0 if task.due is None else max(0, day - task.due)


def minutes_tardy(task: Task, start: int) -> int:
    """A survey begins by the minute it should, or it costs more: how many minutes it is late."""
    return 0 if task.begin_by is None else max(0, start - task.begin_by)


def grid(policy: Policy) -> int:
    """Video appointments start on the grid: the minutes, over two days."""
    return _every(policy.video_grid)


def on_site_grid(policy: Policy) -> int:
    """Surveys on site start on the grid, unless somebody was promised another minute: the minutes,
    over two days."""
    return _every(policy.on_site_grid)


def later_grid(mode: Mode, part: int, policy: Policy, *, first: int | None) -> int:
    """Another crew begins on the grid too. Where the first was promised for a minute beside it, and
    the grid leaves the other no minute, it begins as soon after that as it may: the minutes."""
    on_grid = on_site_grid(policy)
    if first is None or on_grid >> first & 1:
        return on_grid
    earliest, latest = mode.begins_after(part)
    then = minutes.between(first + earliest, first + latest + 1)
    return on_grid & then or 1 << first + earliest


def meeting_grid(policy: Policy) -> int:
    """Crews meet on the grid, so that they can tell each other when: the minutes, over two days."""
    return _every(policy.meeting_grid)


def apart(mode: Mode, begun: Sequence[tuple[int, int]]) -> bool:
    """Crews that meet begin in the same minute, or as long after the first as they should: whether
    these, by day and minute in the order of their parts, do not."""
    first_day, first = begun[0]
    for part, (day, start) in enumerate(begun):
        earliest, latest = mode.begins_after(part)
        if day != first_day or not earliest <= start - first <= latest:
            return True
    return False


def other_way_promised(task: Task, mode: Mode) -> bool:
    """A promised survey is carried out in the way promised: whether that is another one."""
    return task.pinned is not None and mode != task.modes[task.pinned.mode]


def promised_start(task: Task, day: int) -> int:
    """A promised appointment is kept to the minute: the one start of the day, or none."""
    assert task.pinned is not None
    return 1 << task.pinned.start if task.pinned.day == day else 0


# How a round is made up.


def strangers(base: int, crew: Iterable[Officer]) -> tuple[Officer, ...]:
    """Officers, car and desk of one survey belong to one base: those who do not."""
    return tuple(officer for officer in crew if officer.base != base)


def seats_missing(car: Car, crew: Crew) -> int:
    """Everybody has a seat: how many have none."""
    return max(0, len(crew) - car.seats)


def load_missing(car: Car, tasks: Iterable[Task]) -> int:
    """A car holds what its surveys need brought along or back: by how much it is too little."""
    return 0 if car.load is None else max(0, sum(task.load for task in tasks) - car.load)


def car_free(car: Car, day: int) -> int:
    """A car that is lent or in repair drives nobody: the other minutes of the day."""
    return ~minutes.union(car.away, day)


def way(seconds: int) -> int:
    """A way takes its driving time, rounded up to a whole minute."""
    return -(-seconds // 60)


def setup(policy: Policy, *, came_from: int | None, site: int) -> int:
    """Arriving takes its time, once for all surveys next to each other at one site (多勘合一).

    ``came_from`` is the site of the survey before, None on leaving the base.
    """
    return 0 if came_from == site else policy.setup_minutes


@cache
def _every(step: int) -> int:
    if step == 1:
        return -1
    return sum(1 << minute for minute in range(0, 2 * 24 * 60, step))
