"""The work is shared out: where it costs nothing, the less busy officer goes.

To the search it is all one which of two officers sits at a desk, so it leaves some of them far
busier than others. Here appointments change hands, one officer for another, as long as that makes
the shares of everybody's working time more equal (a sum of squares, so that the busiest count
most) and the plan costs no more.
"""

from __future__ import annotations

from scheduler import hands, rules
from scheduler.agenda import Agenda
from scheduler.hands import Appointment, Hands
from scheduler.plan import Plan
from scheduler.problem import Problem

#: Changes of hands looked at, so that a city's plan does not wait for the last of them.
MOST_LOOKS = 200_000


def shared_out(problem: Problem, plan: Plan) -> Plan:
    """The same plan with its work shared out more evenly, at the same cost or less.

    Promised appointments keep their officers. Where a round takes its crew's whole shift, nothing
    changes hands.
    """
    if problem.policy.whole_shift:
        return plan
    sharing = _Sharing(problem, plan)
    sharing.improve()
    return hands.with_appointments(plan, sharing.appointments)


class _Sharing:
    """Who does how much, and who could do what instead of whom."""

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self._hands = Hands(problem)
        self._agenda = Agenda(problem, plan)
        self.appointments: list[Appointment] = [*plan.trips, *plan.desk_visits]
        days = range(len(problem.days))
        self._duty = {
            officer.key: max(1, sum(rules.duty(officer, day).bit_count() for day in days))
            for officer in problem.officers
        }
        self._busy = dict.fromkeys(self._duty, 0)
        for one in self.appointments:
            for key in one.officers:
                self._busy[key] += hands.length(one)
        self._looks = 0

    def improve(self) -> None:
        """Let appointments change hands until none does any more."""
        changed = True
        while changed:
            changed = False
            for number, appointment in enumerate(self.appointments):
                if self._looks >= MOST_LOOKS:
                    return
                if self._hands.is_promised(appointment):
                    continue
                for giver in sorted(appointment.officers, key=self._share, reverse=True):
                    if after := self._handed_on(appointment, giver):
                        self.appointments[number] = after
                        changed = True
                        break

    def _share(self, key: str) -> float:
        return self._busy[key] / self._duty[key]

    def _handed_on(self, appointment: Appointment, giver: str) -> Appointment | None:
        """The appointment with somebody less busy in the giver's place, if there is one."""
        length, day = hands.length(appointment), appointment.day
        busy = hands.busy(appointment)
        takers = sorted(
            (
                officer
                for officer in self._hands.colleagues(giver)
                if officer.key not in appointment.officers
                and self._evens(giver, officer.key, length)
                and busy & ~self._agenda.crew([officer.key], day) == 0
                and self._agenda.may_work(officer.key, length)
            ),
            key=lambda officer: self._share(officer.key),
        )
        for taker in takers:
            self._looks += 1
            after = hands.handed(appointment, {giver: taker.key})
            if self._hands.may(after) and self._hands.cost(after) <= self._hands.cost(appointment):
                self._agenda.hand_over(giver, taker.key, day, busy)
                self._busy[giver] -= length
                self._busy[taker.key] += length
                return self._hands.led(after)
        return None

    def _evens(self, giver: str, taker: str, length: int) -> bool:
        """Whether the sum of squares of the shares of time, weighed by that time, gets less."""
        gives, takes = self._busy[giver], self._busy[taker]
        before = gives**2 / self._duty[giver] + takes**2 / self._duty[taker]
        after = (gives - length) ** 2 / self._duty[giver] + (takes + length) ** 2 / self._duty[
            taker
        ]
        return after < before - 1e-9
