"""Appointments change hands: whether one officer may go in another's place, and what it costs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from scheduler import cost, minutes, rules
from scheduler.numbering import lead_first
from scheduler.plan import DeskVisit, Plan, Trip
from scheduler.problem import Problem
from scheduler.staff import Officer
from scheduler.task import Mode, Task

Appointment = Trip | DeskVisit


class Hands:
    """Asks about one appointment at a time who may have it. Times are asked of an `Agenda`."""

    def __init__(self, problem: Problem) -> None:
        self._policy = problem.policy
        self._tasks = {task.key: task for task in problem.tasks}
        self.officers = {officer.key: officer for officer in problem.officers}
        self._colleagues: dict[int, list[Officer]] = {}
        for officer in problem.officers:
            self._colleagues.setdefault(officer.base, []).append(officer)

    def colleagues(self, key: str) -> Sequence[Officer]:
        """Everybody of an officer's base, himself among them: cars and desks belong to a base."""
        return self._colleagues[self.officers[key].base]

    def is_promised(self, appointment: Appointment) -> bool:
        """Whether somebody was told of it, so that it keeps its officers."""
        return any(task.pinned for task, _ in self._surveys(appointment))

    def may(self, appointment: Appointment) -> bool:
        """Whether its officers may carry out all of it, whenever it is."""
        crew = self._crew(appointment)
        return all(
            rules.crew_may(task, mode, crew, self._policy)
            for task, mode in self._surveys(appointment)
        )

    def cost(self, appointment: Appointment) -> int:
        """What it costs because of who is sent."""
        crew = self._crew(appointment)
        return cost.pair_cost(self._policy, crew) + sum(
            cost.help_cost(self._policy, task, crew) for task, _ in self._surveys(appointment)
        )

    def led(self, appointment: Appointment) -> Appointment:
        """A round's lead is who can judge most of it now."""
        if isinstance(appointment, DeskVisit):
            return appointment
        modes = [mode for _, mode in self._surveys(appointment)]
        crew = lead_first(self._crew(appointment), modes)
        return replace(appointment, officers=tuple(officer.key for officer in crew))

    def _crew(self, appointment: Appointment) -> Sequence[Officer]:
        return [self.officers[key] for key in appointment.officers]

    def _surveys(self, appointment: Appointment) -> Iterator[tuple[Task, Mode]]:
        """What the crew does, survey by survey."""
        if isinstance(appointment, DeskVisit):
            task = self._tasks[appointment.task]
            yield task, task.modes[appointment.mode]
            return
        for stop in appointment.stops:
            task = self._tasks[stop.task]
            yield task, task.modes[stop.mode].parts[stop.part]


def handed(appointment: Appointment, to: Mapping[str, str]) -> Appointment:
    """The appointment with every officer of ``to`` replaced by the one he hands it to."""
    officers = tuple(to.get(key, key) for key in appointment.officers)
    if isinstance(appointment, Trip):
        return replace(appointment, officers=officers)
    return replace(appointment, lead=officers[0], second=(*officers, None)[1])


def with_appointments(plan: Plan, appointments: Sequence[Appointment]) -> Plan:
    """The plan with these rounds and desk visits in place of its own, in their order."""
    return replace(
        plan,
        trips=tuple(one for one in appointments if isinstance(one, Trip)),
        desk_visits=tuple(one for one in appointments if isinstance(one, DeskVisit)),
    )


def surveys(appointment: Appointment) -> tuple[str, ...]:
    """What is surveyed, in order."""
    if isinstance(appointment, DeskVisit):
        return (appointment.task,)
    return tuple(stop.task for stop in appointment.stops)


def length(appointment: Appointment) -> int:
    """How many minutes it takes its officers."""
    start, end = _times(appointment)
    return end - start


def busy(appointment: Appointment) -> int:
    """The minutes of its day in which its officers are busy, as a set of `scheduler.minutes`."""
    return minutes.between(*_times(appointment))


def _times(appointment: Appointment) -> tuple[int, int]:
    if isinstance(appointment, Trip):
        return appointment.depart, appointment.back
    return appointment.start, appointment.end
