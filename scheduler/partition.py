"""The cheapest set of rounds in which every survey is in one or left out: set partitioning.

As a linear program (GLOP) it tells which rounds could be worth their cost, as a choice of whole
rounds (SCIP) a plan.

Foster and Ryan, "An integer programming approach to the vehicle scheduling problem", Operational
Research Quarterly 27 (1976).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from threading import Thread
from time import monotonic
from typing import Any

import numpy as np
from ortools.linear_solver import pywraplp

#: Seconds of driving by which a round must be cheaper to take the place of one there is. Much is
#: settled around those: desk visits, other rounds of the same crew.
STAYS = 20

#: Rounds the linear program is told of at a time, and by how much one must be too cheap for that.
SIFTED, PAYS = 500, 1e-6

#: Seconds between two questions whether to stop.
_ASKED = 0.02

Half = tuple[int, int, int]  # site of the base, day, which stretch of its officers' working time
Floats = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, slots=True)
class Round:
    """A round that was tried: its number, and what it would take."""

    number: int
    half: Half
    officers: int
    alike: int  # whom somebody who goes alone is like; -1: it takes a crew
    minutes: int
    cost: int
    surveys: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Supply:
    """What a base has for rounds in one half-day."""

    length: int  # minutes
    cars: int
    officers: int  # minutes of theirs
    alike: Mapping[int, int]  # the same of those who are alike


def sifted(
    program: Partition,
    rounds: Sequence[Round],
    present: set[int],
    stopped: Callable[[], bool],
    seconds: float,
) -> Floats | None:
    """Solve the linear program over all rounds, and say by how much each would make the plan
    dearer, as far as the others' prices tell; None: it was stopped.

    It begins with the rounds there are and is told of others as their prices pay (sifting: Bixby,
    Gregory, Lustig, Marsten and Shanno, Operations Research 40, 1992), for few of so many matter.
    """
    until = monotonic() + seconds

    def too_late() -> bool:
        return stopped() or monotonic() > until

    table = _Table(rounds, program)
    told = np.array([round.number in present for round in rounds], dtype=bool)
    program.add([round for round in rounds if round.number in present])
    while program.solve(too_late, seconds):
        prices = table.prices(program.duals())
        pays = np.flatnonzero((prices < -PAYS) & ~told)
        if not len(pays):
            return prices
        fresh = pays[np.argsort(prices[pays], kind="stable")[:SIFTED]]
        told[fresh] = True
        program.add([rounds[n] for n in fresh])
    return None


def cheapest(rounds: Sequence[Round], prices: Floats, most: int, *, below: float) -> list[Round]:
    """So many of the rounds, by their prices."""
    order = np.argsort(prices, kind="stable")[:most]
    return [rounds[n] for n in order if prices[n] < below]


class _Table:
    """What every round costs and takes of the rows of a program, for pricing all at once."""

    def __init__(self, rounds: Sequence[Round], program: Partition) -> None:
        self.cost = np.array([round.cost for round in rounds], dtype=float)
        self.surveys = np.array(
            [program.row_of(survey) for round in rounds for survey in round.surveys], dtype=int
        )
        lengths = [len(round.surveys) for round in rounds]
        self.first = np.cumsum([0, *lengths[:-1]])
        self.rows = np.array([program.rows_of(round) for round in rounds], dtype=int)
        self.taken = np.array([program.taken(round) for round in rounds], dtype=float)

    def prices(self, duals: Floats) -> Floats:
        met = np.add.reduceat(duals[self.surveys], self.first)
        prices: Floats = self.cost - met - (self.taken * duals[self.rows]).sum(axis=1)
        return prices


class Partition:
    """Each survey in a round or left out, within what every half-day has.

    It may be in two, of which one will do without it: more rounds fit together that way.
    """

    def __init__(
        self,
        left_out: Mapping[int, int],
        supply: Mapping[Half, Supply],
        *,
        branches: int | None = None,
        present: Iterable[int] = (),
    ) -> None:
        self.supply = supply
        whole = branches is not None
        self.solver: Any = pywraplp.Solver.CreateSolver("SCIP" if whole else "GLOP")
        if whole:
            self.solver.SetSolverSpecificParametersAsString(f"limits/nodes = {branches}")
        self.solver.SetNumThreads(1)
        self.whole, self.stay = whole, set(present)
        self.rows: list[Any] = []
        self._row_of: dict[int, int] = {}
        for survey, price in left_out.items():
            self._row_of[survey] = self._row(1, self.solver.infinity())
            missed = self._share()
            self.rows[-1].SetCoefficient(missed, 1)
            self.solver.Objective().SetCoefficient(missed, price)
        self._rows_of: dict[tuple[Half, int], tuple[int, ...]] = {}
        for half, there in supply.items():
            most = (there.length * there.cars, there.cars, 2 * there.cars, there.officers)
            whoever = tuple(self._row(-1, max(0, much)) for much in most)
            self._rows_of[half, -1] = (*whoever, whoever[-1])
            for alike, working in there.alike.items():
                self._rows_of[half, alike] = (*whoever, self._row(-1, max(0, working)))
        self.rounds: list[Round] = []
        self.variables: list[Any] = []

    def add(self, rounds: Iterable[Round]) -> None:
        for round in rounds:
            taken = self._share()
            self.rounds.append(round)
            self.variables.append(taken)
            cost = round.cost - (STAYS if round.number in self.stay else 0)
            self.solver.Objective().SetCoefficient(taken, cost)
            for one in round.surveys:
                self.rows[self._row_of[one]].SetCoefficient(taken, 1)
            for row, much in zip(self.rows_of(round), self.taken(round), strict=True):
                if much:
                    self.rows[row].SetCoefficient(taken, much)

    def row_of(self, survey: int) -> int:
        return self._row_of[survey]

    def rows_of(self, round: Round) -> tuple[int, ...]:
        """Of what its half-day has: the minutes of cars, two more of cars, the minutes of all
        officers, and of those who are alike."""
        return self._rows_of[round.half, round.alike]

    def taken(self, round: Round) -> tuple[int, ...]:
        """Of each of these rows. A car goes out for so many minutes, once for more than half of
        them, twice for more than a third."""
        length, minutes = self.supply[round.half].length, round.minutes
        middling = (3 * minutes > length) + (3 * minutes > 2 * length)
        whoever = minutes, int(2 * minutes > length), middling, round.officers * minutes
        return *whoever, 0 if round.alike < 0 else minutes

    def _row(self, least: float, most: float) -> int:
        self.rows.append(self.solver.Constraint(least, most))
        return len(self.rows) - 1

    def _share(self) -> Any:
        """Of a survey left out, or of a round made."""
        return self.solver.BoolVar("") if self.whole else self.solver.NumVar(0, 1, "")

    def solve(self, stopped: Callable[[], bool], seconds: float) -> bool:
        """Whether there is an answer; the solver is left behind where it does not stop at once."""
        self.solver.SetTimeLimit(round(1000 * seconds))
        answers: list[int] = []
        at_work = Thread(target=lambda: answers.append(self.solver.Solve()), daemon=True)
        at_work.start()
        while at_work.is_alive():
            at_work.join(_ASKED)
            if at_work.is_alive() and stopped():
                self.solver.InterruptSolve()
                return False
        return bool(answers) and answers[0] in (self.solver.OPTIMAL, self.solver.FEASIBLE)

    @property
    def cost(self) -> float:
        return float(self.solver.Objective().Value())

    def duals(self) -> Floats:
        return np.array([row.dual_value() for row in self.rows])

    def chosen(self) -> list[Round]:
        told = zip(self.rounds, self.variables, strict=True)
        return [round for round, taken in told if taken.solution_value() > 0.5]
