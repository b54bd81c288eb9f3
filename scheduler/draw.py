"""The fair draw (随机派员): among officers who are equal for an appointment, chance says who goes.

The numbers come from a secret seed and nothing else, so that whoever is shown the seed afterwards
can draw again and must come to the same officers; `docs/fair-draw.md` holds every byte of it.
"""

from __future__ import annotations

import hmac
from dataclasses import replace
from datetime import date
from functools import reduce
from itertools import count
from operator import or_

from scheduler import hands
from scheduler.agenda import Agenda
from scheduler.hands import Appointment, Hands
from scheduler.plan import Lot, Plan, Trip
from scheduler.problem import Problem

#: What a record of a draw is made by; another way to draw would have another name.
PROTOCOL = "yunkan-draw-1"

#: One more than the largest number an HMAC-SHA256 can be read as.
_NUMBERS = 1 << 256


def drawn(problem: Problem, plan: Plan, seed: bytes) -> Plan:
    """The same plan with its officers drawn, and in its ``lots`` how.

    Day by day, the rounds first, one officer after the other: each place in a crew goes to somebody
    drawn among those who could take it, giving the one who has it what they have themselves at
    that time. Every rule is kept, and the plan costs the same. What has been drawn stays.

    All candidates have the same chance, so shares of work that were even are so no longer.
    Promised appointments keep their officers. Where a round takes its crew's whole shift, nothing
    is drawn.
    """
    if problem.policy.whole_shift:
        return plan
    drawing = _Drawing(problem, plan)
    lots = tuple(lot for day in range(len(problem.days)) for lot in drawing.of_day(day, seed))
    return replace(hands.with_appointments(plan, drawing.appointments()), lots=lots)


def label(day: date, turn: int) -> str:
    """What is drawn: the so-and-so-many-th lot of a day, counted from 1."""
    return f"{day.isoformat()}/{turn}"


def number(seed: bytes, lot: str, below: int) -> int:
    """A number from 0 that is less than ``below``, each as likely as any other.

    HMAC-SHA256 (RFC 2104) of the lot's label and the attempt, read as a big-endian number; one past
    the last whole multiple of ``below`` would favour the small ones: another attempt replaces it.
    """
    for attempt in count():
        digest = hmac.digest(seed, f"{lot}/{attempt}".encode(), "sha256")
        value = int.from_bytes(digest, "big")
        if value < _NUMBERS - _NUMBERS % below:
            return value % below
    raise AssertionError("there is always another attempt")


class _Drawing:
    """Who holds which appointments, while they are drawn."""

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self._days = problem.days
        self._hands = Hands(problem)
        self._agenda = Agenda(problem, plan)
        self._appointments: list[Appointment] = [*plan.trips, *plan.desk_visits]
        self._busy = [hands.busy(one) for one in self._appointments]
        #: By officer and day, the appointments he may still give away.
        self._held: dict[tuple[str, int], set[int]] = {}
        self._turns: dict[int, list[int]] = {}
        for place, one in enumerate(self._appointments):
            if not self._hands.is_promised(one):
                self._turns.setdefault(one.day, []).append(place)
                for key in one.officers:
                    self._held.setdefault((key, one.day), set()).add(place)

    def of_day(self, day: int, seed: bytes) -> list[Lot]:
        """Draw the crews of a day's appointments."""
        lots: list[Lot] = []
        for place in sorted(self._turns.get(day, ()), key=self._turn):
            for seat in range(len(self._appointments[place].officers)):
                holder = self._appointments[place].officers[seat]
                candidates = self._candidates(place, holder)
                turn = label(self._days[day], len(lots) + 1)
                who = candidates[number(seed, turn, len(candidates))]
                self._exchange(place, holder, who)
                self._held[who, day].remove(place)
                surveys = hands.surveys(self._appointments[place])
                lots.append(Lot(day, surveys, candidates, who))
        return lots

    def appointments(self) -> list[Appointment]:
        """All of them, every round led as it should be."""
        drawn = {place for turns in self._turns.values() for place in turns}
        return [
            self._hands.led(one) if place in drawn else one
            for place, one in enumerate(self._appointments)
        ]

    def _turn(self, place: int) -> tuple[bool, int, tuple[str, ...], str]:
        """The rounds first: later, who goes out would be tied to the desks drawn before."""
        one = self._appointments[place]
        if isinstance(one, Trip):
            return False, one.depart, hands.surveys(one), one.car
        return True, one.start, hands.surveys(one), one.room

    def _candidates(self, place: int, holder: str) -> tuple[str, ...]:
        """Who could take the holder's place, the holder among them, by key."""
        colleagues = self._hands.colleagues(holder)
        return tuple(sorted(one.key for one in colleagues if self._equal(place, holder, one.key)))

    def _equal(self, place: int, holder: str, other: str) -> bool:
        """Whether another could go instead, the two exchanging, and nothing be worse."""
        day = self._appointments[place].day
        if other == holder:
            return True
        back = self._given_back(place, other)
        gives, takes = self._busy[place], self._all_busy(back)
        if gives & ~(self._agenda.crew([other], day) | takes):
            return False
        if takes & ~(self._agenda.crew([holder], day) | gives):
            return False
        longer = gives.bit_count() - takes.bit_count()
        if not (self._agenda.may_work(other, longer) and self._agenda.may_work(holder, -longer)):
            return False
        before = [self._appointments[each] for each in {place, *back}]
        after = [hands.handed(one, {holder: other, other: holder}) for one in before]
        return all(map(self._hands.may, after)) and sum(map(self._hands.cost, after)) == sum(
            map(self._hands.cost, before)
        )

    def _given_back(self, place: int, other: str) -> set[int]:
        """What another may give away of what he has at the time of an appointment."""
        held = self._held.get((other, self._appointments[place].day), set())
        return {each for each in held if self._busy[each] & self._busy[place]}

    def _exchange(self, place: int, holder: str, other: str) -> None:
        if other == holder:
            return
        day = self._appointments[place].day
        back = self._given_back(place, other)
        gives, takes = self._busy[place], self._all_busy(back)
        for each in {place, *back}:
            after = hands.handed(self._appointments[each], {holder: other, other: holder})
            self._appointments[each] = after
        self._agenda.hand_over(holder, other, day, gives & ~takes)
        self._agenda.hand_over(other, holder, day, takes & ~gives)
        ours, theirs = self._held[holder, day], self._held.get((other, day), set())
        self._held[holder, day] = ours - {place} | back
        self._held[other, day] = theirs - back | {place}

    def _all_busy(self, places: set[int]) -> int:
        return reduce(or_, (self._busy[place] for place in places), 0)
