"""Every survey in a round or left out: the linear program over all rounds there could be.

They are never written down. It begins with none, its prices say which would pay (`Pricing`), those
are added. Prices alone already prove a bound (weak duality), however they were found.

Dantzig and Wolfe, "Decomposition principle for linear programs", Operations Research 8 (1960);
Lübbecke and Desrosiers, "Selected topics in column generation", Operations Research 53 (2005).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from yunkan_kernel import Pricing, Ways

from scheduler import cost
from scheduler.numbering import ways_of
from scheduler.problem import Problem
from scheduler.stretches import Half, Stretch, stretches

#: Rounds added from one stretch at a time.
ROUNDS = 40

#: The most surveys that one stretch may have to choose from.
MOST_SURVEYS = 512

Floats = np.ndarray[Any, np.dtype[np.float64]]


class NoBound(Exception):
    """This problem is none of those that can be bounded; says why."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is done for a higher bound."""

    near: int  #: surveys a round knows again (see `Pricing`)
    whole_labels: int  #: where whole rounds are chosen: labels for those of one stretch
    whole_rounds: int  #: and all there may be to choose from


@dataclass(frozen=True, slots=True)
class Round:
    """A round that a plan could have: minutes at least, and what it takes of each row."""

    stretch: Stretch
    cost: int
    minutes: int
    taken: dict[int, float]
    visits: tuple[int, ...]  # by their numbers in the stretch


@dataclass(frozen=True, slots=True)
class Look:
    """What some prices prove, and which rounds would be made at them."""

    bound: float
    complete: bool  # else a cheaper round may have been missed, and nothing is proven
    added: int  # rounds that the program did not know
    taken: Floats  # of each row, by whatever pays at these prices


class Covering:
    """The program over the rounds found so far.

    A survey's row earns its price, of all others what is taken is paid for; no price is below 0.
    """

    def __init__(self, problem: Problem, effort: Effort) -> None:
        # loading it takes 60 ms and 20 MB, which only those who ask for a bound should pay
        from ortools.linear_solver import pywraplp

        self.problem, self.effort = problem, effort
        self.surveys = len(problem.tasks)
        self.solver: Any = pywraplp.Solver.CreateSolver("GLOP")
        self.rows: list[tuple[Any, float]] = []  # with what there is of it
        self.fixed: list[tuple[int, dict[int, float]]] = []  # all but rounds: cost, rows
        for task in problem.tasks:
            self.rows.append((self.solver.Constraint(1, self.solver.infinity()), 1))
            row = len(self.rows) - 1
            self._add_fixed(cost.left_out_cost(problem.policy, task), {row: 1})
        self.halves, self.stretches = halves, told = stretches(problem)
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
        #: Of each row: what there is, and 1 where a price earns, -1 where it is paid.
        self.there = np.array([much for _, much in self.rows], dtype=float)
        self.sign = np.where(np.arange(len(self.rows)) < self.surveys, 1.0, -1.0)
        self._of_fixed = _Taken(self.fixed, len(self.rows))

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

    def shortest_ways(self) -> dict[int, int]:
        """Of each survey on site, seconds there and back from the nearest base that could."""
        found: dict[int, int] = {}
        for part in self.parts:
            for visit in part.stretch.visits:
                base, site = part.half.base, visit.mode.site
                assert site is not None
                way = self.problem.travel[base][site] + self.problem.travel[site][base]
                found[visit.survey] = min(way, found.get(visit.survey, way))
        return found

    def solve(self) -> tuple[float, Floats]:
        """The cost of the cheapest shares of the rounds known, and the prices of all rows."""
        from ortools.linear_solver import pywraplp

        # it goes on from where it was only if nothing is simplified first
        options = pywraplp.MPSolverParameters()
        options.SetIntegerParam(options.PRESOLVE, options.PRESOLVE_OFF)
        options.SetIntegerParam(options.LP_ALGORITHM, options.PRIMAL)
        if self.solver.Solve(options) != self.solver.OPTIMAL:
            raise RuntimeError("a program that always has an answer has none")
        duals = np.array([row.dual_value() for row, _ in self.rows])
        return float(self.solver.Objective().Value()), np.maximum(0.0, self.sign * duals)

    def look(self, prices: Floats, most_labels: int, stopped: Callable[[], bool]) -> Look | None:
        """What the prices prove; rounds that pay are added. None: it was stopped."""
        paid = self.sign * prices
        gains = np.minimum(0.0, self._of_fixed.cost - self._of_fixed.worth(paid))
        bound = float(paid @ self.there + gains.sum())
        taken = self._of_fixed.of(gains < 0)
        complete, added = True, 0
        for part in self.parts:
            if stopped():
                return None
            told, rounds = part.cheapest(prices, self.effort.near, most_labels)
            complete &= told
            if rounds:
                price, _, length, visits = rounds[0]
                bound += part.most_rounds * price
                for row, much in part.taken(length, visits).items():
                    taken[row] += part.most_rounds * much
            added += self._add_rounds(part, rounds)
        return Look(bound, complete, added, taken)

    def _add_rounds(self, part: _Part, rounds: list[Priced]) -> int:
        """How many of the rounds were not known yet."""
        fresh = [one for one in rounds if tuple(one[3]) not in part.known]
        for _, price, length, visits in fresh:
            part.known.add(tuple(visits))
            self._add(price, part.taken(length, visits))
        return len(fresh)

    def every_round(self, prices: Floats, below: float) -> list[Round] | None:
        """All rounds with prices below that, by surveys met; None: they are too many."""
        found: list[Round] = []
        for part in self.parts:
            complete, rounds = part.every(prices, below, self.effort.whole_labels)
            if not complete or len(found) + len(rounds) > self.effort.whole_rounds:
                return None
            found += [
                Round(part.stretch, cost, length, part.taken(length, visits), tuple(visits))
                for _, cost, length, visits in rounds
            ]
        return found


class _Taken:
    """What columns take of rows, for all of them at once."""

    def __init__(self, columns: list[tuple[int, dict[int, float]]], rows: int) -> None:
        told = [
            (number, row, much)
            for number, (_, taken) in enumerate(columns)
            for row, much in taken.items()
        ]
        self.cost = np.array([price for price, _ in columns], dtype=float)
        self.column = np.array([number for number, _, _ in told], dtype=int)
        self.row = np.array([row for _, row, _ in told], dtype=int)
        self.much = np.array([much for _, _, much in told], dtype=float)
        self.rows = rows

    def worth(self, prices: Floats) -> Floats:
        """Of each column."""
        worth = self.much * prices[self.row]
        return _sums(self.column, worth, len(self.cost))

    def of(self, chosen: np.ndarray[Any, np.dtype[np.bool_]]) -> Floats:
        """Of each row, by the chosen columns together."""
        among = chosen[self.column]
        return _sums(self.row[among], self.much[among], self.rows)


def _sums(place: np.ndarray[Any, np.dtype[np.int_]], much: Floats, places: int) -> Floats:
    return np.bincount(place, weights=much, minlength=places).astype(float)


Priced = tuple[float, int, int, list[int]]  # as `Pricing.cheapest` tells it


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

    def cheapest(self, prices: Floats, near: int, most_labels: int) -> tuple[bool, list[Priced]]:
        """Whether they are the cheapest there are, and rounds with prices below zero."""
        return self.pricing.cheapest(
            self._earned(prices),
            round=self._going_out(prices),
            minute=self._minute(prices),
            longer=self._longer(prices),
            near=near,
            most_labels=most_labels,
            most_rounds=ROUNDS,
        )

    def every(self, prices: Floats, below: float, most_labels: int) -> tuple[bool, list[Priced]]:
        """Whether they are all there are, and rounds with prices below that."""
        return self.pricing.every(
            self._earned(prices),
            round=self._going_out(prices),
            minute=self._minute(prices),
            longer=self._longer(prices),
            below=below,
            most_labels=most_labels,
        )

    def _earned(self, prices: Floats) -> list[float]:
        return [float(prices[survey]) for survey in self.surveys]

    def _minute(self, prices: Floats) -> float:
        """What a minute of a round is worth."""
        worth = self.stretch.each_round * prices[self.officers]
        return float(worth + (prices[self.cars[0]] if self.cars else 0))

    def _longer(self, prices: Floats) -> list[tuple[int, float]]:
        """A car goes out once for more than half of a half, twice for more than a third."""
        if self.cars is None:
            return []
        length, (_, long, middling) = self.half.length, self.cars
        told = ((length // 3, middling), (length // 2, long), (2 * length // 3, middling))
        return [(minutes, float(prices[row])) for minutes, row in told if prices[row] > 0]

    def _going_out(self, prices: Floats) -> float:
        return 0.0 if self.shifts is None else float(self.stretch.each_round * prices[self.shifts])

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
