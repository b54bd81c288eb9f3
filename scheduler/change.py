"""The changes that may let a survey in which found no place: what each grants, and its price."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from scheduler import minutes, rules
from scheduler.minutes import Span, between
from scheduler.plan import Plan
from scheduler.problem import Problem
from scheduler.replay import with_one_more
from scheduler.staff import Car, Officer, Room
from scheduler.task import Mode, Task

# What changes cost, in seconds of driving as in `Policy`: only their order matters.
WINDOW_PRICE = 1_200  # a call to the applicant
VIDEO_PRICE = 1_800  # seen less well than on site
MOVED_PRICE = 2_400  # an appointment nobody has been told of yet
OVERTIME_PRICE = 120  # for each officer and minute
DISTRICT_PRICE = 3_600  # for each officer: to be agreed with the other district
DESK_PRICE = 3_600
CAR_PRICE = 7_200
LEAVE_PRICE = 14_400  # for each officer
DEADLINE_PRICE = 28_800  # for each day the applicant was promised sooner


#: The key of a car or room that is not there yet, and minutes no day reaches.
NEW, _TWO_DAYS = "one more", 2 * 24 * 60


@dataclass(frozen=True, slots=True)
class Nothing:
    """It finds a place as things are: planning was stopped before it was tried."""

    @property
    def price(self) -> int:
        return 0

    def applied(self, problem: Problem, task: Task) -> Problem:
        return problem


@dataclass(frozen=True, slots=True)
class WiderWindow:
    """The applicant is at home at another time too."""

    span: Span

    @property
    def price(self) -> int:
        return WINDOW_PRICE

    def applied(self, problem: Problem, task: Task) -> Problem:
        return with_task(problem, replace(task, windows=(*task.windows, self.span)))


@dataclass(frozen=True, slots=True)
class ByVideo:
    """It is done by video, which its item type allows but does not prefer."""

    mode: Mode

    @property
    def price(self) -> int:
        return VIDEO_PRICE

    def applied(self, problem: Problem, task: Task) -> Problem:
        return with_task(problem, replace(task, modes=(*task.modes, self.mode)))


@dataclass(frozen=True, slots=True)
class Overtime:
    """Officers work beyond their shift, all of them in the same minutes."""

    officers: tuple[str, ...]
    span: Span

    @property
    def price(self) -> int:
        return OVERTIME_PRICE * len(self.officers) * (self.span.end - self.span.start)

    def applied(self, problem: Problem, task: Task) -> Problem:
        return with_officers(
            problem, self.officers, lambda one: replace(one, shifts=(*one.shifts, self.span))
        )


@dataclass(frozen=True, slots=True)
class OpenDistrict:
    """Officers are lent to another district (跨区通办)."""

    officers: tuple[str, ...]
    district: str

    @property
    def price(self) -> int:
        return DISTRICT_PRICE * len(self.officers)

    def applied(self, problem: Problem, task: Task) -> Problem:
        return with_officers(
            problem, self.officers, lambda one: replace(one, allowed=one.allowed | {self.district})
        )


@dataclass(frozen=True, slots=True)
class MoreDesks:
    """One desk more on a day, for officers who have none."""

    officers: tuple[str, ...]
    day: int

    @property
    def price(self) -> int:
        return DESK_PRICE

    def applied(self, problem: Problem, task: Task) -> Problem:
        return replace(problem, rooms=(*problem.rooms, Room(NEW, _base(problem, self.officers))))


@dataclass(frozen=True, slots=True)
class MoreCars:
    """One car more on a day, for officers who have none."""

    officers: tuple[str, ...]
    day: int

    @property
    def price(self) -> int:
        return CAR_PRICE

    def applied(self, problem: Problem, task: Task) -> Problem:
        others = (day for day in range(len(problem.days)) if day != self.day)
        away = tuple(Span(day, 0, _TWO_DAYS) for day in others)
        car = Car(NEW, _base(problem, self.officers), away=away)
        return replace(problem, cars=(*problem.cars, car))


@dataclass(frozen=True, slots=True)
class BackFromLeave:
    """Officers come in from leave for as long as they are needed."""

    officers: tuple[str, ...]
    span: Span

    @property
    def price(self) -> int:
        return LEAVE_PRICE * len(self.officers)

    def applied(self, problem: Problem, task: Task) -> Problem:
        return with_officers(
            problem,
            self.officers,
            lambda one: replace(one, away=tuple(_cut(one.away, self.span))),
        )


@dataclass(frozen=True, slots=True)
class LaterDeadline:
    """The survey is held ``by`` days after it was due."""

    day: int
    by: int

    @property
    def price(self) -> int:
        return DEADLINE_PRICE * self.by

    def applied(self, problem: Problem, task: Task) -> Problem:
        return with_task(problem, replace(task, deadline=self.day))


@dataclass(frozen=True, slots=True)
class GiveWay:
    """Another survey, promised to nobody yet, gives up its place: for another, or altogether."""

    other: str
    moved: bool
    span: Span  # where it was
    price: int

    def applied(self, problem: Problem, task: Task) -> Problem:
        if not self.moved:
            return problem
        other = next(one for one in problem.tasks if one.key == self.other)
        times = other_times(other, self.span, len(problem.days))
        return with_task(problem, replace(other, windows=times))


Change = (
    Nothing | WiderWindow | ByVideo | Overtime | OpenDistrict | MoreDesks | MoreCars
    | BackFromLeave | LaterDeadline | GiveWay
)  # fmt: skip


def let_in(problem: Problem, plan: Plan, task: Task, change: Change) -> Plan | None:
    """The plan as it would be after a change, by every rule; None where it does not help."""
    changed = change.applied(problem, task)
    if isinstance(change, GiveWay):
        freed = plan.without({change.other})
        return with_one_more(changed, freed, task.key, *([change.other] if change.moved else []))
    return with_one_more(changed, plan, task.key)


def with_task(problem: Problem, task: Task) -> Problem:
    tasks = tuple(task if one.key == task.key else one for one in problem.tasks)
    return replace(problem, tasks=tasks)


def with_officers(
    problem: Problem, keys: Collection[str], changed: Callable[[Officer], Officer]
) -> Problem:
    officers = (changed(one) if one.key in keys else one for one in problem.officers)
    return replace(problem, officers=tuple(officers))


def _base(problem: Problem, officers: Collection[str]) -> int:
    return next(one.base for one in problem.officers if one.key in officers)


def _cut(spans: Iterable[Span], out: Span) -> Iterator[Span]:
    for span in spans:
        if span.day != out.day:
            yield span
            continue
        for start, end in minutes.gaps(span.minutes & ~out.minutes):
            yield Span(span.day, start, end)


def other_times(task: Task, span: Span, days: int) -> tuple[Span, ...]:
    """The applicant's windows, or all days where he has none, but for one time."""
    return tuple(
        Span(day, start, end)
        for day in range(days)
        for start, end in minutes.gaps(
            rules.wanted(task, day)
            & between(0, _TWO_DAYS)
            & ~(span.minutes if day == span.day else 0)
        )
    )
