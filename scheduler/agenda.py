"""What is still free, minute by minute: every officer, every car, every desk."""

from __future__ import annotations

from collections.abc import Iterable

from scheduler import minutes, rules
from scheduler.plan import DeskVisit, Plan, Trip
from scheduler.problem import Problem
from scheduler.staff import Room


class Agenda:
    """The free minutes of each officer, car and room by day, as sets of `scheduler.minutes`."""

    __slots__ = ("_cars", "_departures", "_desks", "_not_at_desk", "_officers", "_spare",
                 "_whole_shift")  # fmt: skip

    def __init__(self, problem: Problem, plan: Plan | None = None) -> None:
        days = range(len(problem.days))
        self._officers = {
            officer.key: [rules.duty(officer, day) for day in days] for officer in problem.officers
        }
        self._spare = {officer.key: officer.most_minutes for officer in problem.officers}
        self._whole_shift = problem.policy.whole_shift
        self._not_at_desk = {key: [*duty] for key, duty in self._officers.items()}
        self._departures = {key: [0 for _ in days] for key in self._officers}
        self._cars = {car.key: [rules.car_free(car, day) for day in days] for car in problem.cars}
        # _desks[room][day][n]: the minutes in which more than n desks are taken
        self._desks = {room.key: [[0] * room.capacity for _ in days] for room in problem.rooms}
        if plan is not None:
            for trip in plan.trips:
                self.take_trip(trip)
            for visit in plan.desk_visits:
                self.take_desk(visit)

    def crew(self, officers: Iterable[str], day: int) -> int:
        """The minutes in which all of them are free."""
        free = -1
        for key in officers:
            free &= self._officers[key][day]
        return free

    def crew_left(self, officers: Iterable[str], day: int) -> int:
        """The minutes in which all of them may be sent: those in which they are free, but where a
        round takes its crew's whole shift, not what it leaves of that shift."""
        officers = tuple(officers)
        free = self.crew(officers, day)
        if self._whole_shift:
            for key in officers:
                for start, end in minutes.gaps(self._not_at_desk[key][day]):
                    shift = minutes.between(start, end)
                    if self._departures[key][day] & shift:
                        free &= ~shift
        return free

    def may_work(self, officer: str, length: int) -> bool:
        """Whether the officer may be sent for so many minutes more, whatever his days leave."""
        spare = self._spare[officer]
        return spare is None or length <= spare

    def car(self, car: str, day: int) -> int:
        """The minutes in which the car is free."""
        return self._cars[car][day]

    def room(self, room: Room, day: int) -> int:
        """The minutes in which a desk is free."""
        return ~self._desks[room.key][day][-1]

    def take_trip(self, trip: Trip) -> None:
        """Officers and car are out from departure to return."""
        busy = minutes.between(trip.depart, trip.back)
        for officer in trip.officers:
            self._officers[officer][trip.day] &= ~busy
            self._departures[officer][trip.day] |= 1 << trip.depart
            self._work(officer, trip.back - trip.depart)
        self._cars[trip.car][trip.day] &= ~busy

    def give_back_trip(self, trip: Trip) -> None:
        """Undo `take_trip`."""
        busy = minutes.between(trip.depart, trip.back)
        for officer in trip.officers:
            self._officers[officer][trip.day] |= busy
            self._departures[officer][trip.day] &= ~(1 << trip.depart)
            self._work(officer, trip.depart - trip.back)
        self._cars[trip.car][trip.day] |= busy

    def hand_over(self, giver: str, taker: str, day: int, busy: int) -> None:
        """These minutes of one officer become another's."""
        self._officers[giver][day] |= busy
        self._officers[taker][day] &= ~busy
        self._work(giver, -busy.bit_count())
        self._work(taker, busy.bit_count())

    def take_desk(self, visit: DeskVisit) -> None:
        """Officers and one desk are taken from start to end."""
        busy = minutes.between(visit.start, visit.end)
        for officer in visit.officers:
            self._officers[officer][visit.day] &= ~busy
            self._not_at_desk[officer][visit.day] &= ~busy
            self._work(officer, visit.end - visit.start)
        desks = self._desks[visit.room][visit.day]
        for more in range(len(desks) - 1, 0, -1):
            desks[more] |= desks[more - 1] & busy
        desks[0] |= busy

    def _work(self, officer: str, length: int) -> None:
        spare = self._spare[officer]
        if spare is not None:
            self._spare[officer] = spare - length
