"""The work is shared out: where it costs nothing, the less busy officer goes.

To the search it is all one which of two officers sits at a desk, so it leaves some of them far
busier than others. Here appointments change hands, one officer for another, as long as that makes
the shares of everybody's working time more equal (a sum of squares, so that the busiest count
most) and the plan costs no more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from scheduler import cost, minutes, rules
from scheduler.agenda import Agenda
from scheduler.numbering import lead_first
from scheduler.plan import DeskVisit, Plan, Trip
from scheduler.problem import Problem
from scheduler.staff import Officer
from scheduler.task import Mode, Task

#: Changes of hands looked at, so that a city's plan does not wait for the last of them.
MOST_LOOKS = 200_000

Appointment = Trip | DeskVisit


def shared_out(problem: Problem, plan: Plan) -> Plan:
    """The same plan with its work shared out more evenly, at the same cost or less.

    Promised appointments keep their officers. Where a round takes its crew's whole shift, nothing
    changes hands.
    """
    if problem.policy.whole_shift:
        return plan
    sharing = _Sharing(problem, plan)
    sharing.improve()
    return replace(
        plan,
        trips=tuple(one for one in sharing.appointments if isinstance(one, Trip)),
        desk_visits=tuple(one for one in sharing.appointments if isinstance(one, DeskVisit)),
    )


class _Sharing:
    """Who does how much, and who could do what instead of whom."""

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self._problem = problem
        self._tasks = {task.key: task for task in problem.tasks}
        self._officers = {officer.key: officer for officer in problem.officers}
        self._colleagues: dict[int, list[Officer]] = {}
        for officer in problem.officers:
            self._colleagues.setdefault(officer.base, []).append(officer)
        self._agenda = Agenda(problem, plan)
        self.appointments: list[Appointment] = [*plan.trips, *plan.desk_visits]
        days = range(len(problem.days))
        self._duty = {
            key: max(1, sum(rules.duty(officer, day).bit_count() for day in days))
            for key, officer in self._officers.items()
        }
        self._busy = dict.fromkeys(self._officers, 0)
        for one in self.appointments:
            for key in one.officers:
                self._busy[key] += _length(one)
        self._looks = 0

    def improve(self) -> None:
        """Let appointments change hands until none does any more."""
        changed = True
        while changed and self._looks < MOST_LOOKS:
            changed = False
            for number, appointment in enumerate(self.appointments):
                if self._is_promised(appointment):
                    continue
                for giver in sorted(appointment.officers, key=self._share, reverse=True):
                    if after := self._handed_on(appointment, giver):
                        self.appointments[number] = after
                        changed = True
                        break

    def _share(self, key: str) -> float:
        return self._busy[key] / self._duty[key]

    def _is_promised(self, appointment: Appointment) -> bool:
        return any(task.pinned for task, _ in self._surveys(appointment))

    def _handed_on(self, appointment: Appointment, giver: str) -> Appointment | None:
        """The appointment with somebody less busy in the giver's place, if there is one."""
        length, day = _length(appointment), appointment.day
        busy = _minutes(appointment)
        takers = sorted(
            (
                officer
                for officer in self._colleagues[self._officers[giver].base]
                if officer.key not in appointment.officers
                and self._evens(giver, officer.key, length)
                and busy & ~self._agenda.crew([officer.key], day) == 0
                and self._agenda.may_work(officer.key, length)
            ),
            key=lambda officer: self._share(officer.key),
        )
        for taker in takers:
            self._looks += 1
            after = _with(appointment, giver, taker.key)
            if self._may(after) and self._cost(after) <= self._cost(appointment):
                self._agenda.hand_over(giver, taker.key, day, busy)
                self._busy[giver] -= length
                self._busy[taker.key] += length
                return self._led(after)
        return None

    def _led(self, appointment: Appointment) -> Appointment:
        """A round's lead is who can judge most of it now."""
        if isinstance(appointment, DeskVisit):
            return appointment
        modes = [mode for _, mode in self._surveys(appointment)]
        crew = lead_first(self._crew(appointment), modes)
        return replace(appointment, officers=tuple(officer.key for officer in crew))

    def _evens(self, giver: str, taker: str, length: int) -> bool:
        """Whether the sum of squares of the shares of time, weighed by that time, gets less."""
        gives, takes = self._busy[giver], self._busy[taker]
        before = gives**2 / self._duty[giver] + takes**2 / self._duty[taker]
        after = (gives - length) ** 2 / self._duty[giver] + (takes + length) ** 2 / self._duty[
            taker
        ]
        return after < before - 1e-9

    def _may(self, appointment: Appointment) -> bool:
        policy = self._problem.policy
        crew = self._crew(appointment)
        return all(rules.crew_may(task, mode, crew, policy) for task, mode in
                   self._surveys(appointment))  # fmt: skip

    def _cost(self, appointment: Appointment) -> int:
        crew = self._crew(appointment)
        policy = self._problem.policy
        return cost.pair_cost(policy, crew) + sum(
            cost.help_cost(policy, task, crew) for task, _ in self._surveys(appointment)
        )

    def _crew(self, appointment: Appointment) -> Sequence[Officer]:
        return [self._officers[key] for key in appointment.officers]

    def _surveys(self, appointment: Appointment) -> Iterator[tuple[Task, Mode]]:
        """What the crew does, survey by survey."""
        if isinstance(appointment, DeskVisit):
            task = self._tasks[appointment.task]
            yield task, task.modes[appointment.mode]
            return
        for stop in appointment.stops:
            task = self._tasks[stop.task]
            yield task, task.modes[stop.mode].parts[stop.part]


def _times(appointment: Appointment) -> tuple[int, int]:
    if isinstance(appointment, Trip):
        return appointment.depart, appointment.back
    return appointment.start, appointment.end


def _length(appointment: Appointment) -> int:
    start, end = _times(appointment)
    return end - start


def _minutes(appointment: Appointment) -> int:
    return minutes.between(*_times(appointment))


def _with(appointment: Appointment, giver: str, taker: str) -> Appointment:
    officers = tuple(taker if key == giver else key for key in appointment.officers)
    if isinstance(appointment, Trip):
        return replace(appointment, officers=officers)
    return replace(appointment, lead=officers[0], second=(*officers, None)[1])
