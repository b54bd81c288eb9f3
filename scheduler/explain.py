"""Why a survey is not planned: for each officer, the first thing that keeps him from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property

from scheduler import minutes, rules
from scheduler.agenda import Agenda
from scheduler.crews import crews_for
from scheduler.minutes import Span
from scheduler.plan import Cause, Plan, Reason, Unplanned
from scheduler.problem import Problem
from scheduler.staff import Officer
from scheduler.task import Kind, Mode, Task


def why_not(problem: Problem, plan: Plan, task: Task) -> Unplanned:
    """Why the task finds no place beside everything else in the plan."""
    return why_no_place(problem, Agenda(problem, plan), task)


def why_no_place(problem: Problem, agenda: Agenda, task: Task) -> Unplanned:
    """Why the task finds no place in what the agenda leaves free."""
    reasons: list[Reason] = []
    for kind in Kind:
        attempts = [
            _Attempt(
                problem,
                agenda,
                _of_one_crew(task, mode, number),
                part,
                others_come=bool(mode.crews),
            )
            for mode in task.modes
            if mode.kind is kind
            for number, part in enumerate(mode.parts)
        ]
        if not attempts:
            continue
        # with several ways of one kind, an officer's reason is that of the way he came furthest
        causes = Counter(
            max((attempt.cause(officer) for attempt in attempts), key=_ORDER.index)
            for officer in problem.officers
        )
        reasons += [Reason(kind, cause, causes[cause]) for cause in _ORDER if causes[cause]]
    return Unplanned(task.key, tuple(reasons))


def _of_one_crew(task: Task, mode: Mode, number: int) -> Task:
    """A survey where crews meet as one of them sees it: what was promised, was promised so."""
    if not mode.crews or task.pinned is None or task.modes[task.pinned.mode] != mode:
        return task
    part, pin = mode.parts[number], task.pinned
    earliest, latest = mode.begins_after(number)
    if latest == 0:
        return replace(task, modes=(part,), pinned=replace(pin, mode=0))
    then = Span(pin.day, pin.start + earliest, pin.start + latest + mode.minutes)
    return replace(task, modes=(part,), windows=(then,), pinned=None)


def stopped(problem: Problem, task: Task) -> Unplanned:
    """Planning was stopped before anybody found a place, or a reason."""
    kinds = [kind for kind in Kind if any(mode.kind is kind for mode in task.modes)]
    everybody = len(problem.officers)
    return Unplanned(task.key, tuple(Reason(kind, Cause.STOPPED, everybody) for kind in kinds))


class _Attempt:
    """One task, one crew's part of one way to carry it out, and what is free for it."""

    def __init__(
        self, problem: Problem, agenda: Agenda, task: Task, mode: Mode, *, others_come: bool
    ) -> None:
        optional = Cause.STOPPED if task.penalty is None else Cause.NOT_WORTH
        self.otherwise = Cause.TOGETHER if others_come else optional
        self.problem, self.agenda, self.task, self.mode = problem, agenda, task, mode
        self.days = range(len(problem.days))
        self.starts = [rules.starts_allowed(task, mode, day, problem.policy) for day in self.days]
        self._answers: dict[tuple[int | bool, ...], bool] = {}
        ever = replace(task, deadline=None)
        self.starts_ever = [
            rules.starts_allowed(ever, mode, day, problem.policy) for day in self.days
        ]

    @cached_property
    def _crews(self) -> list[tuple[tuple[Officer, ...], list[int]]]:
        """The crews that are free together, and when: of officers who are free by themselves."""
        crews = []
        alone = [
            one
            for one in self.problem.officers
            if self.may_work(one) and self.fits(one.base, self.free([one.key]))
        ]
        for crew in crews_for(self.problem, self.task, self.mode, alone):
            free = self.free([officer.key for officer in crew])
            if self.fits(crew[0].base, free):
                crews.append((crew, free))
        return crews

    def free(self, officers: Sequence[str]) -> list[int]:
        """The minutes of each day in which all of them may be sent."""
        return [self.agenda.crew_left(officers, day) for day in self.days]

    @cached_property
    def with_crew(self) -> set[str]:
        """Officers with a crew that is free together."""
        return {officer.key for crew, _ in self._crews for officer in crew}

    @cached_property
    def with_means(self) -> set[str]:
        """Those whose crew also has a car or a desk."""
        found: set[str] = set()
        for crew, free in self._crews:
            keys = {officer.key for officer in crew}
            if not keys <= found and self._has_means(crew, free):
                found |= keys
        return found

    def cause(self, officer: Officer) -> Cause:
        """The first cause that keeps the officer away."""
        return next((cause for cause, stops in _CAUSES if stops(self, officer)), self.otherwise)

    def fits(self, base: int, free: list[int], *, ever: bool = False) -> bool:
        """Whether the survey, with the way from and to the base, fits into the free minutes.

        ``ever`` leaves its deadline aside. Officers with the same shifts ask the same.
        """
        question = (base, ever, *free)
        if question not in self._answers:
            self._answers[question] = self._fits(base, free, ever=ever)
        return self._answers[question]

    def _fits(self, base: int, free: list[int], *, ever: bool) -> bool:
        allowed = self.starts_ever if ever else self.starts
        lead, length = self._lead(base), self._length(base)
        return any(
            allowed[day] and minutes.starts(free[day], length) << lead & allowed[day]
            for day in self.days
        )

    def may_work(self, officer: Officer) -> bool:
        """Whether his limit leaves the time that the survey takes, with the way."""
        return self.agenda.may_work(officer.key, self._length(officer.base))

    def _lead(self, base: int) -> int:
        """Minutes from leaving the base to beginning."""
        if self.mode.site is None:
            return 0
        way = rules.way(self.problem.travel[base][self.mode.site])
        return way + rules.setup(self.problem.policy, came_from=None, site=self.mode.site)

    def _length(self, base: int) -> int:
        """Minutes from leaving the base to being back."""
        back = 0 if self.mode.site is None else rules.way(self.problem.travel[self.mode.site][base])
        return self._lead(base) + self.mode.minutes + back

    def _has_means(self, crew: tuple[Officer, ...], free: list[int]) -> bool:
        base = crew[0].base
        if self.mode.kind is Kind.ON_SITE:
            means = [
                [self.agenda.car(car.key, day) for day in self.days]
                for car in self.problem.cars
                if car.base == base
                and not rules.seats_missing(car, crew)
                and not rules.load_missing(car, (self.task,))
            ]
        else:
            means = [
                [self.agenda.room(room, day) for day in self.days]
                for room in self.problem.rooms
                if room.base == base
            ]
        return any(
            self.fits(base, [one & other for one, other in zip(free, mean, strict=True)])
            for mean in means
        )


def _not_qualified(attempt: _Attempt, officer: Officer) -> bool:
    """He is qualified for none of the item types."""
    types = attempt.mode.required_types
    return bool(types) and types.isdisjoint(officer.qualifications)


def _district(attempt: _Attempt, officer: Officer) -> bool:
    """The survey lies outside his districts."""
    return not rules.may_enter(officer, attempt.task)


def _recused(attempt: _Attempt, officer: Officer) -> bool:
    """He has a conflict of interest."""
    return bool(rules.recused(attempt.task, (officer,)))


def _window(attempt: _Attempt, officer: Officer) -> bool:
    """His shifts and the applicant's windows leave no time long enough, the way included."""
    shifts = [rules.shift(officer, day) for day in attempt.days]
    return not attempt.fits(officer.base, shifts, ever=True)


def _deadline(attempt: _Attempt, officer: Officer) -> bool:
    """There would be time, but only after the deadline."""
    return not attempt.fits(officer.base, [rules.shift(officer, day) for day in attempt.days])


def _away(attempt: _Attempt, officer: Officer) -> bool:
    """There would be time, were he not on leave."""
    return not attempt.fits(officer.base, [rules.duty(officer, day) for day in attempt.days])


def _calendar_full(attempt: _Attempt, officer: Officer) -> bool:
    """There would be time, had he nothing else to do."""
    free = [attempt.agenda.crew([officer.key], day) for day in attempt.days]
    return not attempt.fits(officer.base, free)


def _overtime(attempt: _Attempt, officer: Officer) -> bool:
    """There would be time, but not within what he may work in all."""
    return not attempt.may_work(officer)


def _whole_shift(attempt: _Attempt, officer: Officer) -> bool:
    """There would be time, were it not for the rounds that take the rest of his shifts."""
    return not attempt.fits(officer.base, attempt.free([officer.key]))


def _crew(attempt: _Attempt, officer: Officer) -> bool:
    """He could go, but there is nobody to go with him who completes the crew."""
    return officer.key not in attempt.with_crew


def _means(attempt: _Attempt, officer: Officer) -> bool:
    """His crew could go, but every car is out, or every desk taken."""
    return officer.key not in attempt.with_means


def _no_car(attempt: _Attempt, officer: Officer) -> bool:
    """His crew could go, but every car is out."""
    return attempt.mode.kind is Kind.ON_SITE and _means(attempt, officer)


def _room_full(attempt: _Attempt, officer: Officer) -> bool:
    """His crew could sit down, but every desk is taken."""
    return attempt.mode.kind is Kind.VIDEO and _means(attempt, officer)


_CAUSES: tuple[tuple[Cause, Callable[[_Attempt, Officer], bool]], ...] = (
    (Cause.NOT_QUALIFIED, _not_qualified),
    (Cause.DISTRICT, _district),
    (Cause.RECUSED, _recused),
    (Cause.WINDOW, _window),
    (Cause.DEADLINE, _deadline),
    (Cause.AWAY, _away),
    (Cause.CALENDAR_FULL, _calendar_full),
    (Cause.OVERTIME, _overtime),
    (Cause.WHOLE_SHIFT, _whole_shift),
    (Cause.CREW, _crew),
    (Cause.NO_CAR, _no_car),
    (Cause.ROOM_FULL, _room_full),
)

_ORDER = list(Cause)
