"""Whom a base could send or seat in one stretch of a day, and to what: a plan seen from far off.

Nobody's name is on a round here. Officers count by the minutes they are on duty together, or, where
everyone goes alone, by how many are alike in all they may do. What is asked of a round is never
more than the rules ask, and what it costs never more than it costs in a plan.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scheduler import cost, minutes, rules
from scheduler.problem import Problem
from scheduler.staff import Officer
from scheduler.task import Kind, Mode, Task


@dataclass(frozen=True, slots=True)
class Half:
    """A stretch of the day in which a base's officers work; no round is in two of them."""

    base: int
    day: int
    start: int
    end: int
    cars: int
    car_minutes: int
    desks: int

    @property
    def length(self) -> int:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Visit:
    """A survey that could be met on a round, or by video: what of it costs whoever comes."""

    survey: int
    mode: Mode
    officers: int  # whom it takes at least
    cost: int
    starts: tuple[tuple[int, int], ...]  # from one minute to another, both allowed


@dataclass(frozen=True, slots=True)
class Stretch:
    """Officers of one base who may stand for each other, on duty from start to end."""

    half: int
    start: int
    end: int
    each_round: int  # officers whom a round takes at least
    minutes: int  # of duty, all together
    shifts: int  # of theirs that lie in it
    visits: tuple[Visit, ...]
    desk_visits: tuple[Visit, ...]


def alone(problem: Problem) -> bool:
    """Whether every survey on site needs one officer, who judges all of it."""
    return all(
        problem.policy.officers_for(mode) == 1
        and len(mode.required_types) <= 1
        and mode.qualified == 1
        for task in problem.tasks
        for mode in task.modes
        if mode.kind is Kind.ON_SITE
    )


def stretches(problem: Problem) -> tuple[list[Half], list[Stretch]]:
    """All halves of all bases, and the stretches in them."""
    return _Bureau(problem).stretches()


class _Bureau:
    def __init__(self, problem: Problem) -> None:
        self.problem, self.policy = problem, problem.policy
        self.alone = alone(problem)

    def stretches(self) -> tuple[list[Half], list[Stretch]]:
        halves: list[Half] = []
        found: list[Stretch] = []
        for base in sorted({officer.base for officer in self.problem.officers}):
            staff = [officer for officer in self.problem.officers if officer.base == base]
            groups = self._alike(staff) if self.alone else [staff]
            for day in range(len(self.problem.days)):
                for half in self._halves(base, day, staff):
                    for group in groups:
                        found += self._within(len(halves), half, group)
                    halves.append(half)
        return halves, found

    def _halves(self, base: int, day: int, staff: Sequence[Officer]) -> Iterator[Half]:
        desks = sum(room.capacity for room in self.problem.rooms if room.base == base)
        for start, end in minutes.gaps(_on_duty(staff, day)):
            span = minutes.between(start, end)
            cars = [
                (rules.car_free(car, day) & span).bit_count()
                for car in self.problem.cars
                if car.base == base
            ]
            yield Half(base, day, start, end, sum(map(bool, cars)), sum(cars), desks)

    def _alike(self, staff: Sequence[Officer]) -> list[list[Officer]]:
        """Officers who may do the same things at the same times at the same price."""
        groups: dict[object, list[Officer]] = {}
        days = range(len(self.problem.days))
        for officer in staff:
            may = tuple(
                (rules.foreign(task, officer), self._some_may(task, mode, [officer]))
                for task in self.problem.tasks
                for mode in task.modes
            )
            duty = tuple(rules.duty(officer, day) for day in days)
            groups.setdefault((duty, may), []).append(officer)
        return list(groups.values())

    def _within(self, number: int, half: Half, group: Sequence[Officer]) -> Iterator[Stretch]:
        """What the group does of a half: all of it, where officers go in crews."""
        span = minutes.between(half.start, half.end)
        for start, end in minutes.gaps(_on_duty(group, half.day) & span):
            there = minutes.between(start, end)
            duty = [(one, rules.duty(one, half.day) & there) for one in group]
            staff = [officer for officer, working in duty if working]
            visits = tuple(self._visits(Kind.ON_SITE, staff, half.day, there))
            yield Stretch(
                half=number,
                start=start,
                end=end,
                each_round=min((visit.officers for visit in visits), default=1),
                minutes=sum(working.bit_count() for _, working in duty),
                shifts=sum(1 for _, working in duty for _ in minutes.gaps(working)),
                visits=visits,
                desk_visits=tuple(self._visits(Kind.VIDEO, staff, half.day, there)),
            )

    def _visits(
        self, kind: Kind, staff: Sequence[Officer], day: int, there: int
    ) -> Iterator[Visit]:
        for number, task in enumerate(self.problem.tasks):
            for mode in task.modes:
                if mode.kind is not kind:
                    continue
                allowed = rules.starts_allowed(task, mode, day, self.policy)
                allowed &= minutes.starts(there, mode.minutes)
                if allowed and self._some_may(task, mode, staff):
                    price = cost.way_cost(self.policy, task, mode, day)
                    price += self.policy.waiting_cost * day + self._help_cost(task, mode, staff)
                    runs = tuple((first, last - 1) for first, last in minutes.gaps(allowed))
                    yield Visit(number, mode, self._needed(mode), price, runs)

    def _needed(self, mode: Mode) -> int:
        """Officers it takes at least; of those who go alone nobody is known to be the witness."""
        if self.alone:
            return 1
        return max(self.policy.officers_for(mode), mode.qualified if mode.required_types else 1)

    def _some_may(self, task: Task, mode: Mode, staff: Sequence[Officer]) -> bool:
        """Whether the rules can be kept with these, leaving aside who has the time."""
        going = [officer for officer in staff if rules.may_go(task, mode, officer)]
        if mode.kind is Kind.VIDEO:
            if not any(rules.may_lead(task, mode, officer) for officer in going):
                return False
            if self.alone:
                return True
        if task.pinned and not task.pinned.officers <= {officer.key for officer in going}:
            return False
        return len(going) >= self._needed(mode) and all(
            sum(rules.may_judge(task, one, officer) for officer in going) >= mode.qualified
            for one in mode.required_types
        )

    def _help_cost(self, task: Task, mode: Mode, staff: Sequence[Officer]) -> int:
        """Of those who may come, those at home in the district come first."""
        going = [officer for officer in staff if rules.may_go(task, mode, officer)]
        foreign = sorted(rules.foreign(task, officer) for officer in going)
        return self.policy.cross_district_cost * sum(foreign[: self._needed(mode)])


def _on_duty(staff: Sequence[Officer], day: int) -> int:
    working = 0
    for officer in staff:
        working |= rules.duty(officer, day)
    return working
