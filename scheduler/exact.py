"""The best plan that the rounds seen so far allow: set partitioning, solved by SCIP.

The planner's search changes a few rounds at a time and forgets what it gave up. Here it is asked
for all rounds it has tried, and the cheapest set of them is chosen in which every survey is in a
round and each half-day has enough cars and enough of its officers' time. Who goes is left open: the
search finds that out (`Search.regroup`), and goes on from there.

Foster and Ryan, "An integer programming approach to the vehicle scheduling problem", Operational
Research Quarterly 27 (1976); as a part of a local search Rochat and Taillard, Journal of Heuristics
1 (1995).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from threading import Thread
from typing import Any, Protocol

from yunkan_kernel import Search

from scheduler import minutes, rules
from scheduler.numbering import Numbered
from scheduler.problem import Problem

#: Rounds that are chosen among, for each survey and in all: those that would make the plan dearer
#: by the least. With more of them choosing takes long and seldom finds more.
ROUNDS_PER_SURVEY, MOST_ROUNDS = 20, 2_500

#: Seconds of driving by which a round must be cheaper to take the place of one there is. Much is
#: settled around those: desk visits, other rounds of the same crew.
STAYS = 20

#: Where prices say that a plan could be cheaper by a larger share, they say little: surveys are
#: left out, but not for want of rounds. Choosing would take long and find nothing.
WORTH = 0.1

#: Branches looked at before the best choice so far has to do, so that the clock decides nothing.
MOST_BRANCHES = 50

#: The parts of a run: how much of it each takes, and how far the search has cooled when it begins.
#: Between two of them rounds are chosen.
TURNS = ((0.2, 0.0), (0.2, 0.4), (0.2, 0.5), (0.2, 0.6), (0.2, 0.8))

#: Shorter runs are one part.
LEAST_SECONDS, LEAST_ITERATIONS = 0.5, 10_000

#: The most that choosing may take of the time left.
_SHARE = 0.25

#: Seconds between two questions whether to stop.
_ASKED = 0.02

GoOn = Callable[[float, int, int, int], bool]
Half = tuple[int, int, int]  # site of the base, day, which stretch of its officers' working time


@dataclass(frozen=True, slots=True)
class _Round:
    """A round that was tried: its number, and what it would take."""

    number: int
    half: Half
    officers: int
    minutes: int
    cost: int
    surveys: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Supply:
    """What a base has for rounds in one half-day."""

    length: int  # minutes
    cars: int
    officer_minutes: int


class Clock(Protocol):
    """Says how much time there is, and whether to stop."""

    def left(self) -> float: ...
    def stopped(self) -> bool: ...


def improve(
    problem: Problem,
    numbered: Numbered,
    search: Search,
    *,
    clock: Clock,
    iterations: int,
    by_count: bool,
    go_on: GoOn,
    cooled: float = 0.0,
) -> None:
    """Improve a plan in turns: the search for a while, then the best rounds it has tried.

    ``by_count`` says that the same number of iterations makes the same plan, whatever the clock.
    ``cooled`` is how much of the way from hot to cold lies behind the plan, from 0 to 1.
    """
    long = iterations >= LEAST_ITERATIONS if by_count else clock.left() >= LEAST_SECONDS
    ahead = 1.0
    for part, behind in TURNS if long and search.remembers else ((1.0, 0.0),):
        if behind:
            seconds = clock.left() * _SHARE
            if rounds := better_rounds(problem, numbered, search, clock.stopped, seconds):
                search.regroup(rounds)
        seconds = clock.left() * min(1.0, part / ahead)
        begins = cooled + (1 - cooled) * behind
        search.improve(seconds, round(iterations * part), by_count, go_on, begins)
        ahead -= part
        if clock.stopped():
            return


def better_rounds(
    problem: Problem,
    numbered: Numbered,
    search: Search,
    stopped: Callable[[], bool],
    seconds: float,
) -> list[int] | None:
    """Numbers of the rounds of a cheaper plan, as `Search.regroup` takes them; None: none found.

    It is cheaper if it can be manned: cars and officers are counted by the half-day, not by the
    minute. Desk visits stay as they are and take their share.
    """
    halves = _Halves(problem, numbered)
    present = set(search.present())
    rounds = list(_tried(numbered, search, halves, present))
    supply = halves.supply(search, {round.surveys for round in rounds if round.number in present})
    model = _Model(numbered, rounds, supply)
    if not model.solve(stopped, seconds):
        return None
    now = sum(round.cost for round in rounds if round.number in present)
    covered = {one for round in rounds if round.number in present for one in round.surveys}
    now += sum(model.left_out_cost(one) for one in model.surveys - covered)
    if now - model.cost > WORTH * now:
        return None
    by_price = sorted(zip(model.prices(), rounds, strict=True), key=lambda one: one[0])
    most = min(MOST_ROUNDS, ROUNDS_PER_SURVEY * len(model.surveys))
    few = [round for price, round in by_price[:most] if price < now - model.cost]
    chosen = _Model(numbered, few, supply, whole=True, present=present)
    if not chosen.solve(stopped, seconds):
        return None
    found = chosen.chosen()
    cost = sum(round.cost for round in found)
    met = {one for round in found for one in round.surveys}
    cost += sum(model.left_out_cost(one) for one in model.surveys - met)
    return [round.number for round in found] if cost < now else None


class _Halves:
    """When the officers of a base work, in stretches that nobody's round crosses."""

    def __init__(self, problem: Problem, numbered: Numbered) -> None:
        self.problem, self.numbered = problem, numbered
        self.stretches: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for site in numbered.bases:
            for day in range(len(problem.days)):
                working = 0
                for officer in problem.officers:
                    if officer.base == site:
                        working |= rules.duty(officer, day)
                self.stretches[site, day] = list(minutes.gaps(working))

    def of(self, site: int, day: int, minute: int) -> Half:
        """The half-day in which a minute of working time is."""
        stretches = enumerate(self.stretches[site, day])
        return site, day, next(n for n, (start, end) in stretches if start <= minute < end)

    def supply(self, search: Search, replaced: set[tuple[int, ...]]) -> dict[Half, _Supply]:
        """What is there for rounds, without what stays: desk visits, and rounds not replaced."""
        taken: dict[Half, int] = {}
        away: dict[Half, int] = {}
        for task, option, lead, second, day, start in search.desk_visits():
            half = self.of(self.problem.officers[lead].base, day, start)
            length = self.numbered.minutes(task, option)
            taken[half] = taken.get(half, 0) + length * (1 if second < 0 else 2)
        for day, _, crew, depart, back, stops in search.rounds():
            if tuple(stop[0] for stop in stops) not in replaced:
                half = self.of(self.problem.officers[crew[0]].base, day, depart)
                taken[half] = taken.get(half, 0) + len(crew) * (back - depart)
                away[half] = away.get(half, 0) + 1
        found = {}
        for (site, day), stretches in self.stretches.items():
            cars = sum(car.base == site for car in self.problem.cars)
            for number, (start, end) in enumerate(stretches):
                half, span = (site, day, number), minutes.between(start, end)
                there = sum(
                    (rules.duty(officer, day) & span).bit_count()
                    for officer in self.problem.officers
                    if officer.base == site
                )
                found[half] = _Supply(
                    end - start, max(0, cars - away.get(half, 0)), there - taken.get(half, 0)
                )
        return found


def _tried(
    numbered: Numbered, search: Search, halves: _Halves, present: set[int]
) -> Iterator[_Round]:
    """The rounds to choose from; not those with a survey of a round that stays as it is."""
    seen = search.seen()
    replaced = {task for number in present for task in seen[number][6]}
    planned = {stop[0] for told in search.rounds() for stop in told[5]}
    planned.update(told[0] for told in search.desk_visits())
    stay = planned - replaced
    for number, (base, day, officers, depart, length, cost, tasks) in enumerate(seen):
        if stay.isdisjoint(tasks):
            half = halves.of(numbered.bases[base], day, depart)
            yield _Round(number, half, officers, length, cost, tuple(tasks))


class _Model:
    """Each survey in a round or left out, within what every half-day has.

    It may be in two, of which one will do without it: more rounds fit together that way.
    """

    def __init__(
        self,
        numbered: Numbered,
        rounds: list[_Round],
        supply: dict[Half, _Supply],
        *,
        whole: bool = False,
        present: Iterable[int] = (),
    ) -> None:
        # loading it takes 60 ms and 20 MB, which only runs that come this far should pay
        from ortools.linear_solver import pywraplp

        self.numbered, self.rounds = numbered, rounds
        self.surveys = {one for round in rounds for one in round.surveys}
        self.solver: Any = pywraplp.Solver.CreateSolver("SCIP" if whole else "GLOP")
        if whole:
            self.solver.SetSolverSpecificParametersAsString(f"limits/nodes = {MOST_BRANCHES}")
        self.solver.SetNumThreads(1)
        variable = self.solver.BoolVar if whole else (lambda name: self.solver.NumVar(0, 1, name))
        cost = self.solver.Objective()
        held = {
            one: self.solver.Constraint(1, self.solver.infinity()) for one in sorted(self.surveys)
        }
        for one, row in held.items():
            left_out = variable("")
            row.SetCoefficient(left_out, 1)
            cost.SetCoefficient(left_out, self.left_out_cost(one))
        enough = {half: self._enough(there) for half, there in supply.items()}
        stay = set(present)
        self.variables = []
        for round in rounds:
            taken = variable("")
            self.variables.append(taken)
            cost.SetCoefficient(taken, round.cost - (STAYS if round.number in stay else 0))
            for one in round.surveys:
                held[one].SetCoefficient(taken, 1)
            length = supply[round.half].length
            cars, long, middling, officers = enough[round.half]
            cars.SetCoefficient(taken, round.minutes)
            long.SetCoefficient(taken, 2 * round.minutes > length)
            middling.SetCoefficient(taken, 2 if 3 * round.minutes > 2 * length else
                                    3 * round.minutes > length)  # fmt: skip
            officers.SetCoefficient(taken, round.officers * round.minutes)

    def _enough(self, there: _Supply) -> tuple[Any, Any, Any, Any]:
        """A car goes out for so many minutes, once for more than half of them, twice for more than
        a third."""
        most = (there.length * there.cars, there.cars, 2 * there.cars, there.officer_minutes)
        cars, long, middling, officers = (self.solver.Constraint(-1, max(0, m)) for m in most)
        return cars, long, middling, officers

    def left_out_cost(self, survey: int) -> int:
        return self.numbered.setting.unplanned_cost(survey)

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

    def prices(self) -> list[float]:
        """By how much each round would make the plan dearer, as far as the others' prices tell."""
        return [taken.reduced_cost() for taken in self.variables]

    def chosen(self) -> list[_Round]:
        told = zip(self.rounds, self.variables, strict=True)
        return [round for round, taken in told if taken.solution_value() > 0.5]
