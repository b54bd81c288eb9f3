"""What any plan must cost at least, so that one can say how far from the best ours may be.

Of all rounds there could be, the cheapest share of each is sought that covers every survey or
leaves it out, within the minutes of officers, cars and desks: a linear program (GLOP) over so many
rounds that they are never written down. It begins with none; its prices say which rounds would pay
(`Pricing`), those are added, and it is solved again. The prices alone already prove a bound.

Dantzig and Wolfe, "Decomposition principle for linear programs", Operations Research 8 (1960); the
bound before the end is Lagrange's: Lübbecke and Desrosiers, Operations Research 53 (2005).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from yunkan_kernel import Pricing, Ways

from scheduler import cost
from scheduler.numbering import ways_of
from scheduler.problem import Problem
from scheduler.stretches import Half, Stretch, stretches

#: How many labels are looked at: few as long as that finds rounds, in the end all.
LABELS = (2_000, 20_000, 200_000)

#: Rounds added from one stretch at a time.
ROUNDS = 40

#: The most surveys that one stretch may have to choose from.
MOST_SURVEYS = 512

#: The share of the cost by which bound and program may differ at the end.
CLOSE = 1e-6


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is done for a higher bound."""

    near: int  #: surveys a round knows again (see `Pricing`)
    whole_labels: int  #: where whole rounds are chosen: labels for those of one stretch
    whole_columns: int  #: and all there is to choose from


USUAL = Effort(near=12, whole_labels=20_000, whole_columns=60_000)

#: Minutes for a day of a hundred surveys; a week of crews gains nothing by it.
THOROUGH = Effort(near=18, whole_labels=1_000_000, whole_columns=300_000)


class NoBound(Exception):
    """This problem is none of those that can be bounded; says why."""


@dataclass(frozen=True, slots=True)
class Bound:
    """No plan costs less than ``cost``. ``finished``: more time would not raise it."""

    cost: int
    finished: bool


def lower_bound(
    problem: Problem,
    *,
    seconds: float,
    cancelled: Callable[[], bool] = lambda: False,
    known: int | None = None,
    effort: Effort = USUAL,
) -> Bound:
    """What every plan that keeps the rules costs at least, in seconds of driving (`cost_of`).

    Where every survey on site needs one officer only, this is said of plans in which officers go
    out alone, as the planner sends them. Until the program has been priced once nothing but 0 is
    known.

    Where the cost of a plan is ``known``, whole rounds are chosen at last among all that a cheaper
    plan could have, if they are not too many, for as long again; the bound then is that cost, or
    what a cheaper plan must cost at least.

    Raises:
        NoBound: crews meet, or one stretch has too many surveys to choose from.
    """
    if any(mode.crews for task in problem.tasks for mode in task.modes):
        raise NoBound("crews meet")
    until = monotonic() + seconds

    def stopped() -> bool:
        return cancelled() or monotonic() > until

    program = _Program(problem, effort)
    best = 0.0
    for most_labels in LABELS:
        while not stopped():
            value = program.solve()
            bound, added, complete = program.bound, 0, True
            for part in program.parts:
                told, rounds = program.cheapest(part, most_labels)
                complete &= told
                bound += part.most_rounds * min((price for price, *_ in rounds), default=0.0)
                added += program.add(part, rounds)
                if stopped():
                    return Bound(_whole(best), finished=False)
            if complete:
                best = max(best, bound)
                if added == 0 or value - best <= CLOSE * abs(value):
                    if known is not None and not stopped():
                        best = max(best, program.whole_rounds(bound, known, seconds))
                    return Bound(_whole(best), finished=True)
            if added == 0 or (added < len(program.parts) and most_labels < LABELS[-1]):
                break
    return Bound(_whole(best), finished=False)


def _whole(bound: float) -> int:
    """Costs are whole; what floating point may have added is taken off before rounding up."""
    return max(0, math.ceil(bound - 1e-3 - 1e-9 * abs(bound)))


@dataclass(eq=False)
class _Part:
    """A stretch, what it takes of which row, and its rounds so far."""

    stretch: Stretch
    half: Half
    pricing: Pricing
    surveys: list[int]  # by their numbers in `pricing`
    officers: int  # rows
    cars: tuple[int, int, int] | None
    shifts: int | None
    most_rounds: int
    known: set[tuple[int, ...]] = field(default_factory=set)

    def minutes(self, prices: list[float]) -> float:
        """What a minute of a round is worth."""
        worth = self.stretch.each_round * prices[self.officers]
        return worth + (prices[self.cars[0]] if self.cars else 0)

    def longer(self, prices: list[float]) -> list[tuple[int, float]]:
        """A car goes out once for more than half of a half, twice for more than a third."""
        if self.cars is None:
            return []
        length, (_, long, middling) = self.half.length, self.cars
        told = ((length // 3, middling), (length // 2, long), (2 * length // 3, middling))
        return [(minutes, prices[row]) for minutes, row in told if prices[row] > 0]

    def going_out(self, prices: list[float]) -> float:
        return 0.0 if self.shifts is None else self.stretch.each_round * prices[self.shifts]

    def taken(self, length: int, visits: list[int]) -> dict[int, float]:
        """What a round of so many minutes takes of each row."""
        each, half = self.stretch.each_round, self.half.length
        taken: dict[int, float] = {self.officers: each * length}
        if self.shifts is not None:
            taken[self.shifts] = each
        if self.cars:
            minutes, long, middling = self.cars
            taken[minutes], taken[long] = length, float(2 * length > half)
            taken[middling] = float((3 * length > half) + (3 * length > 2 * half))
        for visit in visits:
            survey = self.stretch.visits[visit].survey
            taken[survey] = taken.get(survey, 0) + 1
        return taken


Priced = tuple[float, int, int, list[int]]  # as `Pricing.cheapest` tells it


class _Program:
    """The linear program over the rounds found so far, and the prices of its rows.

    A survey's row earns, all others cost: no price is below 0.
    """

    def __init__(self, problem: Problem, effort: Effort) -> None:
        # loading it takes 60 ms and 20 MB, which only those who ask for a bound should pay
        from ortools.linear_solver import pywraplp

        self.problem, self.effort = problem, effort
        self.solver: Any = pywraplp.Solver.CreateSolver("GLOP")
        self.rows: list[tuple[Any, float]] = []  # with what there is of it
        self.prices: list[float] = []
        self.fixed: list[tuple[int, dict[int, float]]] = []  # all but rounds: cost, rows
        for task in problem.tasks:
            self.rows.append((self.solver.Constraint(1, self.solver.infinity()), 1))
            row = len(self.rows) - 1
            self._add_fixed(cost.left_out_cost(problem.policy, task), {row: 1})
        halves, told = stretches(problem)
        desks = [self._at_most(half.desks * half.length) for half in halves]
        cars = [self._cars(half) for half in halves]
        # where a desk parts a shift, two rounds may be in it
        whole = problem.policy.whole_shift and not any(one.desk_visits for one in told)
        ways = ways_of(problem)
        self.parts: list[_Part] = []
        for one in told:
            officers = self._at_most(one.minutes)
            for visit in one.desk_visits:
                length = visit.mode.minutes
                taken: dict[int, float] = {
                    visit.survey: 1,
                    officers: visit.officers * length,
                    desks[one.half]: length,
                }
                self._add_fixed(visit.cost, taken)
            if one.visits:
                shifts = self._at_most(one.shifts) if whole else None
                part = _part(problem, ways, one, halves[one.half], officers, cars[one.half], shifts)
                self.parts.append(part)

    def _at_most(self, most: float) -> int:
        self.rows.append((self.solver.Constraint(-self.solver.infinity(), most), most))
        return len(self.rows) - 1

    def _cars(self, half: Half) -> tuple[int, int, int] | None:
        """None where everybody could have a car all the time."""
        staff = sum(officer.base == half.base for officer in self.problem.officers)
        if half.car_minutes >= staff * half.length:
            return None
        minutes, long = self._at_most(half.car_minutes), self._at_most(half.cars)
        return minutes, long, self._at_most(2 * half.cars)

    def _add_fixed(self, price: int, taken: dict[int, float]) -> None:
        self.fixed.append((price, taken))
        self._add(price, taken)

    def _add(self, price: int, taken: dict[int, float]) -> None:
        share = self.solver.NumVar(0, self.solver.infinity(), "")
        self.solver.Objective().SetCoefficient(share, price)
        for row, much in taken.items():
            self.rows[row][0].SetCoefficient(share, much)

    def solve(self) -> float:
        """The cost of the cheapest shares; their prices stay in `prices`."""
        if self.solver.Solve() != self.solver.OPTIMAL:
            raise RuntimeError("a program that always has an answer has none")
        surveys = len(self.problem.tasks)
        self.prices = [
            max(0.0, row.dual_value() if number < surveys else -row.dual_value())
            for number, (row, _) in enumerate(self.rows)
        ]
        return float(self.solver.Objective().Value())

    @property
    def bound(self) -> float:
        """What the prices prove if no round is cheaper than nothing (weak duality)."""
        surveys = len(self.problem.tasks)
        proven = sum(self.prices[:surveys])
        proven -= sum(
            price * most
            for price, (_, most) in zip(self.prices[surveys:], self.rows[surveys:], strict=True)
        )
        for price, taken in self.fixed:
            worth = sum(
                much * (-self.prices[row] if row < surveys else self.prices[row])
                for row, much in taken.items()
            )
            proven += min(0.0, price + worth)
        return proven

    def cheapest(self, part: _Part, most_labels: int) -> tuple[bool, list[Priced]]:
        """Whether they are the cheapest there are, and rounds with prices below zero."""
        return part.pricing.cheapest(
            [self.prices[survey] for survey in part.surveys],
            round=part.going_out(self.prices),
            minute=part.minutes(self.prices),
            longer=part.longer(self.prices),
            near=self.effort.near,
            most_labels=most_labels,
            most_rounds=ROUNDS,
        )

    def whole_rounds(self, bound: float, known: float, seconds: float) -> float:
        """What a plan of whole rounds costs at least, if it costs less than is known.

        ``bound`` is what the prices prove: a round whose own price is beyond what is left up to
        the known cost is in no cheaper plan.
        """
        from ortools.linear_solver import pywraplp

        columns = list(self.fixed)
        for part in self.parts:
            complete, rounds = part.pricing.every(
                [self.prices[survey] for survey in part.surveys],
                round=part.going_out(self.prices),
                minute=part.minutes(self.prices),
                longer=part.longer(self.prices),
                below=known - bound + 1,
                most_labels=self.effort.whole_labels,
            )
            if not complete:
                return bound
            columns += [(price, part.taken(length, visits)) for _, price, length, visits in rounds]
        if len(columns) > self.effort.whole_columns:
            return bound
        solver: Any = pywraplp.Solver.CreateSolver("SCIP")
        solver.SetTimeLimit(round(1000 * seconds))
        surveys, infinity = len(self.problem.tasks), solver.infinity()
        rows = [
            solver.Constraint(1, infinity) if row < surveys else solver.Constraint(-infinity, most)
            for row, (_, most) in enumerate(self.rows)
        ]
        for price, taken in columns:
            chosen = solver.BoolVar("")
            solver.Objective().SetCoefficient(chosen, price)
            for row, much in taken.items():
                rows[row].SetCoefficient(chosen, much)
        status = solver.Solve()
        if status not in (solver.OPTIMAL, solver.FEASIBLE, solver.NOT_SOLVED):
            return bound
        return max(bound, min(known, float(solver.Objective().BestBound())))

    def add(self, part: _Part, rounds: list[Priced]) -> int:
        """How many of the rounds were not known yet."""
        added = 0
        for _, price, length, visits in rounds:
            if tuple(visits) in part.known:
                continue
            part.known.add(tuple(visits))
            added += 1
            self._add(price, part.taken(length, visits))
        return added


def _part(
    problem: Problem,
    ways: Ways,
    stretch: Stretch,
    half: Half,
    officers: int,
    cars: tuple[int, int, int] | None,
    shifts: int | None,
) -> _Part:
    surveys = sorted({visit.survey for visit in stretch.visits})
    if len(surveys) > MOST_SURVEYS:
        raise NoBound(f"{len(surveys)} surveys could be in one round")
    policy = problem.policy
    pricing = Pricing(
        ways,
        half.base,
        stretch.start,
        stretch.end,
        setup_minutes=policy.setup_minutes,
        trip_cost=policy.trip_cost,
        arrival_cost=policy.arrival_cost,
    )
    numbers = {survey: number for number, survey in enumerate(surveys)}
    for visit in stretch.visits:
        site = visit.mode.site
        assert site is not None
        pricing.add_visit(numbers[visit.survey], site, visit.mode.minutes, visit.cost, visit.starts)
    most = stretch.minutes // (stretch.each_round * pricing.shortest)
    if shifts is not None:
        most = min(most, stretch.shifts // stretch.each_round)
    return _Part(stretch, half, pricing, surveys, officers, cars, shifts, min(most, len(surveys)))
